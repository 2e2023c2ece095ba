"""The shipped source of Tryton against a real Tryton: what it reports of its books is what the imported ledger says.

Tryton reports as of a date from its books as they are now: what is entered later with an earlier date changes its past.
A night of duerank sees what was known: so it is held against what Tryton reported on that very day; and Tryton's later
reports of earlier days against the same ledger without `known_on`.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pandas as pd
import pytest
import sqlalchemy as sa

from ledger.as_of.view import View, view_as_of
from ledger.frames import Tables, with_known_on
from ledger.importing.import_export import import_ledger
from ledger.importing.shipped_sources import mapping_file
from ledger.portfolio import number
from ledger.tables import TABLES
from tests.support.erp.tryton import BookedYear, booked_year
from tests.support.judged_in_memory import read_ledger

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_500)]

# Tryton keeps a claim in euros at the rate of its day until it is settled, a night values it at the rate of the night:
# these are held against each other in euros, by invoice.
IN_EUROS = "Emil"
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def year(postgresql_server: sa.URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BookedYear]:
    driver = postgresql_server.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(driver, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("create database tryton"))
    engine.dispose()
    yield booked_year(postgresql_server, "tryton", tmp_path_factory.mktemp("tryton"))


@pytest.fixture(scope="module")
def ledger(year: BookedYear, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("imported") / "ledger"
    imported = import_ledger(mapping_file("tryton"), year.url, folder)
    assert imported.refused.empty and imported.repaired.empty, imported.refused.to_string()
    return read_ledger(folder).tables


def night_after(day: str) -> pd.Timestamp:
    """The night that sees all of a day."""
    return pd.Timestamp(day) + pd.Timedelta(days=1)


def view(tables: Tables, day: str) -> View:
    return view_as_of(number(tables), night_after(day), "USD")


def names(tables: Tables) -> "pd.Series[str]":
    return tables["customers"].set_index("customer_id")["name"]


def money(cents: int) -> Decimal:
    return Decimal(int(cents)) * CENT


def balances(tables: Tables, seen: View) -> dict[str, Decimal]:
    """What each customer owes less all credit, by name."""
    owed = seen.balances["open_amount"] - seen.balances["credit_amount"]
    named = dict(zip(seen.portfolio.customer_ids, owed, strict=True))
    return {names(tables)[customer_id]: money(cents) for customer_id, cents in named.items()}


def without_known_on(tables: Tables) -> Tables:
    """Each record known from its own date."""
    return {name: with_known_on(TABLES[name], frame.drop(columns="known_on")) for name, frame in tables.items()}


def reported(of_day: dict[str, dict[str, str]], column: str) -> dict[str, Decimal]:
    """A column of the aged balance by party; Tryton leaves out a party without open lines."""
    return {party: Decimal(figures.get(column, "0")) for party, figures in of_day.items() if party != IN_EUROS}


def test_each_party_owes_on_each_night_what_tryton_reported_that_day(year: BookedYear, ledger: Tables) -> None:
    for day, then in year.reports["then"].items():
        ours = balances(ledger, view(ledger, day))
        tryton = reported(then["as_of"][day], "balance")
        assert {party: ours.get(party, Decimal(0)) for party in tryton} == tryton, day
        assert reported(then["as_of"][day], "receivable") == tryton, day  # Tryton's own two figures agree on the day


def test_each_invoice_has_to_be_paid_what_tryton_asked_for_that_day(year: BookedYear, ledger: Tables) -> None:
    for day, then in year.reports["then"].items():
        invoices = view(ledger, day).invoices
        numbers = invoices["invoice_id"].str.split("#").str[0]
        for invoice, (_, currency, to_pay) in then["to_pay"].items():
            own = invoices[(numbers == invoice) & (invoices["currency"] == currency)]
            assert money(own["open_amount"].sum()) == Decimal(to_pay), (day, invoice)


def test_today_all_agrees_euros_included(year: BookedYear, ledger: Tables) -> None:
    last = max(year.reports["now"]["as_of"])
    now = year.reports["now"]["as_of"][last]
    tryton = {party: Decimal(figures["receivable"]) for party, figures in now.items()}
    assert balances(ledger, view(ledger, last)) == tryton
    assert sum(tryton.values()) != 0 and IN_EUROS in tryton


def test_as_of_an_earlier_day_tryton_counts_what_was_entered_later(year: BookedYear, ledger: Tables) -> None:
    dated = without_known_on(ledger)
    changed = set()
    for day, figures in year.reports["now"]["as_of"].items():
        ours, tryton = balances(ledger, view(dated, day)), reported(figures, "balance")
        assert {party: ours.get(party, Decimal(0)) for party in tryton} == tryton, day
        then = reported(year.reports["then"][day]["as_of"][day], "balance")
        changed |= {(day, party) for party in tryton if tryton[party] != then.get(party, 0)}
    # Dated back: a claim and a payment of Anna's, and the cancellation of an invoice of Fina's.
    assert {("2025-02-10", "Anna"), ("2025-02-10", "Fina")} <= changed


def test_ages_agree_once_part_payments_are_aged_from_their_own_day(year: BookedYear, ledger: Tables) -> None:
    """Tryton lists lines: a claim in full at its due date, and what was paid of it at the date of the payment."""
    last = max(year.reports["now"]["as_of"])
    seen, day = view(ledger, last), pd.Timestamp(last)
    left = seen.invoices[seen.invoices["open_amount"] != 0]
    money_of = seen.tables["payments"]
    money_of = money_of[money_of["invoice"].isin(left["invoice"]) | (money_of["invoice"] < 0)]
    used = seen.tables["adjustments"]
    aged: dict[tuple[str, str], int] = defaultdict(int)

    def add(customer: int, on: pd.Timestamp, cents: int, currency: str) -> None:
        days = (day - on).days
        if days >= 0:
            column = f"term{min(days // 30, 3)}"
            aged[names(ledger)[seen.portfolio.customer_ids[customer]], column] += round(cents * seen.rates[currency])

    for row in left.itertuples():
        add(row.customer, row.due_on, row.amount, row.currency)
    for row in money_of.itertuples():
        add(row.customer, row.paid_on, -row.amount, row.currency)
    for row in used[used["kind"] == "credit_applied"].itertuples():
        # Money on account that was used is not listed any more: it is taken off where it was listed.
        loose = money_of[(money_of["invoice"] < 0) & (money_of["customer"] == row.customer)]
        add(row.customer, loose["paid_on"].min() if len(loose) else row.posted_on, row.amount, row.currency)
    expected = {
        (party, column): Decimal(figures[column])
        for party, figures in year.reports["now"]["as_of"][last].items()
        for column in ("term0", "term1", "term2", "term3")
        if Decimal(figures.get(column, "0"))
    }
    assert {key: money(cents) for key, cents in aged.items() if cents} == expected
    assert len(expected) >= 4


def test_each_level_of_dunning_is_a_contact_by_the_channel_of_its_level(year: BookedYear, ledger: Tables) -> None:
    channels = {1: "email", 2: "letter"}
    tryton = {
        (party, day, channels[level])
        for then in year.reports["then"].values()
        for party, level, day, _state in then["dunnings"]
    }
    contacts = ledger["contacts"]
    ours = {
        (names(ledger)[row.customer_id], str(row.contacted_on.date()), row.channel) for row in contacts.itertuples()
    }
    assert ours == tryton
    assert {channel for _, _, channel in ours} == {"email", "letter"}
