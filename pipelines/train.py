"""The `train` flow: learn the models from a ledger, judge them, register them, and set the aliases."""

import math
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
from pydantic import BaseModel

from configs.language import sentence
from configs.markdown import grid
from configs.settings import Settings, home, load_settings
from configs.settings_form import TrainForm
from ledger.as_of.newest import newest_records, require_invoices
from ledger.atomic_files import require_place
from ledger.minor_units import held_with
from ledger.partitioned.lay_out import lay_out
from ledger.partitioned.load import Loaded, load_partitions, opened_ledger
from ledger.partitioned.runner import Runner
from ledger.partitioned.scratch import LedgerScratch
from models import retraining
from models.effect.cases import ContactCases
from models.effect.effect_model import NAME as CONTACT_EFFECT
from models.effect.effect_model import EffectModel
from models.estimators.from_setting import require_classifier
from models.evaluation.gate import CHALLENGER, CHAMPION, NAIVE, verdict
from models.evaluation.rolling_origin import Judgement
from models.past import EnoughToTrain, Past, gather
from models.registry import logged_runs, mlflow_registry
from models.risk.default import NAME as DEFAULT
from models.risk.late_payment import NAME as LATE_PAYMENT
from models.risk.risk_model import RiskModel
from pipelines.lineage.datasets import of_model
from pipelines.lineage.hooks import Asked, Touched, followed
from pipelines.partition_flow import in_partitions
from pipelines.runtime.origin import linked_version, origin
from pipelines.runtime.prefect_runtime import ask_person, flow, in_memory_task, log, markdown_artifact, named_by_night
from pipelines.runtime.processes import beside, on_every_core
from pipelines.runtime.progress import progress


class Trained(BaseModel):
    """What became of one model: its version, role (champion or challenger), kind, why, and figures.

    `wins` says what the gate found, `evidence` (Markdown) from what; `first` that there was no champion before.
    """

    name: str
    version: str
    role: str
    kind: str
    why: str
    metrics: dict[str, float]
    note: str = ""
    wins: bool = False
    first: bool = False
    evidence: str = ""


def touched(asked: Asked, results: list[Trained]) -> Touched:
    """The versions that a training registered."""
    return Touched([], [of_model(one.name, one.version) for one in results])


@flow(name="train", flow_run_name=named_by_night("train"), **followed(touched))
def train(
    ledger: str,
    as_of: date | None,
    overrides: list[str] = [],  # noqa: B006
    late_payment: bool = True,
    default: bool = True,
    contact_effect: bool = True,
    settings: TrainForm = {},  # noqa: B006
) -> list[Trained]:
    """Make a champion of each model where there is none, else a challenger that is promoted if it passes the gate.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        as_of: Learn from what was known before this night. Today where empty.
        overrides: Settings as section.name=value, over those below.
        late_payment: Train this model; else its champion goes on.
        default: Train this model; else its champion goes on.
        contact_effect: Train this model; else its champion goes on.
        settings: What a run wants otherwise than configs/default.yaml has it.
    """
    as_of = as_of or date.today()
    in_effect = load_settings(tuple(overrides), settings)
    require_classifier(in_effect.training)
    require_place(home())
    night = pd.Timestamp(as_of)
    with opened_ledger(LedgerScratch, ledger, night, in_effect) as scratch:
        loaded = in_partitions("read for training", load_for_training, scratch)
    require_invoices(newest_records(loaded.portfolio, night), night)
    with held_with(loaded.decimals):
        past = replay_past(loaded, night, in_effect)
        of_risk = [name for name, asked_for in ((LATE_PAYMENT, late_payment), (DEFAULT, default)) if asked_for]
        results = learn(past, of_risk, contact_effect, in_effect, ledger)
    log(summary(results))
    markdown_artifact("models", "\n\n".join(_report(one) for one in results), "What was trained")
    return results


def learn(past: Past, of_risk: list[str], contact_effect: bool, settings: Settings, ledger: str) -> list[Trained]:
    """Each model that is asked for. To judge the first, late payment, takes about as long as all else, which is done
    beside it."""
    pasts = {LATE_PAYMENT: past, DEFAULT: past.of_customers}
    jobs: dict[tuple[str, str], Callable[[], Any]] = {}
    for name in of_risk:
        jobs["judge", name] = partial(retraining.judge, name, pasts[name], settings)
        jobs["fit", name] = partial(retraining.fit, name, pasts[name], settings)
    if contact_effect:
        jobs["fit", CONTACT_EFFECT] = partial(retraining.effect_and_its_cases, past.of_debtors, settings)
    others = list(jobs)[1:]
    with beside([jobs[one] for one in others], settings.scale.workers) as begun:
        jobs |= zip(others, begun, strict=True)
        challengers = [
            fit_and_register(name, jobs["judge", name], jobs["fit", name], past, settings, ledger) for name in of_risk
        ]
        results = promoted(challengers, settings)
        return [*results, learn_effect(jobs["fit", CONTACT_EFFECT], settings, ledger)] if contact_effect else results


def load_for_training(scratch: LedgerScratch, runner: Runner) -> Loaded:
    """Partitions of the ledger, all or as many as a training takes, and of them all rows."""
    lay_out(scratch, runner)
    return runner.once(load_enough_partitions, scratch)


def load_enough_partitions(scratch: LedgerScratch) -> Loaded:
    request = scratch.request
    return load_partitions(scratch, EnoughToTrain(request.known_by, request.settings))


@in_memory_task(name="replay past nights")
def replay_past(loaded: Loaded, night: pd.Timestamp, settings: Settings) -> Past:
    with progress("Replaying past nights") as bar:
        past = gather(loaded, night, settings, bar, each=partial(on_every_core, most=settings.scale.workers))
    spine = past.spine
    log(f"{len(spine.invoices):,} rows of invoices and {len(spine.customers):,} of customers on past nights.")
    return past


@in_memory_task(name="fit, judge and register a model", run_name="fit {name}")
def fit_and_register(
    name: str,
    judged: Callable[[], Judgement],
    fitted: Callable[[], RiskModel],
    past: Past,
    settings: Settings,
    ledger: str,
) -> Trained:
    champion = mlflow_registry.load(name, CHAMPION)
    judgement, model = judged(), fitted()
    rows = retraining.learned_from(name, past)
    found = verdict(champion, model, judgement, settings)
    version = logged_runs.register(model, rows, judgement, found, settings, origin(ledger))
    if found.compared == NAIVE and not found.wins:
        rule = retraining.fit_rule(name, past, settings, model, f"version {version} does no better on later nights")
        model, found = rule, verdict(None, rule, judgement.of_rule, settings)
        version = logged_runs.register(model, rows, judgement.of_rule, found, settings, origin(ledger))
    card = model.card
    log(f"{name} version {version} ({card.kind}): {card.rows:,} rows, {card.events:,} events. {found.why}")
    tables = [_as_markdown(table) for table in (found.comparison, found.swap_set) if len(table)]
    return Trained(
        name=name,
        version=version,
        role=CHALLENGER,
        kind=model.card.kind,
        why=model.card.why,
        metrics=judgement.metrics,
        note=found.why,
        wins=found.wins,
        first=champion is None,
        evidence="\n\n".join([found.why, *tables]),
    )


def _as_markdown(table: pd.DataFrame) -> str:
    """A table for Prefect's dialog, which is narrow: customers say more than rows, and money needs no cents."""
    shown = table.drop(columns="rows", errors="ignore").reset_index().map(_in_dialog)
    return grid([name.replace("_", " ") for name in shown.columns], shown.to_numpy().tolist())


def _in_dialog(cell: object) -> str:
    if not isinstance(cell, float):
        return str(cell)
    return "" if math.isnan(cell) else f"{cell:,.0f}" if abs(cell) > 1 else f"{cell:.3f}"


def promoted(challengers: list[Trained], settings: Settings) -> list[Trained]:
    """The challengers; those that win as champions, where no one needs to be asked or a person approves."""
    winners = [one for one in challengers if one.wins]
    asked = [one for one in winners if not one.first] if settings.gate.approval == "person" else []
    switches = {one.name: f"Make version {one.version} the champion; else it stays the challenger." for one in asked}
    answers = ask_person(_question(asked), switches, settings.gate.approval_hours) if asked else {}
    for one in winners:
        approved, remark = answers.get(one.name, (True, ""))
        if approved:
            mlflow_registry.promote(one.name, one.version)
            one.role = CHAMPION
        one.note = f"{one.note} {remark}".strip()
    return challengers


def _question(asked: list[Trained]) -> str:
    return "\n\n".join(
        f"## Make {linked_version(one.name, one.version)} the champion?\n\n{one.evidence}" for one in asked
    )


@in_memory_task(name="learn the effect of a contact")
def learn_effect(effect: Callable[[], tuple[EffectModel, ContactCases]], settings: Settings, ledger: str) -> Trained:
    model, cases = effect()
    version = logged_runs.register_effect(model, cases.features, settings, origin(ledger))
    role, note = mlflow_registry.admit_effect(version, model)
    card = model.card
    said = _in_words(card.why, note)
    log(f"{card.name} version {version} is the {role}: {card.rows:,} days, {card.events:,} contacts. {said}")
    return Trained(
        name=card.name, version=version, role=role, kind=card.kind, why=card.why, metrics=card.metrics, note=note
    )


def _in_words(why: str, found: str) -> str:
    """Why a model is a rule, or learned nothing, before what the gate found."""
    return f"{sentence(why)} {found}".strip()


def _report(trained: Trained) -> str:
    figures = "\n".join(f"| {name} | {value:.4f} |" for name, value in trained.metrics.items())
    head = f"## {linked_version(trained.name, trained.version)}: {trained.role} ({trained.kind})"
    said = _in_words(trained.why, trained.evidence or trained.note)
    return f"{head}\n\n{said}\n\n| figure | value |\n|---|---|\n{figures}"


def summary(results: list[Trained]) -> str:
    """What was trained, how good it is compared with the naive baselines, and its role."""
    lines = []
    for one in results:
        said = _in_words(one.why, one.note)
        lines.append(f"{one.name} version {one.version} is the {one.role} ({one.kind}). {said}".rstrip())
        if "auc" in one.metrics:
            lines.append(
                f"  on later nights: AUC {one.metrics['auc']:.3f} (own late share "
                f"{one.metrics['own_late_share_auc']:.3f}, ageing {one.metrics['ageing_auc']:.3f}), "
                f"Brier {one.metrics['brier']:.3f}, calibration error {one.metrics['calibration_error']:.3f}, "
                f"lift at capacity {one.metrics['lift_at_capacity']:.2f}"
            )
        if "effect" in one.metrics:
            lines.append(
                f"  a contact brings {one.metrics['effect']:.1%} of what is overdue within 30 days "
                f"(standard error {one.metrics['effect_error']:.1%})"
            )
    return "\n".join(lines)
