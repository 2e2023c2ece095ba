"""The place of a day: a ledger, a home and nights of its own, copied from sound ones; and the commands there."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Row = dict[str, str]
SECONDS = 300
# Root could write where no one may: each command runs without that right, as a user's does.
AS_A_USER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
SECRET = "s3cret"


@dataclass(frozen=True)
class Said:
    """How a command ended, what it said, and on which stream."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


@dataclass
class Sound:
    """What all days copy: a sound ledger as rows, and a home with champions and nights, which are made when a day wants
    them. `servers` starts what days share."""

    folder: Path
    rows: Mapping[str, Sequence[Row]]
    trained: Callable[[], None]
    database: Callable[[str], str] = field(repr=False)


class Place:
    """A folder of one day."""

    def __init__(self, folder: Path, sound: Sound) -> None:
        self.folder = folder
        self.sound = sound
        self.ledger_url: str | None = None
        self.database: str | None = None
        self.ledger_rows: Callable[[], Mapping[str, list[Mapping[str, object]]]] | None = None  # where it is no CSV
        self.asks_postgresql = False
        self.environment: dict[str, str] = {}
        self.afterwards: list[Callable[[], object]] = []
        self.within: tuple[str, ...] = ()
        folder.mkdir(parents=True)

    @cached_property
    def ledger(self) -> Path:
        """The ledger's folder, of CSV files; sound until something is done to it."""
        folder = self.folder / "ledger"
        folder.mkdir()
        for name, rows in self.sound.rows.items():
            write_rows(folder / f"{name}.csv", rows)
        return folder

    @cached_property
    def home(self) -> Path:
        """DUERANK_HOME with champions, and what the last night kept of them."""
        self.sound.trained()
        return Path(shutil.copytree(self.sound.folder / "home", self.folder / "home"))

    @cached_property
    def out(self) -> Path:
        """The folder of the nights, with one published night before the day's, and the home that they were made in."""
        assert self.home
        return Path(shutil.copytree(self.sound.folder / "nights", self.folder / "nights"))

    def rows(self, table: str) -> list[Row]:
        """The rows of a table of the ledger."""
        with (self.ledger / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Other rows in the place of a table's."""
        write_rows(self.ledger / f"{table}.csv", rows)

    def duerank(self, *arguments: object, **more: object) -> Said:
        """A command of the command line, in a process of its own, to its end."""
        return self.run([sys.executable, "-m", "duerank", *self.filled(arguments)], **more)

    def run(self, command: Sequence[object], seconds: float = SECONDS, **more: object) -> Said:
        """Any program in this place; code 124 where it did not end in time."""
        program = [*self.within, *self.as_a_user(), *map(str, command)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | more
        process = subprocess.Popen(program, cwd=self.folder, env=self.variables(), **options)
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            return Said(124, _text(out), _text(err))
        return Said(process.returncode, _text(out), _text(err))

    def start(self, *arguments: object) -> "subprocess.Popen[bytes]":
        """A command in the background."""
        program = [*self.as_a_user(), sys.executable, "-m", "duerank", *self.filled(arguments)]
        return subprocess.Popen(
            program, cwd=self.folder, env=self.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True, preexec_fn=_hear_signals,
        )  # fmt: skip

    def wait_until(self, holds: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
        """Wait for something that a running command does; AssertionError where it ends before."""
        while not holds():
            assert process.poll() is None, "the command ended before"
            time.sleep(0.02)

    def leave(self) -> None:
        """Stop what the day started."""
        for stop in reversed(self.afterwards):
            stop()

    def as_a_user(self) -> tuple[str, ...]:
        """What a command begins with; our own PostgreSQL, which another user runs, lets only root to its socket."""
        plain = os.geteuid() != 0 or not shutil.which(AS_A_USER[0]) or self.asks_postgresql
        return () if plain else AS_A_USER

    def filled(self, arguments: Sequence[object]) -> list[str]:
        """Arguments with the places of this day in the place of their names."""
        return [self._filled(str(argument)) for argument in arguments]

    def _filled(self, text: str) -> str:
        for name, value in self._names():
            if name in text:
                text = text.replace(name, str(value()))
        return text

    def _names(self) -> Iterator[tuple[str, Callable[[], object]]]:
        yield "{ledger}", lambda: self.ledger_url or self.ledger
        yield "{out}", lambda: self.out
        yield "{home}", lambda: self.home
        yield "{database}", lambda: self.database
        yield "{place}", lambda: self.folder

    def variables(self) -> dict[str, str]:
        """The environment of a command: nothing of ours but what the day says, and one Prefect server for all days."""
        left = {
            name: value for name, value in os.environ.items() if not name.startswith(("DUERANK_", "PREFECT_", "PG"))
        }
        home = self.folder / "home"
        shared = {"DUERANK_HOME": str(home), "PREFECT_HOME": str(self.sound.folder / "prefect")}
        return left | shared | {"DUERANK_PREFECT_STAYS_SECONDS": "60"} | self.environment


def _hear_signals() -> None:
    """Signals as in a terminal: what runs without one may ignore them, and its children with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Rows as a CSV file, with the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _text(said: bytes | None) -> str:
    return (said or b"").decode("utf-8", "replace")
