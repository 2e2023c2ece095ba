"""`duerank demo`: the whole of it on a simulated ledger, in one go."""

from datetime import date
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from pipelines.ledgers import simulate
from pipelines.nightly import nightly
from pipelines.nightly import summary as night_summary
from pipelines.train import summary as train_summary
from pipelines.train import train

DAYS, SEED = 540, 1
NIGHT = date(2024, 6, 25)  # the day after the last one simulated
SHOWN = ("rank", "customer_id", "action", "channel", "collectible_amount", "days_past_due", "p_unpaid_30d", "reason_1")


def run(customers: int, out: Path, console: Console) -> None:
    """Simulate, train, run a night, and show the head of its worklist and where everything lies."""
    ledger = str(out / "ledger")
    console.print(simulate(customers, DAYS, SEED, "b2b", ledger))
    console.print(train_summary(train(ledger, NIGHT)))
    night = nightly(ledger, NIGHT, out)
    console.print(_head(pd.read_csv(night.folder / "worklist.csv")))
    console.print(night_summary(night))


def _head(worklist: pd.DataFrame) -> Table:
    table = Table(*SHOWN, title="The head of the worklist")
    for row in worklist.head(10)[list(SHOWN)].astype(str).itertuples(index=False):
        table.add_row(*row)
    return table
