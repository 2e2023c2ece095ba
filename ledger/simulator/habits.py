"""The six paying habits, and what a contact does to each.

An invoice is paid in a daily lottery on working days. Its chance rises from nothing to `hazard` around the day that
lies `delay` days after the due date. A contact that reaches the customer adds a second, independent lottery on every
overdue invoice: `contact_effect[channel]` per working day, for `EFFECT_DAYS` days. That is the whole effect.
"""

from dataclasses import dataclass

from ledger.tables import CHANNELS

EFFECT_DAYS = 14
# Share of contacts that get through, in the order of CHANNELS: email, sms, call, letter, visit.
REACH = (0.75, 0.80, 0.60, 0.90, 0.80)


@dataclass(frozen=True)
class Habit:
    """How customers of one kind pay. Delays are days past due; shares and hazards are probabilities."""

    name: str
    delay: float
    delay_between_customers: float
    delay_between_invoices: float
    hazard: float
    forgets: float = 0.0
    pays_in_parts: float = 0.02
    disputes: float = 0.008
    promises: float = 0.25
    refuses: float = 0.05
    pays_at_month_end: bool = False
    fails: bool = False
    contact_effect: tuple[float, ...] = (0.0,) * len(CHANNELS)


HABITS = (
    Habit("punctual", -11.5, 3, 4.5, 0.40, forgets=0.02, contact_effect=(0.010, 0.010, 0.020, 0.005, 0.020)),
    Habit(
        "forgetful", -10, 3, 6, 0.35, forgets=0.28, promises=0.40, refuses=0.01,
        contact_effect=(0.140, 0.180, 0.250, 0.100, 0.250),
    ),
    Habit(
        "strategic", -10, 6, 7, 0.70, pays_at_month_end=True, promises=0.30, refuses=0.20,
        contact_effect=(0.005, 0.005, 0.050, 0.020, 0.060),
    ),
    Habit(
        "cash_strapped", -7, 6, 8, 0.11, pays_in_parts=0.45, promises=0.55, refuses=0.05,
        contact_effect=(0.015, 0.020, 0.050, 0.020, 0.060),
    ),
    Habit(
        "disputing", -9, 4, 6, 0.25, disputes=0.25, promises=0.15, refuses=0.20,
        contact_effect=(0.010, 0.010, 0.060, 0.010, 0.060),
    ),
    Habit("failing", -9, 4, 5, 0.28, pays_in_parts=0.15, promises=0.45, refuses=0.15, fails=True),
)  # fmt: skip
HABIT_NAMES = tuple(habit.name for habit in HABITS)
