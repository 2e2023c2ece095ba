"""Whoever has facts has scores: both are of the customers who were ever invoiced."""

import pandas as pd

from configs.settings import load_settings
from features.engine import features_at
from features.spine import spine_of
from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from ledger.simulator import simulate
from worklists.decide.customer_facts import SCORES, customer_facts

NIGHT = pd.Timestamp("2023-10-02")


def test_a_customer_whose_only_invoice_was_cancelled_is_scored_like_any_other():
    tables = simulate(40, 300, 3).tables
    only = tables["invoices"].iloc[:1].assign(invoice_id="I-cancelled", customer_id="C-new")
    gone = (
        tables["adjustments"]
        .iloc[:1]
        .assign(
            adjustment_id="A-cancelled", invoice_id="I-cancelled", kind="cancellation", amount=only["amount"].to_numpy()
        )
    )
    someone = tables["customers"].iloc[:1].assign(customer_id="C-new")
    tables = tables | {
        "customers": pd.concat([tables["customers"], someone], ignore_index=True),
        "invoices": pd.concat([tables["invoices"], only], ignore_index=True),
        "adjustments": pd.concat([tables["adjustments"], gone], ignore_index=True),
    }
    view = view_as_of(number(tables), NIGHT, "EUR")
    features = features_at(view, load_settings().labels)
    scored = spine_of(view, features).customers["customer"]
    scores = pd.DataFrame({**dict.fromkeys(SCORES, 0.5), "risk_band": "C"}, index=scored)
    facts = customer_facts(view, features, scores)
    assert "C-new" in set(facts["customer_id"])
    assert set(facts.index) == set(scored)
