"""Intervals of pay dates: learned levels hold 80% of what happens, censored invoices included."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.labels import InvoiceOutcomes
from ledger.clock import NEVER
from models.curves.pay_curve import paid_after
from models.registry import risk_files
from models.registry.risk_files import NotOurModel
from models.risk.pay_date_levels import LEAST_PAID, Levels, coverage, learned_levels, places_on_curve
from models.risk.scoring import score_invoices
from tests.support import small_models

NIGHT, DAYS, SIZE = 19_000, 90, 4_000


def world(true_daily: float, said_daily: float, seen_days: int, seed: int = 1):
    """Invoices paid at a true daily chance, and a curve that says another; what came after seen_days is unknown."""
    draw = np.random.default_rng(seed)
    kind = draw.uniform(0.5, 1.5, SIZE)
    wait = draw.geometric(true_daily * kind) - 1
    unpaid = (1 - said_daily * kind[:, None]) ** np.arange(DAYS + 1.0)
    never = np.full(SIZE, NEVER)
    paid = np.where(wait < seen_days, NIGHT + wait, NEVER)
    known = InvoiceOutcomes(np.zeros(SIZE, dtype=np.int64), never, paid, paid, never, never, NIGHT + seen_days)
    return unpaid, pd.DataFrame({"invoice": np.arange(SIZE), "night": NIGHT}), known, wait


def held(unpaid: np.ndarray, wait: np.ndarray, levels: Levels) -> float:
    """The slow way: the share of waits within the two dates."""
    low, high = paid_after(unpaid, levels.low), paid_after(unpaid, levels.high)
    return float(np.mean([first <= day <= last for first, day, last in zip(low, wait, high, strict=True)]))


@pytest.mark.parametrize("seen_days", [400, 80, 60])
@pytest.mark.parametrize(("true", "said"), [(0.06, 0.06), (0.09, 0.06), (0.06, 0.09)])
def test_learned_levels_hold_four_fifths_whatever_the_curve_says_and_however_much_is_censored(true, said, seen_days):
    unpaid, rows, known, _ = world(true, said, seen_days)
    levels = learned_levels(places_on_curve(unpaid, rows, known))
    fresh, _, _, wait = world(true, said, seen_days, seed=2)
    assert abs(held(fresh, wait, levels) - 0.8) < 0.04


def test_coverage_is_what_is_counted_where_everything_is_known():
    unpaid, rows, known, wait = world(0.09, 0.06, 400)
    places = places_on_curve(unpaid, rows, known)
    for levels in (Levels(), learned_levels(places), Levels(0.3, 0.7)):
        early, late = coverage(places, levels)
        assert 1 - early - late == pytest.approx(held(unpaid, wait, levels), abs=0.005)  # few wait beyond the curve


def test_the_nights_own_day_is_the_first_place_on_the_curve():
    unpaid = np.array([[1.0, 0.9, 0.5, 0.4]] * 4)
    rows = pd.DataFrame({"invoice": range(4), "night": NIGHT})
    never = np.full(4, NEVER)
    paid = np.array([NIGHT, NIGHT + 1, NEVER, NIGHT + 2])
    cancelled = np.array([NEVER, NEVER, NIGHT + 1, NEVER])
    places = places_on_curve(unpaid, rows, InvoiceOutcomes(never, never, paid, paid, never, cancelled, NIGHT + 2))
    assert places.seen.tolist() == [True, True, False, False]
    np.testing.assert_allclose(places.before, [0.0, 0.1, 0.1, 0.5])
    np.testing.assert_allclose(places.through, [0.1, 0.5, 0.1, 0.5])


def test_where_little_is_known_the_curves_own_levels_are_kept():
    unpaid, rows, known, _ = world(0.06, 0.06, 400)
    few = slice(0, LEAST_PAID - 1)
    assert learned_levels(places_on_curve(unpaid[few], rows.iloc[few], known)) == Levels()
    barely_seen = learned_levels(places_on_curve(*world(0.06, 0.06, 5)[:3]))
    assert barely_seen.high == Levels().high  # no one has been watched for as long as 90% take


def test_levels_are_used_in_scoring_and_survive_storage(tmp_path: Path):
    model = replace(small_models.late_trees(), pay_dates=Levels(0.2, 0.7))
    risk_files.save(model, tmp_path)
    again = risk_files.load(tmp_path, "1")
    assert again.pay_dates == Levels(0.2, 0.7)
    rows = small_models.tonight().invoices
    scored = score_invoices(again, rows, small_models.SETTINGS.labels, small_models.NIGHT, DAYS)
    for name, share in (("paid_on_p10", 0.2), ("expected_paid_on", 0.5), ("paid_on_p90", 0.7)):
        expected = small_models.NIGHT + pd.to_timedelta(paid_after(scored.unpaid, share), unit="D")
        assert scored.frame[name].tolist() == expected.tolist()


@pytest.mark.parametrize("levels", [{"low": 0.6, "high": 0.9}, {"high": 1.0}, {"low": None}, {"mid": 0.5}, [], "0.1"])
def test_stored_levels_that_are_none_are_refused(tmp_path: Path, levels):
    risk_files.save(small_models.late_rule(), tmp_path)
    stored = json.loads((tmp_path / risk_files.CALIBRATOR_FILE).read_text("utf-8"))
    (tmp_path / risk_files.CALIBRATOR_FILE).write_text(json.dumps({**stored, "pay_dates": levels}), "utf-8")
    risk_files.write_digests(tmp_path)
    with pytest.raises(NotOurModel):
        risk_files.load(tmp_path, "1")


def test_where_too_few_are_known_to_be_paid_p90_is_beyond_the_last_place_that_was_seen():
    known_for = 30
    unpaid, rows, known, _ = world(0.04, 0.08, known_for)  # slower than the curve says: by then it expects nearly all
    places = places_on_curve(unpaid, rows, known)
    paid = places.seen.mean()
    levels = learned_levels(places)
    assert paid < 0.75 and places.before[places.seen].max() > 0.93
    assert levels.high >= places.before[places.seen].max()
