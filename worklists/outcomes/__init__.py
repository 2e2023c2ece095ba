"""What collectors filled in on a worklist, read as people write it, and made into rows of the ledger."""
