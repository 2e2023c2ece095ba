"""How much of the money that contacts could bring each policy finds, on simulated worlds whose truth is known.

    python -m benchmarks.quality.worlds [--seeds 5] [--customers 3000] [--days 720] [--workers 2]

For every world and seed: a ledger is simulated, the models learn from it what was known, and the customers of the night
after the last day are ranked. The truth says what a contact with each would really have brought. The oracle knows it;
`reachable` is a ceiling for any learner: our features, trained on the true effects of other seeds of the same world.
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import lightgbm
import numpy as np
import pandas as pd

from benchmarks.quality.pasts import as_loaded
from configs.settings import load_settings
from features.contact_days import overdue_now
from features.engine import features_at
from features.window_kernels import Floats
from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from ledger.simulator import Simulation, simulate
from ledger.simulator.worlds import FIRST_DAY, WORLDS
from models import retraining
from models.effect.cases import HABITS, NOW
from models.night_models import Models
from models.night_scores import scored_night
from models.past import gather
from models.risk import default, late_payment
from worklists.backtest.policies import policy_ranks
from worklists.decide.decisions import judge, load_policy

FIRST_SEED, FIRST_CEILING_SEED, CEILING_SEEDS = 7_001, 8_001, 8
SHARES = (0.05, 0.1)
# The risk models only serve the rules here: fewer rows and trees than by default, to save an hour.
SETTINGS = load_settings(("training.max_rows=20000", "training.trees=100"))


def night_of(simulation: Simulation, days: int) -> View:
    """The view of the night after the last simulated day."""
    return view_as_of(number(simulation.tables), pd.Timestamp(FIRST_DAY + days), "EUR")


def true_effects(simulation: Simulation, channels: tuple[str, ...]) -> tuple[pd.DataFrame, pd.Series]:
    """Extra cash (cents) by customer_id and channel, and the cash that stays unpaid without a contact."""
    truth = simulation.truth
    effect = truth.pivot(index="customer_id", columns="channel", values="extra_cash_30d")[list(channels)]
    return effect, truth.drop_duplicates("customer_id").set_index("customer_id")["unpaid_30d"]


def ceiling_rows(world: str, seed: int, customers: int, days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tonight's features and true effects as shares of what is overdue, for the reachable ceiling."""
    simulation = simulate(customers, days, seed, world)
    view = night_of(simulation, days)
    rows = tonight(view, features_at(view, SETTINGS.labels).customers)
    channels = load_policy(SETTINGS).strategy.channels
    effect, _ = true_effects(simulation, channels)
    ids = view.portfolio.customer_ids[rows.index]
    return rows.reset_index(drop=True), effect.loc[ids].div(rows["owed"].to_numpy(), axis=0).reset_index(drop=True)


def tonight(view: View, habits: pd.DataFrame) -> pd.DataFrame:
    now = overdue_now(view)
    return pd.concat([now[NOW], habits.loc[now.index, HABITS]], axis=1).astype("float32")


def fit_ceiling(parts: list[tuple[pd.DataFrame, pd.DataFrame]]) -> dict[str, lightgbm.Booster]:
    rows, effects = (pd.concat([part[place] for part in parts]) for place in (0, 1))
    shape = {"objective": "regression", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 50,
             "feature_fraction": 0.6, "num_threads": 1, "verbose": -1, "seed": 1}  # fmt: skip
    return {
        channel: lightgbm.train(shape, lightgbm.Dataset(rows, effects[channel].to_numpy()), 300) for channel in effects
    }


def one(job: tuple[str, int, int, int, list[tuple[pd.DataFrame, pd.DataFrame]]]) -> list[dict[str, object]]:
    """The share of the oracle of every policy on one ledger."""
    world, seed, customers, days, ceiling_parts = job
    simulation = simulate(customers, days, seed, world)
    view = night_of(simulation, days)
    past = gather(as_loaded(view.portfolio), view.as_of, SETTINGS)
    risk = (retraining.fit(name, past, SETTINGS) for name in (late_payment.NAME, default.NAME))
    models = Models(*risk, retraining.fit_effect(past, SETTINGS))
    policy = load_policy(SETTINGS)
    features = features_at(view, SETTINGS.labels)
    night = scored_night(view, features, models, SETTINGS)
    judged = judge(night, policy, SETTINGS)
    facts = judged.facts[judged.facts["collectible_amount"] > 0]
    best = judged.best.reindex(facts.index)

    channels = policy.strategy.channels
    effect, unpaid = true_effects(simulation, channels)
    true = effect.reindex(facts["customer_id"]).to_numpy(dtype=np.float64)
    largest = true.max(axis=1)
    own = _by(true, channels, best["channel"])
    usual = _by(true, channels, judged.actions["channel"].reindex(facts.index))
    listed = facts.assign(expected_gain=best["gain"].fillna(0.0), days_past_due=facts["collectible_days_past_due"])
    listed["collectible_amount"] /= 100
    rows = tonight(view, features.customers).reindex(facts.index)
    trees = fit_ceiling(ceiling_parts)
    reach = np.column_stack([trees[channel].predict(rows) for channel in channels]) * rows["owed"].to_numpy()[:, None]
    reach = np.nan_to_num(reach)

    ranks = policy_ranks(listed, view.as_of)
    tried = {name: (rank, own if name == "duerank" else usual) for name, rank in ranks.items()}
    tried |= {f"{name}, best channel": (rank, largest) for name, rank in ranks.items()}
    still = unpaid.reindex(facts["customer_id"]).to_numpy(dtype=np.float64)
    tried["perfect risk only, best channel"] = (still, largest)
    tried["perfect risk only, strategy's channel"] = (still, usual)
    tried["reachable"] = (reach.max(axis=1), true[np.arange(len(true)), reach.argmax(axis=1)])
    evidence = models.contact_effect.evidence
    basis = models.contact_effect.card.why if evidence is None else evidence.basis
    results: list[dict[str, object]] = []
    for share, (name, (rank, gain)) in product(SHARES, tried.items()):
        count = max(round(share * len(facts)), 1)
        top = np.argsort(-rank, kind="stable")[:count]
        value = gain[top].sum() / np.sort(largest)[::-1][:count].sum()
        results.append(
            {"world": world, "seed": seed, "share": share, "policy": name, "of_oracle": value, "basis": basis}
        )
    return results


def _by(true: Floats, channels: tuple[str, ...], chosen: pd.Series) -> Floats:
    place = pd.Index(channels).get_indexer(pd.Index(chosen))
    return np.where(place >= 0, true[np.arange(len(true)), np.maximum(place, 0)], 0.0)


def table(results: pd.DataFrame) -> str:
    """Mean and standard deviation over the seeds, in per cent of the oracle, as Markdown."""
    stats = results.groupby(["world", "policy", "share"], sort=False)["of_oracle"].agg(["mean", "std"])
    text = stats.apply(lambda row: f"{row['mean']:.1%} ± {row['std']:.1%}", axis=1).unstack(["world", "share"])
    text.columns = [f"{world}, {share:.0%}" for world, share in text.columns]
    head = ["| policy | " + " | ".join(text.columns) + " |", "|---" * (len(text.columns) + 1) + "|"]
    body = [f"| {row[0]} | " + " | ".join(row[1:]) + " |" for row in text.itertuples()]
    return "\n".join([*head, *body])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("seeds", 5), ("customers", 3_000), ("days", 720), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--out", default="worlds.json", help="where every single figure goes")
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    asked = parser.parse_args()
    size = (asked.customers, asked.days)
    found: list[dict[str, object]] = []
    with ProcessPoolExecutor(asked.workers) as pool:
        for world in asked.worlds:
            seeds = range(FIRST_CEILING_SEED, FIRST_CEILING_SEED + CEILING_SEEDS)
            parts = list(
                pool.map(ceiling_rows, [world] * CEILING_SEEDS, seeds, *([value] * CEILING_SEEDS for value in size))
            )
            jobs = [(world, seed, *size, parts) for seed in range(FIRST_SEED, FIRST_SEED + asked.seeds)]
            for results in pool.map(one, jobs):
                found += results
                print(f"{world} {results[0]['seed']} done", flush=True)
                with open(asked.out, "w") as file:
                    json.dump(found, file, indent=1)
    print(table(pd.DataFrame(found)))


if __name__ == "__main__":
    main()
