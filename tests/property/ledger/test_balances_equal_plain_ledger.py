"""What each customer owes and what of it may be collected is what adding up row by row says, to the cent."""

from datetime import date

import pandas as pd
import pytest

from ledger.as_of.balances import PARTS
from ledger.as_of.view import view_as_of
from ledger.portfolio import Portfolio, number
from tests.support.ledger_from_text import tables_of
from tests.support.plain_ledger.balances import TAKEN, balances
from tests.support.plain_ledger.book import Book
from tests.support.random_accounts import NIGHTS, one_portfolio, random_accounts

SEEDS = range(500)
BLOCK = 500  # ledgers in one portfolio
MOST_SHOWN = 5


def portfolio_of(seeds: range) -> Portfolio:
    return number(tables_of(one_portfolio(seeds)))


def differences(portfolio: Portfolio, seeds: range, night: date) -> list[str]:
    """A sentence for each customer whose parts are not what adding up says."""
    found = view_as_of(portfolio, pd.Timestamp(night), "EUR").balances
    assert list(found.columns) == list(PARTS)
    by_customer = found.set_axis(portfolio.customer_ids, axis=0).to_dict("index")
    wrong = []
    for seed in seeds:
        for customer, wanted in balances(Book(random_accounts(seed), night)).items():
            product = by_customer[customer]
            apart = {name: (product.get(name), wanted[name]) for name in wanted if product.get(name) != wanted[name]}
            if apart:
                wrong.append(f"seed {seed}, customer {customer}, night {night}: (product, adding up) {apart}")
    return wrong


def message(wrong: list[str]) -> str:
    return "\n".join([f"{len(wrong)} customers differ", *wrong[:MOST_SHOWN]])


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return portfolio_of(SEEDS)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_every_part_of_every_customer_is_what_adding_up_says(portfolio: Portfolio, night: date) -> None:
    wrong = differences(portfolio, SEEDS, night)
    assert not wrong, message(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(500, 10_500, BLOCK))
def test_every_part_of_ten_thousand_ledgers_is_what_adding_up_says(first: int) -> None:
    seeds = range(first, first + BLOCK)
    portfolio = portfolio_of(seeds)
    wrong = [sentence for night in NIGHTS for sentence in differences(portfolio, seeds, night)]
    assert not wrong, message(wrong)


def test_the_product_publishes_every_part_that_adding_up_knows() -> None:
    assert set(PARTS) == {"open_amount", "overdue_amount", *TAKEN, "credit_amount", "collectible_amount"}
