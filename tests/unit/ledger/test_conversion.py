"""Raw cells become the declared types, or a refusal that says why."""

import json
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ledger.errors import LedgerError
from ledger.reading.conversion import Converted, convert
from ledger.reading.parsing import to_money
from ledger.tables import CONTACTS, CUSTOMERS, INVOICES, PAYMENTS, PROMISES

INVOICE = {
    "invoice_id": "I1",
    "customer_id": "C1",
    "kind": "invoice",
    "issued_on": "2024-01-05",
    "due_on": "2024-02-04",
    "amount": "12.50",
}


def invoices(**cells: object) -> Converted:
    return convert(INVOICES, pd.DataFrame([INVOICE | cells]))


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("0.29", 29),
        ("1234.5", 123450),
        ("1.005", 100),
        ("0.125", 12),
        ("0.135", 14),
        ("-0.125", -12),
        ("0.12500001", 13),
        ("-7", -700),
        ("+7", 700),
        (" .5 ", 50),
        ("9999999999.99", 999_999_999_999),
        (0.29, 29),
        (8.575, 858),
        (Decimal("19.99"), 1999),
        (17, 1700),
    ],
)
def test_an_amount_becomes_whole_cents_without_a_float_error(written: object, cents: int) -> None:
    typed, refused, *_ = invoices(amount=written)
    assert typed["amount"].tolist() == [cents]
    assert refused.empty


def test_every_cent_up_to_a_thousand_units_is_exact_as_text_and_as_float() -> None:
    cents = np.arange(-100_000, 100_000)
    text = pd.Series([f"{'-' if c < 0 else ''}{abs(c) // 100}.{abs(c) % 100:02d}" for c in cents], dtype="str")
    for values in (text, text.astype(float)):
        read, unread = to_money(values)
        assert not unread.any()
        assert (read.to_numpy(dtype="int64") == cents).all()


@pytest.mark.parametrize(
    ("column", "written", "rule"),
    [
        ("amount", "1,234.50", "not an amount"),
        ("amount", "12,50", "not an amount"),
        ("amount", "NaN", "not an amount"),
        ("amount", "inf", "not an amount"),
        ("amount", float("-inf"), "not an amount"),
        ("amount", "1e5", "not an amount"),
        ("amount", "10000000000.01", "out of bounds"),
        ("amount", "9" * 25, "out of bounds"),
        ("amount", "", "missing"),
        ("amount", float("nan"), "missing"),
        ("due_on", "04.02.2024", "not a date"),
        ("due_on", "2024-02-30", "not a date"),
        ("due_on", "2024-02-04 noon", "not a date"),
        ("due_on", 20240204, "not a date"),
        ("due_on", "1989-12-31", "date out of bounds"),
        ("due_on", "9999-12-31", "date out of bounds"),
        ("due_on", None, "missing"),
        ("invoice_id", "  ", "missing"),
        ("invoice_id", "I\x001", "NUL byte in text"),
        ("invoice_id", "x" * 1001, "text too long"),
    ],
)
def test_a_bad_cell_refuses_its_row_with_rule_value_and_advice(column: str, written: object, rule: str) -> None:
    typed, refused, *_ = invoices(**{column: written})
    assert typed.empty
    assert refused[["table", "column", "rule"]].to_numpy().tolist() == [["invoices", column, rule]]
    assert refused["advice"].item()
    assert json.loads(refused["row"].item())["customer_id"] == "C1"
    assert "\x00" not in refused["value"].item()


def test_only_the_bad_row_is_refused_and_named_by_its_key() -> None:
    raw = pd.DataFrame([INVOICE, INVOICE | {"invoice_id": "I2", "amount": "twelve"}, INVOICE | {"invoice_id": "I3"}])
    typed, refused, *_ = convert(INVOICES, raw)
    assert typed["invoice_id"].tolist() == ["I1", "I3"]
    assert refused["record"].tolist() == ["I2"]
    assert refused["value"].tolist() == ["twelve"]


@pytest.mark.parametrize(
    "written",
    [
        "2024-02-04",
        " 2024-02-04 ",
        "2024-02-04T23:59:59Z",
        "2024-02-04 10:30:00.000+02:00",
        date(2024, 2, 4),
        datetime(2024, 2, 4, 23, 30),
        pd.Timestamp("2024-02-04 23:30", tz="Europe/Berlin"),
    ],
)
def test_a_date_with_or_without_a_time_keeps_its_day(written: object) -> None:
    typed, *_ = invoices(due_on=written)
    assert typed["due_on"].tolist() == [pd.Timestamp("2024-02-04")]
    assert typed["due_on"].dtype == "datetime64[s]"


@pytest.mark.parametrize("ids", [[17, 18], [17.0, 18.0], ["17", "18.0"], [Decimal(17), 18]])
def test_ids_that_are_numbers_become_text_without_decimals(ids: list[object]) -> None:
    typed, *_ = convert(INVOICES, pd.DataFrame([INVOICE | {"customer_id": i} for i in ids]))
    assert typed["customer_id"].tolist() == ["17", "18"]


def test_leading_zeros_of_an_id_stay() -> None:
    typed, *_ = invoices(invoice_id="0017")
    assert typed["invoice_id"].tolist() == ["0017"]


def test_choices_are_read_in_any_case_and_trimmed() -> None:
    typed, refused, *_ = invoices(kind=" Credit_Note ")
    assert typed["kind"].tolist() == ["credit_note"]
    assert refused.empty


def test_an_invoice_without_a_kind_is_an_invoice() -> None:
    raw = pd.DataFrame([INVOICE])
    assert convert(INVOICES, raw.drop(columns="kind"))[0]["kind"].tolist() == ["invoice"]
    assert convert(INVOICES, raw.assign(kind=""))[0]["kind"].tolist() == ["invoice"]


@pytest.mark.parametrize(
    ("written", "flag"),
    [("true", True), ("YES", True), (1, True), (True, True), ("0", False), ("no", False), ("", False)],
)
def test_flags_are_read_and_are_false_where_missing(written: object, flag: bool) -> None:
    typed, refused, *_ = convert(CUSTOMERS, pd.DataFrame({"customer_id": ["C1"], "do_not_contact": [written]}))
    assert typed["do_not_contact"].tolist() == [flag]
    assert typed["do_not_contact"].dtype == bool
    assert refused.empty


def test_absent_optional_columns_are_missing_values_of_the_declared_type() -> None:
    typed, *_ = convert(CUSTOMERS, pd.DataFrame({"customer_id": ["C1"]}))
    assert list(typed.columns) == list(CUSTOMERS.names)
    assert [str(dtype) for dtype in typed.dtypes] == [column.dtype for column in CUSTOMERS.columns]
    assert typed.drop(columns=["customer_id", "do_not_contact"]).isna().all(axis=None)


def test_bounds_of_a_column_are_kept_and_told_in_its_unit() -> None:
    promise = {"promise_id": "P1", "customer_id": "C1", "made_on": "2024-01-01", "promised_on": "2024-01-09"}
    _, refused, *_ = convert(PROMISES, pd.DataFrame([promise | {"amount": "-0.01"}]))
    assert refused["rule"].tolist() == ["out of bounds"]
    assert "between 0 and 10000000000 currency" in refused["advice"].item()


@pytest.mark.parametrize(
    ("column", "written", "rule", "kept"),
    [
        ("kind", "rebate", "unknown choice", "invoice"),
        ("currency", "E\x00R", "NUL byte in text", None),
        ("currency", "x" * 1001, "text too long", None),
        ("known_on", "soon", "not a date", None),
        ("known_on", "2999-01-01", "date out of bounds", None),
    ],
)
def test_a_bad_optional_cell_costs_the_cell_and_not_the_row(
    column: str, written: str, rule: str, kept: str | None
) -> None:
    done = invoices(**{column: written})
    assert done.refused.empty and not done.bad.any()
    assert done.rows[column].astype(object).where(done.rows[column].notna(), None).tolist() == [kept]
    assert done.repaired[["record", "column", "rule"]].to_numpy().tolist() == [["I1", column, rule]]
    assert done.repaired["value"].item() and done.repaired["advice"].item()


def test_a_refused_row_is_not_listed_as_repaired_too_and_each_bad_cell_is_listed_once() -> None:
    assert invoices(kind="rebate", amount="ten").repaired.empty
    done = invoices(kind="rebate", known_on="soon", currency="\x00" + "x" * 1001)
    assert sorted(done.repaired["column"]) == ["currency", "kind", "known_on"]


@pytest.mark.parametrize(("written", "kept"), [("0.5", 1), ("5e-1", 1), ("1.5", 0), ("1e999", 0), ("half", 0), ("", 1)])
def test_a_number_is_finite_and_within_its_bounds(written: str, kept: int) -> None:
    contact = {"contact_id": "K1", "customer_id": "C1", "contacted_on": "2024-01-01", "channel": "call"}
    done = convert(CONTACTS, pd.DataFrame([contact | {"propensity": written}]))
    assert (len(done.rows), len(done.repaired)) == (1, 1 - kept)
    assert kept or done.rows["propensity"].isna().all()


def test_a_missing_required_column_is_named_with_the_closest_and_the_found_ones() -> None:
    raw = pd.DataFrame([INVOICE]).rename(columns={"due_on": "DueOn"})
    with pytest.raises(LedgerError, match=r"invoices\.csv.*'due_on'.*closest is 'DueOn'.*Columns found: invoice_id"):
        convert(INVOICES, raw, "invoices.csv")


def test_a_column_that_is_there_twice_is_an_error() -> None:
    raw = pd.concat([pd.DataFrame([INVOICE]), pd.DataFrame({"amount": ["1"]})], axis=1)
    with pytest.raises(LedgerError, match="'amount' is there more than once"):
        convert(INVOICES, raw)


def test_a_payment_without_an_invoice_is_kept_as_unapplied_cash() -> None:
    payment = {"payment_id": "P1", "invoice_id": None, "customer_id": "C1", "paid_on": "2024-01-01", "amount": "5"}
    typed, refused, *_ = convert(PAYMENTS, pd.DataFrame([payment]))
    assert typed["invoice_id"].isna().all()
    assert refused.empty


def test_no_rows_give_no_rows_in_the_declared_types() -> None:
    typed, refused, *_ = convert(INVOICES, pd.DataFrame([INVOICE]).iloc[:0])
    assert typed.empty and refused.empty
    assert [str(dtype) for dtype in typed.dtypes] == [column.dtype for column in INVOICES.columns]
