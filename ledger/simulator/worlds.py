"""The worlds that can be simulated, and their calendar."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FIRST_DAY = np.datetime64("2023-01-02", "D")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """What a portfolio looks like. Amounts are cents; `habit_shares` follow the order of HABITS."""

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
    "squeeze": World(**{**_B2B.__dict__, "squeeze": True}),
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
}


@dataclass(frozen=True)
class Calendar:
    """Arrays by day number, 0 being FIRST_DAY; they run past the last simulated day for the truth's outlook."""

    dates: npt.NDArray[np.datetime64]
    working: Bools
    month: Ints
    month_end_run: Bools
    pace: Floats
    pressure: Floats


def calendar(days: int, outlook: int, world: World) -> Calendar:
    """The calendar of `days` simulated days and `outlook` days after them.

    `pace` slows payments in August and around the turn of the year. `pressure` rises from 0 to 1 within
    60 days after two thirds of the simulation where the world has a cash squeeze.
    """
    number = np.arange(days + outlook)
    dates = FIRST_DAY + number
    months = dates.astype("datetime64[M]")
    working = np.is_busday(dates)
    month_of_year = months.astype(np.int64) % 12 + 1
    day_of_month = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    next_month = (months + 1).astype("datetime64[D]")
    pace = np.select(
        [month_of_year == 8, (month_of_year == 12) & (day_of_month > 14), month_of_year == 12], [0.65, 0.4, 0.75], 1.0
    )
    pressure = np.clip((number - 2 * days / 3) / 60, 0, 1) if world.squeeze else np.zeros(len(number))
    return Calendar(
        dates=dates,
        working=working,
        month=(months - months[0]).astype(np.int64),
        month_end_run=working & (np.busday_count(dates, next_month) <= 2),
        pace=pace,
        pressure=pressure,
    )
