"""Ledgers drawn at random, by seeds."""
