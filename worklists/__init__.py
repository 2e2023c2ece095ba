"""From scores to a day's work: segments, strategy, rank, key figures, forecast, publishing."""
