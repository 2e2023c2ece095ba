"""A look at an import before it is written: its sums, and what of it cannot be right."""
