"""A night's folder: `as_of=YYYY-MM-DD/` with worklist.csv and report.html, whole or absent."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ledger.quarantine import write_csv
from worklists.score_schema import as_arrow
from worklists.score_tables import WORKLIST

FOLDER_MODE, FILE_MODE = 0o750, 0o640  # owner and group: the files name people and what they owe
DIGITS = {"probability": 4, "number": 1}


def write_night(
    folder: Path, as_of: pd.Timestamp, worklist: pd.DataFrame, report_html: str, extras: Mapping[str, Path]
) -> Path:
    """Write `folder/as_of=YYYY-MM-DD/`, replacing an earlier run of that night, and return its path.

    `worklist` has the columns of `WORKLIST` (cents, datetime64). `extras` names further files or folders of the night
    and where they lie now; they are copied. Until all is on the disk the earlier run's folder stands; another night's
    is never touched. ValueError where the worklist is not as declared; OSError where the disk does not take it.
    """
    name = f"as_of={as_of.date().isoformat()}"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _recover(folder)
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}-tmp-", dir=folder))
        try:
            write_worklist(worklist, fresh / "worklist.csv")
            (fresh / "report.html").write_text(report_html, encoding="utf-8")
            for inner, source in extras.items():
                _copy(source, fresh / inner)
            _settle(fresh)
            _swap(fresh, folder / name)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return folder / name


def write_worklist(worklist: pd.DataFrame, path: Path) -> None:
    """worklist.csv: the declared columns in order of rank, currency units with two decimals, ISO dates.

    No cell can become a formula in a spreadsheet, and the same worklist gives the same bytes.
    """
    frame = as_arrow(WORKLIST, worklist).to_pandas(date_as_object=True)
    for column in WORKLIST.columns:
        if column.kind == "date":
            frame[column.name] = frame[column.name].map(lambda day: day.isoformat(), na_action="ignore")
        if column.kind in DIGITS:
            frame[column.name] = frame[column.name].round(DIGITS[column.kind])
    write_csv(frame, path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer per folder: another's unfinished night looks like the remains of a crash. Freed if we die."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _recover(folder: Path) -> None:
    """Put back what a run that died between the two renames had moved aside; delete what others left unfinished."""
    for aside in sorted(folder.glob(".as_of=*-old")):
        night = folder / aside.name.removeprefix(".").removesuffix("-old")
        if night.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(night)
    for unfinished in folder.glob(".as_of=*-tmp-*"):
        shutil.rmtree(unfinished)


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


def _swap(fresh: Path, night: Path) -> None:
    """Put the new folder in the place of the old one; the old one comes back where that fails."""
    aside = night.with_name(f".{night.name}-old")
    if night.exists():
        night.rename(aside)
    try:
        fresh.rename(night)
    except OSError:
        if aside.exists():
            aside.rename(night)
        raise
    _sync(night.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_backtest(
    folder: Path, invoices: pd.DataFrame, customers: pd.DataFrame, policies: pd.DataFrame, plot: Figure
) -> None:
    """predictions.parquet, customer_predictions.parquet, policies.csv and policies.png; each replaced at once."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in (("predictions", invoices), ("customer_predictions", customers)):
        frame.to_parquet(folder / f".{name}.parquet", index=False)
        (folder / f".{name}.parquet").replace(folder / f"{name}.parquet")
    write_csv(policies, folder / ".policies.csv")
    (folder / ".policies.csv").replace(folder / "policies.csv")
    plot.savefig(folder / ".policies.png", dpi=110, metadata={"Software": None})
    (folder / ".policies.png").replace(folder / "policies.png")
