"""A night's folder, `as_of=YYYY-MM-DD/`: prepared aside, and put in its place at once, by one run at a time."""

import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from configs.privacy import FILE_MODE, FOLDER_MODE, open_plain
from worklists.call_sheet.gather import CallSheet
from worklists.pages.workbook import write_workbook
from worklists.pages.worklist_csv import write_handovers, write_worklist

AT_WORKING_FOLDER, EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2(2)


class NightUnderWay(RuntimeError):
    """Another run is writing the same night into the same folder."""


@contextmanager
def sole_run(folder: Path, as_of: pd.Timestamp) -> Iterator[None]:
    """Hold a night of a folder for this run alone; NightUnderWay where another run holds it, NotADirectoryError where
    a link or a file lies in the night's place.

    The hold ends with the process, however it ends. What a run that was killed left of this night is cleaned up.
    """
    name = _name(as_of)
    folder.mkdir(parents=True, exist_ok=True)
    _require_a_folder(folder / name)
    lock = folder / f".{name}.lock"
    handle = _hold(lock)
    if handle is None:
        holder = lock.read_text("utf-8") if lock.exists() else ""
        raise NightUnderWay(
            f"the night of {as_of.date()} is being written to {folder} by {holder or 'another run'}: this run changed "
            f"nothing. Wait for the other one; if it hangs, end it, and run the night again."
        )
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()} on {os.uname().nodename}".encode(), 0)
        _recover(folder, name)
        yield
    finally:
        with suppress(OSError):  # the night may be published: an unused lock must not say otherwise
            lock.unlink()
        os.close(handle)


def _require_a_folder(night: Path) -> None:
    """A night is put in its place by a rename, which would put it in the place of a link, and not where that points."""
    if night.is_symlink() or (night.exists() and not night.is_dir()):
        raise NotADirectoryError(errno.ENOTDIR, "a link or a file is in the place of a night's folder", str(night))


def _hold(lock: Path) -> int | None:
    """The lock's file, held; None where another run holds it. Its holder deletes it: it may be gone by the time."""
    handle = open_plain(lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink:
            return handle
    except BlockingIOError:
        os.close(handle)
        return None
    os.close(handle)
    return _hold(lock)


def prepare_night(
    folder: Path,
    as_of: pd.Timestamp,
    worklist: pd.DataFrame,
    handovers: pd.DataFrame,
    sheet: CallSheet,
    report_html: str,
    extras: Mapping[str, Path],
    mark: bool = True,
) -> Path:
    """Write a night's worklist.csv, worklist.xlsx, handovers.csv, report.html and extras to a hidden folder next to its
    place, down to the disk.

    `worklist` and `handovers` have the columns of `WORKLIST` and `HANDOVERS` (cents, datetime64), `sheet` is the call
    sheet of both, `mark` is of `write_worklist`. `extras` names further files or folders of the night and where they
    lie now; they are copied. Only within `sole_run`. ValueError where a table is not as declared; OSError where the
    disk does not take it, and then nothing is left.
    """

    def fill(fresh: Path) -> None:
        write_worklist(worklist, fresh / "worklist.csv", mark)
        write_workbook(worklist, handovers, sheet, fresh / "worklist.xlsx")
        write_handovers(handovers, fresh / "handovers.csv", mark)
        (fresh / "report.html").write_text(report_html, encoding="utf-8")
        for inner, source in extras.items():
            _copy(source, fresh / inner)

    return prepared(folder, as_of, fill)


def prepared(folder: Path, as_of: pd.Timestamp, fill: Callable[[Path], object]) -> Path:
    """A hidden folder next to a night's place, filled and on the disk; nothing is left where the disk refuses it."""
    fresh = Path(tempfile.mkdtemp(prefix=f".{_name(as_of)}-tmp-", dir=folder))
    try:
        fill(fresh)
        _settle(fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return fresh


def put_in_place(fresh: Path, as_of: pd.Timestamp) -> Path:
    """Make a prepared folder the night's; an earlier run of the night is replaced without a moment between."""
    night = fresh.with_name(_name(as_of))
    if not night.exists():
        fresh.rename(night)
    elif _exchange(fresh, night):
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        _replace(fresh, night)
    _sync(night.parent)
    return night


def _name(as_of: pd.Timestamp) -> str:
    return f"as_of={as_of.date().isoformat()}"


def _recover(folder: Path, name: str) -> None:
    """Put back what a run that died between two renames had moved aside; delete what it left unfinished."""
    night, aside = folder / name, folder / f".{name}-old"
    if aside.is_dir() and not aside.is_symlink() and not night.exists():
        aside.rename(night)
    for left in (aside, *folder.glob(f".{name}-tmp-*")):
        if left.is_symlink():
            left.unlink()
        else:
            shutil.rmtree(left, ignore_errors=left == aside)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _settle(folder: Path) -> None:
    """Set the modes and wait until all is on the disk, so that a power cut cannot leave a night of empty files."""
    for place, _, names in os.walk(folder):
        for name in names:
            Path(place, name).chmod(FILE_MODE)
            _sync(Path(place, name))
        Path(place).chmod(FOLDER_MODE)
        _sync(Path(place))


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change names at once; False where the system or its file system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    answer: int = rename(AT_WORKING_FOLDER, os.fsencode(one), AT_WORKING_FOLDER, os.fsencode(other), EXCHANGE)
    return answer == 0


def _replace(fresh: Path, night: Path) -> None:
    """The same by two renames; the old folder comes back where the second fails."""
    aside = night.with_name(f".{night.name}-old")
    night.rename(aside)
    try:
        fresh.rename(night)
    except OSError:
        aside.rename(night)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
