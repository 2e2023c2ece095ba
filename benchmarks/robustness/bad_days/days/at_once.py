"""Two at once, killed in the middle, and files that change while they are read."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from benchmarks.robustness.bad_days.day import NIGHT, NIGHTLY, TRAIN, VALIDATE, Day
from benchmarks.robustness.bad_days.edits import Harm, all_of
from benchmarks.robustness.bad_days.place import Place, Said

FUTURE = 4_000_000_000  # seconds since 1970: in the year 2096


@contextmanager
def standing_still(place: Place) -> Iterator[None]:
    """A night that has begun stands still, and comes to its end afterwards."""
    night = place.start(*NIGHTLY)
    place.wait_until(lambda: (place.out / f".as_of={NIGHT}.lock").exists(), night)
    os.kill(night.pid, signal.SIGSTOP)
    yield
    os.kill(night.pid, signal.SIGCONT)
    _out, err = night.communicate()
    assert night.returncode == 0, err.decode()


def two_nights(place: Place) -> Said:
    """The second of two runs of one night."""
    with standing_still(place):
        return place.duerank(*NIGHTLY)


def stopped_by(number: int) -> Callable[[Place], Said]:
    """A night that gets a signal while it is at work; what it said, and -signal where it was killed by it."""

    def command(place: Place) -> Said:
        night = place.start(*NIGHTLY)
        place.wait_until(lambda: (place.out / f".as_of={NIGHT}.lock").exists(), night)
        os.kill(night.pid, number)
        out, err = night.communicate(timeout=120)
        return Said(night.returncode, out.decode(), err.decode())

    return command


def killed_and_again(place: Place) -> Said:
    """A night that was killed, and run again."""
    stopped_by(signal.SIGKILL)(place)
    return place.duerank(*NIGHTLY)


def absent(place: Place, said: Said) -> str:
    """Nothing of the night is there."""
    return "a part of the night is there" if (place.out / f"as_of={NIGHT}").exists() else ""


def whole(place: Place, said: Said) -> str:
    """The night is there, and nothing that a killed run left."""
    left = [path.name for path in place.out.iterdir() if "-tmp-" in path.name]
    there = (place.out / f"as_of={NIGHT}" / "worklist.csv").is_file()
    return "" if there and not left else f"of the night {'all' if there else 'nothing'} is there, and {left}"


def written_again_and_again(rewrite: Harm) -> Harm:
    """A file of the ledger is written anew all the time while the command runs."""

    def harm(place: Place) -> None:
        ended = threading.Event()
        rewrite(place)

        def go_on() -> None:
            while not ended.wait(0.05):
                rewrite(place)

        writer = threading.Thread(target=go_on, daemon=True)
        writer.start()
        place.afterwards.append(lambda: (ended.set(), writer.join()))

    return harm


def replaced(path: Path, fresh: Path) -> None:
    fresh.replace(path)


def payments_as_parquet(place: Place) -> None:
    """The same rows in row groups of another size each time."""
    place.sizes = getattr(place, "sizes", 100) + 1
    csv, fresh = place.ledger / "payments.csv", place.folder / "fresh.parquet"
    frame = pd.DataFrame(list(place.sound.rows["payments"])).replace("", None)
    frame.assign(amount=frame["amount"].astype(float)).to_parquet(fresh, row_group_size=place.sizes % 500 + 50)
    csv.unlink(missing_ok=True)
    replaced(place.ledger / "payments.parquet", fresh)


def payments_as_csv(place: Place) -> None:
    """The rows in another order each time."""
    place.order = not getattr(place, "order", False)
    path, fresh = place.ledger / "payments.csv", place.folder / "fresh.csv"
    head, *lines = path.read_text("utf-8").splitlines(keepends=True)
    fresh.write_text(head + "".join(reversed(lines)), "utf-8")
    replaced(path, fresh)


def from_the_future(place: Place) -> None:
    """The clock went back: every file is younger than now."""
    assert place.out
    for folder in (place.ledger, place.out, place.home):
        for path in folder.rglob("*"):
            os.utime(path, (FUTURE, FUTURE))


def a_lock_is_left(place: Place) -> None:
    """A file of a lock, of a run that is dead."""
    (place.out / f".as_of={NIGHT}.lock").write_text("99999999")


def two_trainings(place: Place) -> Said:
    """Two trainings at once in one fresh home."""
    begun = [place.start(*TRAIN) for _ in range(2)]
    said = [process.communicate() for process in begun]
    return Said(
        max(process.returncode for process in begun), "".join(text.decode() for both in said for text in both), ""
    )


def two_validations(place: Place) -> Said:
    begun = [place.start(*VALIDATE) for _ in range(2)]
    said = [process.communicate() for process in begun]
    return Said(
        max(process.returncode for process in begun), "".join(text.decode() for both in said for text in both), ""
    )


SOUND = lambda place: place.out  # noqa: E731
AT_ONCE = (
    Day("two runs of a night at once", SOUND, two_nights, 2, ("is being written",), whole),
    Day("a night stopped from the keyboard", SOUND, stopped_by(signal.SIGINT), 1, ("Aborted",), absent),
    Day("a night that is asked to end (SIGTERM)", SOUND, stopped_by(signal.SIGTERM), -15, (), absent),
    Day("a night whose terminal was closed (SIGHUP)", SOUND, stopped_by(signal.SIGHUP), -1, (), absent),
    Day("a night that was killed, and run again", SOUND, killed_and_again, 0, (f"Night of {NIGHT}",), whole),
    Day(
        "a CSV that is written again and again meanwhile",
        all_of(SOUND, written_again_and_again(payments_as_csv)),
        NIGHTLY,
        3,
        ("payments.csv",),
    ),
    Day(
        "Parquet that is written again and again meanwhile, with the same rows",
        all_of(SOUND, written_again_and_again(payments_as_parquet)),
        NIGHTLY,
        3,
        ("payments.parquet",),
    ),
    Day("a clock that went back by seventy years", from_the_future, NIGHTLY),
    Day("the lock of a run that is dead", a_lock_is_left, NIGHTLY),
    Day("two trainings at once in a fresh home", lambda place: place.ledger, two_trainings, 0, ("is the champion",)),
    Day("two validations into one folder", lambda place: place.ledger, two_validations, 0, ("rows received",)),
)
