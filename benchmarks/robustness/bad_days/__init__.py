"""Bad days: what goes wrong around a night, tried through the real command line, and what came of each."""
