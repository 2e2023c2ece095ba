"""The order of the list, the reasons for it, and what changed since the night before."""
