"""A whole night from its scores: every score table, with its run id, ready to publish."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version

import pandas as pd

from configs.settings import Settings
from features.catalogue import catalogue_hash
from ledger.errors import listed as enumerated
from ledger.loading import Loaded
from models.night_models import Models
from models.night_scores import ScoredNight
from worklists.changes import paid_since
from worklists.contact_measure import contact_measure
from worklists.decisions import Decisions, Judged, Policy, decide
from worklists.early_warning import early_warnings
from worklists.forecast import cash_forecast
from worklists.gains import OTHER_CHANNELS
from worklists.holdout import contact_log
from worklists.key_figures import key_figures
from worklists.previous import Previous
from worklists.rank import COLUMNS, FALLBACK, LEARNED, why_ranked, worklist
from worklists.reasons import reasons, worklist_reasons
from worklists.score_tables import SCORE_TABLES


@dataclass(frozen=True)
class Earlier:
    """What earlier nights published: the latest one, and the contact log of them all."""

    previous: Previous
    log: pd.DataFrame


def night_tables(
    night: ScoredNight, loaded: Loaded, earlier: Earlier, policy: Policy, settings: Settings
) -> dict[str, pd.DataFrame]:
    """One frame per table of `SCORE_TABLES`; amounts in cents of the reporting currency."""
    view = night.view
    decisions = decide(night, policy, settings)
    judged = decisions.judged
    told = reasons(night, settings)
    since = earlier.previous.as_of or view.as_of
    listed = worklist(
        decisions,
        worklist_reasons(told, judged.asked),
        earlier.previous,
        settings.capacity.most_rank_jump,
        paid_since(view, since),
    )
    measured = contact_measure(view, earlier.log, settings.holdout)
    currency = view.reporting_currency or ""
    tables = {
        "invoice_scores": night.scores.invoices,
        "customer_scores": customer_scores(judged),
        "segments": judged.segments.assign(customer_id=judged.facts["customer_id"]),
        "worklist": listed[COLUMNS].assign(currency=currency, model_versions=night.models.label),
        "why_ranked": why_ranked(listed, decisions),
        "reasons": told,
        "suppressions": decisions.suppressed,
        "key_figures": pd.concat([key_figures(view), measured.rows], ignore_index=True),
        "cash_forecast": cash_forecast(
            night.scores.unpaid, night.scores.invoices["open_amount"].to_numpy(), view.as_of, settings.forecast.days
        ),
        "early_warnings": early_warnings(
            view, judged.facts, night.features, policy.strategy.review_terms, earlier.previous.customers
        ),
        "contact_log": contact_log(decisions.eligible, decisions.draw, listed),
    }
    rules = [policy.segments.model_dump(), policy.strategy.rules.model_dump()]
    roster = None if policy.roster is None else policy.roster.rules.model_dump()
    run = {
        "created_by_version": version("duerank"),
        "data_hash": loaded.data_hash,
        "catalogue_hash": catalogue_hash(),
        "settings_hash": _hash([settings.model_dump(), *rules, roster]),
        "model_versions": night.models.label,
        "reporting_currency": currency,
        "invoices_scored": len(night.scores.invoices),
        "customers_scored": len(judged.facts),
        "worklist_rows": len(listed),
        "quarantined_rows": len(loaded.refused),
        "ranking": ranking(night.models),
        "notes": "\n".join([*notes(night, decisions, loaded), *filter(None, [measured.note])]),
    }
    before = [_hash(frame.to_dict("list")) for frame in (earlier.previous.worklist, earlier.log)]
    run_id = _hash([str(view.as_of.date()), run, [card.data_hash for card in night.models.cards], before])
    tables["runs"] = pd.DataFrame([run])
    return {name: _declared(name, tables[name], run_id, view.as_of) for name in SCORE_TABLES}


def ranking(models: Models) -> str:
    """What the worklist is ranked by."""
    return LEARNED if models.contact_effect.learned else FALLBACK


def customer_scores(judged: Judged) -> pd.DataFrame:
    """The published scores of every customer, with the gain of a contact by the best channel."""
    facts, best = judged.facts, judged.best.reindex(judged.facts.index)
    strategy_channel = judged.actions["channel"].reindex(facts.index)
    channel = best["channel"].where(best["channel"].notna(), strategy_channel)
    return facts.assign(
        segment=judged.segments["segment"],
        expected_gain=best["gain"].fillna(0.0).round().astype("int64"),
        best_channel=channel.where(channel.fillna("") != "").astype("str"),
    )


def notes(night: ScoredNight, decisions: Decisions, loaded: Loaded) -> list[str]:
    """What a reader of this night should know: how it was ranked and what could not be learned, what the collectors'
    time leaves undone, rules in the place of models, models from a later day, refused rows, what reading found."""
    models, as_of = night.models, night.view.as_of
    later = [
        f"{card.name} was trained on what was known on {card.trained_on}, after this night: "
        f"its scores look better here than they could have been"
        for card in models.cards
        if pd.Timestamp(card.trained_on) > as_of
    ]
    naive = [
        f"{card.name}: naive rule, since {card.why}"
        for card in (models.late_payment.card, models.default.card)
        if card.kind == "rule"
    ]
    refused = (
        [f"{len(loaded.refused):,} rows of the ledger were refused; see quarantine"] if len(loaded.refused) else []
    )
    return [
        *_how_ranked(models),
        *_by_other_channels(decisions),
        *_capacity(decisions),
        *naive,
        *later,
        *refused,
        *loaded.notes,
    ]


def _how_ranked(models: Models) -> list[str]:
    effect = models.contact_effect
    if not effect.learned:
        return [f"ranked by {FALLBACK}, since the effect of a contact is not known: {effect.card.why}"]
    assert effect.evidence is not None
    return [f"ranked by {LEARNED}; effects told apart by {effect.evidence.basis}", *effect.evidence.remarks]


def _by_other_channels(decisions: Decisions) -> list[str]:
    """The channels that are recommended though nothing could be learned of them."""
    unknown = decisions.chosen.loc[decisions.chosen["basis"] == OTHER_CHANNELS, "channel"]
    if unknown.empty:
        return []
    return [
        f"too few contacts by {enumerated(sorted(unknown.unique()))} were logged to learn from: the {len(unknown):,} "
        f"recommended ones count as much as those by the other channels"
    ]


def _capacity(decisions: Decisions) -> list[str]:
    """How the collectors' time was shared out, and how far that is from the best that could be."""
    assignment = decisions.assignment
    held = int(decisions.draw["held_out"].sum())
    remarks = [f"{held} customers are left alone at random, to measure what contacts bring"] if held else []
    if len(assignment.collectors):
        remarks.append(
            f"{len(assignment.chosen):,} of {len(assignment.chosen) + len(assignment.left_out):,} customers fit into "
            f"the collectors' minutes; together they bring {assignment.expected / 100:,.2f}, and no other sharing "
            f"could bring more than {assignment.upper_bound / 100:,.2f} ({assignment.gap:.1%} from it)"
        )
    return remarks


def _declared(name: str, frame: pd.DataFrame, run_id: str, as_of: pd.Timestamp) -> pd.DataFrame:
    frame = frame.assign(run_id=run_id, as_of=as_of.as_unit("s"))
    return frame[SCORE_TABLES[name].names].reset_index(drop=True)


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]
