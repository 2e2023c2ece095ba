"""Places that cannot be read or written, and surroundings that programs do not expect."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial

from benchmarks.robustness.bad_days.day import LEDGER, NIGHT, NIGHTLY, TRAIN, VALIDATE, Day
from benchmarks.robustness.bad_days.edits import Harm, all_of, text
from benchmarks.robustness.bad_days.place import Place, Said

DENIED = ("Permission denied",)
SMALL_FILES = ("prlimit", "--fsize=300000", "--")


def no_room_of_its_own() -> str:
    """Why no small disk can be made here; '' where one can."""
    done = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "no namespace can be made here"


def surroundings(**variables: str) -> Harm:
    return lambda place: place.environment.update(variables)


def read_only(name: str) -> Harm:
    """One of the day's folders, which may be read and not be written."""

    def harm(place: Place) -> None:
        folder = getattr(place, name)
        folder.chmod(0o555)
        place.afterwards.append(partial(folder.chmod, 0o755))

    return harm


def on_a_small_disk(name: str) -> Harm:
    """One of the day's folders on a disk of one MiB, which the command alone sees; what was there is there."""

    def harm(place: Place) -> None:
        folder = getattr(place, name)
        place.within = (
            "unshare", "-rm", "sh", "-c",
            f"cp -r {folder} {folder}.whole && mount -t tmpfs -o size=1500k tmpfs {folder} && "
            f"(cp -r {folder}.whole/as_of=* {folder} 2>/dev/null; true) && exec \"$@\"", "sh",
        )  # fmt: skip

    return harm


def within(*program: str) -> Harm:
    return lambda place: setattr(place, "within", program)


def to(where: str) -> Callable[[Place], Said]:
    """A night whose summary goes elsewhere than to a terminal."""

    def command(place: Place) -> Said:
        with open(where, "w") as stream:
            return place.duerank(*NIGHTLY, stdout=stream)

    return command


def closed(stream: str) -> Callable[[Place], Said]:
    """A night whose standard output or error is closed."""

    def command(place: Place) -> Said:
        line = f'exec "$@" {stream}>&-'
        return place.run(["sh", "-c", line, "sh", sys.executable, "-m", "duerank", *place.filled(NIGHTLY)])

    return command


def from_nowhere(place: Place) -> Said:
    """A command from a folder that someone deletes."""
    line = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    return place.run(["sh", "-c", line, "sh", sys.executable, "-m", "duerank", *place.filled(VALIDATE)])


def came(place: Place, _said: Said) -> str:
    """The night is there."""
    return "" if (place.out / f"as_of={NIGHT}" / "worklist.csv").is_file() else "the night is not there"


def out_at(path: str) -> tuple[str, ...]:
    return ("nightly", LEDGER, "--as-of", NIGHT, "--out", path, "--set", "scale.workers=1")


def file_as(name: str) -> Harm:
    return lambda place: (place.home, (place.folder / name).write_text("no folder"))


def a_file_as_home(place: Place) -> None:
    (place.folder / "file").write_text("no folder")
    place.environment["DUERANK_HOME"] = str(place.folder / "file")


def a_loop(place: Place) -> None:
    assert place.home
    (place.folder / "loop").symlink_to(place.folder / "loop")


def replay(out: str) -> tuple[str, ...]:
    return ("backtest", LEDGER, "--from", NIGHT, "--to", NIGHT, "--out", out)


UNDER_A_FILE = "{place}/file/nights"
PLACES = (
    Day("nights in a folder that is read-only", read_only("out"), NIGHTLY, 2, DENIED),
    Day("nights under a file", file_as("file"), out_at(UNDER_A_FILE), 2, ("Not a directory",)),
    Day("nights in a file", file_as("file"), out_at("{place}/file"), 2, ("is a file",)),
    Day(
        "a name of 300 letters for the nights",
        lambda place: place.home,
        out_at("{place}/" + "n" * 300),
        2,
        ("too long",),
    ),
    Day("a link that leads to itself for the nights", a_loop, out_at("{place}/loop"), 2, ("loop",)),
    Day(
        "a name with blanks and emoji for the nights",
        lambda place: place.home,
        out_at("{place}/my nights 🦊 #1?%20"),
        0,
        still=lambda place, _said: (
            "" if list(place.folder.glob(f"my nights*/as_of={NIGHT}/worklist.csv")) else "no night"
        ),
    ),
    Day("a replay under a file", file_as("file"), replay(UNDER_A_FILE), 2, ("Not a directory",)),
    Day(
        "validation under a file", file_as("file"), ("validate", LEDGER, "--out", UNDER_A_FILE), 2, ("Not a directory",)
    ),
    Day(
        "features in a folder that is not there",
        file_as("file"),
        ("features", LEDGER, "--as-of", NIGHT, "--out", "{place}/file/f.parquet"),
        2,
        ("Not a directory",),
    ),
    Day(
        "a simulated ledger under a file",
        file_as("file"),
        ("simulate", "--customers", "5", "--days", "40", "--seed", "1", "--out", UNDER_A_FILE),
        2,
        ("Not a directory",),
    ),
    Day("a home that is read-only", all_of(lambda place: place.out, read_only("home")), TRAIN, 2, DENIED),
    Day("a home that is a file", a_file_as_home, TRAIN, 2, ("file",)),
    Day("a night with a home that is a file", all_of(lambda place: place.out, a_file_as_home), NIGHTLY, 2, ("file",)),
    Day(
        "a disk that is full in mid-night",
        on_a_small_disk("out"),
        NIGHTLY,
        1,
        ("disk is full",),
        absent=no_room_of_its_own,
    ),
    Day(
        "a limit on the size of files",
        all_of(lambda place: place.out, within(*SMALL_FILES)),
        NIGHTLY,
        1,
        ("no room left on the disk",),
    ),
    Day("few open files (64)", all_of(lambda place: place.out, within("prlimit", "--nofile=64", "--")), NIGHTLY),
    Day(
        "a temporary folder that is not there",
        all_of(lambda place: place.out, surroundings(TMPDIR="/nowhere")),
        NIGHTLY,
    ),
    Day(
        "a summary for a full disk",
        lambda place: place.out,
        to("/dev/full"),
        1,
        ("the command is done, but its summary cannot be written",),
        still=came,
    ),
    Day("a closed standard output", lambda place: place.out, closed("1"), 0, still=came),
    Day("a closed error stream", lambda place: place.out, closed("2"), 0, still=came),
    Day("a folder that was deleted under the command", lambda place: place.ledger, from_nowhere, 2, ("is gone",)),
    Day(
        "the locale C and ASCII output",
        all_of(
            lambda place: place.out,
            surroundings(LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
        ),
        NIGHTLY,
    ),
    Day(
        "umlauts for an ASCII terminal",
        all_of(
            text("payments", lambda whole: whole + "Pü,,C00001,2023-12-01,1,2,3,4,5\n"),
            surroundings(PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0", LC_ALL="C"),
        ),
        VALIDATE,
        0,
        ("wrong number of fields",),
    ),
    Day(
        "a Turkish locale that is not installed",
        all_of(lambda place: place.out, surroundings(LC_ALL="tr_TR.UTF-8")),
        NIGHTLY,
    ),
    Day("the time zone of Kiribati", all_of(lambda place: place.out, surroundings(TZ="Pacific/Kiritimati")), NIGHTLY),
    Day("a time zone that does not exist", all_of(lambda place: place.out, surroundings(TZ="Mars/Olympus")), NIGHTLY),
    Day("a terminal of one column", all_of(lambda place: place.out, surroundings(COLUMNS="1", TERM="dumb")), NIGHTLY),
    Day(
        "no HOME and no USER",
        all_of(lambda place: place.out, within("env", "-u", "HOME", "-u", "USER", "-u", "LOGNAME")),
        NIGHTLY,
    ),
)
