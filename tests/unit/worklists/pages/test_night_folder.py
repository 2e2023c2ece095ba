"""A night's folder is whole or absent, the same again, and one run's at a time."""

import multiprocessing
import os
import signal
import stat
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.published_nights import contents
from tests.support.nights.worklists import NIGHT, handovers, worklist
from worklists.pages import night_folder
from worklists.pages.night_folder import NightUnderWay, no_run, prepare_night, put_in_place, sole_run

NEXT = NIGHT + pd.Timedelta(days=1)
NOTHING: Mapping[str, Path] = {}
SHEET = call_sheet_of("C1", "C2")


def write_night(
    folder: Path, as_of: pd.Timestamp, rows: pd.DataFrame, report: str, extras: Mapping[str, Path] = NOTHING
) -> Path:
    """All that a run does with a night's folder."""
    with sole_run(folder, as_of):
        return put_in_place(prepare_night(folder, as_of, rows, handovers(), SHEET, report, extras), as_of)


def seen(folder: Path) -> list[str]:
    """What a reader finds in the folder of the nights."""
    return sorted(path.name for path in folder.iterdir())


def test_a_night_has_its_files_and_the_extras_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.html").write_text("docs")
    (tmp_path / "invoices.csv").write_text("refused")
    extras = {"data_docs": tmp_path / "docs", "quarantine/invoices.csv": tmp_path / "invoices.csv"}
    night = write_night(tmp_path / "out", NIGHT, worklist(), "<p>Zoë</p>", extras)
    assert night == tmp_path / "out" / "as_of=2024-03-01"
    assert seen(tmp_path / "out") == ["as_of=2024-03-01"]
    assert set(contents(night)) == {
        "worklist.csv", "worklist.xlsx", "handovers.csv", "report.html", "data_docs/index.html",
        "quarantine/invoices.csv",
    }  # fmt: skip
    assert (night / "report.html").read_text(encoding="utf-8") == "<p>Zoë</p>"


def test_the_same_night_again_has_the_same_bytes(tmp_path: Path) -> None:
    first = contents(write_night(tmp_path, NIGHT, worklist(), "report"))
    again = contents(write_night(tmp_path, NIGHT, worklist().iloc[::-1], "report"))
    assert again == first


def test_a_rerun_replaces_the_night_and_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("x")
    older = contents(write_night(tmp_path / "out", NIGHT - pd.Timedelta(days=1), worklist(), "older"))
    write_night(tmp_path / "out", NIGHT, worklist(), "old", {"more.txt": tmp_path / "more.txt"})
    night = write_night(tmp_path / "out", NIGHT, worklist(), "new")
    assert set(contents(night)) == {"worklist.csv", "worklist.xlsx", "handovers.csv", "report.html"}
    assert (night / "report.html").read_text() == "new"
    assert contents(tmp_path / "out" / "as_of=2024-02-29") == older


def test_nobody_but_owner_and_group_reads_a_night(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir(mode=0o777)
    (tmp_path / "docs" / "index.html").write_text("docs")
    night = write_night(tmp_path / "out", NIGHT, worklist(), "report", {"docs": tmp_path / "docs"})
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [night, *night.rglob("*")]}
    assert modes == {0o750, 0o640}


def test_a_failure_leaves_the_earlier_night_and_no_remains(tmp_path: Path) -> None:
    before = contents(write_night(tmp_path / "out", NIGHT, worklist(), "old"))
    with pytest.raises(FileNotFoundError):
        write_night(tmp_path / "out", NIGHT, worklist(), "new", {"docs": tmp_path / "absent"})
    with pytest.raises(ValueError, match="column customer_id"):
        write_night(tmp_path / "out", NIGHT, worklist(customer_id=None), "new")
    assert contents(tmp_path / "out" / "as_of=2024-03-01") == before
    assert seen(tmp_path / "out") == ["as_of=2024-03-01"]


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_rerun_replaces_the_night_where_the_system_can_exchange_folders_and_where_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(night_folder, "_exchange", lambda one, other: False)
    write_night(tmp_path, NIGHT, worklist(), "old")
    night = write_night(tmp_path, NIGHT, worklist(), "new")
    assert (night / "report.html").read_text() == "new"
    assert seen(tmp_path) == ["as_of=2024-03-01"]


def test_remains_of_a_crash_are_cleaned_and_a_night_moved_aside_comes_back(tmp_path: Path) -> None:
    saved = contents(write_night(tmp_path, NIGHT, worklist(), "saved"))
    (tmp_path / "as_of=2024-03-01").rename(tmp_path / ".as_of=2024-03-01-old")
    (tmp_path / ".as_of=2024-03-01-tmp-abc").mkdir()
    (tmp_path / ".as_of=2024-03-01-tmp-abc" / "worklist.csv").write_text("half")
    with sole_run(tmp_path, NIGHT):
        pass
    assert seen(tmp_path) == ["as_of=2024-03-01"]
    assert contents(tmp_path / "as_of=2024-03-01") == saved


def test_a_run_of_another_night_leaves_what_is_being_prepared(tmp_path: Path) -> None:
    with sole_run(tmp_path, NIGHT):
        fresh = prepare_night(tmp_path, NIGHT, worklist(), handovers(), SHEET, "slow", NOTHING)
        write_night(tmp_path, NEXT, worklist(), "quick")
        put_in_place(fresh, NIGHT)
    assert seen(tmp_path) == ["as_of=2024-03-01", "as_of=2024-03-02"]


def test_a_second_run_of_a_night_is_told_who_has_it_and_changes_nothing(tmp_path: Path) -> None:
    with sole_run(tmp_path, NIGHT):
        fresh = prepare_night(tmp_path, NIGHT, worklist(), handovers(), SHEET, "first", NOTHING)
        with pytest.raises(NightUnderWay, match=f"night of 2024-03-01 is being written .* by process {os.getpid()}"):
            write_night(tmp_path, NIGHT, worklist(), "second")
        night = put_in_place(fresh, NIGHT)
    assert (night / "report.html").read_text() == "first"
    assert (write_night(tmp_path, NIGHT, worklist(), "third") / "report.html").read_text() == "third"


def test_no_night_begins_while_all_are_held_and_remains_of_any_are_cleaned(tmp_path: Path) -> None:
    (tmp_path / ".as_of=2023-01-01-tmp-abc").mkdir()
    with no_run(tmp_path):
        assert not (tmp_path / ".as_of=2023-01-01-tmp-abc").exists()
        with pytest.raises(NightUnderWay, match=f"a customer is being taken out .* by process {os.getpid()}"):
            write_night(tmp_path, NIGHT, worklist(), "meanwhile")
    under_way = pytest.raises(NightUnderWay, match="a night is being written to")
    with sole_run(tmp_path, NIGHT), sole_run(tmp_path, NEXT), under_way, no_run(tmp_path):
        pass
    assert seen(tmp_path) == []


def _hold(folder: Path) -> None:
    with sole_run(folder, NIGHT):
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_run_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    killed = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path,))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert write_night(tmp_path, NIGHT, worklist(), "after").exists()


def _replace_again_and_again(folder: Path, stop: object) -> None:
    number = 0
    while not stop.is_set():  # type: ignore[attr-defined]
        number += 1
        write_night(folder, NIGHT, worklist(), str(number % 10) * 100_000)


def test_a_reader_always_finds_a_whole_night_while_it_is_replaced(tmp_path: Path) -> None:
    write_night(tmp_path, NIGHT, worklist(), "0" * 100_000)
    process = multiprocessing.get_context("spawn")
    stop = process.Event()
    writer = process.Process(target=_replace_again_and_again, args=(tmp_path, stop))
    writer.start()
    found = set()
    try:
        while len(found) < 5 and writer.is_alive():
            found.add((tmp_path / "as_of=2024-03-01" / "report.html").read_text())
    finally:
        stop.set()
        writer.join()
    assert {(len(text), len(set(text))) for text in found} == {(100_000, 1)}
