"""About each customer tonight: segment, action, what a contact would bring, who makes it, who is left alone."""

from dataclasses import dataclass

import pandas as pd

from configs.language import translated
from configs.settings import Settings
from ledger.frame_schema import NUMBER, TEXT, WHOLE, FrameSchema
from ledger.minor_units import minor_units
from models.effect.effect_model import UNKNOWN
from models.night_scores import ScoredNight
from worklists.assign.assignment import Assignment, assign
from worklists.decide.capacity_line import line_ratio
from worklists.decide.contact_gains import ASSUMED, NOTHING_DUE, at_heads, best_gain, contact_gains
from worklists.decide.customer_facts import customer_facts
from worklists.decide.handovers import handovers
from worklists.decide.holdout import draw_holdout
from worklists.decide.parent_groups import contact_heads, facts_at_heads, sum_to_heads
from worklists.decide.reminders import due_soon
from worklists.decide.suppression_reasons import COLUMNS, HOLDING
from worklists.decide.suppressions import suppressions
from worklists.rules.dunning_levels import contact_days
from worklists.rules.recommend import recommend
from worklists.rules.roster import Roster, load_roster
from worklists.rules.segments import Segments, assign_segments, load_segments
from worklists.rules.strategy import Strategy, load_strategy, minutes_of, usable_channels

OPTIONS = FrameSchema("options", {"customer": WHOLE, "channel": TEXT, "gain": NUMBER, "minutes": NUMBER})
CALL = "call"
OUT_OF_REACH = {"no_minutes": "No one has minutes left.", "no_collector": "No collector of the roster may serve it."}


@dataclass(frozen=True)
class Policy:
    """The segment rules, the strategy and the collectors of a run, read and checked."""

    segments: Segments
    strategy: Strategy
    roster: Roster | None


def load_policy(settings: Settings) -> Policy:
    """Read all; SettingsError where one cannot be used."""
    segments = load_segments(settings.worklist.segments)
    strategy = load_strategy(settings.worklist.strategy, segments)
    name = settings.capacity.collectors
    return Policy(segments, strategy, None if name is None else load_roster(name, segments))


@dataclass(frozen=True)
class Judged:
    """What a night knows and wants of its customers, before anyone's time is shared out.

    `facts`, `segments` and `best` (of `gains.best_gain`) are of the customers themselves. `asked`, `asked_segments`,
    `actions` and `gains` are of those who are contacted for them: the same, or the heads of their groups. `asked` has
    the dunning_level, too.
    """

    facts: pd.DataFrame
    segments: pd.DataFrame
    best: pd.DataFrame
    heads: pd.Series
    asked: pd.DataFrame
    asked_segments: pd.DataFrame
    actions: pd.DataFrame
    gains: pd.DataFrame


def judge(night: ScoredNight, policy: Policy, settings: Settings) -> Judged:
    """Segments, actions, and what a contact would bring."""
    view, strategy = night.view, policy.strategy
    least_invoice = max(round(minor_units() * strategy.rules.least_amount.invoice), 1)
    facts = customer_facts(view, night.features, night.scores.customers, least_invoice)
    heads = contact_heads(view, facts, strategy.contact_at)
    asked = facts_at_heads(view, facts, heads)
    segments, asked_segments = (assign_segments(some, policy.segments) for some in (facts, asked))
    soon = due_soon(view, night.scores.invoices, strategy.reminder.days_before_due, heads)
    actions = recommend(asked, asked_segments, strategy, sum_to_heads(soon, heads), contact_days(view, heads))
    model = night.models.contact_effect
    gains = contact_gains(facts, night.scores.effects, model.learned, settings.effect)
    own_actions = actions.reindex(facts.index)
    free = own_actions["permitted"].fillna(" ".join(strategy.channels))
    reached = usable_channels(facts, own_actions.assign(action="any", permitted=free), strategy)
    return Judged(
        facts=facts,
        segments=segments,
        best=best_gain(gains, reached, own_actions),
        heads=heads,
        asked=asked.assign(dunning_level=actions["dunning_level"]),
        asked_segments=asked_segments,
        actions=actions,
        gains=at_heads(gains, heads, facts, asked),
    )


@dataclass(frozen=True)
class Candidates:
    """The customers who might be contacted tonight, and what is already decided about the others.

    `eligible` and `draw` are the hold-out's, `options` is of those whom it lets through; `suppressed` is as
    `suppressions` has it, with the held out; `handovers` is of `handovers.handovers`. `eligible` has customer_id,
    contact_due, value (collectible, cents), p_unpaid_30d, expected_gain (cents, of the best usable channel; missing
    where it is not known) and days_past_due.
    """

    judged: Judged
    eligible: pd.DataFrame
    draw: pd.DataFrame
    options: pd.DataFrame
    suppressed: pd.DataFrame
    handovers: pd.DataFrame


@dataclass(frozen=True)
class Decisions:
    """Who is contacted tonight, by whom and how; and who is not, with the reason.

    `chosen` has a row per customer to contact, by position: the columns of `gains.COLUMNS` for the channel,
    collector_id and minutes. `suppressed` has those of the candidates, and whom no one has time for. `line_ratio` is
    from `capacity_line.line_ratio`.
    """

    judged: Judged
    chosen: pd.DataFrame
    eligible: pd.DataFrame
    draw: pd.DataFrame
    suppressed: pd.DataFrame
    assignment: Assignment
    line_ratio: "pd.Series[float]"


def decide(night: ScoredNight, policy: Policy, settings: Settings) -> Decisions:
    """The night's contacts, within the strategy's caps, the hold-out and the collectors' time."""
    return settle(candidates(night, policy, settings), policy, settings)


def candidates(night: ScoredNight, policy: Policy, settings: Settings) -> Candidates:
    """All that is decided about each customer, or group, alone."""
    judged = judge(night, policy, settings)
    asked, actions = judged.asked, judged.actions
    held = suppressions(night.view, judged.facts, actions, policy.strategy, judged.heads)
    waiting = held.loc[held["reason"].isin(HOLDING), "customer_id"]
    open_to = asked[(actions["action"] != "") & ~asked["customer_id"].isin(waiting)]
    eligible = _eligible(open_to, judged, policy.strategy)
    draw = draw_holdout(eligible, night.view.as_of, settings.holdout)
    out = open_to[draw["held_out"]]
    suppressed = pd.concat([held, _held("hold_out", out, draw.loc[out.index, "reason"])], ignore_index=True)
    free = options(judged, open_to[~draw["held_out"]], policy.strategy)
    return Candidates(judged, eligible, draw, free, suppressed, handovers(night.view.as_of, asked, actions, held))


def settle(tonight: Candidates, policy: Policy, settings: Settings) -> Decisions:
    """What depends on all customers together: whose contact is worth the collectors' time."""
    judged, draw = tonight.judged, tonight.draw
    free = judged.asked.loc[draw.index[~draw["held_out"]]]
    assignment = assign(
        free.assign(
            segment=judged.asked_segments["segment"].reindex(free.index),
            reminder_value=judged.actions["reminder_value"].reindex(free.index),
        ),
        tonight.options,
        policy.roster,
        settings.capacity,
    )
    late = assignment.left_out.reindex(free.index).dropna()
    left_out = _held("no_capacity", free.loc[late.index], late.map(OUT_OF_REACH).map(translated).astype("str"))
    suppressed = pd.concat([tonight.suppressed, left_out], ignore_index=True)
    line = line_ratio(tonight.options, assignment)
    return Decisions(judged, _chosen(judged, assignment), tonight.eligible, draw, suppressed, assignment, line)


def _eligible(open_to: pd.DataFrame, judged: Judged, strategy: Strategy) -> pd.DataFrame:
    """What the draw and the contact log hold of each customer, by position: see `Candidates`."""
    actions = judged.actions.loc[open_to.index]
    gains = judged.gains[judged.gains["customer"].isin(open_to.index)]
    best = best_gain(gains, usable_channels(open_to, actions, strategy), actions).reindex(open_to.index)
    gain = best["gain"].where(best["basis"].notna() & ~best["basis"].isin([ASSUMED, UNKNOWN]))
    return pd.DataFrame(
        {
            "customer_id": open_to["customer_id"],
            "contact_due": open_to["contact_due"],
            "value": open_to["collectible_amount"],
            "p_unpaid_30d": open_to["p_unpaid_30d"],
            "expected_gain": gain.round().astype("Int64"),
            "days_past_due": open_to["days_past_due"].astype("Int64"),
        }
    )


def options(judged: Judged, free: pd.DataFrame, strategy: Strategy) -> pd.DataFrame:
    """What may be chosen for each free customer: customer, channel, gain (cents, weighted by its worth), minutes.

    A customer whose gain by channel is not known, or who is only reminded, has the strategy's channel alone; no other
    channel is worth turning to where it brings nothing.
    """
    actions = judged.actions.loc[free.index]
    minutes = minutes_of(actions, strategy).stack()
    usable = _calling_back(usable_channels(free, actions, strategy), free["contact_due"]).stack()
    known = judged.gains[judged.gains["customer"].isin(free.index) & (judged.gains["channel"] != "")]
    pairs = pd.MultiIndex.from_frame(known[["customer", "channel"]])
    own = (known["channel"] == known["customer"].map(actions["channel"])).to_numpy()
    known = known[usable.reindex(pairs).eq(True).to_numpy() & (own | (known["gain"] > 0).to_numpy())]
    rows = pd.DataFrame(
        {"customer": known["customer"], "channel": known["channel"], "gain": known["gain"] * known["weight"]}
    )
    # Of channels that bring the same, the strategy's own is taken: a hair more, too little to turn any real difference.
    rows["gain"] *= 1 + 1e-9 * (rows["channel"] == rows["customer"].map(actions["channel"]))
    rest = free.index.difference(pd.Index(rows["customer"]))
    alone = judged.gains[judged.gains["channel"] == ""].set_index("customer")
    single = (alone["gain"] * alone["weight"]).reindex(rest).fillna(0.0)
    others = pd.DataFrame({"customer": rest, "channel": actions.loc[rest, "channel"], "gain": single})
    rows = pd.concat([rows, others], ignore_index=True)
    rows["minutes"] = minutes.reindex(pd.MultiIndex.from_frame(rows[["customer", "channel"]])).to_numpy(dtype="float64")
    return OPTIONS.checked(rows.sort_values(["customer", "channel"], ignore_index=True))


def _calling_back(usable: pd.DataFrame, due: pd.Series) -> pd.DataFrame:
    """Who was promised a contact is called, where the action may be spoken."""
    if CALL not in usable:
        return usable
    called = due & usable[CALL]
    return usable.where(~called, usable & (usable.columns == CALL))


def _chosen(judged: Judged, assignment: Assignment) -> pd.DataFrame:
    """The assigned contacts with the gain, effect and worth behind them."""
    chosen = assignment.chosen[["channel", "collector_id", "minutes"]]
    gains = judged.gains
    by_channel = gains[gains["channel"] != ""].set_index(["customer", "channel"])
    alone = gains[gains["channel"] == ""].set_index("customer").drop(columns="channel")
    found = by_channel.reindex(pd.MultiIndex.from_arrays([chosen.index, chosen["channel"]])).set_axis(chosen.index)
    found = found.where(found["gain"].notna(), alone.reindex(chosen.index)) if len(alone) else found
    owing = judged.asked.loc[chosen.index, "collectible_amount"] > 0
    unknown = pd.Series(NOTHING_DUE, index=chosen.index, dtype="str").mask(owing, UNKNOWN)
    filled = found.assign(basis=found["basis"].where(found["basis"].notna(), unknown))
    filled = filled.fillna({"gain": 0.0, "weight": 1.0})
    return chosen.join(filled)


def _held(reason: str, customers: pd.DataFrame, text: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": customers["customer_id"],
            "invoice_id": pd.Series(pd.NA, index=customers.index, dtype="str"),
            "reason": reason,
            "amount": customers["collectible_amount"],
            "text": text,
            "contacted_at": pd.Series(pd.NA, index=customers.index, dtype="str"),
        }
    )[COLUMNS]
