"""What the customers of a simulated ledger owe is what adding up row by row says, to the cent."""

from datetime import date, timedelta

import pandas as pd
import pytest

from ledger.as_of.reconcile import reconcile
from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from ledger.simulator import simulate
from tests.support.plain_ledger.balances import balances
from tests.support.plain_ledger.book import Book
from tests.support.plain_ledger.days_late import average_days_late
from tests.support.view_from_rows import facts_of

CUSTOMERS, DAYS = 50, 400
NIGHTS = tuple(date(2023, 1, 2) + timedelta(days=days) for days in (150, 280, DAYS))


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("world", ["b2b", "consumer", "untidy"])
def test_every_part_and_the_days_late_of_every_customer(world: str, night: date) -> None:
    tables = simulate(CUSTOMERS, DAYS, seed=7, world=world).tables
    rows = {name: frame.astype(object).where(frame.notna(), None).to_dict("records") for name, frame in tables.items()}
    book = Book(rows, night)
    view = view_as_of(number(tables), pd.Timestamp(night), "EUR")
    reconcile(view)
    found = view.balances.set_axis(view.portfolio.customer_ids, axis=0)
    wanted = pd.DataFrame.from_dict(balances(book), orient="index")
    pd.testing.assert_frame_equal(found[wanted.columns].loc[wanted.index], wanted, check_names=False)
    late = facts_of(view).set_index("customer_id")["average_days_late"].dropna()
    plain = pd.Series(average_days_late(book), dtype="float64").dropna()
    pd.testing.assert_series_equal(late.astype("float64"), plain.loc[late.index], check_names=False, rtol=1e-6)
