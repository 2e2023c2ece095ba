"""How sharply and how honestly the experiments measure what a contact brings, on simulated nights.

    python -m benchmarks.quality.holdout [--customers 4000] [--worlds 80] [--workers 2]

Customers with the habits, debts and contact effects of the simulator's b2b world live night after night: 3% are left
alone at random, the others are contacted again and again until they pay, or as far as the collectors' time goes. The
model expects each customer's true effect, off by a factor of its own. What is true is measured on a portfolio fifty
times as large. Writes a table of half-widths, coverage and false alarms.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from ledger.simulator.habits import EFFECT_DAYS, HABITS, REACH
from ledger.simulator.worlds import WORLDS
from ledger.tables import CHANNELS
from worklists.figures.gain_level import compared, level_of
from worklists.figures.holdout_measurement import LEAST_CUSTOMERS, OUTCOME_DAYS
from worklists.figures.line_measurement import CONTACT_DAYS, extra_cash_at_the_line
from worklists.figures.random_draw import Ends, RandomDraw, Ratio, customers_of
from worklists.score_db.earlier_nights import NEAR, NIGHTS_APART

PERIOD, REST, MINUTES = 60, 7, 10.0
YEAR, SHORT = 365, 150  # nights
WEEK = 7
WARM_UP = 120  # nights before the first that is logged
CALL = CHANNELS.index("call")
HUGE = 50
VALUE_LIMIT = 1_000_000  # cents, as in configs/default.yaml
PAYS_LATE = 0.1  # of the daily chance before the due date, once that has passed: those who could, have paid


@dataclass(frozen=True)
class Life:
    """A portfolio of so many customers; `works` times the simulator's effects; `listed` of 1,000 customers a night."""

    customers: int
    works: float = 1.0
    listed: int | None = None
    share: float = 0.03
    looks_every: int = WEEK  # nights between two looks at the figures


@dataclass(frozen=True)
class Lived:
    """Rows as `holdout_measurement.watched` and `line_measurement.watched_at_the_line` give them; `night` of each."""

    drawn: pd.DataFrame
    line: pd.DataFrame


def live(life: Life, nights: int, seed: int) -> Lived:
    """So many logged nights and the days in which their outcomes follow."""
    chance, size, world = np.random.default_rng(seed), life.customers, WORLDS["b2b"]
    habit = chance.choice(len(HABITS), size, p=world.habit_shares)
    base = PAYS_LATE * np.array([kind.hazard for kind in HABITS])[habit] * chance.uniform(0.2, 1.2, size)
    of_call = np.array([kind.contact_effect[CALL] for kind in HABITS])[habit] * chance.lognormal(0, 0.25, size)
    usual = world.usual_amount * chance.lognormal(0, world.amount_spread, size)
    shift = chance.integers(0, PERIOD, size)
    owed = np.rint(usual * chance.lognormal(0, world.amount_spread_within, size))
    starts = chance.integers(0, PERIOD, size)
    off, wrong = chance.lognormal(-0.125, 0.5, size), chance.normal(0, 0.5, size)
    works_until, contacted_on = np.full(size, -1), np.full(size, -100)
    out, drawn_of, seen = np.zeros(size, dtype=bool), np.full(size, -1), np.full(size, -1)
    last = WARM_UP + nights + OUTCOME_DAYS
    paid, made = np.zeros((last + 1, size), dtype=np.float32), np.zeros((last + 1, size), dtype=np.int8)
    draws, lines = [], []
    with_one = (1 - base) ** (OUTCOME_DAYS - EFFECT_DAYS) * (1 - np.minimum(base + of_call, 0.9)) ** EFFECT_DAYS
    brings = REACH[CALL] * ((1 - base) ** OUTCOME_DAYS - with_one) * off
    unpaid = 1 / (1 + np.exp(-(np.log((1 - base) ** OUTCOME_DAYS / (1 - (1 - base) ** OUTCOME_DAYS)) + wrong)))
    for night in range(last):
        period = (night + shift) // PERIOD
        fresh = period != drawn_of
        out[fresh], drawn_of = chance.uniform(size=int(fresh.sum())) < life.share, period
        able = (starts <= night) & (night - contacted_on >= REST)
        at_random = able & (owed <= VALUE_LIMIT)
        free = able & ~(at_random & out)
        gain = np.rint(owed * brings)
        listed, ratio = free, np.full(size, np.nan)
        if life.listed is not None:
            order = np.flatnonzero(free)[np.argsort(-gain[free], kind="stable")]
            count = life.listed * size // 1_000
            listed = np.zeros(size, dtype=bool)
            listed[order[:count]] = True
            if count < len(order):
                ratio[order] = gain[order] / np.sqrt(gain[order[count - 1]] * gain[order[count]])
        if WARM_UP <= night < WARM_UP + nights:
            first = np.flatnonzero(at_random & (seen != period))
            seen[first] = period[first]
            in_time = first[(night + shift[first]) % PERIOD <= PERIOD - OUTCOME_DAYS]
            propensity = np.where(out[in_time], life.share, 1 - life.share)
            draws.append(_rows(night, in_time, owed, unpaid).assign(
                held_out=out[in_time].astype(np.int64), propensity=propensity, expected_gain=gain[in_time],
                days_past_due=night - starts[in_time]))  # fmt: skip
            near = np.flatnonzero((ratio >= 1 / NEAR) & (ratio <= NEAR)) if night % NIGHTS_APART == 0 else []
            lines.append(_rows(night, near, owed, unpaid).assign(line_ratio=ratio[near]))
        through = listed & (chance.uniform(size=size) < REACH[CALL])
        contacted_on[listed], works_until[through] = night, night + EFFECT_DAYS
        made[night + 1] = listed
        hazard = base + np.where(works_until > night, life.works * of_call, 0.0)
        pays = (starts <= night) & (chance.uniform(size=size) < np.minimum(hazard, 0.9))
        paid[night + 1, pays] = owed[pays]
        starts[pays] = night + OUTCOME_DAYS + chance.integers(0, PERIOD, int(pays.sum()))
        owed[pays] = np.rint(usual[pays] * chance.lognormal(0, world.amount_spread_within, int(pays.sum())))
        works_until[pays] = -1
    cash, contacts = np.cumsum(paid, axis=0, dtype=np.float64), np.cumsum(made, axis=0, dtype=np.int32)
    drawn, line = pd.concat(draws, ignore_index=True), pd.concat(lines, ignore_index=True)
    return Lived(
        drawn.assign(cash=_after(drawn, cash, OUTCOME_DAYS), contacts=_after(drawn, contacts, OUTCOME_DAYS) * 1.0),
        line.assign(cash=_after(line, cash, OUTCOME_DAYS), contacted=(_after(line, contacts, CONTACT_DAYS) > 0) * 1.0),
    )


def _rows(night: int, customer: np.ndarray, owed: np.ndarray, unpaid: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"night": night, "customer_id": customer, "collectible_amount": owed[customer],
                         "p_unpaid_30d": unpaid[customer]})  # fmt: skip


def _after(rows: pd.DataFrame, sums: np.ndarray, days: int) -> np.ndarray:
    night, customer = rows["night"].to_numpy(), rows["customer_id"].to_numpy(dtype=np.int64)
    return sums[night + days, customer] - sums[night, customer]


def known(rows: pd.DataFrame, nights: int) -> pd.DataFrame:
    """The rows of which the outcome is known after so many nights of logging."""
    return rows.iloc[: int(np.searchsorted(rows["night"].to_numpy(), WARM_UP + nights - OUTCOME_DAYS, side="right"))]


def contact(rows: pd.DataFrame) -> Ratio | None:
    """Extra cash per contact, in cents."""
    if min(customers_of(rows)) < LEAST_CUSTOMERS:
        return None
    return RandomDraw(rows).ratio(rows["cash"].to_numpy(), rows["contacts"].to_numpy())


def level(rows: pd.DataFrame) -> Ratio | None:
    rows = compared(rows)
    return None if min(customers_of(rows)) < LEAST_CUSTOMERS else level_of(rows, rows)


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(collectible_amount=1.0, p_unpaid_30d=np.nan)


def amount_alone(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(p_unpaid_30d=np.nan)


def truth(life: Life) -> dict[str, float]:
    """What contacts bring, and its share of what is expected, by a portfolio so large that chance is small.

    More are held out where that takes no one's minutes from the others: what contacts bring must not depend on it.
    """
    share = 0.3 if life.listed is None else life.share
    lived = live(replace(life, customers=life.customers * HUGE, share=share), YEAR, 1)
    found, of_expected = contact(lived.drawn), level(lived.drawn)
    assert found is not None and of_expected is not None
    at_the_line = extra_cash_at_the_line(lived.line).rows["value"].iloc[0]
    return {"contact": found.value, "level": of_expected.value, "line": 100 * at_the_line}


def judged(name: str, ends: Ends, true: float) -> dict[str, float]:
    return {f"{name}, half-width": (ends.high - ends.low) / 2, f"{name}, covered": ends.low <= true <= ends.high}


def one(seed: int, life: Life, true: dict[str, float]) -> dict[str, float]:
    """One world: the night after `SHORT` nights, and every night of a year."""
    lived = live(life, YEAR, seed)
    row: dict[str, float] = {}
    rows = known(lived.drawn, SHORT)
    for name, drawn in (("plain", plain(rows)), ("by amount", amount_alone(rows)), ("adjusted", rows)):
        found = contact(drawn)
        if found is not None:
            row |= judged(name, found.one_night, true["contact"]) | {f"{name}, error": found.value - true["contact"]}
            row |= judged(f"{name}, always", found.always, true["contact"])
    found = level(rows)
    if found is not None:
        row |= judged("level, always", found.always, true["level"]) | {"level, measured": found.value}
    value, low, high = 100 * extra_cash_at_the_line(known(lived.line, SHORT)).rows["value"]
    if np.isfinite(value):
        row |= judged("line", Ends(low, high), true["line"]) | {"line, error": value - true["line"]}
    left = dict.fromkeys(("left by one night", "left by always", "level left", "level off 1"), False)
    for night in range(OUTCOME_DAYS, YEAR + 1, life.looks_every):
        rows = known(lived.drawn, night)
        found, of_expected = contact(rows), level(rows) if (night - OUTCOME_DAYS) % WEEK == 0 else None
        if found is not None:
            left["left by one night"] |= not found.one_night.low <= true["contact"] <= found.one_night.high
            left["left by always"] |= not found.always.low <= true["contact"] <= found.always.high
        if of_expected is not None:
            left["level left"] |= not of_expected.always.low <= true["level"] <= of_expected.always.high
            left["level off 1"] |= not of_expected.always.low <= 1 <= of_expected.always.high
    return row | left


def measure(customers: int, worlds: int, workers: int) -> pd.DataFrame:
    """A column for each kind of world, a row for each figure, and the truth; amounts are currency units."""
    lives = {
        "no effect": Life(customers, works=0.0, looks_every=1),
        "as expected": Life(customers),
        "a quarter": Life(customers, works=0.25),
        "limited": Life(customers, listed=15),
    }
    table = {}
    for name, life in lives.items():
        true = truth(life)
        with ProcessPoolExecutor(workers) as pool:
            lived = worlds if life.looks_every == 1 else worlds // 2
            found = pd.DataFrame(list(pool.map(partial(one, life=life, true=true), range(100, 100 + lived))))
        figures = found.mean().to_dict() | {f"true {what}": value for what, value in true.items()}
        figures |= {f"{part}, measured in": found[f"{part}, covered"].notna().mean()
                    for part in ("adjusted", "level, always", "line") if f"{part}, covered" in found}  # fmt: skip
        cents = [one for one in figures if one.split(", ")[-1] in ("half-width", "error") and "level" not in one]
        cents += ["true contact", "true line"]
        table[name] = {one: value / 100 if one in cents else value for one, value in figures.items()}
        print(pd.DataFrame(table).to_string(float_format="{:.3f}".format), flush=True)
    return pd.DataFrame(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=4_000)
    parser.add_argument("--worlds", type=int, default=80)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    measure(chosen.customers, chosen.worlds, chosen.workers)
