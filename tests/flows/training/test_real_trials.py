"""Real trials, by the benchmarks: what they show is not chance, and is what others found in them."""

import numpy as np
import pytest

from benchmarks.quality.bank_recovery import THRESHOLDS, bandwidth, jump
from benchmarks.quality.bank_recovery import load as load_debts
from benchmarks.quality.data import BANK_RECOVERY, HILLSTROM
from benchmarks.quality.hillstrom import ANYWAY, ARMS, OURS, RANDOM, SPLITS, Results, compare, interval, load

PUBLISHED = 280.0  # dollars more recovered at the first threshold, as published with the data

pytestmark = pytest.mark.slow

needs_trial = pytest.mark.skipif(not HILLSTROM.exists(), reason=f"{HILLSTROM.name} is not in ../shared/data")
needs_debts = pytest.mark.skipif(not BANK_RECOVERY.exists(), reason=f"{BANK_RECOVERY.name} is not in ../shared/data")


@pytest.fixture(scope="module")
def results() -> Results:
    return compare(load(HILLSTROM, ARMS["any e-mail"]), SPLITS, {})


@needs_trial
def test_our_ranking_finds_who_visits_because_of_an_e_mail(results: Results):
    low, _ = interval(results.areas[OURS])
    assert low > 0


@needs_trial
def test_ranking_by_the_effect_beats_ranking_by_the_chance_to_visit_anyway(results: Results):
    assert results.areas[OURS].mean() > results.areas[ANYWAY].mean()
    assert results.tops[OURS].mean() > results.mean_uplift + 1


@needs_trial
def test_a_random_ranking_shows_nothing(results: Results):
    low, high = interval(results.areas[RANDOM])
    assert low < 0 < high


@needs_debts
@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_the_first_threshold_shows_what_was_published_and_not_nothing(times: float):
    first = jump(*load_debts(BANK_RECOVERY), THRESHOLDS[0], bandwidth(THRESHOLDS[0]) * times)
    for low, high in (first.interval, first.robust_interval):
        assert 0 < low < PUBLISHED < high


@needs_debts
def test_where_no_threshold_is_nothing_jumps():
    expected, recovered = load_debts(BANK_RECOVERY)
    found = [jump(expected, recovered, nowhere, 300.0).robust_interval for nowhere in (600.0, 1500.0, 2500.0, 4000.0)]
    assert np.mean([low < 0 < high for low, high in found]) == 1
