"""The receivables ledger: its contract, reading, validation, as-of view, balances and simulator."""

import configs as configs  # switches telemetry off before any library of this room is loaded
