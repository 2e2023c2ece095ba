"""What a collector filled in becomes contacts, promises and disputes, or is refused with a sentence that says where."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ledger.errors import LedgerError
from ledger.minor_units import held_with
from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.filled_worklists import ADVICE, HEAD, filled_row, outcomes, outcomes_in, plain
from tests.support.nights.worklists import handovers, worklist
from worklists.pages.workbook import write_workbook
from worklists.pages.worklist_csv import write_worklist


def test_a_worked_row_is_a_contact_with_the_propensity_of_the_night_that_advised_it(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        filled_row(1, outcome="reached", contacted_on="2024-03-04", minutes_spent="12", spoke_with="Ms Lee", note="ok"),
        filled_row(4, outcome="no_answer", contacted_by="letter"),
    )
    assert found.worked == 2 and not found.refused
    assert plain(
        found.tables["contacts"], "contact_id", "customer_id", "contacted_on", "channel", "outcome", "minutes"
    ) == [
        ("a-1", "C1", "2024-03-04", "call", "reached", 12.0),
        ("a-4", "C4", "2024-03-01", "letter", "no_answer", None),
    ]
    assert plain(found.tables["contacts"], "collector_id", "propensity", "spoke_with", "note") == [
        ("ann", 0.97, "Ms Lee", "ok"),
        (None, None, None, None),
    ]


def test_a_promise_is_for_the_amount_said_or_for_what_was_collectible(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        filled_row(1, outcome="promise", contacted_on="2024-03-04", promised_on="2024-03-20"),
        filled_row(2, outcome="promise", contacted_on="2024-03-04", promised_on="2024-03-21", promised_amount="12.34"),
    )
    assert plain(found.tables["promises"], "promise_id", "customer_id", "made_on", "promised_on", "amount") == [
        ("a-1", "C1", "2024-03-04", "2024-03-20", 10_050),
        ("a-2", "C2", "2024-03-04", "2024-03-21", 1_234),
    ]


def test_a_row_that_was_filled_in_by_mistake_is_taken_back_with_all_that_came_of_it(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path, filled_row(1, outcome="Irrtum", note="was C2", contacted_on="2024-03-04"), filled_row(2, outcome="ok")
    )
    assert plain(found.tables["contacts"], "contact_id") == [("a-2",)]
    assert set(found.places) == {"a-1", "a-2"}  # what the ledger has of both is replaced
    assert found.notes == ["1 row is taken back: the ledger has nothing of it any more."]
    promised = outcomes(tmp_path, filled_row(1, outcome="not worked", promised_on="2024-03-20"))
    assert not promised.refused and all(frame.empty for frame in promised.tables.values())


def test_a_dispute_is_about_the_invoices_named_or_all_that_were_overdue(tmp_path: Path) -> None:
    named = outcomes(tmp_path, filled_row(3, outcome="dispute", disputed_invoices="I4 I5", dispute_reason="broken"))
    assert plain(named.tables["disputes"], "dispute_id", "invoice_id", "opened_on", "reason") == [
        ("a-3-I4", "I4", "2024-03-01", "broken"),
        ("a-3-I5", "I5", "2024-03-01", "broken"),
    ]
    every = outcomes(tmp_path, filled_row(3, outcome="dispute", contacted_on="2024-03-04"))
    assert plain(every.tables["disputes"], "invoice_id") == [("I3",), ("I5",)]


def test_an_instalment_is_disputed_as_the_invoice_that_the_ledger_knows(tmp_path: Path) -> None:
    found = outcomes(tmp_path, filled_row(4, outcome="dispute", disputed_invoices="0042 #1, re 007"))
    assert plain(found.tables["disputes"], "invoice_id") == [("42",), ("RE-007",)]


def test_a_call_back_without_a_day_is_for_the_next_working_day(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        filled_row(1, outcome="call back", contacted_on="2024-03-01"),  # a Friday
        filled_row(2, outcome="Rückruf", contacted_on="2024-03-05"),
        filled_row(3, outcome="call_back", contacted_on="2024-03-05", next_contact_on="7.3."),
    )
    days = [("2024-03-04",), ("2024-03-06",), ("2024-03-07",)]
    assert plain(found.tables["contacts"], "next_contact_on") == days
    assert found.notes == ["2 call-backs have no day: they are for the next working day."]


def test_a_promised_day_or_a_dispute_without_another_outcome_is_what_it_says(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        filled_row(1, outcome="reached", promised_on="2024-03-20"),
        filled_row(2, promised_on="2024-03-20", promised_amount="5"),
        filled_row(3, dispute_reason="broken"),
    )
    assert plain(found.tables["contacts"], "outcome") == [("promise",), ("promise",), ("dispute",)]
    assert len(found.tables["promises"]) == 2 and len(found.tables["disputes"]) == 2
    assert [note.split(":")[0] for note in found.notes] == [
        "2 rows have a promised day and no other outcome",
        "1 row names a dispute and no other outcome",
    ]


def test_who_disputes_a_part_may_promise_the_rest(tmp_path: Path) -> None:
    both = {"outcome": "dispute", "disputed_invoices": "I5", "promised_on": "2024-03-20"}
    found = outcomes(tmp_path, filled_row(3, **both, promised_amount="100"))
    assert plain(found.tables["promises"], "amount") == [(10_000,)]
    assert plain(found.tables["disputes"], "invoice_id") == [("I5",)]
    (refused,) = outcomes(tmp_path, filled_row(3, **both)).refused
    assert "say how much of the rest is promised" in refused.why


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"outcome": "reached", "rank": "9"}, "rank", "there is no such row"),
        ({"contacted_on": "2024-03-04"}, "outcome", "without an outcome"),
        ({"note": "on holiday"}, "outcome", "without an outcome"),
        ({"outcome": "promise"}, "promised_on", "a promise without a day"),
        ({"outcome": "angry"}, "outcome", "expected: no_answer, reached, promise"),
        ({"outcome": "no anwser"}, "outcome", "did you mean no_answer?"),
        ({"outcome": "reached", "contacted_on": "soon"}, "contacted_on", "this is no day; write it as 2024-12-31"),
        ({"outcome": "reached", "contacted_on": "29.02.2024"}, "contacted_on", "before the worklist's own day"),
        ({"outcome": "reached", "contacted_on": "4.3.2023"}, "contacted_on", "before the worklist's own day"),
        ({"outcome": "reached", "contacted_on": "4.3.2025"}, "contacted_on", "has not come yet"),
        ({"outcome": "reached", "contacted_on": "4.10.2024"}, "contacted_on", "217 days after 2024-03-01, of at most"),
        ({"outcome": "reached", "contacted_on": "02/04/2024"}, "contacted_on", "can be 2024-02-04 or 2024-04-02"),
        ({"outcome": "reached", "contacted_by": "pigeon"}, "contacted_by", "expected: email, sms, call"),
        ({"outcome": "reached", "minutes_spent": "much"}, "minutes_spent", "no number"),
        ({"outcome": "reached", "minutes_spent": "481"}, "minutes_spent", "from 0 to 480 minutes"),
        ({"outcome": "reached", "minutes_spent": "-1"}, "minutes_spent", "from 0 to 480 minutes"),
        ({"promised_on": "2024-02-28"}, "promised_on", "before the contact on 2024-03-01"),
        ({"promised_on": "2024-10-01"}, "promised_on", "214 days after 2024-03-01, of at most 90"),
        ({"promised_on": "2024-03-20", "promised_amount": "99,999,999"}, "promised_amount", "100.50 EUR were open"),
        ({"promised_on": "2024-03-20", "promised_amount": "100.51"}, "promised_amount", "100.50 EUR were open"),
        ({"promised_on": "2024-03-20", "promised_amount": "0"}, "promised_amount", "more than nothing"),
        ({"promised_on": "2024-03-20", "promised_amount": "-5"}, "promised_amount", "more than nothing"),
        ({"promised_on": "2024-03-20", "promised_amount": "5.000"}, "promised_amount", "can be 5 or 5000"),
        ({"promised_on": "2024-03-20", "promised_amount": "50 USD"}, "promised_amount", "are in EUR"),
        ({"promised_amount": "50"}, "promised_on", "a promise without a day"),
        ({"outcome": "refused", "promised_on": "2024-03-20"}, "promised_on", "not go with the outcome refused"),
        ({"outcome": "paid", "dispute_reason": "broken"}, "dispute_reason", "not go with the outcome paid"),
        ({"outcome": "dispute", "disputed_invoices": "I1"}, "disputed_invoices", "I1 was not open for the customer"),
        ({"outcome": "dispute"}, "disputed_invoices", "nothing was overdue"),
        ({"outcome": "call_back", "next_contact_on": "2024-03-01"}, "next_contact_on", "not after the contact"),
        ({"outcome": "reached", "next_contact_on": "2025-03-01"}, "next_contact_on", "of at most 180"),
        ({"outcome": "reached", "note": "x" * 1_001}, "note", "1001 characters; shorten it to 1000"),
        ({"outcome": "#REF!"}, "outcome", "an error of the spreadsheet"),
        ({"outcome": "reached", "customer_id": "C7"}, "customer_id", "written for C2: were some columns sorted"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_row_column_and_why_and_the_rest_is_taken(
    tmp_path: Path, cells: dict[str, str], column: str, said: str
) -> None:
    found = outcomes(tmp_path, filled_row(1, outcome="reached"), filled_row(**{"rank": 2, **cells}))
    (refused,) = found.refused
    assert (refused.column, refused.place.row) == (column, 3)
    assert said in refused.why
    assert plain(found.tables["contacts"], "customer_id") == [("C1",)]


@pytest.mark.parametrize(("said", "refused"), [("10.05", 0), ("10.06", 1)])
def test_all_of_what_the_list_shows_as_open_may_be_promised(tmp_path: Path, said: str, refused: int) -> None:
    open_amount = pd.Series([600_000, 10_046, 30_000, 40_000])  # converted from dinars: it was shown as 10.05 euros
    advice = replace(ADVICE, rows=ADVICE.rows.assign(open_amount=open_amount))
    path = tmp_path / "worklist.csv"
    path.write_text("\n".join([HEAD, filled_row(2, promised_on="2024-03-20", promised_amount=said)]), "utf-8")
    with held_with(3):
        assert len(outcomes_in(path, advice=advice).refused) == refused


def test_a_refusal_says_the_row_the_customer_the_head_and_the_value(tmp_path: Path) -> None:
    found = outcomes(tmp_path, "", filled_row(2, outcome="promise", promised_on="31.2.", contacted_on="soon"))
    assert [refused.sentence() for refused in found.refused] == [
        "Row 3, C2 Oak & Sons, contacted_on = 'soon': this is no day; write it as 2024-12-31, 31.12.2024",
        "Row 3, C2 Oak & Sons, promised_on = '31.2.': this is no day; write it as 2024-12-31, 31.12.2024",
    ]


def test_a_contact_is_not_later_than_today_but_may_be_on_a_night_that_is_still_to_come(tmp_path: Path) -> None:
    path = tmp_path / "worklist.csv"
    path.write_text("\n".join([HEAD, filled_row(1, outcome="reached", contacted_on="2024-03-04")]))
    assert outcomes_in(path, date(2024, 3, 3)).refused and not outcomes_in(path, date(2024, 3, 4)).refused
    path.write_text("\n".join([HEAD, filled_row(1, outcome="reached")]))
    assert not outcomes_in(path, date(2024, 2, 29)).refused


def test_a_row_that_is_there_twice_is_taken_once_where_both_say_the_same_else_both_are_refused(tmp_path: Path) -> None:
    row = filled_row(1, outcome="reached", minutes_spent="5")
    same = outcomes(tmp_path, row, filled_row(1, outcome="REACHED", minutes_spent="5.0"))
    assert same.worked == 1 and not same.refused
    other = outcomes(tmp_path, filled_row(1, outcome="reached"), filled_row(1, outcome="paid"))
    assert other.worked == 0 and not len(other.tables["contacts"])
    assert [refused.why for refused in other.refused] == [
        "this row is filled in differently in another place, too: row 3",
        "this row is filled in differently in another place, too: row 2",
    ]


def test_rows_that_nobody_worked_are_left_out(tmp_path: Path) -> None:
    assert outcomes(tmp_path, filled_row(1), filled_row(2, outcome="reached")).worked == 1


def test_the_files_that_we_write_come_back_whether_csv_or_workbook(tmp_path: Path) -> None:
    frame = worklist(run_id=["a", "a"])
    write_workbook(frame, handovers().head(0), call_sheet_of(), tmp_path / "worklist.xlsx")
    book = openpyxl.load_workbook(tmp_path / "worklist.xlsx")
    (sheet,) = book.worksheets
    place = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, place["Outcome"]).value = "promise"
    sheet.cell(2, place["Contacted on"]).value = pd.Timestamp("2024-03-04").to_pydatetime()
    sheet.cell(2, place["Promised on"]).value = "2024-03-20"
    sheet.cell(2, place["Promised amount"]).value = 12.5
    book.save(tmp_path / "worklist.xlsx")
    from_workbook = outcomes_in(tmp_path / "worklist.xlsx")
    assert plain(from_workbook.tables["promises"], "promise_id", "made_on", "promised_on", "amount") == [
        ("a-1", "2024-03-04", "2024-03-20", 1_250)
    ]
    write_worklist(frame, tmp_path / "worklist.csv")
    filled = pd.read_csv(tmp_path / "worklist.csv", dtype=str)
    filled.loc[filled["rank"] == "2", ["outcome", "contacted_on"]] = ["reached", "2024-03-04"]
    filled.to_csv(tmp_path / "worklist.csv", index=False)
    assert plain(outcomes_in(tmp_path / "worklist.csv").tables["contacts"], "contact_id") == [("a-2",)]


def test_a_run_that_the_tables_do_not_hold_is_an_error_that_says_why(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="run b is not in the score tables: the night was run again since"):
        outcomes(tmp_path, filled_row(1, run_id="b", outcome="reached"))


def test_rows_of_a_run_whose_place_another_took_are_judged_by_the_customer_on_the_same_night(tmp_path: Path) -> None:
    of_the_first_run = [
        filled_row(7, run_id="gone", customer_id="C2", outcome="reached") + ",2024-03-01",
        filled_row(8, run_id="gone", customer_id="c1", outcome="reached") + ",01.03.2024",
        filled_row(9, run_id="gone", customer_id="stranger", outcome="reached") + ",2024-03-01",
    ]
    lines = [*of_the_first_run, filled_row(3, outcome="paid") + ",2024-03-01"]
    found = outcomes(tmp_path, *lines, head=f"{HEAD},as_of")
    contacts = found.tables["contacts"]
    assert plain(contacts, "contact_id", "customer_id", "propensity") == [
        ("gone-7", "C2", None), ("gone-8", "C1", None), ("a-3", "C3", 0.97),
    ]  # fmt: skip
    assert [one.why for one in found.refused] == [
        "the night was run again since, and this customer is not on its worklist any more"
    ]
    assert found.notes == ["2 rows are of an earlier run of their night: they are judged by what the last run says."]
    with pytest.raises(LedgerError, match="run gone is not in the score tables"):
        outcomes(tmp_path, of_the_first_run[0].replace("-01", "-02"), head=f"{HEAD},as_of")


def test_a_promise_is_written_in_the_currency_of_the_account(tmp_path: Path) -> None:
    path = tmp_path / "worklist.csv"
    said = {"outcome": "promise", "contacted_on": "2024-03-04", "promised_on": "2024-03-20"}
    path.write_text("\n".join([HEAD, filled_row(1, **said, promised_amount="50.00"), filled_row(2, **said)]), "utf-8")
    found = outcomes_in(path, rates={(date(2024, 3, 1), "C1"): 0.0062})
    assert plain(found.tables["promises"], "customer_id", "amount") == [("C1", 806_452), ("C2", 10_000)]
