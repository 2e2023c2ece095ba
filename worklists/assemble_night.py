"""A whole night from its parts: every score table, with its run id, ready to publish."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import pandas as pd

from configs.language import DAY, counted, number, percent, translated
from configs.settings import FreshnessSettings, Settings
from features.catalogue import catalogue_hash
from ledger.errors import listed as enumerated
from models.cash.cash_correction import correction_from_json
from models.curves.portfolio_curve import curve_of
from models.effect.contact_effects import CUSTOMER, OTHER_CHANNELS
from models.night_models import Models
from worklists.decide.decisions import Decisions, Policy, settle
from worklists.decide.holdout import contact_log
from worklists.figures.cash_forecast import NOT_YET_ISSUED, OPEN, added_up, forecast_by_segment, forecast_of
from worklists.figures.experiments import experiments
from worklists.figures.freshness import newest_in_words, stale_tables, stale_warnings
from worklists.figures.future_invoices import billed_together, not_yet_issued
from worklists.figures.holdout_measurement import whole
from worklists.figures.key_figures import figures_of
from worklists.night_partition import NightPartition, together
from worklists.ranking.compact_reasons import each_once
from worklists.ranking.rank import COLUMNS, FALLBACK, LEARNED, why_ranked, worklist
from worklists.rules.fact_words import money
from worklists.score_db.earlier_nights import Earlier

STALE = "stale ledger: see the notes"
# Whether an instalment that names no known invoice is refused or waits depends on whether that invoice ever came: the
# list and its id must not.
NOT_IN_RUN_ID = ("quarantined_rows", "notes")


@dataclass(frozen=True)
class About:
    """What a night is about: the ledger as far as all parts of it have it in common, the models, its `newest_records`,
    and a digest of the facts that earlier nights published."""

    as_of: pd.Timestamp
    reporting_currency: str | None
    data_hash: str
    refused: int
    notes: tuple[str, ...]
    models: Models
    newest: "pd.Series[pd.Timestamp]"
    published: Sequence[int] = ()


def whole_tables(
    parts: Sequence[NightPartition],
    sizes: Mapping[str, int],
    about: About,
    earlier: Earlier,
    policy: Policy,
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """What depends on all parts of a portfolio together: the worklist, the figures of the whole, and the run.

    `sizes` are the rows of the parts' own tables. Also has the suppressions that are not in a part yet: those for whom
    no one has time. The run has its run_id, which every row of the night bears.
    """
    everyone = together(parts)
    decisions = settle(everyone.candidates, policy, settings)
    listed = worklist(decisions, everyone.beside, earlier.previous, settings.capacity.most_rank_jump, everyone.paid)
    drawn, at_the_line = whole([part.watched for part in parts]), whole([part.at_the_line for part in parts])
    brought = experiments(drawn, at_the_line, decisions.eligible)
    currency = about.reporting_currency or ""
    tables = {
        "worklist": listed[COLUMNS].assign(currency=currency, model_versions=mark(about, settings.freshness)),
        "why_ranked": why_ranked(listed, decisions),
        "reason_sentences": each_once([part.sentences for part in parts]),
        "suppressions": decisions.suppressed,
        "key_figures": pd.concat([figures_of([part.figures for part in parts]), brought.rows], ignore_index=True),
        **cash_forecasts(parts, about, settings.forecast.days),
        "contact_log": contact_log(decisions.eligible, decisions.draw, listed, decisions.line_ratio),
    }
    rules = [policy.segments.model_dump(), policy.strategy.rules.model_dump()]
    roster = None if policy.roster is None else policy.roster.rules.model_dump()
    run = {
        "created_by_version": version("duerank"),
        "data_hash": about.data_hash,
        "catalogue_hash": catalogue_hash(),
        "settings_hash": _hash([settings.model_dump(exclude={"scale"}), *rules, roster]),
        "model_versions": about.models.label,
        "reporting_currency": currency,
        "invoices_scored": sizes["invoice_scores"],
        "customers_scored": sizes["customer_scores"],
        "worklist_rows": len(listed),
        "quarantined_rows": about.refused,
        "ranking": ranking(about.models),
        "notes": "\n".join([*notes(about, decisions, settings.freshness), *brought.notes]),
    }
    before = [_hash(frame.to_dict("list")) for frame in (earlier.previous.worklist, earlier.log, earlier.line)]
    models = [card.data_hash for card in about.models.cards]
    made_of = {name: value for name, value in run.items() if name not in NOT_IN_RUN_ID}
    run_id = _hash([str(about.as_of.date()), made_of, models, before, list(about.published)])
    return tables | {"runs": pd.DataFrame([{**run, "run_id": run_id}])}


def cash_forecasts(parts: Sequence[NightPartition], about: About, days: int) -> dict[str, pd.DataFrame]:
    """The cash forecast of the invoices that are open, and by segment next to that of the invoices not issued yet."""
    correction = correction_from_json(about.models.late_payment.card.cash)
    opened = added_up([part.receipts for part in parts])
    curve = curve_of([part.delays for part in parts])
    later = not_yet_issued(billed_together([part.billing for part in parts]), curve, days)
    by_segment = [
        forecast_by_segment(OPEN, opened, about.as_of, correction),
        forecast_by_segment(NOT_YET_ISSUED, later, about.as_of, correction.of_any_invoice()),
    ]
    return {
        "cash_forecast": forecast_of(opened, about.as_of, correction),
        "cash_forecast_parts": pd.concat(by_segment, ignore_index=True),
    }


def mark(about: About, freshness: FreshnessSettings) -> str:
    """What every row says of its models, and of a ledger that has stopped growing."""
    stale = stale_tables(about.newest, about.as_of, freshness)
    return f"{about.models.mark}; {STALE}" if stale else about.models.mark


def ranking(models: Models) -> str:
    """What the worklist is ranked by."""
    return LEARNED if models.contact_effect.learned else FALLBACK


def notes(about: About, decisions: Decisions, freshness: FreshnessSettings) -> list[str]:
    """What a reader of this night should know: how old the ledger is, how it was ranked and what could not be learned,
    what the collectors' time leaves undone, rules in the place of models, models from a later day, refused rows, what
    reading found."""
    models = about.models
    later = [
        translated(
            "{model} was trained on what was known on {day}, after this night: its scores look better here than they "
            "could have been"
        ).format(model=card.name, day=pd.Timestamp(card.trained_on).strftime(translated(DAY)))
        for card in models.cards
        if pd.Timestamp(card.trained_on) > about.as_of
    ]
    naive = [
        translated("{model}: naive rule, since {why}").format(model=card.name, why=card.why)
        for card in (models.late_payment.card, models.default.card)
        if card.kind == "rule"
    ]
    refusal = counted(
        "{count} row of the ledger was refused; see quarantine",
        "{count} rows of the ledger were refused; see quarantine",
        about.refused,
    )
    refused = [refusal] if about.refused else []
    return [
        *stale_warnings(about.newest, about.as_of, freshness),
        *_how_ranked(models),
        *_by_other_channels(decisions),
        *_capacity(decisions),
        *models.remarks,
        *naive,
        *later,
        *refused,
        *about.notes,
        newest_in_words(about.newest, about.as_of),
    ]


def _how_ranked(models: Models) -> list[str]:
    effect = models.contact_effect
    if not effect.learned:
        why = translated("ranked by {ranking}, since the effect of a contact is not known: {why}")
        return [why.format(ranking=translated(FALLBACK), why=effect.card.why)]
    assert effect.evidence is not None
    ranked = translated("ranked by {ranking}; effects distinguished by {basis}")
    sensitivity = [] if effect.payers is None else [effect.payers.level.sensitivity]
    return [
        ranked.format(ranking=translated(LEARNED), basis=translated(CUSTOMER)),
        *sensitivity,
        *effect.evidence.remarks,
    ]


def _by_other_channels(decisions: Decisions) -> list[str]:
    """The channels that are recommended though nothing could be learned of them."""
    unknown = decisions.chosen.loc[decisions.chosen["basis"] == OTHER_CHANNELS, "channel"]
    if unknown.empty:
        return []
    told = translated(
        "too few contacts by {channels} were logged to learn from: the {contacts} recommended ones count as much as "
        "those by the other channels"
    )
    channels = enumerated([translated(channel) for channel in sorted(unknown.unique())])
    return [told.format(channels=channels, contacts=number(len(unknown)))]


def _capacity(decisions: Decisions) -> list[str]:
    """How the collectors' time was shared out, and how far that is from the best that could be."""
    assignment = decisions.assignment
    held = int(decisions.draw["held_out"].sum())
    alone = counted(
        "{count} customer is left alone at random, to measure what contacts bring",
        "{count} customers are left alone at random, to measure what contacts bring",
        held,
    )
    remarks = [alone] if held else []
    if len(assignment.collectors):
        shared_out = translated(
            "{fit} of {all} customers fit into the collectors' minutes; their expected gains add up to {expected}, and "
            "no other sharing of the minutes could be worth more than {gap} more"
        )
        remarks.append(
            shared_out.format(
                fit=number(len(assignment.chosen)),
                all=number(len(assignment.chosen) + len(assignment.left_out)),
                expected=money(float(np.rint(decisions.chosen["gain"]).sum())),
                gap=percent(max(assignment.upper_bound / max(assignment.expected, 1.0) - 1, 0.0), 1),
            )
        )
    return remarks


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]
