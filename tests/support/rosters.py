"""Small capacity problems for tests: customers, options and collectors."""

import numpy as np
import pandas as pd

from configs.settings import CapacitySettings
from worklists.rules.roster import Roster, RosterFile

Problem = tuple[pd.DataFrame, pd.DataFrame, Roster]


def weights(continuity_bonus: float = 0.0, fairness: float = 0.0) -> CapacitySettings:
    return CapacitySettings(collectors=None, continuity_bonus=continuity_bonus, fairness=fairness, most_rank_jump=None)


def roster_of(*collectors: dict[str, object], languages: dict[str, list[str]] | None = None) -> Roster:
    """A roster in memory; collectors have 60 minutes unless said otherwise."""
    rows = [{"minutes_a_day": 60, **collector} for collector in collectors]
    return Roster(RosterFile.model_validate({"languages": languages or {}, "collectors": rows}))


def random_problem(customers: int, collectors: int, seed: int, longest_day: int) -> Problem:
    """Skewed gains, three channels, collectors who differ in language, segment and channel; the first may do all."""
    draw = np.random.default_rng(seed)
    people = pd.DataFrame(
        {
            "customer_id": [f"c{number:06d}" for number in draw.permutation(customers)],
            "country": draw.choice(["DE", "FR", "GB", "PL"], customers, p=[0.6, 0.2, 0.15, 0.05]),
            "segment": draw.choice(["large", "small"], customers),
            "collector_id": pd.Series(draw.choice([*(f"a{k}" for k in range(collectors)), "gone"], customers)).astype(
                "str"
            ),
            "reminder_value": draw.integers(0, 1_000, customers),
            "contact_due": False,
        }
    )
    people["collector_id"] = people["collector_id"].where(draw.random(customers) < 0.8)
    base = draw.lognormal(9, 1.5, customers)
    options = []
    for channel, minutes, effect in (("email", 3, 0.3), ("call", 12, 1.0), ("letter", 8, 0.4)):
        gain = base * effect * draw.uniform(0.2, 1.8, customers)
        preparation = np.where(draw.random(customers) < 0.1, 30, 0)
        rows = {"customer": people.index, "channel": channel, "gain": gain, "minutes": minutes + preparation * 1.0}
        options.append(pd.DataFrame(rows)[draw.random(customers) < 0.85])
    every = pd.concat(options, ignore_index=True)
    every.loc[draw.random(len(every)) < 0.05, "gain"] = 0.0
    limits: tuple[dict[str, object], ...] = (
        {},
        {"languages": ["de"]},
        {"languages": ["fr", "en"], "channels": ["email", "letter"]},
        {"languages": ["de", "en"], "segments": ["large"]},
    )
    staff = [
        {"id": f"a{k}", "minutes_a_day": int(draw.integers(longest_day // 3, longest_day + 1)), **limits[k % 4]}
        for k in range(collectors)
    ]
    return people, every, roster_of(*staff, languages={"de": ["DE"], "fr": ["FR"], "en": ["GB"]})
