"""The simulator's ledger written in a system's own tables comes back through the shipped source, to the cent."""

import pandas as pd
import pytest

from ledger.simulator.simulate import simulate
from tests.support.erp import (
    business_central_export,
    dynamics_finance_export,
    erpnext_export,
    netsuite_export,
    odoo_export,
    quickbooks_export,
    sap_export,
    stripe_export,
    xero_export,
)
from tests.support.erp.round_trip import (
    RoundTrip,
    Writer,
    lost,
    open_by_document,
    overdue,
    owed,
    received,
    round_trip,
    with_reversals,
)

# One runs in `make test`, the others in `make test-all`.
ROUND_TRIPS: dict[str, Writer] = {
    "odoo": odoo_export.write,
    "erpnext": erpnext_export.write,
    "sap": sap_export.write,
    "quickbooks": quickbooks_export.write,
    "business_central": business_central_export.write,
    "netsuite": netsuite_export.write,
    "xero": xero_export.write,
    "stripe": stripe_export.write,
    "dynamics_finance": dynamics_finance_export.write,
}
QUICK = "quickbooks"


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[pytest.mark.slow] if name != QUICK else []) for name in ROUND_TRIPS],
)
def trip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RoundTrip:
    """An untidy ledger: bounced cheques, money on account, dollars, notes, losses taken back, instalments."""
    tables = simulate(60, 400, 3, "untidy").tables
    return round_trip(request.param, ROUND_TRIPS[request.param], tables, tmp_path_factory.mktemp(request.param))


def nights(trip: RoundTrip) -> list[pd.Timestamp]:
    """Four in the ledger's time, and the one after all is known."""
    days = trip.before["payments"]["known_on"]
    inner = [days.quantile(share).normalize() for share in (0.2, 0.4, 0.6, 0.8)]
    return [*inner, days.max() + pd.Timedelta(days=1)]


def same(name: str, before: pd.Series, after: pd.Series) -> None:
    pd.testing.assert_series_equal(before, after, check_names=False, check_index_type=False, obj=name)


def test_the_ledger_has_what_a_round_trip_could_lose(trip: RoundTrip) -> None:
    before = trip.before
    assert len(before["instalments"])
    assert set(before["adjustments"]["kind"]) >= {"write_off", "discount", "credit_applied", "cancellation"}
    assert (before["payments"]["amount"] < 0).any() and before["payments"]["invoice_id"].isna().any()
    assert (before["payments"]["currency"] == "USD").any() and (before["invoices"]["kind"] == "credit_note").any()


def test_each_customer_owes_the_same_on_every_night(trip: RoundTrip) -> None:
    for night in nights(trip):
        before, after = trip.on(night)
        same(f"owed on {night.date()}", owed(before), owed(after))


def test_each_document_has_the_same_left_on_every_night(trip: RoundTrip) -> None:
    undone = with_reversals(trip.before) | trip.written.forgets
    *earlier, last = nights(trip)
    for night in earlier:
        before, after = map(open_by_document, trip.on(night))
        same(f"open on {night.date()}", before.drop(undone, errors="ignore"), after.drop(undone, errors="ignore"))
    same("open in the end", *map(open_by_document, trip.on(last)))


def test_the_same_is_overdue_in_the_end(trip: RoundTrip) -> None:
    same("overdue", *map(overdue, trip.on(nights(trip)[-1])))


def test_the_same_money_came_in_and_was_known_on_the_same_day(trip: RoundTrip) -> None:
    same("received", *map(received, trip.on(nights(trip)[-1])))


def test_the_same_losses_and_discounts_were_booked(trip: RoundTrip) -> None:
    before, after = trip.on(nights(trip)[-1])
    same("lost", lost(before, trip.written.losses), lost(after, trip.written.losses))


def test_customers_come_back_by_name(trip: RoundTrip) -> None:
    names = [trip.before["customers"], trip.after["customers"]]
    before, after = (frame.set_index("customer_id")["name"].sort_index() for frame in names)
    same("names", before[before.index.isin(after.index)], after)


def test_the_contacts_that_the_system_keeps_come_back(trip: RoundTrip) -> None:
    columns = ["customer_id", "contacted_on", "channel"]
    kept = trip.written.contacts[columns].sort_values(columns, ignore_index=True)
    found = trip.after["contacts"][columns].sort_values(columns, ignore_index=True)
    pd.testing.assert_frame_equal(kept, found, check_dtype=False)
