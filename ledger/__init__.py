"""The receivables ledger: its contract, reading, validation, as-of view, balances and simulator."""
