"""Is a naive rank ever ahead of the models by more than chance? By AUC, and by the money that went bad.

    python -m benchmarks.quality.naive_ranks [--customers 1000 300] [--seeds 3] [--days 540] [--out naive_ranks.csv]

Of each ledger (three worlds, so many seeds and sizes) both models are judged on later nights, as `duerank train` does
(`gate.origins` fits on what was known before), and every naive rank on the same nights. A difference has a standard
error in which the rows of a customer go together. The fit with another seed shows how many of the first customers are
the same.
"""

import argparse
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.quality.pasts import of_world
from benchmarks.quality.scores_that_hold import OTHER_SEED, with_training
from configs.settings import Settings, load_settings
from features.window_kernels import Floats
from models import retraining
from models.clustered_error import clustered_error, sums_by_customer
from models.evaluation.list_overlap import same_heads
from models.evaluation.money_captured import head_of, money_of
from models.evaluation.rolling_origin import BASELINES, Judgement
from models.monitoring.outcome_checks import auc_parts
from models.past import Past
from models.risk import default, late_payment

FIRST_SEED = 9_001
WORLDS = ("b2b", "squeeze", "consumer")
SHARES = (0.05, 0.1)  # of each night's list
BY_CHANCE = 2.0  # standard errors


def figure(judgement: Judgement, name: str) -> Floats:
    """A feature of the judged rows; where it is missing its mean, as `duerank train` ranks by it."""
    values = judgement.rows[name]
    return values.fillna(values.mean()).fillna(0.0).to_numpy(dtype=np.float64)


def by_auc(judgement: Judgement) -> Iterator[dict[str, object]]:
    """A row for each naive rank: AUC of the model and of the rank, and their difference with its standard error."""
    label, customer = judgement.label, judgement.rows["customer"].to_numpy()
    ours = float(roc_auc_score(label, judgement.probability))
    for name, feature in BASELINES.items():
        naive = figure(judgement, feature)
        theirs = float(roc_auc_score(label, naive))
        apart = auc_parts(label, naive) - auc_parts(label, judgement.probability)
        yield {
            "measure": "auc",
            "rank": name,
            "ours": ours,
            "theirs": theirs,
            "error": clustered_error(apart, customer),
        }


def by_money(judgement: Judgement, share: float) -> Iterator[dict[str, object]]:
    """The same by the share of the money that went bad which was among the first of the nights' lists."""
    rows, money = judgement.rows, money_of(judgement.rows)
    customer, night = rows["customer"].to_numpy(), rows["night"].to_numpy()
    bad = money * judgement.label / max((money * judgement.label).sum(), 1e-9)
    oldest = np.maximum(figure(judgement, "oldest_days_past_due"), 0)
    ranks = {
        "oldest debt": oldest,
        "largest balance": money,
        "balance x days": money * oldest,
        "balance x own late share": money * figure(judgement, "late_share_all"),
        "balance x naive rule": money * judgement.naive,
    }
    ours = head_of(judgement.probability * money, night, share)
    for name, rank in ranks.items():
        theirs = head_of(rank, night, share)
        by_customer = sums_by_customer(bad * (theirs.astype(np.float64) - ours), customer)
        error = float(np.sqrt(((by_customer - by_customer.mean()) ** 2).sum()))
        found = {"ours": float(bad[ours].sum()), "theirs": float(bad[theirs].sum()), "error": error}
        yield {"measure": f"money, first {share:.0%}", "rank": name, **found}


def measure(past: Past, settings: Settings) -> list[dict[str, object]]:
    """Rows of both models on one ledger."""
    found: list[dict[str, object]] = []
    other_seed = with_training(settings, seed=OTHER_SEED)
    for model in (default.NAME, late_payment.NAME):
        judgement, again = (retraining.judge(model, past, one) for one in (settings, other_seed))
        rows = [*by_auc(judgement), *(row for share in SHARES for row in by_money(judgement, share))]
        found += [{"model": model, "kind": judgement.model.card.kind, **row} for row in rows]
        money, night = money_of(judgement.rows), judgement.rows["night"].to_numpy()
        same = same_heads(judgement.probability * money, again.probability * money, night)
        found.append({"model": model, "measure": "same heads", "rank": "another seed", "ours": 1.0, "theirs": same})
    return found


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """By model, measure and naive rank: the means, on how many ledgers it was ahead, and by more than chance."""
    ahead = found["theirs"] - found["ours"]
    told = found.assign(ahead=ahead > 0, beyond=ahead > BY_CHANCE * found["error"], difference=ahead)
    by = told.groupby(["model", "measure", "rank"], sort=False)
    figures = by.agg(
        ledgers=("ours", "size"), ours=("ours", "mean"), theirs=("theirs", "mean"), error=("difference", "sem"),
        ahead=("ahead", "sum"), by_more_than_chance=("beyond", "sum"),
    )  # fmt: skip
    return figures.round(3).reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", default=[1_000, 300])
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS))
    for name, value in (("seeds", 3), ("days", 540)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--out", default="naive_ranks.csv", help="where every single figure goes")
    asked = parser.parse_args()
    settings, found = load_settings(), []
    for customers, world, seed in product(asked.customers, asked.worlds, range(FIRST_SEED, FIRST_SEED + asked.seeds)):
        past = of_world(world, customers, asked.days, seed, settings)
        found += [{"world": world, "customers": customers, "seed": seed, **row} for row in measure(past, settings)]
        pd.DataFrame(found).to_csv(asked.out, index=False)
        print(f"{world} {customers} {seed} done", flush=True)
    print(summary(pd.DataFrame(found)).to_string(index=False))


if __name__ == "__main__":
    main()
