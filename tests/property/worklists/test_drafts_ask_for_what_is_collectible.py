"""What a draft would ask for is what the list says is collectible: documents, less what names none of them."""

import pandas as pd

from features.engine import features_at
from ledger.as_of.fx import convert
from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from tests.support.at_random.random_accounts import NIGHTS, one_portfolio
from tests.support.ledger_from_text import tables_of
from tests.support.view_from_text import LABELS
from worklists.call_sheet.gather import ITEMS, ON_ACCOUNT, call_sheet
from worklists.drafts.demands import account_lines, asked_for

SEEDS = range(150)
CENTS_OF_ROUNDING = 5  # of a customer with several currencies


def asked_by_drafts(view: View) -> pd.Series:
    """Reporting cents by customer position: all lines of a draft added up, in whatever currency."""
    everyone = pd.Series(range(view.customers))
    levels = pd.Series(0, index=view.invoices.index)
    sheet = call_sheet(view, features_at(view, LABELS), everyone, levels)
    lines = pd.concat([asked_for(sheet[ITEMS], "follow_up", None, 5), account_lines(sheet[ON_ACCOUNT])])
    cents = convert(lines["asked"].astype("int64"), lines["currency"].astype("str"), view.rates)
    summed = cents.groupby(lines["customer_id"]).sum()
    return summed.reindex(view.portfolio.customer_ids, fill_value=0).clip(lower=0).reset_index(drop=True)


def test_the_lines_of_a_draft_add_up_to_the_collectible_amount() -> None:
    portfolio = number(tables_of(one_portfolio(SEEDS)))
    for night in NIGHTS:
        view = view_as_of(portfolio, pd.Timestamp(night), "EUR")
        apart = asked_by_drafts(view) - view.balances["collectible_amount"]
        wrong = apart.abs() > CENTS_OF_ROUNDING
        assert not wrong.any(), (night, apart[wrong].set_axis(portfolio.customer_ids[apart.index[wrong]]).head(20))
