"""The strategy: which action at which day past due, by which channel, per segment. Written in YAML."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field, StrictInt, StrictStr, model_validator

from configs.settings import SettingsError
from ledger.errors import closest, listed
from ledger.tables import CHANNELS
from worklists.rule_files import Part, load_rules
from worklists.segments import Segments

DEFAULT = "default"
ESCALATIONS = ("escalate_to_agency", "escalate_to_legal")
FORMAL = ("final_notice", *ESCALATIONS)  # a lawyer will ask for proof of these: the customer's wish does not count
ACTIONS = {
    "pre_due_reminder": "remind before the due date",
    "payment_reminder": "friendly first reminder that the due date has passed",
    "follow_up": "ask for the reason and for a date of payment",
    "firm_demand": "demand payment by a date and name the consequences",
    "final_notice": "last notice before the case leaves the house",
    "escalate_to_agency": "prepare the hand-over to a collection agency",
    "escalate_to_legal": "prepare the hand-over to a lawyer",
}

Day = Annotated[StrictInt, Field(ge=1, le=3_650)]
Minutes = Annotated[StrictInt, Field(ge=0, le=480)]


class Step(Part):
    """An action that stands from a day past due until the next step begins.

    `preparation_minutes` come on top of the channel's minutes, as for the file that an agency gets.
    """

    from_day: Day
    action: StrictStr
    channel: StrictStr
    preparation_minutes: Minutes = 0

    @model_validator(mode="after")
    def _known(self) -> "Step":
        _require("action", self.action, ACTIONS)
        _require("channel", self.channel, CHANNELS)
        return self


class Reminder(Part):
    """The reminder before the due date, for customers with nothing overdue who will probably pay late."""

    days_before_due: Annotated[StrictInt, Field(ge=0, le=60)]
    at_least_p_late: Annotated[float, Field(ge=0, le=1)]
    channel: StrictStr

    @model_validator(mode="after")
    def _known(self) -> "Reminder":
        _require("channel", self.channel, CHANNELS)
        return self


class StrategyFile(Part):
    """What a strategy file says. `minutes` holds the permitted channels, in order of preference, and their cost."""

    days_between_contacts: Day
    minutes: Annotated[dict[StrictStr, Minutes], Field(min_length=1)]
    reminder: Reminder
    ladders: dict[StrictStr, Annotated[list[Step], Field(min_length=1)]]

    @model_validator(mode="after")
    def _possible(self) -> "StrategyFile":
        for channel in self.minutes:
            _require("minutes", channel, CHANNELS)
        _require_permitted("reminder", self.reminder.channel, self.minutes)
        if DEFAULT not in self.ladders:
            raise ValueError(f"ladders: {DEFAULT} is missing; it is for every segment without a ladder of its own")
        for name, ladder in self.ladders.items():
            self._check_ladder(f"ladders.{name}", ladder)
        return self

    def _check_ladder(self, place: str, ladder: list[Step]) -> None:
        if ladder[0].from_day != 1:
            raise ValueError(
                f"{place}: days 1 to {ladder[0].from_day - 1} past due have no action; begin with from_day: 1"
            )
        if ladder[-1].action not in ESCALATIONS:
            raise ValueError(f"{place}: the ladder has no end; the last action must be one of {listed(ESCALATIONS)}")
        for step, following in pairwise(ladder):
            lasts = following.from_day - step.from_day
            if lasts <= 0:
                raise ValueError(
                    f"{place}: {following.action} from day {following.from_day} follows {step.action} from day "
                    f"{step.from_day}; every step must begin later than the one before"
                )
            if lasts < self.days_between_contacts:
                raise ValueError(
                    f"{place}: {step.action} lasts {lasts} days, but days_between_contacts is "
                    f"{self.days_between_contacts}, so that the next step could not begin on its day"
                )
            if step.action in ESCALATIONS:
                raise ValueError(f"{place}: nothing can follow {step.action}; make it the last step")
        for step in ladder:
            _require_permitted(f"{place}, {step.action}", step.channel, self.minutes)
            if step.action == "pre_due_reminder":
                raise ValueError(f"{place}: pre_due_reminder is for the reminder, not for a day past due")


@dataclass(frozen=True)
class Strategy:
    """A strategy that was checked against the segments; `ladder` gives the steps of a segment."""

    rules: StrategyFile

    @property
    def reminder(self) -> Reminder:
        return self.rules.reminder

    @property
    def days_between_contacts(self) -> int:
        return self.rules.days_between_contacts

    @property
    def channels(self) -> tuple[str, ...]:
        """The permitted channels, in the order in which they are fallen back on."""
        return tuple(self.rules.minutes)

    def ladder(self, segment: str) -> list[Step]:
        return self.rules.ladders.get(segment, self.rules.ladders[DEFAULT])


def load_strategy(name_or_path: str, segments: Segments) -> Strategy:
    """The strategy in `configs/strategies/<name>.yaml` or at a path. SettingsError where it cannot be used."""
    rules = load_rules(StrategyFile, "strategies", name_or_path)
    for name in rules.ladders:
        if name != DEFAULT and name not in segments.names:
            raise SettingsError(
                f"{name_or_path}: ladders: there is no segment {name!r}.{closest(name, segments.names)} "
                f"Segments: {listed(segments.names)}; or {DEFAULT}"
            )
    return Strategy(rules)


def recommend(facts: pd.DataFrame, segments: pd.DataFrame, strategy: Strategy, due_soon: pd.DataFrame) -> pd.DataFrame:
    """What the strategy asks for, per row of `customer_facts`: action, channel, minutes, reminder_value.

    A customer with a collectible amount gets the step of the oldest invoice that is not wholly disputed or promised.
    One with nothing overdue gets the reminder where enough is at risk of being late (`due_soon` is from
    `reminders.due_soon`); reminder_value is what is at risk, in cents. Elsewhere action and channel are empty. The
    channel is empty too where none that is permitted reaches the customer. Who must be left alone is decided in
    `suppress`, not here.
    """
    actions = pd.DataFrame({"action": "", "channel": "", "minutes": 0, "reminder_value": 0}, index=facts.index).astype(
        {"action": "str", "channel": "str"}
    )
    collectible = facts["collectible_amount"] > 0
    for segment in segments["segment"].unique():
        ladder = strategy.ladder(segment)
        rows = facts.index[collectible & (segments["segment"] == segment)]
        starts = [step.from_day for step in ladder]
        step = np.searchsorted(starts, facts.loc[rows, "collectible_days_past_due"], side="right") - 1
        for name in ("action", "channel"):
            actions.loc[rows, name] = np.array([getattr(step, name) for step in ladder], dtype="object")[step]
        actions.loc[rows, "minutes"] = np.array([step.preparation_minutes for step in ladder])[step]
    soon = due_soon.reindex(facts.index)
    remind = (facts["overdue_amount"] == 0) & (soon["amount"] > facts["credit_amount"])
    remind &= soon["at_risk"] >= soon["amount"] * strategy.reminder.at_least_p_late
    actions.loc[remind, "action"] = "pre_due_reminder"
    actions.loc[remind, "channel"] = strategy.reminder.channel
    actions.loc[remind, "reminder_value"] = soon.loc[remind, "at_risk"].round().astype("int64")
    actions["channel"] = _reachable(facts, actions, strategy)
    actions["minutes"] += actions["channel"].map(strategy.rules.minutes).fillna(0).astype("int64")
    return actions


def _reachable(facts: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy) -> pd.Series:
    """The first channel that is permitted and reaches the customer: the preferred one, the step's, then the others.

    A formal action keeps the step's channel where it can. A ledger without any address at all cannot say who has
    none, so there everybody counts as reachable.
    """
    formal = actions["action"].isin(FORMAL)
    wanted = [facts["preferred_channel"].mask(formal), actions["channel"]]
    others = [pd.Series(channel, index=facts.index, dtype="str") for channel in strategy.channels]
    address = {"email": facts["has_email"], "sms": facts["has_phone"], "call": facts["has_phone"]}
    chosen = pd.Series("", index=facts.index, dtype="str")
    for candidate in (*wanted, *others):
        usable = candidate.isin(strategy.channels) & (chosen == "") & (actions["action"] != "")
        for channel, known in address.items():
            usable &= (candidate != channel) | known | (not known.any())
        chosen = chosen.mask(usable, candidate)
    return chosen


def _require(place: str, name: str, known: dict[str, str] | tuple[str, ...]) -> None:
    if name not in known:
        raise ValueError(f"{place}: there is no {name!r}.{closest(name, known)} Known: {listed(known)}")


def _require_permitted(place: str, channel: str, minutes: dict[str, int]) -> None:
    if channel not in minutes:
        raise ValueError(f"{place}: the channel {channel} is not permitted; give it a figure under `minutes`")
