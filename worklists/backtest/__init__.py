"""Replayed nights as tables: predictions, forecasts and policies, with what happened."""
