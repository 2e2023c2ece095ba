"""The dunning level of one debt, contact by contact, and the step that may come after it."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from worklists.rules.strategy_file import LadderStep, StrategyFile


class Contact(NamedTuple):
    """A contact of the customer: day number, channel, outcome."""

    day: int
    channel: str
    outcome: str | None


def contacts_with(contacts: pd.DataFrame, customer: int) -> list[Contact]:
    """The contacts of a customer (position) in a view's table."""
    rows = contacts[contacts["customer"] == customer]
    return [Contact((row.contacted_on - pd.Timestamp(0)).days, row.channel, row.outcome) for row in rows.itertuples()]


def channels_for(rules: StrategyFile, step: LadderStep, segment: str, amount: float) -> set[str]:
    """The channels of the first rule that fits; amount in currency units."""
    for rule in rules.permitted_channels:
        if rule.actions is not None and step.action not in rule.actions:
            continue
        if rule.segments is not None and segment not in rule.segments:
            continue
        if rule.at_least_amount is not None and amount < rule.at_least_amount:
            continue
        if rule.at_most_amount is not None and amount > rule.at_most_amount:
            continue
        return set(rule.allow)
    formal = ("final_notice", "escalate_to_agency", "escalate_to_legal")
    return {step.channel} if step.action in formal else set(rules.minutes)


def level_of(
    rules: StrategyFile, segment: str, amount: float, due: int, contacts: Iterable[Contact]
) -> tuple[int, int | None]:
    """The level of a debt, and the day of the contact that reached it."""
    ladder = rules.ladder(segment)[:-1]
    level, reached = 0, None
    by_day: dict[int, set[str]] = {}
    for contact in contacts:
        if contact.outcome not in ("bounced", "wrong_contact") and contact.day > due:
            by_day.setdefault(contact.day, set()).add(contact.channel)
    for day in sorted(by_day):
        for place in reversed(range(level, len(ladder))):  # the highest that this contact may have been
            step, past_due = ladder[place], day - due
            in_turn = place == level and (step.action != "final_notice" or past_due >= step.from_day)
            skipped_to = step.may_skip and past_due >= step.from_day
            if (in_turn or skipped_to) and by_day[day] & channels_for(rules, step, segment, amount):
                level, reached = place + 1, day
                break
    return level, reached


def may_come(rules: StrategyFile, segment: str, place: int, level: int, reached: int | None, due: int, on: int) -> bool:
    """Whether a step's predecessor was done (or it may be skipped to), its day has come and its wait is over."""
    step = rules.ladder(segment)[place]
    wait = step.days_after_previous or rules.days_between_contacts
    has_predecessor = level == place or (step.may_skip and level < place)
    return has_predecessor and on - due >= step.from_day and (reached is None or on - reached >= wait)
