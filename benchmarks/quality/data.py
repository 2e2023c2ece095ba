"""Where the real data lies, and a sentence where it does not."""

import sys
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data"
HILLSTROM = FOLDER / "hillstrom_email_trial.csv.gz"
BANK_RECOVERY = FOLDER / "bank_recovery.csv"


def run(measure: Callable[[Path], str], data: Path) -> None:
    """Print what `measure` reports on the data; exit 2 with a sentence where there is none."""
    if not data.exists():
        print(
            f"{data.name} is not there: this benchmark reads ../shared/data/{data.name}, seen from the "
            "project's folder. Put the file there and run it again; nothing else is needed.",
            file=sys.stderr,
        )
        sys.exit(2)
    print(measure(data))


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
