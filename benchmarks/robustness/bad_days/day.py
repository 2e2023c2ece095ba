"""A bad day: its name in plain words, what is done to a sound place, the command, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.robustness.bad_days.place import Place, Said

NIGHT, BEFORE = "2024-01-08", "2024-01-05"
LEDGER, OUT = "{ledger}", "{out}"

VALIDATE = ("validate", LEDGER, "--out", "{place}/validated")
NIGHTLY = ("nightly", LEDGER, "--as-of", NIGHT, "--out", OUT, "--set", "scale.workers=1")
FAST = ("--set", "training.trees=30", "--set", "training.spine_every_days=28", "--set", "training.min_events=5")
TRAIN = ("train", LEDGER, "--as-of", "2024-01-02", *FAST, "--set", "scale.workers=1")


def nothing_done(_place: Place) -> None:
    """Nothing is wrong with the place: the command itself is the bad day."""


def nothing_more(_place: Place, _said: Said) -> str:
    """Nothing else must be there."""
    return ""


@dataclass(frozen=True)
class Day:
    """One bad day.

    `command` has the arguments of one command, in which {ledger}, {out}, {home} and {place} stand for the day's own;
    or it is a function that runs several and gives what the decisive one said. `code` is the exit code that must come,
    `says` are words that must be told: on the terminal, which has the notes of the night, or in the quarantine. A day
    that ends with 0 and says nothing must have done no harm: the night is counted to the cent, or `still` looks.
    `still` gives what is missing, '' where all is there. `published`: the night comes though the code is not 0.
    `changes`: earlier nights may change. `absent` says why the day cannot be tried here, '' where it can.
    """

    name: str
    harm: Callable[[Place], object]
    command: tuple[str, ...] | Callable[[Place], Said]
    code: int = 0
    says: tuple[str, ...] = ()
    still: Callable[[Place, Said], str] = nothing_more
    published: bool = False
    changes: bool = False
    absent: Callable[[], str] = lambda: ""
