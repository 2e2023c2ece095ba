"""One night of a simulated ledger: what the models that learned up to it say of its customers, and what is true."""

from dataclasses import dataclass

import lightgbm
import numpy as np
import pandas as pd

from benchmarks.quality.pasts import as_loaded
from configs.settings import load_settings
from features.contact_days import overdue_now
from features.engine import features_at
from features.window_kernels import Floats
from ledger.as_of.view import View, view_as_of
from ledger.portfolio import Portfolio, number
from ledger.simulator import Simulation, simulate
from ledger.simulator.worlds import FIRST_DAY
from models import retraining
from models.effect.cases import HABITS, NOW
from models.night_models import Models
from models.night_scores import scored_night
from models.past import gather
from models.risk import default, late_payment
from worklists.backtest.policies import policy_ranks
from worklists.decide.decisions import judge, load_policy

EARLIER = 75  # days: with 720 days the nights are of December and of October
# The risk models only serve the rules here, and the comparison of days only checks: fewer rows, trees and replayed
# nights than by default, to save hours.
SETTINGS = load_settings(("training.max_rows=20000", "training.trees=100", "training.spine_every_days=182"))
POLICY = load_policy(SETTINGS)
CHANNELS = POLICY.strategy.channels
Ceiling = tuple[pd.DataFrame, pd.DataFrame]


@dataclass(frozen=True)
class JudgedNight:
    """The customers with something collectible: one entry each, in the order of `facts`, and a column per channel.

    `true` is the cash (cents) that a contact would really bring, `owed` what is overdue in truth, `unpaid` the cash
    that stays unpaid without a contact. `effect`, `low` and `high` are predicted, as shares of the collectible amount;
    NaN where nothing is. `own` and `usual` are the places of the channels that we and the strategy choose, -1 where
    none; `ranks` is what each policy sorts by. `reach` is the gain as the ceiling sees it, None where there is none.
    """

    facts: pd.DataFrame
    learned: bool
    true: Floats
    owed: Floats
    unpaid: Floats
    effect: Floats
    low: Floats
    high: Floats
    own: np.ndarray
    usual: np.ndarray
    ranks: dict[str, Floats]
    reach: Floats | None


def nights_of(days: int) -> tuple[int, ...]:
    """The judged nights, as days after the first: the one after the last day, and one some weeks earlier."""
    return (days, days - EARLIER) if days > 2 * EARLIER else (days,)


def simulated(world: str, seed: int, customers: int, days: int) -> tuple[Simulation, Portfolio]:
    """A ledger with the truth of every judged night."""
    simulation = simulate(customers, days, seed, world, truth_days=nights_of(days)[1:])
    return simulation, number(simulation.tables)


def truth_of(simulation: Simulation, night: int, last: int) -> pd.DataFrame:
    """The truth of one of `nights_of(last)`."""
    earlier = simulation.earlier_truth
    return simulation.truth if night == last else earlier[earlier["night"] == date_of(night)]


def date_of(night: int) -> pd.Timestamp:
    return pd.Timestamp(FIRST_DAY + night)


def judged_night(portfolio: Portfolio, truth: pd.DataFrame, night: int, ceiling: list[Ceiling]) -> JudgedNight:
    """Learn from what was known on a night, and judge its customers; `ceiling` as `ceiling_rows` has it, if any."""
    view = view_as_of(portfolio, date_of(night), "EUR")
    past = gather(as_loaded(portfolio), view.as_of, SETTINGS)
    risk = (retraining.fit(name, past, SETTINGS) for name in (late_payment.NAME, default.NAME))
    models = Models(*risk, retraining.fit_effect(past, SETTINGS))
    features = features_at(view, SETTINGS.labels)
    scored = scored_night(view, features, models, SETTINGS)
    judged = judge(scored, POLICY, SETTINGS)
    facts = judged.facts[judged.facts["collectible_amount"] > 0]
    best = judged.best.reindex(facts.index)
    listed = facts.assign(expected_gain=best["gain"].fillna(0.0), days_past_due=facts["collectible_days_past_due"])
    listed["collectible_amount"] /= 100
    ranks = policy_ranks(listed, view.as_of)
    reach = reachable(ceiling, tonight(view, features.customers).reindex(facts.index)) if ceiling else None

    by_customer = truth.drop_duplicates("customer_id").set_index("customer_id").loc[facts["customer_id"]]
    effects = scored.scores.effects
    return JudgedNight(
        facts=facts,
        learned=models.contact_effect.learned,
        true=_wide(truth, "customer_id", "extra_cash_30d").reindex(facts["customer_id"]).to_numpy(),
        owed=by_customer["overdue_amount"].to_numpy(dtype=np.float64),
        unpaid=by_customer["unpaid_30d"].to_numpy(dtype=np.float64),
        effect=_wide(effects, "customer", "effect").reindex(facts.index).to_numpy(),
        low=_wide(effects, "customer", "low").reindex(facts.index).to_numpy(),
        high=_wide(effects, "customer", "high").reindex(facts.index).to_numpy(),
        own=_places(best["channel"]),
        usual=_places(judged.actions["channel"].reindex(facts.index)),
        ranks=ranks,
        reach=reach,
    )


def _wide(rows: pd.DataFrame, by: str, value: str) -> pd.DataFrame:
    return rows.pivot(index=by, columns="channel", values=value).reindex(columns=list(CHANNELS)).astype("float64")


def _places(channel: pd.Series) -> np.ndarray:
    return pd.Index(CHANNELS).get_indexer(pd.Index(channel))


def ceiling_rows(world: str, seed: int, customers: int, days: int) -> dict[int, Ceiling]:
    """By night: its features, and the true effects as shares of what is overdue; for the reachable ceiling."""
    simulation, portfolio = simulated(world, seed, customers, days)
    found = {}
    for night in nights_of(days):
        view = view_as_of(portfolio, date_of(night), "EUR")
        rows = tonight(view, features_at(view, SETTINGS.labels).customers)
        effect = _wide(truth_of(simulation, night, days), "customer_id", "extra_cash_30d")
        effect = effect.loc[portfolio.customer_ids[rows.index]].reset_index(drop=True)
        rows = rows.reset_index(drop=True)
        found[night] = (rows, effect.div(rows["owed"], axis=0))
    return found


def tonight(view: View, habits: pd.DataFrame) -> pd.DataFrame:
    """What the models of the effect know of every customer who is overdue."""
    now = overdue_now(view)
    return pd.concat([now[NOW], habits.loc[now.index, HABITS]], axis=1).astype("float32")


def reachable(ceiling: list[Ceiling], rows: pd.DataFrame) -> Floats:
    """The gain of each channel as trees see it that learned from the true effects of other ledgers."""
    known, effects = (pd.concat([part[place] for part in ceiling]) for place in (0, 1))
    shape = {"objective": "regression", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 50,
             "feature_fraction": 0.6, "num_threads": 1, "verbose": -1, "seed": 1}  # fmt: skip
    shares = [
        lightgbm.train(shape, lightgbm.Dataset(known, effects[channel].to_numpy()), 300).predict(rows)
        for channel in CHANNELS
    ]
    return np.nan_to_num(np.column_stack(shares) * rows["owed"].to_numpy()[:, None])
