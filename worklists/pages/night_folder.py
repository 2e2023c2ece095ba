"""A night's folder, `as_of=YYYY-MM-DD/`: prepared aside, and put in its place at once, by one run at a time."""

import ctypes
import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from configs.file_locks import hold, sign
from configs.privacy import FILE_MODE, FOLDER_MODE
from worklists.call_sheet.gather import CallSheet
from worklists.pages.workbook import write_workbook
from worklists.pages.worklist_csv import write_handovers, write_worklist

ALL_NIGHTS = ".nights.lock"
REMAINS = re.compile(r"\.(as_of=\d{4}-\d{2}-\d{2})-(?:old|tmp-.+)")
NOTHING: Mapping[str, Path] = {}
AT_WORKING_FOLDER, EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2(2)


class NightUnderWay(RuntimeError):
    """Another run is writing the same night into the same folder."""


@contextmanager
def sole_run(folder: Path, as_of: pd.Timestamp) -> Iterator[None]:
    """Hold a night of a folder for this run alone; NightUnderWay where another run holds it, or all nights;
    NotADirectoryError where a link or a file lies in the night's place.

    The hold ends with the process, however it ends. What a run that was killed left of this night is cleaned up.
    """
    name = folder_name(as_of)
    folder.mkdir(parents=True, exist_ok=True)
    _require_a_folder(folder / name)
    with (
        _held(folder / ALL_NIGHTS, fcntl.LOCK_SH, f"a customer is being taken out of the nights in {folder}"),
        _held(folder / f".{name}.lock", fcntl.LOCK_EX, f"the night of {as_of.date()} is being written to {folder}"),
    ):
        _recover(folder, name)
        yield


@contextmanager
def no_run(folder: Path) -> Iterator[None]:
    """Hold all nights of a folder, those to come too; NightUnderWay where a run is writing one.

    What runs that were killed left of any night is cleaned up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _held(folder / ALL_NIGHTS, fcntl.LOCK_EX, f"a night is being written to {folder}"):
        for name in sorted({found[1] for path in folder.iterdir() if (found := REMAINS.fullmatch(path.name))}):
            _recover(folder, name)
        yield


@contextmanager
def _held(lock: Path, how: int, why_not: str) -> Iterator[None]:
    """Hold a lock's file alone, or with others of its kind; NightUnderWay where it is held against it: why, and by
    whom."""
    handle = hold(lock, how)
    if handle is None:
        holder = lock.read_text("utf-8") if lock.exists() else ""
        raise NightUnderWay(
            f"{why_not} by {holder or 'another run'}: this run changed nothing. Wait for the other one; if it hangs, "
            f"end it, and run this again."
        )
    try:
        sign(handle)
        yield
    finally:
        with suppress(OSError):  # others may hold it, too; and an unused lock must not say that a night failed
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lock.unlink()
        os.close(handle)


def _require_a_folder(night: Path) -> None:
    """A night is put in its place by a rename, which would put it in the place of a link, and not where that points."""
    if night.is_symlink() or (night.exists() and not night.is_dir()):
        raise NotADirectoryError(errno.ENOTDIR, "a link or a file is in the place of a night's folder", str(night))


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
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder_name(as_of)}-tmp-", dir=folder))
    try:
        fill(fresh)
        _settle(fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return fresh


def put_in_place(fresh: Path, as_of: pd.Timestamp, kept: Mapping[str, Path] = NOTHING) -> Path:
    """Make a prepared folder the night's; an earlier run of the night is replaced without a moment between.

    `kept` are files of that earlier run that stay, by the names that they have from now on.
    """
    night = fresh.with_name(folder_name(as_of))
    if kept:
        for name, source in kept.items():
            _copy(source, fresh / name)
        _settle(fresh)
    if not night.exists():
        fresh.rename(night)
    elif _exchange(fresh, night):
        shutil.rmtree(fresh, ignore_errors=True)
    else:
        _replace(fresh, night)
    _sync(night.parent)
    return night


def folder_name(as_of: pd.Timestamp) -> str:
    """The name of a night's folder."""
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
