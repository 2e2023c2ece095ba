"""The bad days, by kind."""
