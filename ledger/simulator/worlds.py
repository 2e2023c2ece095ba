"""The worlds that can be simulated, and their calendar."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

FIRST_DAY = np.datetime64("2023-01-02", "D")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Books:
    """How tidy a creditor's books are: shares of the payments, of the contacts, and of what is worked on in a day.

    `known_after` has the shares of payments that are booked 0, 1, 2, ... days after their value date. `announced` are
    known some days before it. Money without a reference waits `unmatched_days`, then `matched_daily` of it is set
    against an invoice. `returned` is how many times as many contacts as usual come back undelivered.
    """

    without_reference: float = 0.01
    unmatched_days: int = 4
    matched_daily: float = 0.15
    overpaid: float = 0.003
    bounced: float = 0.004
    announced: float = 0.0
    known_after: tuple[float, ...] = (0.45, 0.35, 0.15, 0.05)
    returned: float = 1.0


@dataclass(frozen=True)
class World:
    """What a portfolio looks like. Amounts are cents; `habit_shares` follow the order of HABITS.

    `alike` is how alike customers are where each has a mixture of the habits, of its own: the sum of the weights of the
    Dirichlet distribution that it is drawn from; 0 where each has one habit. `closed_days` are public holidays and the
    days between Christmas and the new year: no one works or pays. `slow_seasons` slow payments beyond August and the
    turn of the year.
    """

    habit_shares: tuple[float, ...]
    usual_amount: float
    amount_spread: float
    amount_spread_within: float
    terms: tuple[int, ...]
    term_shares: tuple[float, ...]
    invoices_per_month: float
    billed_monthly: bool = False
    businesses: bool = True
    squeeze: bool = False
    alike: float = 0.0
    contacts_work: bool = True
    closed_days: bool = False
    slow_seasons: bool = False
    books: Books = Books()


_B2B_HABITS = (0.48, 0.18, 0.09, 0.11, 0.06, 0.08)
_B2B = World(
    _B2B_HABITS,
    usual_amount=120_000,
    amount_spread=1.1,
    amount_spread_within=0.5,
    terms=(14, 30, 45, 60),
    term_shares=(0.2, 0.5, 0.15, 0.15),
    invoices_per_month=1.05,
)
WORLDS = {
    "b2b": _B2B,
    "squeeze": replace(_B2B, squeeze=True),
    "consumer": World(
        (0.50, 0.27, 0.0, 0.14, 0.03, 0.06),
        usual_amount=5_500,
        amount_spread=0.5,
        amount_spread_within=0.2,
        terms=(14,),
        term_shares=(1.0,),
        invoices_per_month=1.0,
        billed_monthly=True,
        businesses=False,
    ),
    "mixed": replace(_B2B, alike=4.0),
    "untidy": replace(
        _B2B,
        closed_days=True,
        slow_seasons=True,
        books=Books(
            without_reference=0.045,
            unmatched_days=14,
            matched_daily=0.04,
            overpaid=0.006,
            bounced=0.02,
            announced=0.03,
            known_after=(0.35, 0.25, 0.15, 0.1, 0.06, 0.04, 0.03, 0.02),
            returned=2.5,
        ),
    ),
    "no_effect": replace(_B2B, contacts_work=False),
}


@dataclass(frozen=True)
class Calendar:
    """Arrays by day number, 0 being FIRST_DAY; they run past the last simulated day for the truth's outlook."""

    dates: npt.NDArray[np.datetime64]
    working: Bools
    closed: Bools
    month: Ints
    month_end_run: Bools
    pace: Floats
    pressure: Floats


def calendar(days: int, outlook: int, world: World) -> Calendar:
    """The calendar of `days` simulated days and `outlook` days after them.

    `pace` slows payments in August and around the turn of the year. `pressure` rises from 0 to 1 within
    60 days after two thirds of the simulation where the world has a cash squeeze. `closed` are the days on which no one
    works although some would be working days.
    """
    number = np.arange(days + outlook)
    dates = FIRST_DAY + number
    months = dates.astype("datetime64[M]")
    closed = _closed(dates) if world.closed_days else np.zeros(len(dates), dtype=np.bool_)
    working = np.is_busday(dates, holidays=dates[closed])
    month_of_year = months.astype(np.int64) % 12 + 1
    day_of_month = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    next_month = (months + 1).astype("datetime64[D]")
    pace = np.select(
        [month_of_year == 8, (month_of_year == 12) & (day_of_month > 14), month_of_year == 12], [0.65, 0.4, 0.75], 1.0
    )
    if world.slow_seasons:
        first_weeks, summer = (month_of_year == 1) & (day_of_month <= 20), month_of_year == 7
        pace = pace * np.select([first_weeks, summer, month_of_year == 4], [0.6, 0.7, 0.85], 1.0)
    pressure = np.clip((number - 2 * days / 3) / 60, 0, 1) if world.squeeze else np.zeros(len(number))
    return Calendar(
        dates=dates,
        working=working,
        closed=closed,
        month=(months - months[0]).astype(np.int64),
        month_end_run=working & (np.busday_count(dates, next_month, holidays=dates[closed]) <= 2),
        pace=pace,
        pressure=pressure,
    )


def _closed(dates: npt.NDArray[np.datetime64]) -> Bools:
    """Public holidays, as most of Europe has them, and 25 to 31 December."""
    month = dates.astype("datetime64[M]")
    day_of_year = (month.astype(np.int64) % 12 + 1) * 100 + (dates - month.astype("datetime64[D]")).astype(np.int64) + 1
    fixed = np.isin(day_of_year, [101, 501, 1003, 1101]) | ((day_of_year >= 1225) & (day_of_year <= 1231))
    years = np.unique(dates.astype("datetime64[Y]"))
    easter = np.array([pd.Timestamp(year) + pd.offsets.Easter() for year in years], dtype="datetime64[D]")
    # Good Friday, Easter Monday, Ascension, Whit Monday.
    closed: Bools = fixed | np.isin(dates, (easter[:, None] + np.array([-2, 1, 39, 50])).ravel())
    return closed
