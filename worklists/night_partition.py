"""A night of one partition of a portfolio, and the candidates of all partitions together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.engine import FeatureTables
from features.labels import outcomes
from features.spine import Spine
from ledger.as_of.view import View
from models.curves.portfolio_curve import DelayCounts, delay_counts
from models.night_models import Models
from models.night_scores import NightScores, ScoredNight
from worklists.call_sheet.gather import CallSheet, call_sheet
from worklists.decide.decisions import Candidates, Judged, Policy, candidates
from worklists.decide.suppression_reasons import COLUMNS as SUPPRESSED
from worklists.figures.cash_forecast import Receipts, receipts, with_coming
from worklists.figures.future_invoices import billing
from worklists.figures.holdout_measurement import watched
from worklists.figures.key_figures import figure_sums
from worklists.figures.line_measurement import watched_at_the_line
from worklists.figures.trends import moves
from worklists.ranking.compact_reasons import CompactReasons, compact
from worklists.ranking.reasons import CustomerParts, customer_parts, explained, facts_for_the_call
from worklists.ranking.what_changed import paid_since
from worklists.ranking.why_contact import responses
from worklists.rules.dunning_levels import contact_days
from worklists.rules.early_warning import early_warnings
from worklists.rules.recommend import dunning_levels
from worklists.rules.strategy import Strategy
from worklists.score_db.earlier_nights import Earlier

BY_CUSTOMER = ("facts", "segments", "best", "asked", "asked_segments", "actions")


@dataclass(frozen=True)
class NightPartition:
    """What a partition brings to a night.

    `tables` are final rows of score tables, without run_id; `candidates` those who might be contacted, with what is
    said `beside` (facts and responses, see `rank.worklist`) and `paid` (since the night before) of each, by position.
    `sheet` is their call sheet, `sentences` those of the explanations. The rest adds up to figures of the whole
    portfolio.
    """

    tables: dict[str, pd.DataFrame]
    candidates: Candidates
    beside: pd.DataFrame
    paid: "pd.Series[int]"
    figures: "pd.Series[int]"
    receipts: Receipts
    billing: pd.DataFrame
    delays: DelayCounts
    watched: pd.DataFrame
    at_the_line: pd.DataFrame
    moved: pd.DataFrame
    sentences: pd.DataFrame
    sheet: CallSheet

    def without_tables(self) -> "NightPartition":
        """The part without what lies on disk."""
        return replace(self, tables={}, sheet={})


@dataclass(frozen=True)
class PartitionScores:
    """The scores of a partition, and why they are what they are: all that is known of it before anything is decided."""

    features: FeatureTables
    spine: Spine
    scores: NightScores
    of_customers: CustomerParts
    reasons: CompactReasons


def partition_scores(night: ScoredNight, settings: Settings) -> PartitionScores:
    """Explain each score of a night."""
    of_customers = customer_parts(night, settings)
    reasons = compact(explained(night, of_customers, settings))
    return PartitionScores(night.features, night.spine, night.scores, of_customers, reasons)


def night_partition(
    view: View,
    models: Models,
    scored: PartitionScores,
    earlier: Earlier,
    policy: Policy,
    settings: Settings,
    lag: int | None = None,
) -> NightPartition:
    """Decide what can be decided about each customer alone; `earlier` and `lag` are those of the whole portfolio."""
    night = ScoredNight(view, scored.features, scored.spine, scored.scores, models)
    everyone = candidates(night, policy, settings)
    judged = everyone.judged
    warned = early_warnings(
        view, judged.facts, night.features, policy.strategy.review_terms, earlier.previous.customers
    )
    tables = {
        "invoice_scores": night.scores.invoices,
        "customer_scores": customer_scores(judged),
        "segments": judged.segments.assign(customer_id=judged.facts["customer_id"]),
        "explanations": scored.reasons.explanations,
        "suppressions": everyone.suppressed,
        "handovers": everyone.handovers,
        "early_warnings": warned,
    }
    open_to = everyone.eligible.index
    invoices, segment = night.scores.invoices, judged.segments["segment"]
    of_segment = invoices["customer"].map(segment).to_list()
    expected = receipts(night.scores.unpaid, invoices["to_come"].to_numpy(), of_segment, settings.forecast.days)
    return NightPartition(
        tables=tables,
        candidates=_only(everyone, open_to),
        beside=facts_for_the_call(models.late_payment, scored.of_customers, open_to).join(responses(view)),
        paid=paid_since(view, earlier.previous.as_of or view.as_of).reindex(open_to, fill_value=0),
        figures=figure_sums(view),
        receipts=with_coming(expected, view.coming, segment, view.as_of),
        billing=billing(view, segment),
        delays=delay_counts(outcomes(view, lag)),
        watched=watched(view, earlier.log, settings.holdout, lag),
        at_the_line=watched_at_the_line(view, earlier.line, lag),
        moved=moves(earlier.previous.customers, tables["customer_scores"]),
        sentences=scored.reasons.sentences,
        sheet=_sheet(night, everyone, policy.strategy),
    )


def _sheet(night: ScoredNight, everyone: Candidates, strategy: Strategy) -> CallSheet:
    """The call sheet of those who may be listed, and of those in the queue of the hand-overs."""
    judged = everyone.judged
    queued = judged.asked["customer_id"].isin(everyone.handovers["customer_id"])
    asked = judged.asked[queued | judged.asked.index.isin(everyone.eligible.index)]
    contacts = contact_days(night.view, judged.heads)
    levels = dunning_levels(night.view, asked, judged.asked_segments.loc[asked.index], strategy, contacts, judged.heads)
    heads = judged.heads[judged.heads.isin(asked.index)]
    return call_sheet(night.view, night.features, heads, levels["dunning_level"])


def _only(everyone: Candidates, positions: pd.Index) -> Candidates:
    """The candidates without what was only needed to say who they are."""
    judged = everyone.judged
    kept = {name: getattr(judged, name).reindex(positions) for name in BY_CUSTOMER if name not in ("facts", "segments")}
    kept |= {name: getattr(judged, name).iloc[:0] for name in ("facts", "segments")}
    gains = judged.gains[judged.gains["customer"].isin(positions)]
    some = Judged(**kept, heads=judged.heads.reindex(positions), gains=gains)
    nothing = everyone.suppressed[:0][SUPPRESSED]
    return Candidates(some, everyone.eligible, everyone.draw, everyone.options, nothing, everyone.handovers[:0])


@dataclass(frozen=True)
class Together:
    """The candidates of a whole portfolio, numbered anew in the order of customer_id."""

    candidates: Candidates
    beside: pd.DataFrame
    paid: "pd.Series[int]"


def together(parts: Sequence[NightPartition]) -> Together:
    """The candidates of all partitions, whatever the partitions are."""
    ids = pd.concat([part.candidates.eligible["customer_id"] for part in parts], ignore_index=True)
    rank = pd.Series(np.argsort(np.argsort(ids.to_numpy(dtype=object), kind="stable"), kind="stable"))
    sizes = np.cumsum([0, *(len(part.candidates.eligible) for part in parts)])
    numbers = [
        pd.Series(rank.iloc[first:end].to_numpy(), index=part.candidates.eligible.index)
        for part, first, end in zip(parts, sizes[:-1], sizes[1:], strict=True)
    ]

    def by_index(frames: list[pd.DataFrame]) -> pd.DataFrame:
        moved = [
            frame.set_axis(number.reindex(frame.index).to_numpy(), axis=0)
            for frame, number in zip(frames, numbers, strict=True)
        ]
        return pd.concat(_filled(moved)).sort_index()

    def by_column(frames: list[pd.DataFrame]) -> pd.DataFrame:
        moved = [
            frame.assign(customer=frame["customer"].map(number)) for frame, number in zip(frames, numbers, strict=True)
        ]
        return pd.concat(_filled(moved)).sort_values(["customer", "channel"], ignore_index=True)

    judged = [part.candidates.judged for part in parts]
    frames = {name: by_index([getattr(one, name) for one in judged]) for name in BY_CUSTOMER}
    whole = Judged(
        **frames,
        heads=pd.Series(rank.sort_values().to_numpy()),
        gains=by_column([one.gains for one in judged]),
    )
    return Together(
        Candidates(
            judged=whole,
            eligible=by_index([part.candidates.eligible for part in parts]),
            draw=by_index([part.candidates.draw for part in parts]),
            options=by_column([part.candidates.options for part in parts]),
            suppressed=parts[0].candidates.suppressed,
            handovers=parts[0].candidates.handovers,
        ),
        by_index([part.beside for part in parts]),
        by_index([part.paid.to_frame("paid") for part in parts])["paid"],
    )


def _filled(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The frames that have rows, whose dtypes count; one at least."""
    return [frame for frame in frames if len(frame)] or frames[:1]


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
