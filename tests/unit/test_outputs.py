"""A night's folder is whole or absent, safe to open, and the same again."""

import csv
import stat
import threading
from pathlib import Path

import pandas as pd
import pytest

from worklists.outputs import write_night, write_worklist
from worklists.score_tables import WORKLIST

NIGHT = pd.Timestamp("2024-03-01")


def worklist(**changes: object) -> pd.DataFrame:
    """Two rows, the second rank first."""
    plain = {"text": "a", "date": NIGHT, "money": 123450, "probability": 1 / 3, "number": 21.26, "whole": 7}
    columns = {column.name: [plain[column.kind]] * 2 for column in WORKLIST.columns}
    return pd.DataFrame({**columns, "rank": [2, 1], "customer_id": ["C2", "C1"], **changes})


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_csv_has_the_declared_columns_in_order_of_rank(tmp_path: Path) -> None:
    write_worklist(worklist()[sorted(WORKLIST.names)], tmp_path / "worklist.csv")
    rows = read(tmp_path / "worklist.csv")
    assert list(rows[0]) == WORKLIST.names
    assert [(row["rank"], row["customer_id"]) for row in rows] == [("1", "C1"), ("2", "C2")]


def test_amounts_probabilities_and_dates_read_as_a_person_writes_them(tmp_path: Path) -> None:
    frame = worklist(open_amount=[5, 123450], last_contact_on=[pd.NaT, NIGHT], average_days_late=[None, 21.26])
    write_worklist(frame, tmp_path / "worklist.csv")
    first, second = read(tmp_path / "worklist.csv")
    assert (first["open_amount"], second["open_amount"]) == ("1234.50", "0.05")
    assert first["p_default"] == "0.3333"
    assert (first["as_of"], first["last_contact_on"], second["last_contact_on"]) == ("2024-03-01", "2024-03-01", "")
    assert (first["average_days_late"], second["average_days_late"]) == ("21.3", "")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "=1+1"])
def test_no_cell_can_become_a_formula(tmp_path: Path, name: str) -> None:
    texts = [column.name for column in WORKLIST.columns if column.kind == "text"]
    write_worklist(worklist(**dict.fromkeys(texts, name)), tmp_path / "worklist.csv")
    assert all(row[text] == f"'{name}" for row in read(tmp_path / "worklist.csv") for text in texts)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_night_has_its_files_and_the_extras_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.html").write_text("docs")
    (tmp_path / "invoices.csv").write_text("refused")
    extras = {"data_docs": tmp_path / "docs", "quarantine/invoices.csv": tmp_path / "invoices.csv"}
    night = write_night(tmp_path / "out", NIGHT, worklist(), "<p>Zoë</p>", extras)
    assert night == tmp_path / "out" / "as_of=2024-03-01"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["as_of=2024-03-01"]
    assert set(contents(night)) == {
        "worklist.csv", "report.html", "data_docs/index.html", "quarantine/invoices.csv",
    }  # fmt: skip
    assert (night / "report.html").read_text(encoding="utf-8") == "<p>Zoë</p>"


def test_the_same_night_again_has_the_same_bytes(tmp_path: Path) -> None:
    first = contents(write_night(tmp_path, NIGHT, worklist(), "report", {}))
    again = contents(write_night(tmp_path, NIGHT, worklist().iloc[::-1], "report", {}))
    assert again == first


def test_a_rerun_replaces_the_night_and_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("x")
    older = contents(write_night(tmp_path / "out", NIGHT - pd.Timedelta(days=1), worklist(), "older", {}))
    write_night(tmp_path / "out", NIGHT, worklist(), "old", {"more.txt": tmp_path / "more.txt"})
    night = write_night(tmp_path / "out", NIGHT, worklist(), "new", {})
    assert set(contents(night)) == {"worklist.csv", "report.html"}
    assert (night / "report.html").read_text() == "new"
    assert contents(tmp_path / "out" / "as_of=2024-02-29") == older


def test_nobody_but_owner_and_group_reads_a_night(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir(mode=0o777)
    (tmp_path / "docs" / "index.html").write_text("docs")
    night = write_night(tmp_path / "out", NIGHT, worklist(), "report", {"docs": tmp_path / "docs"})
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [night, *night.rglob("*")]}
    assert modes == {0o750, 0o640}


def test_a_failure_leaves_the_earlier_night_and_no_remains(tmp_path: Path) -> None:
    before = contents(write_night(tmp_path / "out", NIGHT, worklist(), "old", {}))
    with pytest.raises(FileNotFoundError):
        write_night(tmp_path / "out", NIGHT, worklist(), "new", {"docs": tmp_path / "absent"})
    with pytest.raises(ValueError, match="column customer_id"):
        write_night(tmp_path / "out", NIGHT, worklist(customer_id=None), "new", {})
    assert contents(tmp_path / "out" / "as_of=2024-03-01") == before
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_remains_of_a_crash_are_cleaned_and_a_night_moved_aside_comes_back(tmp_path: Path) -> None:
    saved = contents(write_night(tmp_path, NIGHT, worklist(), "saved", {}))
    (tmp_path / "as_of=2024-03-01").rename(tmp_path / ".as_of=2024-03-01-old")
    (tmp_path / ".as_of=2024-03-01-tmp-abc").mkdir()
    (tmp_path / ".as_of=2024-03-01-tmp-abc" / "worklist.csv").write_text("half")
    write_night(tmp_path, NIGHT + pd.Timedelta(days=1), worklist(), "next", {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["as_of=2024-03-01", "as_of=2024-03-02"]
    assert contents(tmp_path / "as_of=2024-03-01") == saved


def test_several_writers_of_one_night_leave_one_whole_night(tmp_path: Path) -> None:
    texts = [f"report {number}" for number in range(6)]
    threads = [threading.Thread(target=write_night, args=(tmp_path, NIGHT, worklist(), text, {})) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in tmp_path.iterdir()] == ["as_of=2024-03-01"]
    assert (tmp_path / "as_of=2024-03-01" / "report.html").read_text() in texts


def test_an_empty_worklist_is_a_csv_with_a_heading(tmp_path: Path) -> None:
    write_worklist(worklist().head(0), tmp_path / "worklist.csv")
    assert (tmp_path / "worklist.csv").read_text().splitlines() == [",".join(f'"{name}"' for name in WORKLIST.names)]
