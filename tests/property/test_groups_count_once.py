"""On any ledger with groups: what is listed and what is held back adds up to what is collectible, each cent once."""

import random

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.engine import features_at
from ledger.balances import PARTS
from ledger.frames import Tables
from ledger.portfolio import number
from ledger.view import View, view_as_of
from tests.ledgers import NIGHTS, random_ledger
from worklists.facts import customer_facts
from worklists.groups import contact_heads, facts_at_heads, sum_to_heads
from worklists.rank import REASON_COLUMNS, worklist
from worklists.reminders import due_soon
from worklists.segments import assign_segments, load_segments
from worklists.strategy import load_strategy, recommend
from worklists.suppress import HOLDING, suppressions

SEGMENTS = load_segments("standard")
B2B = load_strategy("b2b", SEGMENTS)


def with_groups(tables: Tables, seed: int) -> Tables:
    """The ledger with parents: trees, circles, customers that are their own parent, and parents that are not there."""
    draw = random.Random(seed)
    customers = tables["customers"]
    candidates = [None, "nobody", *customers["customer_id"]]
    parents = pd.Series([draw.choice(candidates) for _ in range(len(customers))], dtype="str", index=customers.index)
    wishes = pd.Series([draw.random() < 0.2 for _ in range(len(customers))], index=customers.index, dtype="bool")
    return tables | {"customers": customers.assign(parent_id=parents, do_not_contact=wishes)}


def check(view: View) -> int:
    """Every promise of the groups on one night; how many customers were contacted at another."""
    draw = np.random.default_rng(view.customers)
    scores = pd.DataFrame(
        {
            "p_unpaid_30d": draw.random(view.customers),
            "p_default": draw.random(view.customers),
            "score_points": draw.integers(400, 700, view.customers),
            "risk_band": draw.choice(list("ABCDE"), view.customers),
        }
    )
    opened = view.invoices[(view.invoices["open_amount"] > 0) & (view.invoices["kind"] == "invoice")]
    invoice_scores = opened[["invoice", "customer", "open_amount", "days_past_due"]].assign(p_late=0.5)
    facts = customer_facts(view, features_at(view, load_settings().labels), scores)
    heads = contact_heads(view, facts, "parent")
    at_heads = facts_at_heads(view, facts, heads)
    assert set(at_heads.index) == set(heads[facts.index]) and at_heads.index.is_monotonic_increasing
    assert at_heads.dtypes.equals(facts.dtypes)
    for part in PARTS:
        assert at_heads[part].sum() == facts[part].sum()

    segments = assign_segments(at_heads, SEGMENTS)
    soon = sum_to_heads(due_soon(view, invoice_scores, B2B.reminder.days_before_due), heads)
    actions = recommend(at_heads, segments, B2B, soon)
    suppressed = suppressions(view, facts, actions, B2B, heads)
    reasons = pd.DataFrame("", index=range(view.customers), columns=REASON_COLUMNS)
    listed = worklist(at_heads, segments, actions, suppressed, reasons, view.as_of)

    held = suppressed[suppressed["reason"].isin(HOLDING)]
    lowered = suppressed[~suppressed["reason"].isin(HOLDING)]
    collectible = facts["collectible_amount"].sum()
    assert listed["collectible_amount"].sum() + held["amount"].sum() == collectible
    assert collectible + lowered["amount"].sum() == facts["overdue_amount"].sum()
    assert held["customer_id"].is_unique and not set(held["customer_id"]) & set(listed["customer_id"])
    owing = facts.loc[facts["overdue_amount"] > 0, "customer_id"]
    assert set(owing) <= set(held["customer_id"]) | set(listed["customer_id"])
    assert suppressed["text"].notna().all()
    return int((held["reason"] == "contacted_at_parent").sum())


@pytest.mark.parametrize("seed", range(12))
def test_on_random_ledgers_with_random_parents(seed: int) -> None:
    portfolio = number(with_groups(random_ledger(seed), seed))
    for night in NIGHTS:
        check(view_as_of(portfolio, pd.Timestamp(night), "EUR"))


def test_some_of_those_ledgers_have_groups() -> None:
    assert any(
        check(view_as_of(number(with_groups(random_ledger(seed), seed)), pd.Timestamp(NIGHTS[2]), "EUR"))
        for seed in range(4)
    )
