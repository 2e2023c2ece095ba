"""Who the customers are: what the ledger shows of them, and the habit that it does not show."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.clock import NEVER
from ledger.frames import with_known_on
from ledger.simulator.habits import HABIT_NAMES, HABITS
from ledger.simulator.names import COUNTRIES, INDUSTRIES, company_names, person_names
from ledger.simulator.worlds import FIRST_DAY, Bools, Calendar, Floats, Ints, World
from ledger.tables import CHANNELS, CUSTOMERS

_DAYS_TO_FAIL = 90
_FAILING_FROM = (-150, 800)
_FAILING_AFTER_THE_END = 80  # days, of a ledger of more than two years: customers fail as long as it goes on
# Days by which an industry pays later than the others, in the order of INDUSTRIES.
_INDUSTRY_DELAY = np.array([3.0, 0.5, -0.5, 1.0, 2.0, -1.0, -2.0])
# In the order of CHANNELS: email, sms, call, letter, visit.
_PREFERRED_SHARES = (0.5, 0.15, 0.25, 0.1, 0.0)


@dataclass(frozen=True)
class Population:
    """One entry per customer. Day numbers count from the first simulated day; amounts are cents.

    `delay_shift` has a row per customer and a column per month: spells of tighter or easier cash.
    `contact_effect` has a column per channel: the extra daily hazard once a contact got through. `mixture` has a column
    per habit, the weights of which add up to one; `habit` is the heaviest.
    """

    frame: pd.DataFrame
    habit: Ints
    mixture: Floats
    pays_at_month_end: Bools
    first_day: Ints
    failing_from: Ints
    usual_amount: Floats
    invoices_per_month: Floats
    terms: Ints
    delay: Floats
    delay_shift: Floats
    hazard: Floats
    takes_discount: Bools
    do_not_contact: Bools
    preferred_channel: Ints
    contact_effect: Floats
    write_off_after: Ints

    def trait(self, name: str) -> Floats:
        """A number of the Habit of every customer, or the mean of its mixture's."""
        return self.mixture @ _of_habits(name)

    def failure(self, day: int) -> Floats:
        """How far every customer has gone from sound (0) to unable to pay (1) on a day."""
        return np.clip((day - self.failing_from) / _DAYS_TO_FAIL, 0, 1)

    @property
    def billed_until(self) -> Ints:
        """The last day on which a customer still gets credit: a while after it cannot pay."""
        return self.failing_from + _DAYS_TO_FAIL + 30


def draw_population(rng: np.random.Generator, customers: int, days: int, world: World, when: Calendar) -> Population:
    """Draw the customers of a world."""
    count = customers
    habit = rng.choice(len(HABITS), count, p=world.habit_shares)
    # The first six cover the habits of the world, so that even a tiny ledger shows them all.
    present = np.flatnonzero(world.habit_shares)[:count]
    habit[: len(present)] = present
    mixture = np.eye(len(HABITS))[habit]
    if world.alike:
        mixture = rng.dirichlet(world.alike * np.array(world.habit_shares), count)
        habit = mixture.argmax(axis=1)
    # No one fails a little, or pays at the end of the month a little.
    fails, at_month_end = (
        rng.random(count) < mixture @ of_habit if world.alike else of_habit[habit] > 0
        for of_habit in (_of_habits("fails"), _of_habits("pays_at_month_end"))
    )
    industry = rng.choice(len(INDUSTRIES), count)
    country = rng.choice(len(COUNTRIES), count, p=[share for _, share, _, _ in COUNTRIES])
    first_day = np.where(
        rng.random(count) < 0.8, -rng.integers(30, 3_000, count), rng.integers(0, max(1, int(0.7 * days)), count)
    )
    by_habit = {name: mixture @ _of_habits(name) for name in _DRAWN}
    delay = by_habit["delay"] + by_habit["delay_between_customers"] * rng.standard_normal(count)
    if world.businesses:
        delay += _INDUSTRY_DELAY[industry]
    first_onset, last_onset = _FAILING_FROM
    last_onset = max(last_onset, days + _FAILING_AFTER_THE_END)
    onset = np.maximum(rng.integers(first_onset, last_onset, count), first_day + 30)
    preferred = rng.choice(len(CHANNELS), count, p=_PREFERRED_SHARES)
    effect = by_habit["contact_effect"] * rng.lognormal(0, 0.25, count)[:, None]
    effect[np.arange(count), preferred] *= 1.3
    if not world.contacts_work:
        effect[:] = 0
    if world.alike:
        effect[fails] = 0  # as of those whose one habit is to fail
    usual_amount = world.usual_amount * rng.lognormal(0, world.amount_spread, count)
    rate = world.invoices_per_month * (np.ones(count) if world.billed_monthly else rng.lognormal(0, 0.8, count))
    do_not_contact = rng.random(count) < 0.02
    return Population(
        frame=_frame(rng, world, industry, country, first_day, preferred, do_not_contact, usual_amount * rate),
        habit=habit,
        mixture=mixture,
        pays_at_month_end=at_month_end,
        first_day=first_day,
        failing_from=np.where(fails, onset, NEVER),
        usual_amount=usual_amount,
        invoices_per_month=np.minimum(rate, 15),
        terms=rng.choice(world.terms, count, p=world.term_shares),
        delay=delay,
        delay_shift=_spells(rng, count, int(when.month[-1]) + 1),
        hazard=by_habit["hazard"] * rng.uniform(0.7, 1.2, count),
        takes_discount=(habit == HABIT_NAMES.index("punctual")) & (rng.random(count) < 0.04) & world.businesses,
        do_not_contact=do_not_contact,
        preferred_channel=preferred,
        contact_effect=np.minimum(effect, 0.6),
        write_off_after=rng.integers(110, 221, count),
    )


_DRAWN = ("delay", "delay_between_customers", "hazard", "contact_effect")


def _of_habits(name: str) -> Floats:
    return np.array([getattr(habit, name) for habit in HABITS], dtype=np.float64)


def _spells(rng: np.random.Generator, count: int, months: int) -> Floats:
    """Monthly delay shifts in days that fade slowly: a customer's bad month is followed by another one."""
    shift = np.zeros((count, months))
    for month in range(months):
        fresh = rng.standard_normal(count) * 2.2
        shift[:, month] = fresh if month == 0 else 0.75 * shift[:, month - 1] + fresh
    return shift


def _frame(
    rng: np.random.Generator,
    world: World,
    industry: Ints,
    country: Ints,
    first_day: Ints,
    preferred: Ints,
    do_not_contact: Bools,
    monthly_billing: Floats,
) -> pd.DataFrame:
    count = len(industry)
    names = company_names(rng, industry, country) if world.businesses else person_names(rng, count)
    ids = [f"C{number:05d}" for number in range(1, count + 1)]
    # A group's head is an older customer that has no head itself, so that the tree is one level deep.
    child = world.businesses & (rng.random(count) < 0.03) & (first_day >= -1_500)
    heads = np.flatnonzero(first_day < -1_500)
    parent = rng.choice(heads, count) if len(heads) else np.zeros(count, dtype=np.int64)
    limit = np.ceil(monthly_billing * rng.uniform(3, 6, count) / 100_000).astype(np.int64) * 100_000
    has_limit = world.businesses & (rng.random(count) < 0.9)
    phone = rng.integers(0, 10_000_000, count)
    frame = pd.DataFrame(
        {
            "customer_id": ids,
            "name": names,
            "country": [COUNTRIES[code][0] for code in country],
            "industry": [INDUSTRIES[code] if world.businesses else None for code in industry],
            "credit_limit": pd.array(np.where(has_limit, limit, 0), dtype="Int64"),
            "currency": "EUR",
            "onboarded_on": FIRST_DAY + first_day,
            "parent_id": [ids[head] if linked and len(heads) else None
                          for head, linked in zip(parent, child, strict=True)],
            "preferred_channel": np.array(CHANNELS)[preferred],
            "do_not_contact": do_not_contact,
            "email": [f"accounts.{code.lower()}@customers.example" for code in ids],
            "phone": [f"{COUNTRIES[code][2]} 555 {number:07d}" for code, number in zip(country, phone, strict=True)],
        }
    )  # fmt: skip
    frame["credit_limit"] = frame["credit_limit"].where(has_limit)
    typed = frame.astype({column.name: column.dtype for column in CUSTOMERS.columns})
    return with_known_on(CUSTOMERS, typed)
