"""What a night and a training read and wrote, as OpenLineage events to a file or a URL."""
