"""Which rows a ledger accepts: the rules, the verdict, and the Great Expectations data docs."""
