"""A mapping drafted from an export: what the files are, how their cells are written, and what no one can know."""
