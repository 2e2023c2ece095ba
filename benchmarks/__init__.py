"""What the project measures on real data, which is kept next to the project and never in it."""
