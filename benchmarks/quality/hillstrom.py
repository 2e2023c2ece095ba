"""Who visits because of an e-mail: our stack of learners compared with the standard ones, on a randomised trial.

The MineThatData trial of Kevin Hillstrom: 64,000 customers, a third each with an e-mail for men's goods, one for
women's goods, or none; the outcome is a visit within two weeks. Every split learns on one half and ranks the other.

    python -m benchmarks.quality.hillstrom
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t as student

from benchmarks.quality.data import HILLSTROM, run, table
from benchmarks.quality.qini import Bools, Floats, qini_area, top_uplift
from benchmarks.quality.standard_learners import Learner, missing, standard_learners
from models.effect.estimators import comparison_weight
from models.effect.learners import LEARNERS, NO_ARM, Cases, regress
from models.effect.stack import EffectStack, fit_stack

ARMS = {
    "any e-mail": ("Mens E-Mail", "Womens E-Mail"),
    "men's e-mail alone": ("Mens E-Mail",),
    "women's e-mail alone": ("Womens E-Mail",),
}
NONE = "No E-Mail"
SPLITS = 10
SEED = 7
CONFIDENCE = 0.95
OURS = "duerank, stack of the learners"
ANYWAY, RANDOM = "chance to visit anyway", "random"


@dataclass(frozen=True)
class Trial:
    """Customers of some arms and of none; one entry per customer."""

    features: pd.DataFrame
    treated: Bools
    visit: Floats


@dataclass(frozen=True)
class Results:
    """By ranking: the area (x 10,000) and the uplift in the top decile (points), shape (splits,). `weights`: of our
    learners in the stack, shape (splits, learners)."""

    areas: dict[str, Floats]
    tops: dict[str, Floats]
    mean_uplift: float
    weights: Floats


def load(data: Path, arms: tuple[str, ...]) -> Trial:
    """The customers with one of the arms, and those without an e-mail; `history_segment` is `history`, only coarser."""
    rows = pd.read_csv(data)
    rows = rows[rows["segment"].isin([*arms, NONE])].reset_index(drop=True)
    names = ["recency", "history", "mens", "womens", "newbie"]
    codes = [rows[name].astype("category").cat.codes.rename(name) for name in ("zip_code", "channel")]
    features = pd.concat([rows[names], *codes], axis=1).astype("float32")
    return Trial(features, (rows["segment"] != NONE).to_numpy(), rows["visit"].to_numpy(dtype=np.float64))


def training_half(customers: int, split: int) -> Bools:
    """Which customers a split learns from."""
    half = np.zeros(customers, dtype=np.bool_)
    half[np.random.default_rng(split).permutation(customers)[: customers // 2]] = True
    return half


def our_rankings(trial: Trial, learn: Bools) -> tuple[dict[str, Floats], EffectStack]:
    """Scores of the customers not learned from by the stack of the training half, and by each of its learners."""
    arm = np.where(trial.treated, 0, NO_ARM)
    everyone = Cases(trial.features, arm, trial.visit, np.arange(len(arm)), np.ones(len(arm)))
    cases, others = everyone.some(learn), everyone.some(~learn)
    chance = np.full(len(cases.arm), cases.treated.mean())
    stack, _ = fit_stack(cases, comparison_weight(cases.treated, chance, cases.weight), SEED)
    to_all = np.zeros(len(others.arm), dtype=np.int64)
    single = {f"duerank, {one.kind}": one.effect(others.features, to_all) for one in stack.learners}
    return {OURS: stack.effect(others.features, to_all), **single}, stack


def compare(trial: Trial, splits: int, learners: dict[str, Learner]) -> Results:
    """All rankings on the same splits."""
    areas: dict[str, list[float]] = {}
    tops: dict[str, list[float]] = {}
    weights = []
    for split in range(splits):
        learn = training_half(len(trial.visit), split)
        features, treated, visit = trial.features[learn], trial.treated[learn], trial.visit[learn]
        features, to_rank = features.reset_index(drop=True), trial.features[~learn].reset_index(drop=True)
        rankings, stack = our_rankings(trial, learn)
        rankings |= {name: fit(features, treated, visit, to_rank) for name, fit in learners.items()}
        untreated = regress(features[~treated], visit[~treated], SEED)
        rankings[ANYWAY] = np.asarray(untreated.predict(to_rank.to_numpy(dtype=np.float32)))
        rankings[RANDOM] = np.random.default_rng(1000 + split).random((~learn).sum())
        for name, score in rankings.items():
            areas.setdefault(name, []).append(1e4 * qini_area(score, trial.treated[~learn], trial.visit[~learn]))
            tops.setdefault(name, []).append(100 * top_uplift(score, trial.treated[~learn], trial.visit[~learn]))
        weights.append(stack.weights)
    mean = 100 * (trial.visit[trial.treated].mean() - trial.visit[~trial.treated].mean())
    return Results(_arrays(areas), _arrays(tops), float(mean), np.array(weights))


def interval(figures: Floats) -> tuple[float, float]:
    """An interval for the mean over repeated half splits, which share their customers (Nadeau and Bengio 2003)."""
    splits = len(figures)
    error = np.sqrt((1 / splits + 1.0) * figures.var(ddof=1))  # 1.0: as many customers are ranked as are learned from
    reach = student.ppf((1 + CONFIDENCE) / 2, splits - 1) * error
    return float(figures.mean() - reach), float(figures.mean() + reach)


def measure(data: Path) -> str:
    """A table for any e-mail and for each arm."""
    learners = standard_learners()
    parts = [f"Not installed, so not compared with: {', '.join(missing())}"] if missing() else []
    for name, arms in ARMS.items():
        parts.append(describe(name, compare(load(data, arms), SPLITS, learners)))
    return "\n\n".join(parts)


def describe(name: str, results: Results) -> str:
    """The table of one comparison, best area first."""
    rows = []
    for ranking in sorted(results.areas, key=lambda one: -results.areas[one].mean()):
        area, top = results.areas[ranking], results.tops[ranking]
        behind = results.areas[OURS] - area
        rows.append(
            [
                ranking, f"{area.mean():.1f} ± {area.std(ddof=1):.1f}", "{:.1f} to {:.1f}".format(*interval(area)),
                f"{top.mean():.1f} ± {top.std(ddof=1):.1f}",
                "" if ranking == OURS else f"{behind.mean():+.1f} ({(behind > 0).sum()} of {len(behind)})",
                "" if ranking == OURS else "{:+.1f} to {:+.1f}".format(*interval(behind)),
            ]
        )  # fmt: skip
    header = [
        "ranking", "area x 10,000 ± spread", "interval", "top decile, points ± spread",
        "ours ahead by (splits)", "interval of that",
    ]  # fmt: skip
    weights = ", ".join(
        f"{kind} {share:.0%}" for kind, share in zip(LEARNERS, results.weights.mean(axis=0), strict=True)
    )
    return (
        f"{name[0].upper()}{name[1:]} against none: {results.mean_uplift:.1f} points on average; weights: {weights}\n\n"
        f"{table(header, rows)}"
    )


def _arrays(figures: dict[str, list[float]]) -> dict[str, Floats]:
    return {name: np.array(values) for name, values in figures.items()}


if __name__ == "__main__":
    run(measure, HILLSTROM)
