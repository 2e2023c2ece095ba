"""Do the scores hold on later nights? Ranks compared with rules, intervals, calibration, stability of reasons.

    python -m benchmarks.quality.scores_that_hold [--customers 1000] [--days 540] [--seeds 2] [--worlds b2b squeeze
    consumer] python -m benchmarks.quality.scores_that_hold --ledger LEDGER --as-of 2014-01-01 [--seeds 2]

For every world and seed a ledger is simulated; a model fitted on what was known before the split is judged on the
nights since (`models.evaluation.rolling_origin`), and two models that differ in their seed alone explain the night
after the last day. With a ledger of one's own instead, the seeds are those of the training.
"""

import argparse
from itertools import product

import pandas as pd

from benchmarks.quality.pasts import of_ledger, of_world
from configs.settings import Settings, load_settings
from features.engine import features_at
from ledger.clock import day_number
from ledger.simulator.worlds import WORLDS
from models import retraining
from models.curves.pay_curve import GRID, unpaid_curve
from models.effect.effect_model import EffectModel
from models.evaluation.rolling_origin import JUDGED_DAYS, Judgement
from models.night_models import Models
from models.night_scores import scored_night
from models.retraining import Past
from models.risk import default, late_payment
from models.risk.explain import stem
from models.risk.pay_date_levels import Levels, coverage, places_on_curve
from models.risk.risk_model import Card, Trees
from worklists.ranking.reasons import customer_parts, explained

FIRST_SEED, OTHER_SEED = 9_001, 8
JUDGED_CURVES = 6_000
NAMES = (late_payment.NAME, default.NAME)
PURPOSE = ("ranks", "intervals", "groups", "reasons")


def ranks(name: str, judgement: Judgement, naive: Judgement) -> list[dict[str, object]]:
    """The model, the rule for small ledgers and the naive ranks; nothing where one outcome alone occurred."""
    if "auc" not in judgement.metrics:
        return []
    scorer, figures = judgement.model.scorer, judgement.metrics
    figures_of_model: dict[str, object] = {"model": name, "kind": judgement.model.card.kind}
    figures_of_model["tree_weight"] = scorer.tree_weight if isinstance(scorer, Trees) else float("nan")
    figures_of_model |= {figure: figures[figure] for figure in ("auc", "own_late_share_auc", "ageing_auc", "brier")}
    return [{**figures_of_model, "rule_auc": naive.metrics["auc"], "rule_brier": naive.metrics["brier"]}]


def intervals(past: Past, judgement: Judgement) -> list[dict[str, object]]:
    """Shares paid before p10, within and after p90 on the judged nights, at the curve's own levels and the learned.

    The judgement is of one origin: of several, the latest fit has seen the nights before its own.
    """
    rows = past.spine.invoices
    rows = rows[rows["night"] >= day_number(past.as_of) - JUDGED_DAYS]
    rows = rows.iloc[:: max(len(rows) // JUDGED_CURVES, 1)]
    places = places_on_curve(unpaid_curve(judgement.model.probability, rows, GRID[-1]), rows, past.known)
    found: list[dict[str, object]] = []
    for what, levels in (("curve's own", Levels()), ("learned", judgement.model.pay_dates)):
        early, late = coverage(places, levels)
        figures_of_model = {"levels": what, "low": levels.low, "high": levels.high}
        found.append({**figures_of_model, "before": early, "within": 1 - early - late, "after": late})
    return found


def groups(name: str, judgement: Judgement) -> list[dict[str, object]]:
    """Calibration of the whole and of each ageing bucket, and of the worst country and industry."""
    table = judgement.groups
    if not len(table):
        return []
    worst = table.sort_values("error").groupby("field", sort=False).tail(1)
    chosen = pd.concat(
        [table[table["field"].isin(["all", "ageing"])], worst[worst["field"].isin(["country", "industry"])]]
    )
    return [{"model": name, **row} for row in chosen.to_dict("records")]


def top_reasons(past: Past, settings: Settings) -> pd.DataFrame:
    """The first reason of every customer by model; index model and entity, columns feature and stem."""
    models = [retraining.fit(name, past, settings) for name in NAMES]
    nothing = EffectModel(Card("contact_effect", "rule", "not asked here", "1970-01-01", "", "", {}, 0, 0))
    night = scored_night(past.view, features_at(past.view, settings.labels), Models(*models, nothing), settings)
    told = explained(night, customer_parts(night, settings), settings)
    table = pd.concat([one.table(model) for model, one in told.items()], ignore_index=True)
    first = table[(table["position"] == 1) & (table["text"] != "") & (table["model"] != late_payment.NAME)]
    first = first.set_index(["model", "entity"])[["feature"]]
    return first.assign(stem=first["feature"].map(stem))


def stability(past: Past, settings: Settings) -> list[dict[str, object]]:
    """Share of the customers whose first reason stays where the seed of the training changes."""
    one, two = top_reasons(past, settings), top_reasons(past, with_training(settings, seed=OTHER_SEED))
    both = one.join(two, suffixes=("_one", "_two"), how="outer")
    same = pd.DataFrame({what: both[f"{what}_one"] == both[f"{what}_two"] for what in ("feature", "stem")})
    return [{"model": name, "customers": len(own), **own.mean()} for name, own in same.groupby(level="model")]


def measure(past: Past, settings: Settings) -> dict[str, list[dict[str, object]]]:
    """Rows of every table of `PURPOSE`."""
    naive = with_training(settings, min_events=10**9)  # the rule for ledgers that show too little
    found: dict[str, list[dict[str, object]]] = {purpose: [] for purpose in PURPOSE}
    for name in NAMES:
        judgement = retraining.judge(name, past, settings)
        found["ranks"] += ranks(name, judgement, retraining.judge(name, past, naive))
        found["groups"] += groups(name, judgement)
        if name == late_payment.NAME:
            once = settings.model_copy(update={"gate": settings.gate.model_copy(update={"origins": 1})})
            found["intervals"] += intervals(past, retraining.judge(name, past, once))
    found["reasons"] += stability(past, settings)
    return found


def with_training(settings: Settings, **changed: int) -> Settings:
    return settings.model_copy(update={"training": settings.training.model_copy(update=changed)})


def spread(found: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard deviation over the seeds of every figure."""
    figures = [name for name in found.select_dtypes("number") if name != "seed"]
    by = [name for name in found if name not in (*figures, "seed", "kind")]
    return found.groupby(by, sort=False)[figures].agg(["mean", "std"]).round(3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("customers", 1_000), ("days", 540), ("seeds", 2), ("rows", 100_000)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--worlds", nargs="+", default=["b2b", "squeeze", "consumer"], choices=list(WORLDS))
    parser.add_argument("--ledger")
    parser.add_argument("--as-of", type=pd.Timestamp)
    asked = parser.parse_args()
    found: dict[str, list[dict[str, object]]] = {purpose: [] for purpose in PURPOSE}
    for world, seed in product([asked.ledger] if asked.ledger else asked.worlds, range(asked.seeds)):
        settings = load_settings((f"training.max_rows={asked.rows}",))
        if asked.ledger:
            settings = with_training(settings, seed=seed)
            past = of_ledger(asked.ledger, asked.as_of, settings)
        else:
            past = of_world(world, asked.customers, asked.days, FIRST_SEED + seed, settings)
        for purpose, rows in measure(past, settings).items():
            found[purpose] += [{"world": world, "seed": seed, **row} for row in rows]
        print(f"{world} {seed} done", flush=True)
    for purpose, rows in found.items():
        table = pd.DataFrame(rows)
        print(f"\n{purpose}\n{table.round(4).to_string(index=False)}\n\n{spread(table).to_string()}")


if __name__ == "__main__":
    main()
