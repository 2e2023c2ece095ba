"""On any ledger with groups: what is listed and what is held back adds up to what is collectible, each cent once."""

import random

import numpy as np
import pandas as pd
import pytest

from ledger.as_of.balances import PARTS
from ledger.as_of.view import View, view_as_of
from ledger.frames import Tables
from ledger.portfolio import number
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.at_random.seeds import seeds
from tests.support.rosters import roster_of
from tests.support.written_decisions import B2B, NOTHING_LEARNED, WrittenEffects, decided, with_groups
from worklists.decide.suppression_reasons import HOLDING
from worklists.rules.roster import Roster

SMALL = roster_of({"id": "ida", "minutes_a_day": 45})
EFFECTS = WrittenEffects({"email": 0.1, "sms": 0.05, "call": 0.3, "letter": 0.02})


def with_parents(tables: Tables, seed: int) -> Tables:
    """The ledger with parents: trees, circles, customers that are their own parent, and parents that are not there."""
    draw = random.Random(seed)
    customers = tables["customers"]
    candidates = [None, "nobody", *customers["customer_id"]]
    parents = pd.Series([draw.choice(candidates) for _ in range(len(customers))], dtype="str", index=customers.index)
    wishes = pd.Series([draw.random() < 0.2 for _ in range(len(customers))], index=customers.index, dtype="bool")
    return tables | {"customers": customers.assign(parent_id=parents, do_not_contact=wishes)}


def check(view: View, effects: WrittenEffects = NOTHING_LEARNED, roster: Roster | None = None) -> int:
    """Every promise of the groups on one night; how many customers were contacted at another."""
    draw = np.random.default_rng(view.customers)
    night = decided(
        view,
        effects,
        strategy=with_groups(B2B),
        roster=roster,
        settings=("holdout.share=0.2",),
        p_unpaid_30d=draw.random(view.customers),
        p_default=draw.random(view.customers),
        risk_band=draw.choice(list("ABCDE"), view.customers),
    )
    facts, at_heads, heads = night.judged.facts, night.judged.asked, night.judged.heads
    assert set(at_heads.index) == set(heads[facts.index]) and at_heads.index.is_monotonic_increasing
    assert at_heads.drop(columns="dunning_level").dtypes.equals(facts.dtypes)
    for part in PARTS:
        if part not in ("credit_amount", "collectible_amount", "promised_amount", "held_amount"):
            assert at_heads[part].sum() == facts[part].sum()
    for part in ("promised_amount", "held_amount"):  # a head promises for the others, and its hold is theirs
        assert at_heads[part].sum() >= facts[part].sum()
    in_groups = heads.isin(heads[facts.index])
    assert at_heads["credit_amount"].sum() == view.balances.loc[_counted(view, facts, heads), "credit_amount"].sum()
    assert in_groups.any() == (len(facts) > 0)

    suppressed, listed = night.suppressed, at_heads.loc[night.chosen.index]
    held = suppressed[suppressed["reason"].isin(HOLDING)]
    lowered = suppressed[~suppressed["reason"].isin(HOLDING)]
    collectible = at_heads["collectible_amount"].sum()
    assert listed["collectible_amount"].sum() + held["amount"].sum() == collectible
    assert collectible + lowered["amount"].sum() == facts["overdue_amount"].sum()
    assert held["customer_id"].is_unique and not set(held["customer_id"]) & set(listed["customer_id"])
    owing = facts.loc[facts["overdue_amount"] > 0, "customer_id"]
    assert set(owing) <= set(held["customer_id"]) | set(listed["customer_id"])
    assert suppressed["text"].notna().all()
    assert not suppressed.duplicated(["customer_id", "invoice_id", "reason"]).any()
    return int((held["reason"] == "contacted_at_parent").sum())


def _counted(view: View, facts: pd.DataFrame, heads: pd.Series) -> pd.Series:
    """Customers of whom something is asked somewhere: their own rows, and members that were never invoiced."""
    groups = heads.isin(heads[facts.index])
    return groups & (heads.index.isin(facts.index) | (heads != heads.index) | heads.index.isin(heads[facts.index]))


@pytest.mark.parametrize("seed", seeds(range(4), range(4, 12)))
def test_on_random_ledgers_with_random_parents(seed: int) -> None:
    portfolio = number(with_parents(random_ledger(seed), seed))
    effects, roster = (NOTHING_LEARNED, EFFECTS)[seed % 2], (None, SMALL)[seed // 2 % 2]
    for night in NIGHTS:
        check(view_as_of(portfolio, pd.Timestamp(night), "EUR"), effects, roster)


def test_some_of_those_ledgers_have_groups() -> None:
    assert any(
        check(view_as_of(number(with_parents(random_ledger(seed), seed)), pd.Timestamp(NIGHTS[2]), "EUR"))
        for seed in range(4)
    )
