"""All facts of one partition of a portfolio."""

import pandas as pd

from configs.settings import LabelSettings
from ledger.as_of.view import View
from worklists.facts.described import customers, invoices
from worklists.facts.happened import contacted, promised, received
from worklists.facts.outcomes import came_of
from worklists.score_db.earlier_facts import EarlierFacts


def facts_of(view: View, earlier: EarlierFacts, labels: LabelSettings, lag: int | None) -> dict[str, pd.DataFrame]:
    """Rows of score tables, by table; `earlier` is what nights published of the partition's customers, and `lag` the
    portfolio's usual booking lag."""
    return {
        "receipts": received(view, earlier),
        "contacts_made": contacted(view, earlier),
        "promises_tracked": promised(view, earlier),
        "outcomes": came_of(view, earlier, labels, lag),
        "customers_dim": customers(view, earlier),
        "invoices_dim": invoices(view, earlier),
    }
