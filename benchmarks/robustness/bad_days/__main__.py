"""Every bad day, tried one by one: `python -m benchmarks.robustness.bad_days --folder FOLDER [--only WORDS]`.

A small ledger is simulated, models are trained and one night is published, once; each day copies these, does its harm,
and runs its command in a process of its own. Prints a line a day, what is wrong with it, and a summary.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.robustness.bad_days.days.all_days import KINDS
from benchmarks.robustness.bad_days.table import page, summary, tried
from benchmarks.robustness.bad_days.try_days import try_days


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--only", default="", help="Days with these words in their name or kind.")
    parser.add_argument("--left", action="store_true", help="Only what has not gone well in FOLDER yet.")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--page", type=Path, help="Write the table of all days that were ever tried in FOLDER there.")
    asked = parser.parse_args()
    words = asked.only.casefold()
    chosen = {kind: [day for day in days if words in f"{kind}: {day.name}".casefold()] for kind, days in KINDS.items()}
    folder = asked.folder.resolve()
    if asked.left:
        well = {(line.kind, line.name) for line in tried(folder, KINDS) if line.good}
        chosen = {kind: [day for day in days if (kind, day.name) not in well] for kind, days in chosen.items()}
    chosen = {kind: days for kind, days in chosen.items() if days}
    try_days(chosen, folder, asked.at_once)
    lines = tried(folder, chosen)
    print(summary(lines))
    if asked.page:
        asked.page.write_text(page(tried(folder, KINDS)), "utf-8")
    if not all(line.good for line in lines):
        sys.exit(1)


if __name__ == "__main__":
    main()
