"""What the project measures on real data, which lies beside the project and never in it."""
