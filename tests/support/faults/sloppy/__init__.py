"""Exports as real systems and people write them, each with a mapping and what must come out."""
