"""A whole night from its scores: every score table, with its run id, ready to publish."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.catalogue import catalogue_hash
from features.engine import FeatureTables
from features.spine import Spine
from ledger.loading import Loaded
from ledger.view import View
from models import explain, late_payment
from models.night_scores import NightScores
from models.risk_model import RiskModel
from worklists.facts import customer_facts
from worklists.forecast import cash_forecast
from worklists.key_figures import key_figures
from worklists.rank import RANKING, REASON_COLUMNS, expected_gain, worklist
from worklists.reminders import due_soon
from worklists.score_tables import SCORE_TABLES
from worklists.segments import Segments, assign_segments, load_segments
from worklists.strategy import Strategy, load_strategy, recommend
from worklists.suppress import suppressions

UNPAID_30D = "unpaid_30d"  # the model name of a customer's reasons: its invoices' late-payment scores, 30 days ahead


@dataclass(frozen=True)
class Policy:
    """The segment rules and the strategy of a run, read and checked."""

    segments: Segments
    strategy: Strategy


def load_policy(settings: Settings) -> Policy:
    """Read both; SettingsError where one cannot be used."""
    segments = load_segments(settings.worklist.segments)
    return Policy(segments, load_strategy(settings.worklist.strategy, segments))


def night_tables(
    view: View,
    features: FeatureTables,
    spine: Spine,
    scores: NightScores,
    models: tuple[RiskModel, RiskModel],
    loaded: Loaded,
    policy: Policy,
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """One frame per table of `SCORE_TABLES`; amounts in cents of the reporting currency."""
    facts = customer_facts(view, features, scores.customers)
    segments = assign_segments(facts, policy.segments)
    soon = due_soon(view, scores.invoices, policy.strategy.reminder.days_before_due)
    actions = recommend(facts, segments, policy.strategy, soon)
    held = suppressions(view, facts, actions, policy.strategy)
    told = reasons(spine, scores, models, view, settings)
    listed = worklist(facts, segments, actions, held, worklist_reasons(told, facts), view.as_of)
    currency = view.reporting_currency or ""
    versions = "; ".join(model.label for model in models)
    tables = {
        "invoice_scores": scores.invoices,
        "customer_scores": customer_scores(facts, segments, actions),
        "segments": segments.assign(customer_id=facts["customer_id"]),
        "worklist": listed.assign(currency=currency, model_versions=versions),
        "reasons": told,
        "suppressions": held,
        "key_figures": key_figures(view),
        "cash_forecast": cash_forecast(
            scores.unpaid, scores.invoices["open_amount"].to_numpy(), view.as_of, settings.forecast.days
        ),
    }
    run = {
        "created_by_version": version("duerank"),
        "data_hash": loaded.data_hash,
        "catalogue_hash": catalogue_hash(),
        "settings_hash": _hash(
            [settings.model_dump(), policy.segments.model_dump(), policy.strategy.rules.model_dump()]
        ),
        "model_versions": versions,
        "reporting_currency": currency,
        "invoices_scored": len(scores.invoices),
        "customers_scored": len(facts),
        "worklist_rows": len(listed),
        "quarantined_rows": len(loaded.refused),
        "ranking": RANKING,
        "notes": "\n".join(notes(models, loaded, view.as_of)),
    }
    run_id = _hash([str(view.as_of.date()), run, [model.card.data_hash for model in models]])
    tables["runs"] = pd.DataFrame([run])
    return {name: _declared(name, tables[name], run_id, view.as_of) for name in SCORE_TABLES}


def customer_scores(facts: pd.DataFrame, segments: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """The published scores of every customer; best_channel is the strategy's, until an effect is learned."""
    return facts.assign(
        segment=segments["segment"],
        expected_gain=expected_gain(facts),
        best_channel=actions["channel"].where(actions["channel"] != ""),
    )


def reasons(
    spine: Spine, scores: NightScores, models: tuple[RiskModel, RiskModel], view: View, settings: Settings
) -> pd.DataFrame:
    """Why each score is what it is: of invoices (late_payment), and of customers (unpaid_30d and default).

    An invoice is explained by the question behind p_late, or, where that day has passed, by 30 days ahead.
    """
    late, risk = models
    most = settings.worklist.reasons
    rows, invoices = spine.invoices, scores.invoices
    until = late_payment.days_until_late(rows, settings.labels)
    asked = late_payment.question(rows, np.where(until > 0, until, settings.worklist.expected_days))
    ahead = late_payment.question(rows, np.full(len(rows), settings.worklist.expected_days, dtype=np.int64))
    customers, mixed, figures = explain.by_customer(explain.contributions(late, ahead), ahead, invoices)
    ids = view.portfolio.customer_ids
    owners = pd.Series(ids[customers].to_numpy(), dtype="str")
    everyone = pd.Series(ids[spine.customers["customer"]].to_numpy(), dtype="str")
    return pd.concat(
        [
            explain.reasons(
                late, late.card.name, explain.contributions(late, asked), asked, invoices["invoice_id"], most
            ),
            explain.reasons(late, UNPAID_30D, mixed, figures, owners, most),
            explain.reasons(
                risk, risk.card.name, explain.contributions(risk, spine.customers), spine.customers, everyone, most
            ),
        ],
        ignore_index=True,
    )


def worklist_reasons(told: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """reason_1 to reason_3 by customer position: why the amount is expected to stay unpaid."""
    spoken = told[(told["model"] == UNPAID_30D) & (told["text"] != "") & (told["position"] <= len(REASON_COLUMNS))]
    wide = spoken.pivot(index="entity", columns="position", values="text")
    wide = wide.reindex(columns=range(1, len(REASON_COLUMNS) + 1)).set_axis(REASON_COLUMNS, axis=1)
    return wide.reindex(facts["customer_id"]).set_axis(facts.index)


def notes(models: tuple[RiskModel, RiskModel], loaded: Loaded, as_of: pd.Timestamp) -> list[str]:
    """What a reader of this night should know: rules in the place of models, models from a later day, refused rows,
    and what reading found."""
    later = [
        f"{model.card.name} was trained on what was known on {model.card.trained_on}, after this night: "
        f"its scores look better here than they could have been"
        for model in models
        if pd.Timestamp(model.card.trained_on) > as_of
    ]
    naive = [f"{model.card.name}: naive rule, since {model.card.why}" for model in models if model.card.kind == "rule"]
    refused = (
        [f"{len(loaded.refused):,} rows of the ledger were refused; see quarantine"] if len(loaded.refused) else []
    )
    return [
        f"ranked by {RANKING}; the effect of a contact is not learned yet",
        *naive,
        *later,
        *refused,
        *loaded.notes,
    ]


def _declared(name: str, frame: pd.DataFrame, run_id: str, as_of: pd.Timestamp) -> pd.DataFrame:
    frame = frame.assign(run_id=run_id, as_of=as_of.as_unit("s"))
    return frame[SCORE_TABLES[name].names].reset_index(drop=True)


def _hash(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]
