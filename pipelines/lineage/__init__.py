"""What nights, trainings, monitoring and backtests read and wrote, as OpenLineage events to a file or a URL."""
