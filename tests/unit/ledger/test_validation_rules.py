"""One small ledger per rule, with the verdict that it expects on every row."""

import pickle
from collections import Counter

import pandas as pd
import pytest

from ledger.currencies import billed_currencies, counted, reporting_currency, without_rate
from ledger.frames import Tables, complete, with_known_on
from ledger.reading.refusals import no_refusals
from ledger.tables import TABLES
from ledger.validation.rules import RULES, STAGES
from tests.support.judged_in_memory import JudgedInMemory, ledger_settings, validate

SETTINGS = ledger_settings(None, 1.0)

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
    "instalments": {"invoice_id": "i1", "due_on": "2024-01-31", "amount": 5_000},
    "holds": {"hold_id": "h1", "from_on": "2024-02-01"},
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
    "a code that is too long": (
        {"customers": [{"country": "x" * 100}, {"customer_id": "c2", "country": "x" * 101}]},
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
    "any customer, where there is no customers table": (
        {"invoices": [{"customer_id": "c9"}], "payments": [{"customer_id": "c9"}]},
        set(),
    ),
    "an invoice of a refused customer": (
        {"customers": [{}, {"name": "other"}], "invoices": [{}]},
        {("customers", "c1", "key not unique")},
    ),
    "an adjustment, a dispute, an instalment and holds of an unknown invoice": (
        {
            **SOUND,
            "adjustments": [{"invoice_id": "i9"}],
            "disputes": [{"invoice_id": "i9"}],
            "instalments": [{"invoice_id": "i9"}],
            "holds": [{"invoice_id": "i9"}, {"hold_id": "h2", "customer_id": "c1", "invoice_id": "i9"}],
        },
        {
            ("adjustments", "a1", "unknown invoice"),
            ("disputes", "d1", "unknown invoice"),
            ("instalments", "i9/2024-01-31", "unknown invoice"),
            ("holds", "h1", "unknown invoice"),
            ("holds", "h2", "unknown invoice"),
        },
    ),
    "what leans on a refused invoice": (
        {
            "invoices": [{"amount": -1}],
            "payments": [{}],
            "adjustments": [{}],
            "disputes": [{}],
            "promises": [{}],
            "instalments": [{}],
            "holds": [{"invoice_id": "i1"}],
        },
        {
            ("invoices", "i1", "sign does not fit the kind"),
            ("payments", "p1", "invoice refused"),
            ("adjustments", "a1", "invoice refused"),
            ("disputes", "d1", "invoice refused"),
            ("promises", "r1", "invoice refused"),
            ("instalments", "i1/2024-01-31", "invoice refused"),
            ("holds", "h1", "invoice refused"),
        },
    ),
    "a payment for someone else's invoice: anyone may pay": (
        {"invoices": [{}], "payments": [{}, {"payment_id": "p2", "customer_id": "c2"}]},
        set(),
    ),
    "a promise and a hold about someone else's invoice": (
        {
            "invoices": [{}],
            "promises": [{"customer_id": "c2"}],
            "holds": [{"customer_id": "c2", "invoice_id": "i1"}, {"hold_id": "h2", "customer_id": "c2"}],
        },
        {("promises", "r1", "invoice of another customer"), ("holds", "h1", "invoice of another customer")},
    ),
    "a hold that names nothing": (
        {**SOUND, "holds": [{}, {"hold_id": "h2", "customer_id": "c1"}, {"hold_id": "h3", "invoice_id": "i1"}]},
        {("holds", "h1", "neither a customer nor an invoice")},
    ),
    "instalments: copies, two amounts for one day, one day more": (
        {
            **SOUND,
            "instalments": [
                {},
                {},
                {"due_on": "2024-02-29"},
                {"due_on": "2024-02-29", "amount": 1},
                {"due_on": "2024-03-31"},
            ],
        },
        {("instalments", "i1/2024-01-31", "repeated row"), ("instalments", "i1/2024-02-29", "key not unique")},
    ),
    "payments in a currency of their own, with a rate by the day, too late, never, and in the books' own": (
        {
            "invoices": [{"currency": "EUR"}],
            "payments": [
                {"currency": "USD"},
                {"payment_id": "p2", "currency": "USD", "paid_on": "2024-01-05"},
                {"payment_id": "p3", "currency": "GBP"},
                {"payment_id": "p4", "currency": "EUR"},
                {"payment_id": "p5", "currency": "GBP", "invoice_id": None},
            ],
            "fx_rates": [{"on": "2024-01-06"}],
        },
        {("payments", name, "currency without a rate") for name in ("p2", "p3", "p5")},
    ),
    "adjustments in a currency of their own": (
        {
            "invoices": [{"currency": "EUR"}, {"invoice_id": "i2", "currency": "USD"}],
            "adjustments": [
                {"currency": "USD"},
                {"adjustment_id": "a2", "currency": "USD", "posted_on": "2023-12-31"},
                {"adjustment_id": "a3", "currency": "USD", "posted_on": "2023-12-31", "invoice_id": "i2"},
                {"adjustment_id": "a4", "currency": "CHF"},
            ],
            "fx_rates": [{}],
        },
        {("adjustments", "a2", "currency without a rate"), ("adjustments", "a4", "currency without a rate")},
    ),
    "payments, promises and contacts about a refused invoice, one's own and somebody else's": (
        {
            "invoices": [{"amount": -1}],
            "payments": [{}, {"payment_id": "p2", "customer_id": "c2"}],
            "promises": [{"invoice_id": "i1"}, {"promise_id": "r2", "customer_id": "c2", "invoice_id": "i1"}],
            "contacts": [{"invoice_id": "i1"}, {"contact_id": "k2", "customer_id": "c2", "invoice_id": "i1"}],
        },
        {
            ("invoices", "i1", "sign does not fit the kind"),
            ("payments", "p1", "invoice refused"),
            ("payments", "p2", "invoice refused"),
            ("promises", "r1", "invoice refused"),
            ("promises", "r2", "invoice of another customer"),
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
            ("payments", "p3", "invoice refused"),
        },
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
        {("invoices", f"i{number}", "sign does not fit the kind") for number in (1, 3)},
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


REPAIRED: dict[str, tuple[dict[str, list[dict[str, object]]], set[tuple[str, str, str, str]]]] = {
    "what names an unknown customer: its invoices, its cash, a promise, a contact and a hold": (
        {
            **SOUND,
            "payments": [{"invoice_id": None, "customer_id": "c3"}],
            "promises": [{"customer_id": "c4", "invoice_id": None}],
            "contacts": [{"customer_id": "c5"}],
            "holds": [{"customer_id": "c6"}],
        }
        | {"invoices": [{}, {"invoice_id": "i2", "customer_id": "c2"}]},
        {("customers", f"c{number}", "unknown customer", f"c{number}") for number in range(2, 7)},
    ),
    "an invoice of a refused customer": (
        {"customers": [{}, {"name": "other"}], "invoices": [{}]},
        {("customers", "c1", "customer refused", "c1")},
    ),
    "any customer, where there is no customers table": ({"invoices": [{}], "payments": [{"customer_id": "c9"}]}, set()),
    "whoever paid someone else's invoice needs no record": ({**SOUND, "payments": [{"customer_id": "c9"}]}, set()),
    "a payment, a promise and a contact about an unknown invoice": (
        {
            **SOUND,
            "payments": [{"invoice_id": "i9"}],
            "promises": [{"invoice_id": "i8"}],
            "contacts": [{"invoice_id": "i7"}, {"contact_id": "k2", "invoice_id": "i1"}],
        },
        {
            ("payments", "p1", "unknown invoice", "i9"),
            ("promises", "r1", "unknown invoice", "i8"),
            ("contacts", "k1", "unknown invoice", "i7"),
        },
    ),
    "a contact about someone else's invoice": (
        {"invoices": [{}], "contacts": [{"customer_id": "c2", "invoice_id": "i1"}, {"contact_id": "k2"}]},
        {("contacts", "k1", "invoice of another customer", "i1")},
    ),
    "invoices due before, on and after the day of issue": (
        {
            "invoices": [
                {"due_on": "2023-12-31"},
                {"invoice_id": "i2", "due_on": "2024-01-01"},
                {"invoice_id": "i3", "due_on": "2024-01-02"},
            ]
        },
        {("invoices", "i1", "due_on before issued_on", "2023-12-31")},
    ),
    "disputes closed before, on and after the day they were opened": (
        {
            "invoices": [{}],
            "disputes": [
                {"closed_on": "2024-01-31"},
                {"dispute_id": "d2", "closed_on": "2024-02-01"},
                {"dispute_id": "d3"},
            ],
        },
        {("disputes", "d1", "closed_on before opened_on", "2024-01-31")},
    ),
    "holds until before, on and after their first day": (
        {
            "invoices": [{}],
            "holds": [
                {"customer_id": "c1", "until_on": "2024-01-31"},
                {"hold_id": "h2", "customer_id": "c1", "until_on": "2024-02-01"},
                {"hold_id": "h3", "customer_id": "c1", "until_on": "2024-02-02"},
            ],
        },
        {("holds", "h1", "until_on before from_on", "2024-01-31")},
    ),
}


@pytest.mark.parametrize("rows,expected", REPAIRED.values(), ids=REPAIRED.keys())
def test_a_cell_that_cannot_be_used_is_listed_and_its_row_is_used(
    rows: dict[str, list[dict[str, object]]], expected: set[tuple[str, str, str, str]]
) -> None:
    validation = judged(**rows)
    assert {(row.table, row.record, row.rule, row.value) for row in validation.repaired.itertuples()} == expected
    assert (validation.repaired["advice"] != "").all()
    assert validation.counts["repaired"].sum() == len(expected)
    assert set(validation.refused["table"]) <= {"customers"}


def test_an_invoice_due_before_it_was_issued_is_due_on_the_day_of_issue() -> None:
    invoices = judged(invoices=[{"due_on": "2023-12-31"}, {"invoice_id": "i2"}]).tables["invoices"]
    assert invoices["due_on"].tolist() == [pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-31")]


def test_the_record_of_a_refused_customer_is_its_id_alone() -> None:
    twice = [{"name": "A", "currency": "EUR"}, {"name": "B"}, {"customer_id": "c2", "name": "C"}]
    customers = judged(customers=twice, invoices=[{}]).tables["customers"]
    assert customers["customer_id"].tolist() == ["c2", "c1"]
    assert customers.iloc[1].drop(["customer_id", "known_on", "do_not_contact"]).isna().all()


@pytest.mark.parametrize("kind", ["invoice", "credit_note", None])
def test_an_amount_of_nothing_is_fine(kind: str | None) -> None:
    assert judged(invoices=[{"amount": 0, "kind": kind}]).refused.empty


def test_copies_are_refused_but_for_one() -> None:
    validation = judged(invoices=[{}, {}, {}])
    assert validation.tables["invoices"]["invoice_id"].tolist() == ["i1"]
    assert len(validation.refused) == 2


def test_a_copy_beside_a_row_that_differs_saves_neither() -> None:
    validation = judged(invoices=[{}, {}, {"amount": 1}])
    assert validation.tables["invoices"].empty
    assert sorted(validation.refused["rule"]) == ["key not unique", "key not unique", "repeated row"]


WARNED = {
    "unknown country": {"customers": [{"country": "Germny"}, {"customer_id": "c2", "country": "DE"}]},
    "unknown currency": {"customers": [{"currency": "EUR"}], "invoices": [{"currency": "euros"}]},
    "fx_rates: unknown currency": {"fx_rates": [{"currency": "EURO"}, {"currency": "CHF"}]},
    "paid before issued": {"invoices": [{}], "payments": [{"paid_on": "2023-12-31"}]},
    "reduced below zero": {"invoices": [{}], "payments": [{"amount": 9_901}], "adjustments": [{"amount": 100}]},
    "instalments beyond the amount": {"invoices": [{}], "instalments": [{}, {"due_on": "2024-02-29", "amount": 5_001}]},
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


def test_a_rate_of_no_currency_is_told_with_its_day() -> None:
    (said,) = judged(fx_rates=[{"on": "2024-01-02"}, {"currency": "EURO"}, {"currency": "US"}]).warnings
    assert said.startswith("fx_rates: unknown currency in 2 of 3 rows, for example '2024-01-01/EURO' (currency;")


def test_a_warning_is_about_accepted_rows_whatever_was_refused_before_them() -> None:
    wrong, large, small = {"invoice_id": "i0", "amount": -1}, {"amount": 10_000}, {"invoice_id": "i2", "amount": 100}
    assert not judged(invoices=[wrong, large, small], payments=[{"amount": 10_000}]).warnings


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
    repairing = {rule for _, expected in REPAIRED.values() for _, _, rule, _ in expected}
    assert {rule.name for rule in RULES} <= refusing | repairing | set(WARNED)


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
    settings = ledger_settings(setting, 1.0)
    billed = counted(billed_currencies(tables))
    assert reporting_currency(billed, tables["fx_rates"], settings) == reporting
    assert without_rate(billed, tables["fx_rates"], settings) == without


@pytest.mark.parametrize(
    "currencies,known,rated,reporting,without",
    [
        (["EUR", "USD", "USD"], [], ["USD"], "EUR", {"USD"}),
        (["EUR", "USD", "USD"], ["USD"], ["USD"], "EUR", set()),
        (["EUR", "USD", "USD"], [], [], "USD", {"EUR"}),
        (["EUR", "EUR", "USD", "GBP"], ["GBP"], ["GBP", "USD"], "EUR", {"USD"}),
    ],
)
def test_a_rate_of_any_day_tells_the_books_currency_but_converts_nothing_before_its_day(
    currencies: list[str], known: list[str], rated: list[str], reporting: str, without: set[str]
) -> None:
    rates = ledger(fx_rates=[{"currency": currency} for currency in known] or [{"currency": "XXX"}])["fx_rates"]
    billed = Counter(currencies)
    assert reporting_currency(billed, rates, SETTINGS, rated) == reporting
    assert without_rate(billed, rates, SETTINGS, rated) == without


def test_a_currency_whose_rate_is_always_one_is_the_reporting_currency() -> None:
    tables = ledger(
        invoices=[{"currency": "EUR"}, {"invoice_id": "i2", "currency": "USD"}],
        fx_rates=[{}, {"currency": "EUR", "rate": 1.0}, {"currency": "EUR", "rate": 1.0, "on": "2024-02-01"}],
    )
    billed = counted(billed_currencies(tables))
    assert reporting_currency(billed, tables["fx_rates"], SETTINGS) == "EUR"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.table}: {rule.name}")
def test_a_rule_goes_between_processes(rule) -> None:
    assert pickle.loads(pickle.dumps(rule)) is rule
