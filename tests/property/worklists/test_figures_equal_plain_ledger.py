"""Key figures and groups of ledgers that hold everything are what the plain ledger adds up, as of any past night."""

from datetime import date

import pandas as pd
import pytest

from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from tests.support.at_random.random_accounts import NIGHTS, one_portfolio, random_accounts
from tests.support.at_random.seeds import seeds
from tests.support.ledger_from_text import tables_of
from tests.support.plain_ledger.balances import groups, head
from tests.support.plain_ledger.book import Book
from tests.support.plain_ledger.key_figures_compared import assert_key_figures_are_added_up
from tests.support.view_from_rows import facts_of
from worklists.decide.parent_groups import contact_heads, facts_at_heads

SEEDS = range(500)
BLOCKS = [SEEDS[first : first + 25] for first in range(0, len(SEEDS), 25)]


@pytest.mark.parametrize("block", seeds(BLOCKS[:10], BLOCKS[10:]), ids=lambda block: str(block.start))
def test_the_key_figures_of_past_nights_are_what_the_plain_ledger_says(block: range) -> None:
    rows = one_portfolio(block)
    assert_key_figures_are_added_up(tables_of(rows), rows, NIGHTS)


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
