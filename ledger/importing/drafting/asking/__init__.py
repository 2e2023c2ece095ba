"""Drafted rules that need SQL."""
