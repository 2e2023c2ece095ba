"""`duerank demo`: the whole of it on a simulated ledger, in one go."""

from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.ledger_flows import simulate
from pipelines.nightly import nightly
from pipelines.nightly import summary as night_summary
from pipelines.runtime.exit_codes import say
from pipelines.runtime.records import records
from pipelines.train import summary as train_summary
from pipelines.train import train

DAYS, SEED = 540, 1
NIGHT = date(2024, 6, 25)  # the day after the last one simulated
SHOWN_ROWS = 10
LINE = "{:>3} {:<17} {:<16} {:<6} {:>11} {:>5} {:>9} {:>4} {:>3} {:>7}"


def run(customers: int, out: Path) -> None:
    """Simulate, train, run a night, and show the head of its worklist and where everything lies."""
    ledger = str(out / "ledger")
    say(simulate(customers, DAYS, SEED, "b2b", ledger))
    say("\nTraining (a minute or two) ...")
    say(train_summary(train(ledger, NIGHT)))
    say("\nScoring the night ...")
    night = nightly(ledger, NIGHT, out)
    say(f"\n{head(pd.read_csv(night.folder / 'worklist.csv'))}\n")
    say(night_summary(night))


def head(worklist: pd.DataFrame) -> str:
    """The first rows of a worklist.csv for a terminal of 90 columns, each with its first reason below."""
    lines = [LINE.format("#", "customer", "action", "by", "collectible", "days", "gain", "x w", "min", "value*")]
    for row in records(worklist.head(SHOWN_ROWS)):
        amount, gain = f"{row['collectible_amount']:,.2f}", f"{row['expected_gain']:,.2f}"
        weight, value = f"{row['weight']:.2f}", f"{row['value_per_minute']:,.2f}"
        name, action = row["customer_name"][:17], row["action"].replace("_", " ")
        what = (row["rank"], name, action, row["channel"], amount, row["days_past_due"])
        lines.append(LINE.format(*what, gain, weight, row["minutes"], value))
        lines.append(f"{'':4}{row['reason_1']}")
    lines.append("* value per minute = expected gain x weight (w) / minutes: the list is in its order")
    return "\n".join(line.rstrip() for line in lines)
