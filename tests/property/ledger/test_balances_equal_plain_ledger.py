"""What each customer owes and what of it may be collected is what adding up row by row says, to the cent."""

from datetime import date

import pandas as pd
import pytest

from configs.settings import load_settings
from features.engine import features_at
from ledger.as_of.balances import PARTS
from ledger.as_of.view import view_as_of
from ledger.portfolio import Portfolio, number
from tests.support.at_random.random_accounts import NIGHTS, one_portfolio, random_accounts
from tests.support.ledger_from_text import tables_of
from tests.support.plain_ledger.balances import TAKEN, accounts, balances, paid_toward
from tests.support.plain_ledger.book import Book
from tests.support.plain_ledger.days_late import average_days_late
from tests.support.view_from_rows import scores_of
from worklists.decide.customer_facts import customer_facts

SEEDS = range(500)
BLOCK = 500  # ledgers in one portfolio
MOST_SHOWN = 25
CENTS = 5


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


def late_differences(portfolio: Portfolio, seeds: range, night: date) -> list[str]:
    """A sentence for each invoiced customer whose days past due or days late are not what adding up says."""
    view = view_as_of(portfolio, pd.Timestamp(night), "EUR")
    features = features_at(view, load_settings().labels)
    facts = customer_facts(view, features, scores_of(view), CENTS + 1).set_index("customer_id")
    past_due, late = facts["collectible_days_past_due"].to_dict(), facts["average_days_late"].to_dict()
    wrong = []
    for seed in seeds:
        book = Book(random_accounts(seed), night)
        habits = average_days_late(book)
        in_parts_and_reduced = {
            document.customer_id
            for document in book.documents.values()
            if len(document.parts) > 1 and any(row["kind"] != "credit_applied" for row in document.adjustments)
        }
        for customer, account in accounts(book).items():
            if customer not in past_due or customer in in_parts_and_reduced:
                continue  # never invoiced: it has no facts; which instalment a reduction is of is not stated
            wanted, product = habits[customer], late[customer]
            same = pd.isna(product) if wanted is None else product == pytest.approx(wanted, abs=1e-9)
            days = account.days_past_due(night)
            # What was paid back belongs to no invoice, and neither does a cent that is lost between currencies.
            left = [cents for _, cents in account.left[0]]
            asked = account.figures["credit_amount"] >= 0 and min(left, default=0) > CENTS
            if not same or (asked and past_due[customer] != days):
                wrong.append(f"customer {customer}, {night}: {(past_due[customer], product)}, plain {(days, wanted)}")
    return wrong


def promise_differences(portfolio: Portfolio, seeds: range, night: date) -> list[str]:
    """A sentence for each promise toward which something else came in than adding up says."""
    promises = view_as_of(portfolio, pd.Timestamp(night), "EUR").tables["promises"]
    found = promises.set_index("promise_id")["paid"].to_dict()
    books = (Book(random_accounts(seed), night) for seed in seeds)
    wanted = {row["promise_id"]: paid_toward(book, row) for book in books for row in book.promises}
    return [
        f"{promise}, {night}: {paid}, plain {wanted[promise]}"
        for promise, paid in found.items()
        if paid != wanted[promise]
    ]


def message(wrong: list[str]) -> str:
    return "\n".join([f"{len(wrong)} customers differ", *wrong[:MOST_SHOWN]])


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return portfolio_of(SEEDS)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_every_part_of_every_customer_is_what_adding_up_says(portfolio: Portfolio, night: date) -> None:
    wrong = differences(portfolio, SEEDS, night)
    assert not wrong, message(wrong)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_the_days_of_every_customer_are_what_adding_up_says(portfolio: Portfolio, night: date) -> None:
    wrong = late_differences(portfolio, SEEDS, night)
    assert not wrong, message(wrong)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_what_came_in_toward_every_promise_is_what_adding_up_says(portfolio: Portfolio, night: date) -> None:
    wrong = promise_differences(portfolio, SEEDS, night)
    assert not wrong, message(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(500, 10_500, BLOCK))
def test_every_part_of_ten_thousand_ledgers_is_what_adding_up_says(first: int) -> None:
    seeds = range(first, first + BLOCK)
    portfolio = portfolio_of(seeds)
    ways = (differences, late_differences, promise_differences)
    wrong = [sentence for night in NIGHTS for way in ways for sentence in way(portfolio, seeds, night)]
    assert not wrong, message(wrong)


def test_the_product_publishes_every_part_that_adding_up_knows() -> None:
    assert set(PARTS) == {"open_amount", "overdue_amount", *TAKEN, "credit_amount", "collectible_amount"}
