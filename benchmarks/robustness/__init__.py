"""What kills and readers do to a night."""
