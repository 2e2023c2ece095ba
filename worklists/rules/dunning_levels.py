"""Dunning levels: how many steps of a ladder were done since a debt fell due, and which one is due next.

The ledger does not say which step a contact was. So it is inferred: since the due date, each day with a contact that
arrived raises the level by one where the contact's channel may carry the next step. A call does not replace a letter,
and a letter was not yet the final notice before the day from which that may be sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.as_of.view import View
from ledger.clock import NEVER, Days, day_numbers, owner_and_day, owner_days
from worklists.rules.actions import FINAL_NOTICE
from worklists.rules.channel_rules import BIT, Bits, allowed
from worklists.rules.strategy_file import LadderStep, StrategyFile

NOT_ARRIVED = ("bounced", "wrong_contact")  # whoever was meant knows nothing of it
NO_DAY = np.iinfo(np.int64).min // 2  # earlier than any day, and still a number to count with

Levels = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ContactDays:
    """The days on which a contact with a customer arrived, as a night knows them.

    An entry for each customer and day: `owner_day` is of `ledger.clock.owner_days` and ascends, `channels` are the
    day's channels as `channel_rules.bits`.
    """

    as_of: pd.Timestamp
    owner_day: Days
    channels: Bits


def arrived(contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts that count: all but those that came back or reached the wrong person."""
    return contacts[~contacts["outcome"].isin(NOT_ARRIVED)]


def contact_days(view: View, heads: pd.Series | None = None) -> ContactDays:
    """The contacts of a night by customer position; with `heads` (of `parent_groups.contact_heads`) by head."""
    contacts = arrived(view.tables["contacts"])
    owner = contacts["customer"].to_numpy(dtype=np.int64)
    owner = owner if heads is None else heads.to_numpy(dtype=np.int64)[owner]
    of_contact = owner_days(owner, day_numbers(contacts["contacted_on"]))
    days, place = np.unique(of_contact, return_inverse=True)
    channels = np.zeros(len(days), dtype=np.int64)
    np.bitwise_or.at(channels, place, contacts["channel"].map(BIT).to_numpy(dtype=np.int64))
    return ContactDays(view.as_of, days, channels)


def levels(
    contacts: ContactDays, customer: Levels, due: Days, permitted: Bits, first_days: Sequence[tuple[int, int]]
) -> tuple[Levels, Days]:
    """The level of each debt and the day of the contact that reached it (`NO_DAY` at level 0).

    `customer` (position) and `due` (day number) have an entry per debt, `permitted` a row per debt and a column per
    step that a contact can do (`channel_rules.bits`). `first_days` says for each step from how many days past due on a
    contact can have been it: after the step before it, and without that (`ledger.clock.NEVER` where it cannot). Of
    several steps that a contact may have been, the highest counts. A contact on the due date itself is none.
    """
    level, reached = np.zeros(len(customer), dtype=np.int64), np.full(len(customer), NO_DAY, dtype=np.int64)
    place = np.searchsorted(contacts.owner_day, owner_days(customer, due + 1))
    end = np.searchsorted(contacts.owner_day, owner_days(customer + 1, np.zeros_like(due)))
    left = np.flatnonzero(place < end)
    while len(left):  # a day with a contact of each debt at a time
        _, day = owner_and_day(contacts.owner_day[place[left]])
        channels, before = contacts.channels[place[left]], level[left]
        after, past_due = before, day - due[left]
        for step, (in_turn, skipped_to) in enumerate(first_days):
            may = ((before == step) & (past_due >= in_turn)) | ((before < step) & (past_due >= skipped_to))
            after = np.where(may & (permitted[left, step] & channels > 0), step + 1, after)
        level[left] = after
        reached[left] = np.where(after > before, day, reached[left])
        place[left] += 1
        left = left[(place[left] < end[left]) & (after < len(first_days))]
    return level, reached


@dataclass(frozen=True)
class DueSteps:
    """The step that is due of each debt, as its place in the ladder, since which day (number) it can be done, and
    whether it is the step of the level again, as the next one cannot come yet."""

    step: Levels
    possible_from: Days
    repeated: Flags


@dataclass(frozen=True)
class OnLadder:
    """Debts of one segment's customers, an entry each: due date, level, day of the contact that reached it (numbers),
    and the channels (`channel_rules.bits`) that each step has, a column per step."""

    rules: StrategyFile
    ladder: list[LadderStep]
    due: Days
    level: Levels
    reached: Days
    permitted: Bits

    def due_steps(self, today: int, may_end: Flags) -> DueSteps:
        """The steps that are due on a day. `may_end` says who fulfils the conditions of the last step, the hand-over.

        A step comes from its day past due on, some days after the step before it was done, or, where it may be skipped
        to, after any lower one or none. Of several the highest is due. Where none is, that of the level is repeated.
        """
        last = len(self.ladder) - 1
        step, since = np.full(len(self.due), -1, dtype=np.int64), np.zeros_like(self.due)
        for place, rung in enumerate(self.ladder):
            from_day = self.due + (rung.from_day if place else 0)  # what has no due date is on the first step, too
            possible = np.maximum(from_day, self.waited(place))
            may = (self.level == place) | (rung.may_skip & (self.level < place))
            may &= possible <= today
            if place == last:
                may &= may_end
            step, since = np.where(may, place, step), np.where(may, possible, since)
        repeated = step < 0
        return DueSteps(
            np.where(repeated, np.maximum(self.level - 1, 0), step), np.where(repeated, today, since), repeated
        )

    def waited(self, place: int) -> Days:
        """The day until which the step that was done last is given to work before the step at `place`."""
        return np.where(self.level > 0, self.reached + self.rules.days_after(self.ladder[place]), self.due)

    def deadline(self) -> Days:
        """The day until which the step of the level is given to work."""
        after = np.array([self.rules.days_after(step) for step in self.ladder], dtype=np.int64)
        return np.where(self.level > 0, self.reached + after[self.level], self.due)


def on_ladder(
    rules: StrategyFile, segment: str, contacts: ContactDays, customer: Levels, due: Days, cents: Bits
) -> OnLadder:
    """Where the debts of a segment's customers are, an entry each: customer (position), due date (day number), and what
    the customer is asked for (cents), on which the permitted channels depend.

    The hand-over is no contact and has no level.
    """
    ladder = rules.ladder(segment)
    columns = [permitted(rules, segment, step.action, step.channel, cents) for step in ladder]
    first_days = [
        (step.from_day if step.action == FINAL_NOTICE else 1, step.from_day if step.may_skip else NEVER)
        for step in ladder[:-1]
    ]
    channels = np.column_stack(columns)
    level, reached = levels(contacts, customer, due, channels[:, :-1], first_days)
    return OnLadder(rules, ladder, due, level, reached, channels)


def permitted(rules: StrategyFile, segment: str, action: str, own: str, cents: Bits) -> Bits:
    """The channels (`channel_rules.bits`) of an action in a segment, for each amount; `own` is that of its step."""
    return allowed(rules.permitted_channels, action, segment, cents, rules.without_a_rule(action, own))
