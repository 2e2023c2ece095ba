"""What a strategy file says: the ladders, tones, offers, caps and minutes. Refused where it contradicts itself."""

from itertools import pairwise
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from configs.near_names import closest
from ledger.errors import listed
from ledger.strict_yaml import StrictPart
from ledger.tables import CHANNELS
from worklists.rules.actions import ACTIONS, ESCALATIONS, FORMAL, TONES
from worklists.rules.channel_rules import ChannelRule, bits
from worklists.rules.early_warning import ReviewTerms
from worklists.rules.interest import Interest
from worklists.rules.offers import Amount, Offer
from worklists.rules.satisfiability import PossibleValues, impossible_fact, possible_values
from worklists.rules.segments import FactCondition

DEFAULT = "default"
MONTH_DAYS = 30

Day = Annotated[StrictInt, Field(ge=1, le=3_650)]
Minutes = Annotated[StrictInt, Field(ge=0, le=480)]


class LadderStep(StrictPart):
    """An action that comes from a day past due on, after the step before it was done, and the tone it is spoken in.

    `days_after_previous` is how many days the step before it is given to work, the strategy's days_between_contacts
    where it is not said. With `may_skip` the step does not need the one before. `preparation_minutes` come on top of
    the channel's minutes, as for the file that an agency gets. A hand-over may ask for `at_least_amount` (currency
    units that can be collected) and for conditions: without them the customer stays on the step before.
    """

    from_day: Day
    action: StrictStr
    channel: StrictStr
    tone: StrictStr
    days_after_previous: Day | None = None
    may_skip: StrictBool = False
    preparation_minutes: Minutes = 0
    at_least_amount: Amount = 0.0
    when: tuple[FactCondition, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> "LadderStep":
        _require("action", self.action, ACTIONS)
        _require("channel", self.channel, CHANNELS)
        _require("tone", self.tone, TONES)
        if self.conditions and self.action not in ESCALATIONS:
            raise ValueError(
                f"{self.action} cannot have conditions: whoever does not fulfil them would have no action; "
                f"only the hand-over may ({listed(ESCALATIONS)})"
            )
        fact = self.never_in({})
        if fact is not None:
            raise ValueError(f"{self.action} can never come: no customer has a fitting {fact}")
        return self

    @property
    def conditions(self) -> tuple[FactCondition, ...]:
        """All that must hold for the step to come."""
        if not self.at_least_amount:
            return self.when
        return (FactCondition(fact="collectible_amount", at_least=self.at_least_amount), *self.when)

    def never_in(self, known: PossibleValues) -> str | None:
        """The fact that keeps the step from ever coming where `known` holds; None where it can come."""
        asked = FactCondition(fact="collectible_amount", at_least=0.01)
        return impossible_fact(possible_values((asked, *self.conditions), known)) if self.conditions else None

    def comes(self, facts: pd.DataFrame) -> pd.Series:
        """Which rows of `customer_facts` fulfil the conditions."""
        comes = pd.Series(True, index=facts.index)
        for condition in self.conditions:
            comes &= condition.holds(facts)
        return comes


class Reminder(StrictPart):
    """The reminder before the due date, for customers with nothing overdue who will probably pay late."""

    days_before_due: Annotated[StrictInt, Field(ge=0, le=60)]
    at_least_p_late: Annotated[float, Field(ge=0, le=1)]
    channel: StrictStr

    @model_validator(mode="after")
    def _known(self) -> "Reminder":
        _require("channel", self.channel, CHANNELS)
        return self


class LeastAmount(StrictPart):
    """Below these amounts (currency units) no one is asked: of all that a customer owes, and of one invoice."""

    customer: Amount = 0.0
    invoice: Amount = 0.0


class StrategyFile(StrictPart):
    """What a strategy file says.

    `days_between_contacts` and `contacts_a_month` (most contacts in 30 days) are for every customer. `minutes` holds
    the permitted channels, in order of preference, and their cost; `handling_minutes` come on top of every contact:
    opening the account, reading up, writing down what was said (at least one, since the rank is by cash per minute).
    `contact_at` is who is contacted for a member of a group. Of `permitted_channels` and of `offers` the first that
    fits decides; an action without a rule may use every channel, a formal one that of its step. Hand-overs go into a
    queue of their own, or are ranked in the worklist among the contacts, with their minutes. `interest` is what drafts
    claim besides the debt; nothing where it is absent.
    """

    days_between_contacts: Day
    contacts_a_month: Annotated[StrictInt, Field(ge=1, le=MONTH_DAYS)]
    minutes: Annotated[dict[StrictStr, Minutes], Field(min_length=1)]
    handling_minutes: Annotated[StrictInt, Field(ge=1, le=480)]
    contact_at: Literal["customer", "parent"] = "customer"
    least_amount: LeastAmount = LeastAmount()
    reminder: Reminder
    permitted_channels: tuple[ChannelRule, ...] = ()
    handovers: Literal["queue", "worklist"] = "queue"
    offers: tuple[Offer, ...] = ()
    review_terms: ReviewTerms
    interest: Interest | None = None
    ladders: dict[StrictStr, Annotated[list[LadderStep], Field(min_length=1)]]

    @model_validator(mode="after")
    def _possible(self) -> "StrategyFile":
        for channel in self.minutes:
            _require("minutes", channel, CHANNELS)
        _require_permitted("reminder", self.reminder.channel, self.minutes)
        for place, rule in enumerate(self.permitted_channels):
            for channel in rule.allow:
                _require_permitted(f"permitted_channels.{place}", channel, self.minutes)
        most = max(MONTH_DAYS // self.days_between_contacts, 1)
        if self.contacts_a_month > most:
            raise ValueError(
                f"contacts_a_month: {self.contacts_a_month} contacts in {MONTH_DAYS} days can never be reached with "
                f"{self.days_between_contacts} days between contacts; write {most} or less"
            )
        if DEFAULT not in self.ladders:
            raise ValueError(f"ladders: {DEFAULT} is missing; it is for every segment without a ladder of its own")
        for name, ladder in self.ladders.items():
            self._check_ladder(f"ladders.{name}", ladder)
        for place, offer in enumerate(self.offers):
            self._check_level(f"offers.{place}", offer)
        return self

    def ladder(self, segment: str) -> list[LadderStep]:
        """The steps of a segment."""
        return self.ladders.get(segment, self.ladders[DEFAULT])

    def days_after(self, step: LadderStep) -> int:
        """How many days the step before this one is given to work."""
        return step.days_after_previous or self.days_between_contacts

    def without_a_rule(self, action: str, own: str) -> int:
        """The channels (`bits`) of an action that no rule is about; `own` is that of its step."""
        return bits([own] if action in FORMAL else self.minutes)

    def _check_level(self, place: str, offer: Offer) -> None:
        segments = offer.segments or tuple(self.ladders)
        most = max(len(self.ladder(segment)) - 1 for segment in segments)
        if offer.at_least_level > most:
            raise ValueError(
                f"{place}: {offer.offer} can never be offered: at_least_level is {offer.at_least_level}, but the "
                f"longest ladder has {most} steps before the hand-over"
            )

    def _check_ladder(self, place: str, ladder: list[LadderStep]) -> None:
        if ladder[0].from_day != 1:
            raise ValueError(
                f"{place}: days 1 to {ladder[0].from_day - 1} past due have no action; begin with from_day: 1"
            )
        if ladder[-1].action not in ESCALATIONS:
            raise ValueError(f"{place}: the ladder has no end; the last action must be one of {listed(ESCALATIONS)}")
        if ladder[-1].conditions and len(ladder) == 1:
            raise ValueError(
                f"{place}: whoever does not fulfil the conditions of {ladder[-1].action} has no action; "
                f"write a step before it"
            )
        for name in ("days_after_previous", "may_skip"):
            if getattr(ladder[0], name):
                raise ValueError(f"{place}: {ladder[0].action} is the first step: leave out {name}")
        for step, following in pairwise(ladder):
            self._check_follows(place, step, following)
        for step in ladder:
            _require_permitted(f"{place}, {step.action}", step.channel, self.minutes)
            if step.action == "pre_due_reminder":
                raise ValueError(f"{place}: pre_due_reminder is for the reminder, not for a day past due")
            before = [step.from_day - other.from_day for other in ladder if other.from_day < step.from_day]
            within = sum(days <= MONTH_DAYS for days in before)
            if within >= self.contacts_a_month:
                raise ValueError(
                    f"{place}: {step.action} from day {step.from_day} would be contact {within + 1} in {MONTH_DAYS} "
                    f"days, but contacts_a_month is {self.contacts_a_month}, so that it could not begin on its day"
                )

    def _check_follows(self, place: str, step: LadderStep, following: LadderStep) -> None:
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
        after = self.days_after(following)
        if after < self.days_between_contacts:
            raise ValueError(
                f"{place}: {following.action} comes {after} days after {step.action}, but days_between_contacts is "
                f"{self.days_between_contacts}; write that or more, or leave out days_after_previous"
            )
        if lasts < after:
            raise ValueError(
                f"{place}: {following.action} from day {following.from_day} needs {after} days after {step.action} "
                f"from day {step.from_day}, so that it could not begin on its day; write from_day: "
                f"{step.from_day + after} or later"
            )
        if step.action in ESCALATIONS:
            raise ValueError(f"{place}: nothing can follow {step.action}; make it the last step")


def _require(place: str, name: str, known: dict[str, str] | tuple[str, ...]) -> None:
    if name not in known:
        raise ValueError(f"{place}: there is no {name!r}.{closest(name, known)} Known: {listed(known)}")


def _require_permitted(place: str, channel: str, minutes: dict[str, int]) -> None:
    if channel not in minutes:
        raise ValueError(f"{place}: the channel {channel} is not permitted; give it a figure under `minutes`")
