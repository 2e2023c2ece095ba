"""What the strategy asks for tonight: the step that is due, the channel, the tone, the offer and the minutes."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.as_of.view import View
from ledger.clock import Days, as_days, day_number, day_numbers
from ledger.frame_schema import DATE, FLAG, TEXT, WHOLE, FrameSchema
from worklists.rules.actions import FINAL_NOTICE, FOLLOW_UP, REMINDER, REMINDER_TONE
from worklists.rules.channel_rules import BIT, Bits
from worklists.rules.dunning_levels import NO_DAY, ContactDays, Levels, OnLadder, on_ladder, permitted
from worklists.rules.offers import offered
from worklists.rules.strategy import Strategy, chosen_channel

TEXTS = ("action", "channel", "tone", "last_step")
DAYS = ("last_step_on", "waits_until", "possible_from")
ACTIONS = FrameSchema(
    "actions",
    {
        **dict.fromkeys(["action", "channel", "tone", "offer", "permitted"], TEXT),
        "minutes": WHOLE,
        "preparation_minutes": WHOLE,
        "reminder_value": WHOLE,  # reporting cents
        "dunning_level": WHOLE,
        "repeated": FLAG,
        "last_step": TEXT,
        **dict.fromkeys(DAYS, DATE),
    },
)
Column = npt.NDArray[np.object_] | Levels


def recommend(
    facts: pd.DataFrame, segments: pd.DataFrame, strategy: Strategy, due_soon: pd.DataFrame, contacts: ContactDays
) -> pd.DataFrame:
    """What the strategy asks for, per row of `customer_facts`: `ACTIONS`.

    A customer with a collectible amount gets the step after those that were done since the oldest invoice fell due that
    is not wholly disputed or promised (`contacts` is from `dunning_levels.contact_days`); where that cannot come yet,
    the last one again, and after a final notice a call about it. One with nothing overdue gets the reminder where
    enough is at risk of being late (`due_soon` is from `reminders.due_soon`); reminder_value is what is at risk, in
    cents. Elsewhere action, channel and tone are empty. The channel is empty too where none of the `permitted` ones
    (parted by blanks) reaches the customer. offer is what the collector may offer, in words, or ''. minutes are those
    of the channel, of the handling and of the preparation.

    dunning_level is how many steps were done, last_step the action of the last one, on last_step_on. waits_until is the
    day until which a final notice is given to work, possible_from the day since when the action can be done. Who must
    be left alone is decided in `suppress`, not here.
    """
    found: dict[str, Column] = {name: np.full(len(facts), "", dtype=object) for name in TEXTS}
    found |= {name: np.full(len(facts), NO_DAY) for name in DAYS}
    found |= {name: np.zeros(len(facts), np.int64) for name in ("preparation_minutes", "dunning_level", "repeated")}
    found["permitted"] = np.full(len(facts), sum(BIT[channel] for channel in strategy.channels), dtype=np.int64)
    owing = (facts["collectible_amount"] > 0).to_numpy()
    soon = due_soon.reindex(facts.index)
    at_risk = soon["at_risk"] >= soon["amount"] * strategy.reminder.at_least_p_late
    remind = (facts["overdue_amount"] == 0) & (soon["amount"] > facts["credit_amount"]) & at_risk
    for segment in segments["segment"].unique():
        within = (segments["segment"] == segment).to_numpy()
        places = (np.flatnonzero(within & owing), np.flatnonzero(within & remind.to_numpy()))
        columns = (
            _steps(facts.iloc[places[0]], segment, strategy, contacts),
            _reminders(soon["amount"].iloc[places[1]], segment, strategy),
        )
        for rows, of_rows in zip(places, columns, strict=True):
            for name, values in of_rows.items():
                found[name][rows] = values
    actions = _frame(found, facts.index, strategy)
    actions["reminder_value"] = soon["at_risk"].where(remind, 0).round().astype("int64")
    actions["offer"] = offered(
        facts.assign(dunning_level=actions["dunning_level"]), segments, actions, strategy.rules.offers
    )
    actions["channel"] = chosen_channel(facts, actions, strategy)
    handling = strategy.rules.handling_minutes * (actions["action"] != "")
    by_channel = actions["channel"].map(strategy.rules.minutes).fillna(0).astype("int64")
    actions["minutes"] = by_channel + handling + actions["preparation_minutes"]
    return ACTIONS.checked(actions)


def dunning_levels(
    view: View, facts: pd.DataFrame, segments: pd.DataFrame, strategy: Strategy, contacts: ContactDays,
    heads: pd.Series | None = None,
) -> pd.DataFrame:  # fmt: skip
    """The dunning level of every open invoice of the customers in `facts`, since its own due date.

    `facts`, `segments` and `contacts` are those that `recommend` gets, at the heads of groups where `heads` is given.
    In the rows of `view.invoices`: dunning_level (0 before the due date) and last_step_on (missing at level 0).
    """
    opened = view.invoices[(view.invoices["open_amount"] > 0) & (view.invoices["kind"] == "invoice")]
    owner = opened["customer"] if heads is None else opened["customer"].map(heads)
    opened = opened[owner.isin(facts.index).to_numpy()]
    customer = owner[opened.index].to_numpy(dtype=np.int64)
    cents = facts["collectible_amount"].reindex(customer).to_numpy()
    due, of_segment = day_numbers(opened["due_on"]), segments["segment"].reindex(customer).to_numpy()
    level, reached = np.zeros(len(opened), dtype=np.int64), np.full(len(opened), NO_DAY)
    for segment in segments["segment"].unique():
        rows = np.flatnonzero(of_segment == segment)
        on = on_ladder(strategy.rules, segment, contacts, customer[rows], due[rows], cents[rows])
        level[rows], reached[rows] = on.level, on.reached
    return pd.DataFrame({"dunning_level": level, "last_step_on": _dates(reached)}, index=opened.index)


def _steps(facts: pd.DataFrame, segment: str, strategy: Strategy, contacts: ContactDays) -> dict[str, Column]:
    """The steps that are due of one segment's customers with a collectible amount, columns of `ACTIONS`."""
    rules, today = strategy.rules, day_number(contacts.as_of)
    due = today - facts["collectible_days_past_due"].to_numpy(dtype=np.int64)
    cents = facts["collectible_amount"].to_numpy(dtype=np.int64)
    on = on_ladder(rules, segment, contacts, facts.index.to_numpy(dtype=np.int64), due, cents)
    may_end = on.ladder[-1].comes(facts.assign(dunning_level=on.level)).to_numpy(dtype=np.bool_)
    steps = on.due_steps(today, may_end)

    def of_step(name: str) -> npt.NDArray[np.object_]:
        values: npt.NDArray[np.object_] = np.array([getattr(step, name) for step in on.ladder], dtype=object)
        return values[steps.step]

    # A notice with a deadline is not sent twice: once that has passed, someone asks by telephone what became of it. Who
    # was promised a call gets one, whatever the next step would be.
    noticed = steps.repeated & (of_step("action") == FINAL_NOTICE)
    of_step_permitted = on.permitted[np.arange(len(facts)), steps.step]
    promised = facts["contact_due"].to_numpy(dtype=np.bool_) & ((of_step_permitted & BIT["call"]) == 0)
    called = noticed | promised
    asked_by_call = permitted(rules, segment, FOLLOW_UP, "call", cents)
    return {
        "action": np.where(called, FOLLOW_UP, of_step("action")),
        "channel": np.where(called, "call", of_step("channel")),
        "tone": np.where(called & (of_step("tone") == "formal"), "firm", of_step("tone")),
        "preparation_minutes": np.where(called, 0, of_step("preparation_minutes")).astype(np.int64),
        "permitted": np.where(called, asked_by_call, of_step_permitted),
        "dunning_level": on.level,
        "repeated": steps.repeated,
        "last_step": _last_steps(on),
        "last_step_on": on.reached,
        "waits_until": np.where(noticed, on.deadline(), NO_DAY),
        "possible_from": steps.possible_from,
    }


def _last_steps(on: OnLadder) -> npt.NDArray[np.object_]:
    """The action of the level; '' at level 0."""
    return np.array(["", *(step.action for step in on.ladder)], dtype=object)[on.level]


def _reminders(amount: pd.Series, segment: str, strategy: Strategy) -> dict[str, Column]:
    """The reminder before the due date for customers of one segment, of whom some cents fall due."""
    own, cents = strategy.reminder.channel, amount.to_numpy(dtype=np.int64)
    texts = {"action": REMINDER, "channel": own, "tone": REMINDER_TONE}
    written = {name: np.full(len(cents), text, dtype=object) for name, text in texts.items()}
    return written | {"permitted": permitted(strategy.rules, segment, REMINDER, own, cents)}


def _frame(found: dict[str, Column], index: pd.Index, strategy: Strategy) -> pd.DataFrame:
    masks: Bits = found["permitted"].astype(np.int64)
    named = {mask: " ".join(name for name in strategy.channels if mask & BIT[name]) for mask in np.unique(masks)}
    columns = found | {name: _dates(found[name].astype(np.int64)) for name in DAYS}
    frame = pd.DataFrame(columns, index=index)
    frame["permitted"] = pd.Series(masks, index=index).map(named)
    return frame.astype({**dict.fromkeys([*TEXTS, "permitted"], "str"), "repeated": "bool"})


def _dates(days: Days) -> npt.NDArray[np.datetime64]:
    """Day numbers as dates; `NO_DAY` as missing."""
    return np.where(days == NO_DAY, np.datetime64("NaT", "s"), as_days(np.where(days == NO_DAY, 0, days)))
