"""What is read during a call: every line with its figures, and nothing where nothing is known."""

import pandas as pd
import pytest

from ledger.minor_units import counted_in, held_with
from tests.support.nights.call_sheets import call_sheet_of
from worklists.call_sheet.words import SpokenSheet, spoken_sheets


def spoken(**rows: list[dict[str, object]]) -> SpokenSheet:
    (one,) = spoken_sheets(call_sheet_of("C1", **rows), pd.Series(["C1"]))
    return one


def test_a_sheet_says_all_that_the_call_needs() -> None:
    sheet = spoken()
    assert sheet.account == [
        "+49 555 1, c@c.example",
        "2,500.00 open of a credit limit of 10,000.00 (25%)",
        "Paid 14 invoices of a year, 6 days early; missed 33% of due dates; kept 50% of promises; "
        "customer for 400 days",
        "50.00 EUR on account, not yet applied",
    ]
    assert sheet.people == ["Ida Nordmark, accounts payable, +49 555 1, ida@c.example, de"]
    assert sheet.promises == ["500.00 EUR promised on 2024-02-20 for 2024-02-20: broken, 200.00 EUR came in"]
    assert sheet.disputes == ["I1: 70.00 EUR disputed since 2024-02-20: price"]
    assert sheet.contacts == ["2024-02-20 call, no answer, ann"]
    assert [head for head, _ in sheet.parts] == [
        "Account", "People", "Promises of a year", "Open disputes", "Last contacts",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "row", "line"),
    [
        ("accounts", {"email": None}, "+49 555 1"),
        ("accounts", {"phone": None, "email": None}, "2,500.00 open of a credit limit of 10,000.00 (25%)"),
        ("accounts", {"phone": None, "email": None, "credit_limit": None}, "2,500.00 open; no credit limit on record"),
        ("people", {"bounced_on": pd.Timestamp("2024-02-01"), "phone": None, "email": None, "language": None},
         "Ida Nordmark, accounts payable (a message came back on 2024-02-01)"),
        ("promises", {"state": "kept", "invoice_id": "I7"},
         "I7: 500.00 EUR promised on 2024-02-20 for 2024-02-20: kept"),
        ("promises", {"state": "open", "paid": 0},
         "500.00 EUR promised on 2024-02-20 for 2024-02-20: open, 0.00 EUR came in so far"),
        ("disputes", {"amount": None, "reason": None}, "I1: all of it disputed since 2024-02-20"),
        ("contacts", {"spoke_with": "Ida", "note": "next run", "next_contact_on": pd.Timestamp("2024-03-01")},
         "2024-02-20 call, no answer, ann, with Ida: next run; again on 2024-03-01"),
        ("contacts", {"outcome": None, "collector_id": None}, "2024-02-20 call"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_not_said(part: str, row: dict[str, object], line: str) -> None:
    sheet = spoken(**{part: [{"customer_id": "C1", **row}]})
    name = "account" if part == "accounts" else part
    assert getattr(sheet, name)[0] == line


def test_every_amount_has_the_decimals_of_its_currency() -> None:
    with held_with(3), counted_in("EUR"):  # as in a ledger in euros with a customer in dinars
        sheet = spoken(
            promises=[{"customer_id": "C1", "currency": currency, "amount": 50_000} for currency in ("JPY", "KWD")],
            on_account=[{"customer_id": "C1", "currency": "KWD", "amount": 50_000}],
        )
    assert sheet.account[1] == "250.00 open of a credit limit of 1,000.00 (25%)"
    assert sheet.account[3] == "50.000 KWD on account, not yet applied"
    assert [line.split(" promised")[0] for line in sheet.promises] == ["50 JPY", "50.000 KWD"]


def test_a_customer_who_never_paid_has_no_habit() -> None:
    nothing = {"settled_count_365d": 0.0, "delay_mean_365d": None, "late_share_365d": None,
               "promise_kept_share_365d": None, "relationship_age": None}  # fmt: skip
    sheet = spoken(accounts=[{"customer_id": "C1", **nothing}])
    assert sheet.account[2] == "Paid no invoice within a year"


def test_sheets_come_in_the_order_asked_for_and_only_of_those_with_open_items() -> None:
    sheets = spoken_sheets(call_sheet_of("C1", "C3"), pd.Series(["C3", "C2", "C1"]))
    assert [sheet.customer_id for sheet in sheets] == ["C3", "C1"]
