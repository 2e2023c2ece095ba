"""The command line on the session's trained home: its nights, its fast settings, and one command in this process."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from click.testing import CliRunner, Result

from ledger.frames import Tables

TRAINED_ON, NIGHT, NEXT_NIGHT = date(2024, 1, 2), date(2024, 1, 8), date(2024, 1, 9)
# One process: to start another takes longer than these trainings do.
FAST = ("training.trees=30", "training.spine_every_days=28", "training.min_events=5", "scale.workers=1")


@dataclass(frozen=True)
class TrainedHome:
    """A home with champions, the ledger that they were learned from, and what `train` answered."""

    home: Path
    ledger: Path
    tables: Tables
    results: list


def overrides() -> list[str]:
    """The fast settings as the command line takes them."""
    return [part for setting in FAST for part in ("--set", setting)]


def duerank(*arguments: object) -> Result:
    """One command of the command line, in this process."""
    from pipelines.cli import main

    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def nightly(ledger: Path, out: Path, as_of: date = NIGHT, *more: object) -> Result:
    """A night that must be done."""
    result = duerank("nightly", ledger, "--as-of", as_of, "--out", out, *overrides(), *more)
    assert result.exit_code == 0, result.output
    return result


FOUR = ("--set", "scale.rows_per_partition=3000")
ONE_PROCESS, TWO_WORKERS = ("--set", "scale.workers=1"), ("--set", "scale.workers=2")
