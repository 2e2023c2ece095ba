"""Curves of payment over time, by age of the debt, portfolio and customer."""
