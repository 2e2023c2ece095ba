"""A newcomer's minutes: from an export to a valid ledger by the commands, and whether it says what customers owe.

Nine systems that duerank knows, the simulator's ledger in the tables of each; and three exports that it does not know,
with the edits that their drafts need. Each step is a process of its own, as a user starts it.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pandas as pd

from benchmarks.processes import machine
from ledger.frames import Tables
from ledger.simulator.simulate import simulate
from tests.erp.test_round_trips import ROUND_TRIPS
from tests.support.erp.round_trip import RoundTrip, Writer, imported_back, owed
from tests.support.erp.unseen.unseen_exports import UNSEEN, UnseenExport, edited

Owed = dict[str, Decimal]  # by customer; who owes nothing is left out
STEPS = ("draft", "check", "import", "validate")


@dataclass
class Way:
    """What a newcomer went through with one export: seconds and exit code of each command, and the rows refused."""

    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)
    codes: list[int] = field(default_factory=list)
    refused: int = 0

    @property
    def mapping(self) -> Path:
        return self.folder / "mapping.yaml"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger"

    def go(self, source: str, edits: tuple[tuple[str, str], ...] = ()) -> None:
        """Draft, edit, check, import, validate."""
        self._run("draft", "draft-mapping", source, "--out", self.mapping)
        self.mapping.write_text(edited(self.mapping.read_text("utf-8"), edits), "utf-8")
        arguments = ("import", self.mapping, "--input", source, "--out", self.ledger)
        self._run("check", *arguments, "--check")
        self._run("import", *arguments)
        self._run("validate", "validate", self.ledger, "--out", self.folder / "validated")

    def row(self, source: str, edits: int, found: Owed, expected: Owed) -> dict[str, object]:
        """The way as a row of the table; `off` are the customers who owe something else than they should."""
        off = {customer for customer in found.keys() | expected.keys() if found.get(customer) != expected.get(customer)}
        return {
            "source": source, **self.seconds, "edits": edits, "refused": self.refused,
            "codes": " ".join(map(str, self.codes)), "open_found": sum(found.values()),
            "open_expected": sum(expected.values()), "off": len(off),
        }  # fmt: skip

    def _run(self, step: str, *arguments: object) -> None:
        """The seconds of a command; what it prints goes to a file, and the rows that it says were refused are added."""
        command = [sys.executable, "-m", "duerank", *map(str, arguments)]
        environment = {**os.environ, "DUERANK_HOME": str(self.folder.parent / "home")}
        started = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        self.seconds[step] = time.perf_counter() - started
        self.codes.append(done.returncode)
        (self.folder / f"{step}.txt").write_text(done.stdout + done.stderr, "utf-8")
        if step in ("import", "validate"):
            self.refused += sum(int(rows.replace(",", "")) for rows in re.findall(r"([\d,]+) refused", done.stdout))


def known(system: str, write: Writer, tables: Tables, folder: Path) -> dict[str, object]:
    """The way of a simulated ledger in a system's own tables."""
    export = folder / "export"
    export.mkdir(parents=True)
    written = write(tables, export)
    way = Way(folder)
    way.go(str(export))
    trip: RoundTrip = imported_back(tables, written, way.ledger)
    night = max(frame["known_on"].max() for frame in tables.values() if "known_on" in frame and len(frame))
    views = trip.on(night + pd.Timedelta(days=1))
    before, after = ({one: Decimal(int(cents)) / 100 for one, cents in owed(view).items()} for view in views)
    return way.row(system, 0, after, before)


def unseen(name: str, export: UnseenExport, folder: Path) -> dict[str, object]:
    """The way of an export that no mapping knows."""
    place = folder / "export"
    place.mkdir(parents=True)
    way = Way(folder)
    way.go(export.write(export.books(), place), export.edits)
    listed = pd.read_csv(folder / "ledger_check" / "open_by_customer.csv", dtype="str")
    found = {row.customer_id: Decimal(row.open_amount) for row in listed.itertuples() if Decimal(row.open_amount)}
    return way.row(name, len(export.edits), found, export.owed())


def measure(folder: Path) -> pd.DataFrame:
    """One row for each source: seconds by step, edits, refused rows, exit codes, what is open and should be,
    and how many customers are off."""
    tables = simulate(60, 400, 3, "untidy").tables
    rows = []
    for name, export in UNSEEN.items():
        rows.append(unseen(name, export, folder / name))
        print(rows[-1], flush=True)
    for system, write in ROUND_TRIPS.items():
        rows.append(known(system, write, tables, folder / system))
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="An empty folder for all that it makes.")
    folder = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    table = measure(folder)
    print(machine())
    print(table.round(dict.fromkeys(STEPS, 1)).to_string(index=False))


if __name__ == "__main__":
    main()
