"""Figures of a whole portfolio: key figures, the cash forecast, the hold-out's measurement, trends."""
