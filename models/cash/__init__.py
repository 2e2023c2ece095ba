"""The cash forecast beside what came: on which days money comes, how much of it, and how far it spreads."""
