"""Prefect flows and the command line: thin, each task one call into a room above."""
