"""Law 5: totals reconcile with the ledger to the cent, or the run stops and says where they part."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from features.snapshots import AGEING_BUCKETS, ageing_name, customer_snapshot
from ledger.as_of.reconcile import BooksDoNotBalance, reconcile
from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from ledger.simulator import simulate
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.ledger_from_text import ledger


@pytest.fixture(scope="module", params=[*range(25), "simulated"])
def view(request: pytest.FixtureRequest) -> View:
    """A view of the random ledger of each seed, and of a simulated one."""
    if request.param == "simulated":
        return view_as_of(number(simulate(60, 400, 2).tables), pd.Timestamp("2023-12-01"), "EUR")
    return view_as_of(number(random_ledger(request.param)), pd.Timestamp(NIGHTS[request.param % 5]), "EUR")


def test_billed_less_received_and_adjusted_is_open_in_every_currency(view):
    known = view.tables
    currency = dict(zip(view.invoices["invoice"], view.invoices["currency"].fillna(""), strict=True))
    expected = dict.fromkeys(currency.values(), 0)
    for invoice, cents in zip(known["invoices"]["invoice"], known["invoices"]["amount"], strict=True):
        expected[currency[invoice]] += int(cents)
    for table in ("payments", "adjustments"):
        for invoice, cents in zip(known[table]["invoice"], known[table]["amount"], strict=True):
            if invoice >= 0:
                expected[currency[invoice]] -= int(cents)
    assert reconcile(view) == expected


def test_no_payment_is_lost_or_counted_twice(view):
    tables = view.portfolio.tables["payments"]
    known = tables[tables["known_on"] < view.as_of]
    counted = view.tables["payments"]
    assert view.invoices["paid"].sum() + counted.query("invoice < 0")["amount"].sum() == counted["amount"].sum()
    assert counted["payment_id"].is_unique
    others = known[~known["payment_id"].isin(counted["payment_id"])]
    ahead = others["paid_on"] >= view.as_of
    without_value = others["invoice"].isin(view.invoices["invoice"]) & ~ahead
    assert not without_value.any()


def test_open_less_credit_is_what_the_invoices_say(view):
    balances = view.balances
    net = np.rint(view.invoices["open_amount"] * view.invoices["rate"]).astype("int64").sum()
    credit_of_documents = balances["credit_amount"].sum() - view.unapplied_cash.sum()
    assert balances["open_amount"].sum() - credit_of_documents == net


def test_ageing_buckets_add_up_to_what_credit_leaves_of_what_is_overdue(view):
    snapshot = customer_snapshot(view)
    buckets = snapshot[[ageing_name(low, high) for low, high in AGEING_BUCKETS]]
    covered = pd.Series(view.covered).where(view.invoices["overdue_amount"] > 0, 0).groupby(view.invoices["customer"])
    left = snapshot["overdue_amount"] - covered.sum().reindex(snapshot.index, fill_value=0)
    assert (buckets.sum(axis=1) == left).all()


def test_collectible_is_overdue_less_its_parts_and_never_below_zero(view):
    balances = view.balances
    not_asked = balances[["disputed_amount", "held_amount", "coming_amount", "promised_amount", "credit_amount"]]
    asked = balances["overdue_amount"] - not_asked.sum(axis=1)
    assert (balances["collectible_amount"] == asked.clip(lower=0)).all()
    assert (balances.drop(columns="credit_amount") >= 0).all(axis=None)


BOOKS = """
    invoices
    invoice_id due_on amount currency
    a 2024-01-31 100.00 EUR
    b 2024-01-31 50.00 USD
    payments
    invoice_id paid_on amount
    a 2024-02-01 40.00
    fx_rates
    on currency rate
    2024-01-01 USD 0.90
"""
NIGHT = pd.Timestamp("2024-03-01")


def test_a_cent_too_much_stops_the_run_and_names_the_currency_and_the_invoice():
    view = view_as_of(number(ledger(BOOKS)), NIGHT, "EUR")
    assert reconcile(view) == {"EUR": 6000, "USD": 5000}
    wrong = view.invoices.assign(open_amount=view.invoices["open_amount"] + np.array([0, 1]))
    with pytest.raises(BooksDoNotBalance, match=r"as of 2024-03-01 .* USD: -0.01; .*invoice 'b'"):
        reconcile(dataclasses.replace(view, invoices=wrong))


def test_errors_that_cancel_out_do_not_hide():
    view = view_as_of(number(ledger(BOOKS.replace("USD", "EUR"))), NIGHT, "EUR")
    wrong = view.invoices.assign(open_amount=view.invoices["open_amount"] + np.array([1, -1]))
    with pytest.raises(BooksDoNotBalance, match=r"invoice 'a'"):
        reconcile(dataclasses.replace(view, invoices=wrong))


@pytest.mark.parametrize(
    ("table", "record"),
    [
        ("payments", "invoice_id paid_on amount\n x 2024-02-01 7.00"),
        ("adjustments", "invoice_id kind posted_on amount\n x discount 2024-02-01 7.00"),
    ],
)
def test_money_for_an_invoice_that_is_not_in_the_ledger_stops_the_run(table, record):
    view = view_as_of(
        number(ledger(f"invoices\n due_on amount\n 2024-01-31 100.00\n {table}\n {record}")), NIGHT, "EUR"
    )
    with pytest.raises(BooksDoNotBalance, match=rf"{table} .*'1'.* 7\.00 .*'x'"):
        reconcile(view)
