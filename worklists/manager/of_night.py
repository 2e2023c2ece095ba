"""All that the manager's page needs of a partition, and of the whole portfolio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ledger.as_of.view import View
from worklists.manager import by_name, cash_so_far, since_last_night
from worklists.manager.by_name import ByName
from worklists.manager.cash_so_far import Cash
from worklists.manager.since_last_night import Results
from worklists.score_db.earlier_facts import EarlierFacts
from worklists.score_db.earlier_nights import Earlier, Expected


@dataclass(frozen=True)
class ManagerPart:
    """What a partition brings to the manager's page: no more rows than the page shows, and sums."""

    results: Results | None
    cash: Cash
    by_name: ByName


@dataclass(frozen=True)
class ForTheManager:
    """What the manager's page says of the whole portfolio, beside the night's own tables.

    `listed_before` are the customer_ids of the worklist of the night before, `expected` what that night expected of the
    days since, `complete` what an earlier one expected of days whose payments are booked; `lag` is after how many days
    nearly all payments are booked, and `target` the cash of a calendar month that is aimed at, in currency units.
    """

    results: Results | None
    cash: Cash
    by_name: ByName
    listed_before: "pd.Series[str]"
    expected: Expected
    complete: Expected
    lag: int
    target: float | None


def manager_part(
    view: View, tables: Mapping[str, pd.DataFrame], earlier: Earlier, published: EarlierFacts
) -> ManagerPart:
    """What a partition brings: `tables` are its rows of score tables, with the facts of `customer_facts` in
    customer_scores; `earlier` and `published` are what earlier nights said of its customers."""
    customers = tables["customer_scores"]
    segments = [rows.set_index("customer_id")["segment"] for rows in (earlier.previous.customers, customers)]
    segment_of = pd.concat(segments)
    return ManagerPart(
        since_last_night.results(tables, published, segment_of[~segment_of.index.duplicated()]),
        cash_so_far.cash_so_far(view, earlier.complete.night, earlier.complete.until),
        by_name.by_name(view, customers, tables["early_warnings"]),
    )


def for_the_manager(parts: Sequence[ManagerPart], earlier: Earlier, lag: int, target: float | None) -> ForTheManager:
    """All partitions together."""
    known = [part.results for part in parts if part.results is not None]
    return ForTheManager(
        since_last_night.added_up(known) if known else None,
        cash_so_far.added_up([part.cash for part in parts]),
        by_name.added_up([part.by_name for part in parts]),
        earlier.previous.worklist["customer_id"],
        earlier.since,
        earlier.complete,
        lag,
        target,
    )
