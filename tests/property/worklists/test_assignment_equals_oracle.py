"""On random nights: every rule is kept, the bound holds, and hardly anything is lost against the exact optimum."""

import time

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from tests.support.at_random.seeds import seeds
from tests.support.rosters import Problem, random_problem, weights
from worklists.assign.assignment import Assignment, assign


def pairs(problem: Problem) -> pd.DataFrame:
    """Every option with every collector who may take it."""
    customers, options, roster = problem
    may_serve = pd.DataFrame(roster.may_serve(customers), index=customers.index, columns=roster.ids)
    frames = []
    for number, name in enumerate(roster.ids):
        usable = options["channel"].map(lambda channel, at=number: roster.may_use(channel)[at])
        frames.append(options[usable & options["customer"].map(may_serve[name])].assign(collector_id=name, who=number))
    return pd.concat(frames, ignore_index=True)


def optimum(problem: Problem, whole: bool) -> float:
    """The most that can be gained, to a thousandth (HiGHS); with customers in fractions where not `whole`."""
    customers, _, roster = problem
    every = pairs(problem)
    count, place = len(customers), np.arange(len(every))
    rows = np.concatenate([every["customer"], count + every["who"]])
    values = np.concatenate([np.ones(len(every)), every["minutes"]])
    limits = np.concatenate([np.ones(count), roster.minutes])
    matrix = coo_array((values, (rows, np.tile(place, 2))), shape=(len(limits), len(every)))
    found = milp(
        -every["gain"].to_numpy(),
        constraints=LinearConstraint(matrix, -np.inf, limits),
        integrality=int(whole),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 1e-3},
    )
    assert found.success
    return float(-found.fun)


def check_rules(problem: Problem, found: Assignment) -> None:
    _, options, roster = problem
    chosen = found.chosen.rename_axis("customer").reset_index()
    allowed = pairs(problem).merge(chosen, on=["customer", "channel", "collector_id", "gain", "minutes"])
    assert len(allowed) == len(chosen)
    assert chosen["customer"].is_unique
    assert (found.collectors["minutes_used"] <= roster.minutes).all()
    assert set(chosen["customer"]) | set(found.left_out.index) == set(options["customer"])
    assert not set(chosen["customer"]) & set(found.left_out.index)
    assert found.expected <= found.upper_bound * (1 + 1e-12)


@pytest.mark.parametrize("seed", seeds(range(9), range(9, 18)))
def test_small_nights_against_the_exact_optimum(seed: int) -> None:
    size = (15, 40, 80)[seed % 3]
    problem = random_problem(size, 2 + seed % 4, seed, longest_day=size * 2)
    found = assign(*problem, weights())
    check_rules(problem, found)
    exact, relaxed = optimum(problem, whole=True), optimum(problem, whole=False)
    assert exact <= found.upper_bound * (1 + 1e-9)
    assert found.upper_bound <= relaxed * 1.002
    assert found.expected >= exact * (0.85 if size < 40 else 0.97)


@pytest.mark.parametrize("seed", seeds(range(6), range(6, 12)))
def test_the_rules_hold_with_continuity_and_fairness_and_cost_little(seed: int) -> None:
    problem = random_problem(400, 6, seed, longest_day=200)
    plain, steady = assign(*problem, weights()), assign(*problem, weights(0.05, 0.1))
    check_rules(problem, steady)
    last = problem[0]["collector_id"]
    kept = [(found.chosen["collector_id"] == last.loc[found.chosen.index]).mean() for found in (plain, steady)]
    assert kept[1] > kept[0]
    assert steady.expected > 0.97 * plain.expected


def test_the_order_of_the_rows_changes_nothing() -> None:
    customers, options, roster = random_problem(200, 5, 3, longest_day=120)
    found = assign(customers, options, roster, weights(0.05, 0.1))
    mixed = assign(
        customers.sample(frac=1, random_state=1), options.sample(frac=1, random_state=2), roster, weights(0.05, 0.1)
    )
    pd.testing.assert_frame_equal(found.chosen.sort_index(), mixed.chosen.sort_index())
    pd.testing.assert_series_equal(found.left_out.sort_index(), mixed.left_out.sort_index())
    assert found.upper_bound == mixed.upper_bound


def test_reminders_never_take_minutes_from_what_brings_money() -> None:
    customers, options, roster = random_problem(150, 4, 5, longest_day=150)
    reminders = options.drop_duplicates("customer").assign(channel="sms", gain=0.0, minutes=1.0)
    with_money = options[options["gain"] > 0]
    alone = assign(customers, with_money, roster, weights())
    both = assign(customers, pd.concat([with_money, reminders], ignore_index=True), roster, weights())
    assert both.expected == alone.expected
    assert len(both.chosen) > len(alone.chosen)


def test_a_large_night_takes_seconds_and_comes_within_a_percent_of_the_bound() -> None:
    problem = random_problem(20_000, 20, 1, longest_day=480)
    started = time.monotonic()
    found = assign(*problem, weights(0.05, 0.1))
    assert time.monotonic() - started < 60  # about three on one free core
    check_rules(problem, found)
    assert found.gap < 0.01
