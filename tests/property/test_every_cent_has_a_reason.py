"""On any ledger: every cent that is overdue is collectible or has a reason, and so has every customer."""

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.engine import features_at
from ledger.portfolio import number
from ledger.simulator.simulate import simulate
from ledger.view import View, view_as_of
from tests.ledgers import NIGHTS, random_ledger
from worklists.facts import customer_facts
from worklists.rank import REASON_COLUMNS, worklist
from worklists.reminders import due_soon
from worklists.segments import assign_segments, load_segments
from worklists.strategy import load_strategy, recommend
from worklists.suppress import HOLDING, suppressions

SEGMENTS = load_segments("standard")


def decided(view: View, strategy_name: str = "b2b") -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Facts, suppressions and worklist of a night with scores that follow from the position alone."""
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
    strategy = load_strategy(strategy_name, SEGMENTS)
    facts = customer_facts(view, features_at(view, load_settings().labels), scores)
    segments = assign_segments(facts, SEGMENTS)
    soon = due_soon(view, invoice_scores, strategy.reminder.days_before_due)
    actions = recommend(facts, segments, strategy, soon)
    suppressed = suppressions(view, facts, actions, strategy)
    reasons = pd.DataFrame("", index=range(view.customers), columns=REASON_COLUMNS)
    return facts, suppressed, worklist(facts, segments, actions, suppressed, reasons, view.as_of)


def check(facts: pd.DataFrame, suppressed: pd.DataFrame, listed: pd.DataFrame) -> None:
    holding = suppressed["reason"].isin(HOLDING)
    parts, held = suppressed[~holding], suppressed[holding]
    by_customer = facts.set_index("customer_id")
    lowered = parts.groupby("customer_id")["amount"].sum().reindex(by_customer.index, fill_value=0)
    assert (by_customer["overdue_amount"] - lowered).equals(by_customer["collectible_amount"])
    assert (parts["amount"] > 0).all()
    assert suppressed["text"].notna().all() and suppressed["text"].str.endswith(".").all()
    assert not suppressed.duplicated(["customer_id", "invoice_id", "reason"]).any()

    collectible = set(by_customer.index[by_customer["collectible_amount"] > 0])
    on_list, left_alone = set(listed["customer_id"]), set(held["customer_id"])
    assert collectible <= on_list | left_alone
    assert not on_list & left_alone
    assert held["customer_id"].is_unique and listed["customer_id"].is_unique
    waiting = held.set_index("customer_id")["amount"]
    assert (waiting == by_customer["collectible_amount"].reindex(waiting.index)).all()
    assert listed["expected_gain"].is_monotonic_decreasing
    assert listed["rank"].tolist() == list(range(1, len(listed) + 1))


@pytest.mark.parametrize("seed", range(12))
def test_on_random_ledgers_with_everything_that_can_happen(seed: int) -> None:
    portfolio = number(random_ledger(seed))
    for night in NIGHTS:
        check(*decided(view_as_of(portfolio, pd.Timestamp(night), "EUR")))


@pytest.mark.parametrize(("world", "strategy"), [("b2b", "b2b"), ("consumer", "consumer")])
def test_on_simulated_portfolios_and_somebody_is_listed(world: str, strategy: str) -> None:
    portfolio = number(simulate(120, 420, 11, world).tables)
    facts, suppressed, listed = decided(view_as_of(portfolio, pd.Timestamp("2024-02-01"), "EUR"), strategy)
    check(facts, suppressed, listed)
    assert len(listed) and len(suppressed)
