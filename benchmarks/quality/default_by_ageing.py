"""Is the chance of a default right at every age of the debt? And how far off would a perfect model be by chance?

    python -m benchmarks.quality.default_by_ageing [--customers 4000] [--seeds 3] [--days 720] [--begins 0]
        [--worlds b2b consumer]

Of each simulated ledger `default` is judged on later nights, as `duerank train` does. The calibration error of a group
of few customers is mostly chance: so beside it stands that of outcomes drawn from the predicted chances themselves, in
which a customer's nights come out alike. Nights are four weeks apart, so that all customers fit into memory.
With `--days 1440` the ledger is older than what is learned from; `--begins 720` is the same one as far as a company
knows it that began to keep it on that day.
"""

import argparse
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.quality.pasts import of_world
from configs.settings import load_settings
from features.window_kernels import Floats, Positions
from ledger.simulator.worlds import WORLDS
from models import retraining
from models.clustered_error import standard_error
from models.curves.ageing_curve import AGEING_EDGES, AgeingCurve
from models.evaluation.calibration_by_group import AGEING_NAMES
from models.evaluation.metrics import calibration_error
from models.evaluation.money_captured import money_captured, money_of
from models.evaluation.rolling_origin import Judgement
from models.risk import default

FIRST_SEED, DRAWS = 9_101, 200
LEAST_ROWS = 100
EVERYONE = ("training.spine_every_days=28", "training.max_rows=1000000000")


def chance_error(probability: Floats, customer: Positions) -> tuple[float, float]:
    """Calibration error of a model that is right about these rows: its mean, and what it exceeds once in twenty."""
    draw = np.random.default_rng(1)
    customers, where = np.unique(customer, return_inverse=True)
    drawn = [draw.random(len(customers))[where] < probability for _ in range(DRAWS)]
    errors = [calibration_error(label.astype(np.float64), probability) for label in drawn]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def by_ageing(judgement: Judgement) -> Iterator[dict[str, object]]:
    """A row for all and for each bucket with enough rows."""
    bucket = np.digitize(judgement.rows[AgeingCurve.FEATURE].to_numpy(), AGEING_EDGES)
    customer = judgement.rows["customer"].to_numpy()
    whole = np.ones(len(bucket), dtype=np.bool_)
    for name, here in (("all", whole), *((name, bucket == one) for one, name in enumerate(AGEING_NAMES))):
        if here.sum() < LEAST_ROWS:
            continue
        label, probability, of = judgement.label[here], judgement.probability[here], customer[here]
        mean, once_in_twenty = chance_error(probability, of)
        yield {
            "ageing": name,
            "customers": len(np.unique(of)),
            "observed": label.mean(),
            "predicted": probability.mean(),
            "error": standard_error(probability - label, np.ones(len(label)), of),
            "ece": calibration_error(label, probability),
            "chance": mean,
            "chance_95": once_in_twenty,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("customers", 4_000), ("days", 720), ("begins", 0), ("seeds", 3)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--worlds", nargs="+", default=["b2b", "consumer", "squeeze"], choices=list(WORLDS))
    asked = parser.parse_args()
    settings, found = load_settings(EVERYONE), []
    for world, seed in product(asked.worlds, range(FIRST_SEED, FIRST_SEED + asked.seeds)):
        past = of_world(world, asked.customers, asked.days, seed, settings, asked.begins)
        judgement = retraining.judge(default.NAME, past, settings)
        rank = judgement.probability * money_of(judgement.rows)
        money = money_captured(rank, judgement.rows, judgement.label, settings.evaluation.capacity_share)
        figures = {name: round(judgement.metrics[name], 4) for name in ("auc", "brier", "log_loss")}
        print(world, seed, judgement.model.card.kind, figures, f"money captured {money:.3f}", flush=True)
        found += [{"world": world, "seed": seed, **row} for row in by_ageing(judgement)]
    table = pd.DataFrame(found)
    print(table.round(3).to_string(index=False))
    means = table.groupby(["world", "ageing"], sort=False).mean(numeric_only=True).drop(columns="seed")
    print(means.round(3).to_string())


if __name__ == "__main__":
    main()
