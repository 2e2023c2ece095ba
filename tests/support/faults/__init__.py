"""Bad inputs of every kind, for the tests of faults."""
