"""Parts of an export that are as they were at the last import: their rows are taken from the ledger that it wrote."""
