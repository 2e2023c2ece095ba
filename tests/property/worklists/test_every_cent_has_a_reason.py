"""On any ledger: every cent that is overdue is listed or has a reason, and so has every customer."""

import numpy as np
import pandas as pd
import pytest

from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from ledger.simulator.simulate import simulate
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.at_random.seeds import seeds
from tests.support.rosters import roster_of
from tests.support.written_decisions import NOTHING_LEARNED, SEGMENTS, WrittenEffects, decided
from worklists.decide.decisions import Decisions
from worklists.decide.suppression_reasons import HOLDING
from worklists.rules.roster import Roster
from worklists.rules.strategy import load_strategy

SMALL = roster_of({"id": "ida", "minutes_a_day": 45}, {"id": "bo", "channels": ["email"], "minutes_a_day": 25})
EFFECTS = WrittenEffects({"email": 0.1, "sms": 0.05, "call": 0.3, "letter": 0.02})
HOLDOUT = ("holdout.share=0.2",)
LADDERS = {name: load_strategy(name, SEGMENTS) for name in ("b2b", "consumer")}


def random_night(view: View, effects: WrittenEffects, strategy: str = "b2b", roster: Roster | None = None) -> Decisions:
    """A night with scores that follow from the position alone."""
    draw = np.random.default_rng(view.customers)
    return decided(
        view,
        effects,
        strategy=LADDERS[strategy],
        roster=roster,
        settings=HOLDOUT,
        p_unpaid_30d=draw.random(view.customers),
        p_default=draw.random(view.customers),
        risk_band=draw.choice(list("ABCDE"), view.customers),
    )


def check(night: Decisions) -> None:
    facts, suppressed = night.judged.facts, night.suppressed
    listed = night.judged.asked.loc[night.chosen.index]
    holding = suppressed["reason"].isin(HOLDING)
    parts, held = suppressed[~holding], suppressed[holding]
    by_customer = facts.set_index("customer_id")
    lowered = parts.groupby("customer_id")["amount"].sum().reindex(by_customer.index, fill_value=0)
    assert (by_customer["overdue_amount"] - lowered).equals(by_customer["collectible_amount"])
    paid_back = parts["reason"] == "paid_back"
    assert (parts.loc[~paid_back, "amount"] > 0).all() and (parts.loc[paid_back, "amount"] < 0).all()
    assert suppressed["text"].notna().all() and suppressed["text"].str.endswith(".").all()
    assert not suppressed.duplicated(["customer_id", "invoice_id", "reason"]).any()

    collectible = set(by_customer.index[by_customer["collectible_amount"] > 0])
    on_list, left_alone = set(listed["customer_id"]), set(held["customer_id"])
    assert collectible <= on_list | left_alone
    assert not on_list & left_alone
    assert held["customer_id"].is_unique and listed["customer_id"].is_unique
    waiting = held.set_index("customer_id")["amount"]
    assert (waiting == by_customer["collectible_amount"].reindex(waiting.index)).all()
    assert listed["collectible_amount"].sum() + waiting.sum() == by_customer["collectible_amount"].sum()
    assert (night.chosen["channel"] != "").all() and (night.chosen["minutes"] > 0).all()
    assert (night.chosen["gain"] <= listed["collectible_amount"] + 1e-6).all()
    out = night.draw["held_out"]
    assert set(night.eligible.loc[out, "customer_id"]) <= left_alone


@pytest.mark.parametrize("effects", [NOTHING_LEARNED, EFFECTS], ids=["nothing learned", "effects"])
@pytest.mark.parametrize("seed", seeds([0, 1, 2], [3, 4, 5]))
def test_on_random_ledgers_with_everything_that_can_happen(seed: int, effects: WrittenEffects) -> None:
    portfolio = number(random_ledger(seed))
    for night in NIGHTS:
        check(
            random_night(view_as_of(portfolio, pd.Timestamp(night), "EUR"), effects, roster=SMALL if seed % 2 else None)
        )


@pytest.mark.parametrize(("world", "strategy"), [("b2b", "b2b"), ("consumer", "consumer")])
@pytest.mark.parametrize("effects", [NOTHING_LEARNED, EFFECTS], ids=["nothing learned", "effects"])
def test_on_simulated_portfolios_where_every_reason_of_the_night_occurs(
    world: str, strategy: str, effects: WrittenEffects
) -> None:
    portfolio = number(simulate(150, 420, 11, world).tables)
    view = view_as_of(portfolio, pd.Timestamp("2024-02-01"), "EUR")
    night = random_night(view, effects, strategy, SMALL)
    check(night)
    assert night.chosen["minutes"].groupby(night.chosen["collector_id"]).sum().le(45).all()
    assert {"hold_out", "no_capacity"} <= set(night.suppressed["reason"])
    assert len(night.chosen)
