"""A foreign export into a ledger: the mapping language, its values, and writing and appending rows."""
