"""An offer is refused as impossible only where no customer whatever could get it."""

import random

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from worklists.rules.fact_words import FACTS, RISK_BANDS
from worklists.rules.offers import Offer, offered, refuse_impossible
from worklists.rules.segments import assign_segments, load_segments

SEGMENTS = load_segments("standard")
CUSTOMERS = 4_000


def everybody(seed: int) -> pd.DataFrame:
    """Facts of all kinds, missing ones among them, that keep to what is always true of amounts."""
    draw = np.random.default_rng(seed)
    edges = np.array([0, 1, 100, 499_999, 500_000, 500_001, 2_000_000])
    collectible = draw.choice(edges, CUSTOMERS)
    overdue = collectible + draw.choice(edges, CUSTOMERS) * draw.integers(0, 2, CUSTOMERS)
    facts = pd.DataFrame({"collectible_amount": collectible, "overdue_amount": overdue})
    facts["disputed_amount"] = np.where(draw.random(CUSTOMERS) < 0.2, overdue - collectible, 0)
    facts["open_amount"] = overdue + draw.choice(edges, CUSTOMERS)
    facts["broken_promises_180d"] = draw.integers(0, 4, CUSTOMERS)
    facts["risk_band"] = pd.Series(draw.choice([*RISK_BANDS, None], CUSTOMERS), dtype="str")
    facts["late_share_all"] = draw.choice([0, 0.3, 0.5, 1, np.nan], CUSTOMERS)
    facts["p_default"] = draw.choice([0, 0.3, 0.5, 1, np.nan], CUSTOMERS)
    return facts.reindex(columns=[*facts, *(name for name in FACTS if name not in facts)])


def condition(draw: random.Random) -> dict[str, object]:
    fact = draw.choice(
        ["risk_band", "open_amount", "overdue_amount", "late_share_all", "p_default", "broken_promises_180d"]
    )
    if fact == "risk_band":
        return {"fact": fact, "in": draw.sample(RISK_BANDS, draw.randint(1, 4))}
    bound = draw.choice([0.01, 1, 5_000, 20_000] if fact.endswith("amount") else [0, 0.3, 0.5, 1, 2, 3])
    return {"fact": fact, draw.choice(["at_least", "less_than"]): bound}


def offer(draw: random.Random) -> dict[str, object]:
    kind = draw.choice([{"offer": "settlement", "percent": 5}, {"offer": "early_payment_discount", "percent": 2}])
    some = {"at_least_amount": draw.choice([0, 1, 5_000]), "when": [condition(draw) for _ in range(draw.randint(0, 2))]}
    where = {"segments": draw.sample(SEGMENTS.names, draw.randint(1, 2))} if draw.random() < 0.6 else {}
    return {**kind, **some, **where, "words": f"offer {draw.random()}"}


@pytest.mark.parametrize("seed", range(6))
def test_nobody_gets_an_offer_that_is_refused(seed: int) -> None:
    draw, facts = random.Random(seed), everybody(seed)
    segments = assign_segments(facts, SEGMENTS)
    action = np.where(facts["overdue_amount"] == 0, "pre_due_reminder", "follow_up")
    actions = pd.DataFrame(
        {"action": np.where((action == "follow_up") & (facts["collectible_amount"] == 0), "", action)}
    )
    refused = 0
    for _ in range(60):
        try:
            first, second = (Offer.model_validate(offer(draw)) for _ in range(2))
        except ValidationError:
            continue
        got = offered(facts, segments, actions, [first, second])
        try:
            refuse_impossible([first, second], SEGMENTS)
        except ValueError as error:
            refused += 1
            impossible = first if str(error).startswith("offers.0") else second
            named = next((name for name in impossible.segments or () if f"segment {name}:" in str(error)), None)
            rows = segments["segment"] == named if named is not None else pd.Series(True, index=facts.index)
            assert not (got[rows] == impossible.words).any(), (error, first, second)
    assert 0 < refused < 60
