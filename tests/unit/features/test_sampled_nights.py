"""What a training keeps of a ledger that is too large for it: some nights of every customer."""

from functools import cache

import pandas as pd

from features.spine import Sample, Spine, lots_of, replay, sampled_share
from ledger.portfolio import Portfolio, number
from tests.support import small_models

NIGHTS = [*pd.date_range("2023-10-01", "2024-02-01", freq="14D")]


def kept(portfolio: Portfolio, share: float) -> Spine:
    everyone = lots_of(portfolio) >= 0
    sample = Sample(lots_of(portfolio), share, everyone, ["delay_last"])
    return replay(portfolio, NIGHTS, small_models.SETTINGS.labels, "EUR", sample)


@cache
def of_small_ledger(share: float) -> Spine:
    return kept(small_models.portfolio(), share)


def places(portfolio: Portfolio, spine: Spine) -> set[tuple[str, int]]:
    """Which customers were kept on which nights."""
    return set(zip(portfolio.customer_ids[spine.customers["customer"]], spine.customers["night"], strict=True))


def test_some_nights_of_every_customer_are_kept() -> None:
    everything, some = (of_small_ledger(share).customers for share in (1.0, 0.4))
    assert 0.35 < len(some) / len(everything) < 0.45
    often = everything["customer"].value_counts().loc[lambda nights: nights == len(NIGHTS)].index
    assert set(often) <= set(some["customer"])


def test_which_are_kept_does_not_depend_on_customers_who_come_later() -> None:
    portfolio = small_models.portfolio()
    tables = small_models.tables()
    later = tables["customers"].head(9).assign(customer_id=[f"A{number}" for number in range(9)])
    grown = number(tables | {"customers": pd.concat([tables["customers"], later], ignore_index=True)})
    assert places(portfolio, of_small_ledger(0.4)) == places(grown, kept(grown, 0.4))


def test_as_many_rows_are_kept_as_are_asked_for() -> None:
    portfolio = small_models.portfolio()
    everything = len(of_small_ledger(1.0).invoices)
    share = sampled_share(portfolio, NIGHTS[-1], len(NIGHTS), everything // 2)
    assert 0.3 < len(kept(portfolio, share).invoices) / everything < 0.7
    assert sampled_share(portfolio, NIGHTS[-1], len(NIGHTS), 100 * everything) == 1.0
