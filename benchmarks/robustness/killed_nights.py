"""A night killed (SIGKILL) at a random moment, again and again: what readers then see, and what a rerun gives.

Run it by `python -m benchmarks.robustness.killed_nights --folder FOLDER [--kills 100] [--seed 17] [--database postgresql://…]`.
A ledger is simulated and models are trained in the folder. An undisturbed night follows a night before it; then
every kill begins from the night before alone: every second one at any moment, the others while files and tables are
written. A night that ended before its kill counts for nothing, and another is tried. After the kill, files and tables
must hold the night before, unchanged, and of the night that was killed all or nothing; after a rerun, what the
undisturbed run gave. A killed night is a child of this process, which has loaded all libraries: so the kill hits the
night's work, not the imports.
"""

import argparse
import hashlib
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import sqlalchemy as sa

from ledger.sources.connections import open_engine

BEFORE, NIGHT = date(2024, 1, 8), date(2024, 1, 9)
TRAINED_ON = date(2024, 1, 2)
FAST = ("training.trees=30", "training.spine_every_days=28", "training.min_events=5")
DUERANK = str(Path(sys.executable).with_name("duerank"))

Seen = dict[str, str]
"""By table and night, and by file of a night: a digest of all that a reader finds there."""


def measure(folder: Path, kills: int, seed: int, database: str | None) -> pd.DataFrame:
    """A row for each kill: killed_after (seconds), seen (absent, whole, partial, or tables before files), rerun."""
    _prepare(folder)
    state = State(folder / "nights", database)
    state.clear()
    _run(folder, BEFORE, state, None)
    state.save()
    before = state.seen()
    undisturbed = _run(folder, NIGHT, state, None)
    whole = state.seen()
    draw = random.Random(seed)
    rows: list[dict[str, object]] = []
    while len(rows) < kills:
        state.restore()
        late = len(rows) % 2 == 1
        kill_after = draw.uniform(0, undisturbed.writing if late else undisturbed.seconds)
        night = _run(folder, NIGHT, state, kill_after, late)
        if not night.killed:
            continue
        outcome = state.seen()
        _run(folder, NIGHT, state, None)
        rerun = "same" if state.seen() == whole else "lost"
        rows.append({"killed_after": night.seconds, "seen": _what(outcome, before, whole), "rerun": rerun})
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


class TimedNight(NamedTuple):
    """How long one night ran in all, and of that since it began to write files and tables; whether it was killed."""

    seconds: float
    writing: float
    killed: bool


class State:
    """The folder and the database of the nights, as readers see them; can be put back to where it was."""

    def __init__(self, folder: Path, database: str | None) -> None:
        self.folder = folder
        self.database = database
        self.saved = folder.with_name("saved")

    @property
    def url(self) -> str:
        return self.database or f"sqlite:///{self.folder / 'duerank.db'}"

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        if self.database:
            with self._engine().begin() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))

    def save(self) -> None:
        shutil.rmtree(self.saved, ignore_errors=True)
        shutil.copytree(self.folder, self.saved)

    def restore(self) -> None:
        """As it was when saved: the files, and of the tables the rows of the night before."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.saved, self.folder)
        if self.database:
            with self._engine().begin() as connection:
                for name in self._tables(connection):
                    connection.execute(sa.text(f"DELETE FROM {name} WHERE as_of = '{NIGHT}'"))

    def seen(self) -> Seen:
        files = {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for night in self.folder.glob("as_of=*")
            for path in (night / "worklist.csv", night / "report.html")
        }
        tables: Seen = {}
        with self._engine().connect() as connection:
            for name in self._tables(connection):
                rows = connection.execute(sa.text(f"SELECT * FROM {name}")).mappings().all()
                for night in (BEFORE, NIGHT):
                    of_night = sorted(str(tuple(row.values())) for row in rows if str(row["as_of"]) == str(night))
                    if of_night:
                        tables[f"{name} {night}"] = hashlib.sha256("\n".join(of_night).encode()).hexdigest()
        return files | tables

    def _engine(self) -> sa.Engine:
        return open_engine(self.url)

    def _tables(self, connection: sa.Connection) -> list[str]:
        from worklists.score_db.tables import SCORE_TABLES

        return sorted(set(SCORE_TABLES) & set(sa.inspect(connection).get_table_names()))


def _what(found: Seen, before: Seen, whole: Seen) -> str:
    """Files and tables each hold all of the killed night or nothing of it, and all of the night before."""
    new_files = {name for name in whole.keys() - before.keys() if name.startswith("as_of=")}
    new_rows = whole.keys() - before.keys() - new_files
    unchanged = all(whole.get(name) == digest for name, digest in found.items()) and before.keys() <= found.keys()
    parts = [found.keys() & new_files, found.keys() & new_rows]
    if not unchanged or parts[0] not in (set(), new_files) or parts[1] not in (set(), new_rows):
        return "partial"
    return {(False, False): "absent", (True, True): "whole"}.get(
        (bool(parts[0]), bool(parts[1])), "tables, files not yet"
    )


def _prepare(folder: Path) -> None:
    """A ledger and champions, once."""
    if (folder / "ledger").exists():
        return
    environment = os.environ | {"DUERANK_HOME": str(folder / "home")}
    made = ["simulate", "--customers", "250", "--days", "400", "--seed", "11", "--out", str(folder / "ledger")]
    learned = ["train", str(folder / "ledger"), "--as-of", str(TRAINED_ON), *_settings()]
    for arguments in (made, learned):
        subprocess.run([DUERANK, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)


def _settings() -> list[str]:
    return [part for setting in FAST for part in ("--set", setting)]


def _run(
    folder: Path, as_of: date, state: State, kill_after: float | None, since_it_writes: bool = False
) -> TimedNight:
    """One night in a child process, killed so many seconds after its start, or after it began to write."""
    arguments = ["nightly", str(folder / "ledger"), "--as-of", str(as_of), "--out", str(state.folder), *_settings()]
    arguments += ["--database", state.database] if state.database else []
    started, writes = time.perf_counter(), math.inf
    child = os.fork()
    if child == 0:
        _night(arguments)
    status = None
    while status is None:
        time.sleep(0.005)
        done, code = os.waitpid(child, os.WNOHANG)
        status = code if done else None
        now = time.perf_counter()
        if writes == math.inf and any(state.folder.glob(f".as_of={as_of}-tmp-*")):
            writes = now
        counted_from = writes if since_it_writes else started
        if status is None and kill_after is not None and now - counted_from >= kill_after:
            os.killpg(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
    if kill_after is None and status:
        raise RuntimeError(f"an undisturbed night ended with status {status}")
    ended = time.perf_counter()
    return TimedNight(ended - started, ended - writes, os.WIFSIGNALED(status))


def _night(arguments: list[str]) -> None:
    """In the child: its own process group, so that what it starts is killed with it; no output."""
    os.setpgid(0, 0)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    from pipelines.cli import main

    try:
        main(arguments, standalone_mode=False)
        os._exit(0)
    except SystemExit as stop:
        os._exit(int(stop.code or 0))


def main() -> None:
    """Print every kill, and what became of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--database", help="A PostgreSQL database of this measurement alone: it is emptied.")
    asked = parser.parse_args()
    asked.folder = asked.folder.resolve()
    asked.folder.mkdir(parents=True, exist_ok=True)
    os.environ["DUERANK_HOME"] = str(asked.folder / "home")
    import pipelines.nightly  # noqa: F401  before the forks, so that no night spends its time on imports

    kills = measure(asked.folder, asked.kills, asked.seed, asked.database)
    print(kills.groupby(["seen", "rerun"]).size().rename("kills").reset_index().to_string(index=False))


if __name__ == "__main__":
    main()
