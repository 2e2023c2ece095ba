"""Small ledgers written out in a test: rows as dicts, the rest empty."""

import pandas as pd

from configs.settings import load_settings
from features.engine import features_at
from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from ledger.tables import TABLES
from tests.support.ledger_from_text import tables_of
from worklists.decide.customer_facts import SCORES, customer_facts

Row = dict[str, object]
DEFAULTS: dict[str, Row] = {
    "customers": {},
    "invoices": {"customer_id": "c1", "kind": "invoice", "issued_on": "2024-01-01", "due_on": "2024-01-31"},
    "payments": {"customer_id": "c1", "paid_on": "2024-02-01"},
    "adjustments": {"kind": "discount", "posted_on": "2024-02-01", "amount": 0},
    "disputes": {"opened_on": "2024-02-01"},
    "holds": {},
    "people": {"customer_id": "c1"},
    "promises": {"customer_id": "c1", "made_on": "2024-02-01"},
    "contacts": {"customer_id": "c1", "channel": "email"},
    "fx_rates": {"on": "2023-01-01"},
}


def view_of(as_of: str, **rows: list[Row]) -> View:
    """The view of a ledger in euros; amounts are cents, keys are numbered where a row has none."""
    filled = {
        name: [
            {TABLES[name].key[0]: f"{name[0]}{place}", **DEFAULTS[name], **row}
            for place, row in enumerate(given, start=1)
        ]
        for name, given in rows.items()
    }
    return view_as_of(number(tables_of(filled)), pd.Timestamp(as_of), "EUR")


def scores_of(view: View, **columns: object) -> pd.DataFrame:
    """Customer scores by position: half is at risk, band C, unless said otherwise."""
    usual: Row = {"p_unpaid_30d": 0.5, "p_default": 0.1, "score_points": 600.0, "risk_band": "C"}
    return pd.DataFrame({**usual, **columns}, index=range(view.customers))[SCORES]


def facts_of(view: View, **columns: object) -> pd.DataFrame:
    """`customer_facts` with the scores of `scores_of`."""
    return customer_facts(view, features_at(view, load_settings().labels), scores_of(view, **columns))


def invoice_scores_of(view: View, p_late: object = 0.5) -> pd.DataFrame:
    """Scores of the open invoices, in the order of the view."""
    opened = view.invoices[(view.invoices["kind"] == "invoice") & (view.invoices["open_amount"] > 0)]
    return opened[["invoice", "customer", "open_amount", "days_past_due"]].assign(p_late=p_late)
