"""Nights in small, run in this process or as flows, and what of them tests compare."""
