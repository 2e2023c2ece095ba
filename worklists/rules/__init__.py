"""What a company decides: segments, strategy, offers, and who works."""
