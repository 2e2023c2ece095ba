"""Key figures and groups of ledgers that hold everything are what the plain ledger adds up, as of any past night."""

import math
from datetime import date

import pandas as pd
import pytest

from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from tests.support.ledger_from_text import tables_of
from tests.support.nights.in_this_process import loaded
from tests.support.plain_ledger.balances import groups, head
from tests.support.plain_ledger.book import Book
from tests.support.plain_ledger.key_figures import key_figures
from tests.support.random_accounts import NIGHTS, one_portfolio, random_accounts
from tests.support.view_from_rows import facts_of
from worklists.decide.parent_groups import contact_heads, facts_at_heads
from worklists.figures.key_figures import KEY_FIGURES, key_figures_as_of

SEEDS = range(500)
BLOCKS = [SEEDS[first : first + 25] for first in range(0, len(SEEDS), 25)]


@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: str(seeds.start))
def test_the_key_figures_of_past_nights_are_what_the_plain_ledger_says(seeds: range) -> None:
    rows = one_portfolio(seeds)
    found = key_figures_as_of(loaded(tables_of(rows)), map(pd.Timestamp, NIGHTS))
    assert found["name"].tolist() == [figure.name for figure in KEY_FIGURES] * len(NIGHTS)
    for night, of_night in found.groupby("as_of"):
        wanted = key_figures(rows, night.date())
        for name, value in zip(of_night["name"], of_night["value"], strict=True):
            expected = wanted[name]
            if expected is None:
                assert math.isnan(value), (night, name, value)
            elif name.startswith("ageing_"):
                assert value == expected / 100, (night, name)
            else:
                assert value == pytest.approx(expected, rel=1e-9, abs=1e-9), (night, name)


@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_a_group_is_asked_at_its_head_for_what_the_plain_ledger_says(night: date) -> None:
    view = view_as_of(number(tables_of(one_portfolio(SEEDS))), pd.Timestamp(night), "EUR")
    facts = facts_of(view).assign(handed_over=False)  # what an agency has is not asked of the head
    at_heads = facts_at_heads(view, facts, contact_heads(view, facts, "parent"))
    asked = at_heads.set_index("customer_id")["collectible_amount"].to_dict()
    wanted = {}
    for seed in SEEDS:
        book = Book(random_accounts(seed), night)
        invoiced = {head(book, document.customer_id) for document in book.documents.values() if document.is_invoice}
        wanted |= {top: one.figures["collectible_amount"] for top, one in groups(book).items() if top in invoiced}
    assert asked == wanted
    assert sum(cents > 0 for cents in wanted.values()) > 100
