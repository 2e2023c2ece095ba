"""What a collector filled in becomes contacts, promises and disputes, whatever program saved the file."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ledger.errors import LedgerError
from tests.support.nights.filled_worklists import ADVICE, HEAD, outcomes, plain
from tests.support.nights.worklists import worklist
from worklists.pages.read_outcomes import outcomes_of, read_filled
from worklists.pages.workbook import write_workbook
from worklists.pages.worklist_csv import write_worklist


def test_a_worked_row_is_a_contact_with_the_propensity_of_the_night_that_advised_it(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "a,1,reached,2024-03-04,,12,,,,", "a,4,no_answer,,letter,,,,,")
    assert found.worked == 2 and found.refused.empty
    assert plain(
        found.tables["contacts"], "contact_id", "customer_id", "contacted_on", "channel", "outcome", "minutes"
    ) == [
        ("a-1", "C1", "2024-03-04", "call", "reached", 12.0),
        ("a-4", "C4", "2024-03-01", "letter", "no_answer", None),
    ]
    assert plain(found.tables["contacts"], "collector_id", "propensity") == [("ann", 0.97), (None, None)]


def test_a_promise_is_for_the_amount_said_or_for_what_was_collectible(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "a,1,promise,2024-03-04,,,2024-03-20,,,", "a,2,promise,2024-03-04,,,2024-03-21,12.34,,")
    assert plain(found.tables["promises"], "promise_id", "customer_id", "made_on", "promised_on", "amount") == [
        ("a-1", "C1", "2024-03-04", "2024-03-20", 10_050),
        ("a-2", "C2", "2024-03-04", "2024-03-21", 1_234),
    ]


def test_a_dispute_is_about_the_invoices_named_or_all_that_were_overdue(tmp_path: Path) -> None:
    named = outcomes(tmp_path, "a,3,dispute,2024-03-04,,,,,I4 I5,broken")
    assert plain(named.tables["disputes"], "dispute_id", "invoice_id", "opened_on", "reason") == [
        ("a-3-I4", "I4", "2024-03-04", "broken"),
        ("a-3-I5", "I5", "2024-03-04", "broken"),
    ]
    every = outcomes(tmp_path, "a,3,dispute,2024-03-04,,,,,,")
    assert plain(every.tables["disputes"], "invoice_id") == [("I3",), ("I5",)]


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        ("a,9,reached,,,,,,,", "rank", "9"),
        ("a,1,,2024-03-04,,,,,,", "outcome", None),
        ("a,1,promise,2024-03-04,,,,,,", "promised_on", None),
        ("a,1,angry,2024-03-04,,,,,,", "outcome", "angry"),
        ("a,1,reached,soon,,,,,,", "contacted_on", "soon"),
        ("a,1,reached,,pigeon,,,,,", "channel", "pigeon"),
        ("a,1,reached,,,much,,,,", "minutes", "much"),
        ("a,3,dispute,2024-03-04,,,,,I1,", "invoice_id", "I1"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row_column_and_value(
    tmp_path: Path, line: str, column: str, value: str
) -> None:
    found = outcomes(tmp_path, line, "a,2,reached,,,,,,,")
    assert plain(found.refused, "record", "column", "value") == [(f"a-{line.split(',')[1]}", column, value)]
    assert found.refused["advice"].str.len().gt(0).all()
    assert "C2" in set(found.tables["contacts"]["customer_id"])


def test_rows_that_nobody_worked_are_left_out(tmp_path: Path) -> None:
    assert outcomes(tmp_path, "a,1,,,,,,,,", "a,2,reached,,,,,,,").worked == 1


def test_a_file_as_a_german_program_saves_it_says_the_same(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path, "a;1;promise;4.3.2024;call;7,5;20.03.2024;1.234,50;;", head=HEAD.replace(",", ";")
    )  # fmt: skip
    assert plain(found.tables["promises"], "made_on", "promised_on", "amount") == [
        ("2024-03-04", "2024-03-20", 123_450)
    ]
    assert plain(found.tables["contacts"], "minutes") == [(7.5,)]


def test_the_files_that_we_write_come_back_whether_csv_or_workbook(tmp_path: Path) -> None:
    frame = worklist(run_id=["a", "a"])
    write_workbook(frame, tmp_path / "worklist.xlsx")
    book = openpyxl.load_workbook(tmp_path / "worklist.xlsx")
    (sheet,) = book.worksheets
    place = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, place["outcome"]).value = "promise"
    sheet.cell(2, place["contacted_on"]).value = pd.Timestamp("2024-03-04").to_pydatetime()
    sheet.cell(2, place["promised_on"]).value = "2024-03-20"
    sheet.cell(2, place["promised_amount"]).value = 12.5
    book.save(tmp_path / "worklist.xlsx")
    from_workbook = outcomes_of(read_filled(tmp_path / "worklist.xlsx"), ADVICE, "worklist.xlsx")
    assert plain(from_workbook.tables["promises"], "promise_id", "made_on", "promised_on", "amount") == [
        ("a-1", "2024-03-04", "2024-03-20", 1_250)
    ]
    write_worklist(frame, tmp_path / "worklist.csv")
    filled = pd.read_csv(tmp_path / "worklist.csv", dtype=str)
    filled.loc[filled["rank"] == "2", ["outcome", "contacted_on"]] = ["reached", "2024-03-04"]
    filled.to_csv(tmp_path / "worklist.csv", index=False)
    assert plain(outcomes_of(read_filled(tmp_path / "worklist.csv"), ADVICE, "").tables["contacts"], "contact_id") == [
        ("a-2",)
    ]


def test_a_run_that_the_tables_do_not_hold_is_an_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="run b is not in the score tables: the night was run again since"):
        outcomes(tmp_path, "b,1,reached,,,,,,,")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "there is no such file"),
        ("worklist.xlsx", b"not a workbook", "not a readable workbook"),
        ("worklist.csv", b"run_id,rank\na,1\n", "the column 'outcome' is missing"),
    ],
)
def test_a_file_that_is_no_worklist_is_an_error(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(LedgerError, match=said):
        read_filled(tmp_path / name)
