"""The rank: tomorrow's worklist by expected extra cash per collector minute, and why each row has its place."""

import numpy as np
import pandas as pd

from configs.language import percent, translated
from ledger.minor_units import minor_units
from models.effect.effect_model import UNKNOWN
from worklists.decide.contact_gains import ASSUMED
from worklists.decide.contact_history import contact_history
from worklists.decide.decisions import Decisions
from worklists.decide.due_contacts import due_words
from worklists.ranking.rank_stability import steady_order
from worklists.ranking.reasons import FACT_COLUMNS
from worklists.ranking.what_changed import news, what_changed
from worklists.ranking.why_contact import why_contact
from worklists.rules.fact_words import amounts, filled, money, words
from worklists.rules.promise_state import promise_status
from worklists.score_db.earlier_nights import Previous

LEARNED = "expected extra cash in 30 days per collector minute"
FALLBACK = "value at risk that a contact is assumed to save in 30 days, per collector minute"
NO_TIME = "not by {channel}, for which the collectors' time does not suffice"
HELD = "held near the place of the night before"
# Of a learned effect, of one that may be chance, of an assumed one, of one that nothing is known of, of a reminder.
SENTENCES = (
    "A contact by {channel} brings about {effect} ({low} to {high}) of {amount} in 30 days: {cash} in {minutes} "
    "minutes.",
    "A contact by {channel} brings about {effect} ({low} to {high}) of {amount} in 30 days, which may be chance: "
    "{cash} in {minutes} minutes.",
    "A contact by {channel} is assumed to bring {effect} of {amount}, of which {unpaid} would else be unpaid in 30 "
    "days: {cash} in {minutes} minutes.",
    "No contact with a customer like this one is on record, so what it brings is not known: {nothing} in {minutes} "
    "minutes.",
    "Nothing is overdue yet: a reminder before the due date, {minutes} minutes.",
)
VALUE_DIGITS = 4  # of the value of a minute: so many are shown, and the list is in the order of what is shown
COLUMNS = [  # as they are published
    "rank", "collector_id", "customer_id", "customer_name", "segment", "risk_band", "action", "channel",
    "open_amount", "overdue_amount", "collectible_amount", "days_past_due", "average_days_late", "p_unpaid_30d",
    "p_default", "expected_gain", "reason_1", *FACT_COLUMNS, "last_contact_on", "promise_status", "tone", "offer",
    "minutes", "gain_basis", "what_changed", "contact_history", "value_per_minute", "weight", "due_today",
    "dunning_level",
]  # fmt: skip


def worklist(
    decisions: Decisions, beside: pd.DataFrame, previous: Previous, most_rank_jump: int | None, paid: pd.Series
) -> pd.DataFrame:
    """The ranked rows of the chosen customers; `COLUMNS`, index customer position.

    `beside` has, by customer position, `FACT_COLUMNS` and the columns of `why_contact.responses`; `paid` is of
    `what_changed.paid_since`. Amounts are reporting cents, value_per_minute is currency units. First come those to
    whom a contact was promised for today. Rows of equal value go by the value at risk, then by customer_id. Reminders
    before the due date come after everything that is overdue, by the amount due soon that is at risk of being late.
    """
    judged, chosen = decisions.judged, decisions.chosen
    listed = judged.asked.loc[chosen.index]
    actions = judged.actions.loc[chosen.index]
    gain, weight = np.rint(chosen["gain"]).astype("int64"), chosen["weight"].round(VALUE_DIGITS)
    rows = listed.assign(
        segment=judged.asked_segments["segment"].reindex(chosen.index),
        collector_id=chosen["collector_id"],
        action=actions["action"],
        channel=chosen["channel"],
        tone=actions["tone"],
        offer=actions["offer"],
        minutes=chosen["minutes"].astype("int64"),
        expected_gain=gain,
        gain_basis=chosen["basis"].astype("str"),
        weight=weight,
        value_per_minute=(gain / minor_units() * weight / chosen["minutes"]).round(VALUE_DIGITS),
        due_today=due_words(listed),
        at_risk=listed["collectible_amount"] * listed["p_unpaid_30d"].fillna(0.0),
        reminder=listed["collectible_amount"] == 0,
        reminder_value=actions["reminder_value"],
        promise_status=promise_status(listed["promise_state"], listed["promise_day"]),
        contact_history=contact_history(listed),
    ).join(beside[FACT_COLUMNS])
    rows = rows.assign(
        reason_1=why_contact(rows, chosen["low"].reindex(rows.index), beside),
        later=rows["due_today"] == "",
    )
    rows = rows.sort_values(
        ["later", "reminder", "value_per_minute", "at_risk", "reminder_value", "customer_id"],
        ascending=[True, True, False, False, False, True],
    )
    rows = _steady(rows, previous, paid, most_rank_jump)
    rows["rank"] = np.arange(1, len(rows) + 1)
    return rows.assign(what_changed=what_changed(rows, previous, paid))


def _steady(rows: pd.DataFrame, previous: Previous, paid: pd.Series, most: int | None) -> pd.DataFrame:
    """The rows in an order in which no customer without news moves more than `most` places; who is due comes
    first, and reminders last."""
    if most is None or previous.as_of is None:
        return rows
    before = previous.worklist.set_index("customer_id")["rank"]
    parts = []
    for _, part in rows.groupby(["later", "reminder"], sort=False):
        value = np.arange(len(part), 0, -1, dtype=np.float64)
        rank = part["customer_id"].map(before).to_numpy(dtype=np.float64)
        free = news(part, previous, paid).to_numpy(dtype=np.bool_)
        parts.append(part.iloc[steady_order(value, rank, free, most)])
    return pd.concat(parts) if parts else rows


def why_ranked(listed: pd.DataFrame, decisions: Decisions) -> pd.DataFrame:
    """The parts of each row's rank, in order of rank: what the `why_ranked` table declares."""
    chosen = decisions.chosen.loc[listed.index]
    return pd.DataFrame(
        {
            "customer_id": listed["customer_id"],
            "rank": listed["rank"],
            "collectible_amount": listed["collectible_amount"],
            "p_unpaid_30d": listed["p_unpaid_30d"],
            "channel": listed["channel"],
            "effect": chosen["effect"],
            "effect_low": chosen["low"],
            "effect_high": chosen["high"],
            "gain_basis": listed["gain_basis"],
            "expected_gain": listed["expected_gain"],
            "recovered_share": chosen["recovered"],
            "weight": listed["weight"],
            "minutes": listed["minutes"],
            "value_per_minute": listed["value_per_minute"],
            "caps": _caps(listed, decisions),
            "text": _told(listed, chosen),
        }
    )


def _caps(listed: pd.DataFrame, decisions: Decisions) -> pd.Series:
    """What limited the row: a channel with a larger gain that was not to be had, or a place that was held."""
    best = decisions.judged.best.reindex(listed.index)
    better = (best["gain"] > listed["expected_gain"] + 1) & (best["channel"] != listed["channel"])
    before = listed["value_per_minute"].shift(1).where(listed["later"] == listed["later"].shift(1), np.inf)
    held = listed["value_per_minute"] > before.fillna(np.inf)
    channel = words(best["channel"]).fillna("")
    no_time = filled(NO_TIME, listed.index, channel=channel).where(better, "")
    place = translated(HELD)
    return no_time.where(~held.to_numpy(), np.where(no_time == "", place, no_time + "; " + place))


def _told(listed: pd.DataFrame, chosen: pd.DataFrame) -> pd.Series:
    """The decomposition in a sentence."""
    parts: dict[str, pd.Series | str] = {
        "channel": words(listed["channel"]),
        "cash": amounts(listed["expected_gain"]),
        "amount": amounts(listed["collectible_amount"]),
        "minutes": listed["minutes"].astype("str"),
        "nothing": money(0),
        "unpaid": _percent(listed["p_unpaid_30d"].fillna(0.0), 0),
        **{name: _percent(chosen[name], 1) for name in ("low", "high", "effect")},
    }
    sure, by_chance, assumed, nobody, reminded = (filled(sentence, listed.index, **parts) for sentence in SENTENCES)
    text = sure.where(chosen["low"] > 0, by_chance).where(chosen["basis"] != ASSUMED, assumed)
    text = text.where(chosen["basis"] != UNKNOWN, nobody)
    return text.where(listed["collectible_amount"] > 0, reminded)


def _percent(values: pd.Series, decimals: int) -> pd.Series:
    """Text also where there are no values, of which pandas would otherwise make numbers."""
    return values.map(lambda value: percent(value, decimals)).astype("str")
