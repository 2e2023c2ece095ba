"""Each day's import kept, and the ledger of all of them."""
