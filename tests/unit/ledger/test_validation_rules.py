"""One small ledger per rule, with the verdict that it expects on every row."""

import pandas as pd
import pytest

from configs.settings import LedgerSettings
from ledger.currencies import billed_currencies, counted, reporting_currency, without_rate
from ledger.frames import Tables, complete, with_known_on
from ledger.reading.refusals import no_refusals
from ledger.tables import TABLES
from ledger.validation.rules import RULES, STAGES
from tests.support.judged_in_memory import JudgedInMemory, validate

SETTINGS = LedgerSettings(reporting_currency=None, max_quarantined_share=1.0)

DEFAULTS = {
    "customers": {"customer_id": "c1"},
    "invoices": {
        "invoice_id": "i1",
        "customer_id": "c1",
        "kind": "invoice",
        "issued_on": "2024-01-01",
        "due_on": "2024-01-31",
        "amount": 10_000,
    },
    "payments": {
        "payment_id": "p1",
        "invoice_id": "i1",
        "customer_id": "c1",
        "paid_on": "2024-02-01",
        "amount": 5_000,
    },
    "adjustments": {
        "adjustment_id": "a1",
        "invoice_id": "i1",
        "kind": "discount",
        "posted_on": "2024-02-01",
        "amount": 100,
    },
    "disputes": {"dispute_id": "d1", "invoice_id": "i1", "opened_on": "2024-02-01"},
    "promises": {
        "promise_id": "r1",
        "customer_id": "c1",
        "invoice_id": "i1",
        "made_on": "2024-02-01",
        "promised_on": "2024-02-10",
        "amount": 5_000,
    },
    "contacts": {"contact_id": "k1", "customer_id": "c1", "contacted_on": "2024-02-01", "channel": "call"},
    "fx_rates": {"on": "2024-01-01", "currency": "USD", "rate": 0.9},
}


def ledger(**rows: list[dict[str, object]]) -> Tables:
    """A ledger from the values that matter; the others are those of one sound row per table."""
    tables = {}
    for name, values in rows.items():
        table = TABLES[name]
        filled = [{**DEFAULTS[name], **row} for row in values]
        columns = {
            column.name: pd.Series(
                [row.get(column.name, False if column.dtype == "bool" else None) for row in filled]
            ).astype(column.dtype)
            for column in table.columns
        }
        tables[name] = with_known_on(table, pd.DataFrame(columns))
    return complete(tables)


def judged(**rows: list[dict[str, object]]) -> JudgedInMemory:
    return validate(ledger(**rows), SETTINGS, no_refusals())


def verdicts(validation: JudgedInMemory) -> set[tuple[str, str, str]]:
    return {(row.table, row.record, row.rule) for row in validation.refused.itertuples()}


SOUND = {"customers": [{}], "invoices": [{}]}

CASES = {
    "a missing required value": (
        {"invoices": [{}, {"invoice_id": "i2", "customer_id": None}]},
        {("invoices", "i2", "missing")},
    ),
    "an amount beyond the bounds": (
        {"invoices": [{"amount": 10**13}]},
        {("invoices", "i1", "out of bounds")},
    ),
    "a date far outside of what nanoseconds hold": (
        {"invoices": [{"issued_on": "0999-01-01"}, {"invoice_id": "i2", "due_on": "9999-12-31"}]},
        {("invoices", "i1", "out of bounds"), ("invoices", "i2", "out of bounds")},
    ),
    "a negative credit limit": (
        {"customers": [{"credit_limit": -1}, {"customer_id": "c2", "credit_limit": 5}, {"customer_id": "c3"}]},
        {("customers", "c1", "out of bounds")},
    ),
    "a channel that is not one": (
        {**SOUND, "contacts": [{}, {"contact_id": "k2", "channel": "telegram"}]},
        {("contacts", "k2", "unknown choice")},
    ),
    "a text that is too long": (
        {"customers": [{"name": "x" * 1_000}, {"customer_id": "c2", "name": "x" * 1_001}]},
        {("customers", "c2", "text too long")},
    ),
    "copies of a row: one is kept": (
        {"invoices": [{}, {}, {}, {"invoice_id": "i2"}]},
        {("invoices", "i1", "repeated row")},
    ),
    "rows of one key that differ: none is kept": (
        {"invoices": [{}, {"amount": 1}, {"invoice_id": "i2"}]},
        {("invoices", "i1", "key not unique")},
    ),
    "two rates for one day": (
        {"fx_rates": [{}, {"rate": 0.8}, {"on": "2024-01-02"}, {"currency": "GBP"}]},
        {("fx_rates", "2024-01-01/USD", "key not unique")},
    ),
    "an invoice of an unknown customer": (
        {"customers": [{}], "invoices": [{}, {"invoice_id": "i2", "customer_id": "c9"}]},
        {("invoices", "i2", "unknown customer")},
    ),
    "any customer, where there is no customers table": (
        {"invoices": [{"customer_id": "c9"}], "payments": [{"customer_id": "c9"}]},
        set(),
    ),
    "an invoice of a refused customer": (
        {"customers": [{}, {"name": "other"}], "invoices": [{}]},
        {("customers", "c1", "key not unique"), ("invoices", "i1", "customer refused")},
    ),
    "unapplied cash of an unknown customer": (
        {**SOUND, "payments": [{"invoice_id": None}, {"payment_id": "p2", "invoice_id": None, "customer_id": "c9"}]},
        {("payments", "p2", "unknown customer")},
    ),
    "a payment, an adjustment, a dispute and a promise for an unknown invoice": (
        {
            **SOUND,
            "payments": [{"invoice_id": "i9"}],
            "adjustments": [{"invoice_id": "i9"}],
            "disputes": [{"invoice_id": "i9"}],
            "promises": [{"invoice_id": "i9"}],
        },
        {
            ("payments", "p1", "unknown invoice"),
            ("adjustments", "a1", "unknown invoice"),
            ("disputes", "d1", "unknown invoice"),
            ("promises", "r1", "unknown invoice"),
        },
    ),
    "what leans on a refused invoice": (
        {"invoices": [{"amount": 0}], "payments": [{}], "adjustments": [{}], "disputes": [{}], "promises": [{}]},
        {
            ("invoices", "i1", "sign does not fit the kind"),
            ("payments", "p1", "invoice refused"),
            ("adjustments", "a1", "invoice refused"),
            ("disputes", "d1", "invoice refused"),
            ("promises", "r1", "invoice refused"),
        },
    ),
    "a payment for someone else's invoice": (
        {"invoices": [{}], "payments": [{}, {"payment_id": "p2", "customer_id": "c2"}]},
        {("payments", "p2", "invoice of another customer")},
    ),
    "a promise and a contact about someone else's invoice": (
        {
            "invoices": [{}],
            "promises": [{"customer_id": "c2"}],
            "contacts": [{"customer_id": "c2", "invoice_id": "i1"}, {"contact_id": "k2", "customer_id": "c2"}],
        },
        {("promises", "r1", "invoice of another customer"), ("contacts", "k1", "invoice of another customer")},
    ),
    "payments, promises and contacts about a refused invoice, one's own and somebody else's": (
        {
            "invoices": [{"due_on": "2023-12-31"}],
            "payments": [{}, {"payment_id": "p2", "customer_id": "c2"}],
            "promises": [{"invoice_id": "i1"}, {"promise_id": "r2", "customer_id": "c2", "invoice_id": "i1"}],
            "contacts": [{"invoice_id": "i1"}, {"contact_id": "k2", "customer_id": "c2", "invoice_id": "i1"}],
        },
        {
            ("invoices", "i1", "due_on before issued_on"),
            ("payments", "p1", "invoice refused"),
            ("payments", "p2", "invoice of another customer"),
            ("promises", "r1", "invoice refused"),
            ("promises", "r2", "invoice of another customer"),
            ("contacts", "k2", "invoice of another customer"),
        },
    ),
    "an invoice of two customers, and payments of both and of a third": (
        {
            "invoices": [{}, {"customer_id": "c2"}],
            "payments": [
                {},
                {"payment_id": "p2", "customer_id": "c2"},
                {"payment_id": "p3", "customer_id": "c3"},
            ],
        },
        {
            ("invoices", "i1", "key not unique"),
            ("payments", "p1", "invoice refused"),
            ("payments", "p2", "invoice refused"),
            ("payments", "p3", "invoice of another customer"),
        },
    ),
    "a contact about an invoice that is not in the ledger any more": (
        {"invoices": [{}], "contacts": [{"invoice_id": "archived"}]},
        set(),
    ),
    "an invoice due before it was issued": (
        {"invoices": [{"due_on": "2023-12-31"}, {"invoice_id": "i2", "due_on": "2024-01-01"}]},
        {("invoices", "i1", "due_on before issued_on")},
    ),
    "amounts whose sign does not fit the kind": (
        {
            "invoices": [
                {"amount": -1},
                {"invoice_id": "i2", "amount": 0},
                {"invoice_id": "i3", "kind": "credit_note", "amount": 1},
                {"invoice_id": "i4", "kind": "credit_note", "amount": -1},
                {"invoice_id": "i5", "kind": None, "amount": 1},
            ]
        },
        {("invoices", f"i{number}", "sign does not fit the kind") for number in (1, 2, 3)},
    ),
    "a dispute closed before it was opened": (
        {
            "invoices": [{}],
            "disputes": [
                {"closed_on": "2024-01-31"},
                {"dispute_id": "d2", "closed_on": "2024-02-01"},
                {"dispute_id": "d3"},
            ],
        },
        {("disputes", "d1", "closed_on before opened_on")},
    ),
    "a promise for a day before it was made": (
        {"invoices": [{}], "promises": [{"promised_on": "2024-01-31"}, {"promise_id": "r2"}]},
        {("promises", "r1", "promised_on before made_on")},
    ),
    "two currencies without a rate": (
        {"invoices": [{"currency": "EUR"}, {"invoice_id": "i2", "currency": "USD"}]},
        {("invoices", "i2", "currency without a rate")},
    ),
    "the customer's currency counts where the invoice has none": (
        {
            "customers": [{"currency": "EUR"}, {"customer_id": "c2", "currency": "GBP"}],
            "invoices": [
                {},
                {"invoice_id": "i2", "customer_id": "c2"},
                {"invoice_id": "i3", "customer_id": "c2", "currency": "USD"},
            ],
            "fx_rates": [{}],
        },
        {("invoices", "i2", "currency without a rate")},
    ),
    "one currency without a rate is the reporting currency": (
        {"invoices": [{"currency": "EUR"}, {"invoice_id": "i2", "currency": "USD"}], "fx_rates": [{}]},
        set(),
    ),
}


@pytest.mark.parametrize("rows,expected", CASES.values(), ids=CASES.keys())
def test_the_verdict_on(rows: dict[str, list[dict[str, object]]], expected: set[tuple[str, str, str]]) -> None:
    validation = judged(**rows)
    assert verdicts(validation) == expected
    assert (validation.refused["advice"] != "").all()


def test_copies_are_refused_but_for_one() -> None:
    validation = judged(invoices=[{}, {}, {}])
    assert validation.tables["invoices"]["invoice_id"].tolist() == ["i1"]
    assert len(validation.refused) == 2


def test_a_copy_beside_a_row_that_differs_saves_neither() -> None:
    validation = judged(invoices=[{}, {}, {"amount": 1}])
    assert validation.tables["invoices"].empty
    assert sorted(validation.refused["rule"]) == ["key not unique", "key not unique", "repeated row"]


WARNED = {
    "paid before issued": {"invoices": [{}], "payments": [{"paid_on": "2023-12-31"}]},
    "reduced below zero": {"invoices": [{}], "payments": [{"amount": 9_901}], "adjustments": [{"amount": 100}]},
    "unknown parent": {"customers": [{"parent_id": "c9"}, {"customer_id": "c2", "parent_id": "c1"}]},
    "parents in a circle": {
        "customers": [{"parent_id": "c2"}, {"customer_id": "c2", "parent_id": "c1"}, {"customer_id": "c3"}]
    },
}


@pytest.mark.parametrize("rule,rows", WARNED.items(), ids=WARNED.keys())
def test_a_warning_keeps_the_row_and_is_told(rule: str, rows: dict[str, list[dict[str, object]]]) -> None:
    validation = judged(**rows)
    assert validation.refused.empty
    assert [rule in sentence for sentence in validation.warnings] == [True]


def test_a_long_chain_of_parents_is_no_circle_but_its_own_parent_is() -> None:
    chain = [{"customer_id": f"c{place}", "parent_id": f"c{place + 1}" if place < 99 else None} for place in range(100)]
    assert judged(customers=chain).warnings == []
    [sentence] = judged(customers=[*chain, {"customer_id": "self", "parent_id": "self"}]).warnings
    assert "parents in a circle in 1 of 101 rows, for example 'self'" in sentence


def test_an_invoice_paid_to_the_cent_and_a_used_credit_note_give_no_warning() -> None:
    validation = judged(
        invoices=[{}, {"invoice_id": "n1", "kind": "credit_note", "amount": -300}],
        payments=[{"amount": 9_700}],
        adjustments=[
            {"kind": "credit_applied", "amount": 300},
            {"adjustment_id": "a2", "kind": "credit_applied", "invoice_id": "n1", "amount": -300},
        ],
    )
    assert validation.warnings == []


def test_every_rule_is_covered_by_a_case() -> None:
    refusing = {rule for _, expected in CASES.values() for _, _, rule in expected}
    assert {rule.name for rule in RULES} <= refusing | set(WARNED)


def test_rules_name_columns_that_exist_and_every_table_is_judged_once() -> None:
    for rule in RULES:
        assert TABLES[rule.table].column(rule.column)
    assert sorted(name for stage in STAGES for name in stage) == sorted(TABLES)


@pytest.mark.parametrize(
    "currencies,rates,setting,reporting,without",
    [
        ([None], [], None, None, set()),
        (["EUR", None], [], None, "EUR", set()),
        (["EUR", "USD"], ["USD"], None, "EUR", set()),
        (["EUR", "USD", "GBP", "GBP"], ["USD"], None, "GBP", {"EUR"}),
        (["EUR", "USD", "GBP"], ["USD"], "EUR", "EUR", {"GBP"}),
        (["GBP", "EUR"], [], None, "EUR", {"GBP"}),
        (["USD"], [], "EUR", "EUR", {"USD"}),
        (["GBP", "USD"], ["GBP", "USD"], None, None, set()),
    ],
)
def test_the_reporting_currency(
    currencies: list[str], rates: list[str], setting: str | None, reporting: str | None, without: set[str]
) -> None:
    tables = ledger(
        invoices=[{"invoice_id": f"i{place}", "currency": currency} for place, currency in enumerate(currencies)],
        fx_rates=[{"currency": currency} for currency in rates] or [{"currency": "XXX"}],
    )
    settings = LedgerSettings(reporting_currency=setting, max_quarantined_share=1.0)
    billed = counted(billed_currencies(tables))
    assert reporting_currency(billed, tables["fx_rates"], settings) == reporting
    assert without_rate(billed, tables["fx_rates"], settings) == without


def test_a_currency_whose_rate_is_always_one_is_the_reporting_currency() -> None:
    tables = ledger(
        invoices=[{"currency": "EUR"}, {"invoice_id": "i2", "currency": "USD"}],
        fx_rates=[{}, {"currency": "EUR", "rate": 1.0}, {"currency": "EUR", "rate": 1.0, "on": "2024-02-01"}],
    )
    billed = counted(billed_currencies(tables))
    assert reporting_currency(billed, tables["fx_rates"], SETTINGS) == "EUR"
