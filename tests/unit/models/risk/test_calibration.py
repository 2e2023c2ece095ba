"""Calibrators: increasing, storable, and chosen only where there is enough to choose by."""

import json

import numpy as np
import pytest
from scipy.special import expit

from models.risk.calibration import CANDIDATES, EDGE, LEAST_ROWS, Calibrator, choose

RAW = np.linspace(-8, 8, 801)
EXAMPLES = {
    "none": Calibrator(),
    "platt": Calibrator("platt", 0.4, -1.0),
}


def window(rows: int, slope: float, intercept: float = 0.0, seed: int = 1):
    """Raw scores, labels drawn at expit(slope * raw + intercept), weights of one, and nights in order."""
    draw = np.random.default_rng(seed)
    raw = draw.normal(0, 2, rows)
    label = (draw.random(rows) < expit(slope * raw + intercept)).astype(np.float64)
    return raw, label, np.ones(rows), np.repeat(np.arange(10), rows // 10)


def test_there_is_an_example_of_every_candidate():
    assert set(EXAMPLES) == set(CANDIDATES)


@pytest.mark.parametrize("kind", CANDIDATES)
def test_a_higher_score_never_gives_a_lower_probability(kind):
    assert (np.diff(EXAMPLES[kind].probability(RAW)) >= 0).all()


@pytest.mark.parametrize("kind", CANDIDATES)
def test_no_probability_is_certain(kind):
    far = EXAMPLES[kind].probability(np.array([-1e6, 1e6]))
    assert far.min() >= EDGE
    assert far.max() <= 1 - EDGE


@pytest.mark.parametrize("kind", CANDIDATES)
def test_a_calibrator_survives_json(kind):
    stored = json.loads(json.dumps(EXAMPLES[kind].to_json()))
    assert Calibrator.from_json(stored) == EXAMPLES[kind]


def test_scores_that_are_calibrated_already_are_left_alone():
    chosen, losses = choose(*window(20_000, slope=1.0))
    assert losses.keys() == set(CANDIDATES)
    assert losses["none"] <= min(losses.values()) + 1e-3
    np.testing.assert_allclose(chosen.probability(RAW), np.clip(expit(RAW), EDGE, 1 - EDGE), atol=0.04)


def test_none_wins_where_the_earlier_nights_mislead():
    raw, label, weight, night = window(4_000, slope=1.0)
    misled = night <= np.median(night)
    label[misled] = window(4_000, slope=0.3, intercept=2.0)[1][misled]
    chosen, losses = choose(raw, label, weight, night)
    assert chosen == Calibrator()
    assert min(losses, key=losses.__getitem__) == "none"


def test_overconfident_scores_are_drawn_in():
    chosen, losses = choose(*window(8_000, slope=0.3))
    assert losses["none"] > losses["platt"]
    inner = RAW[np.abs(RAW) < 4]
    np.testing.assert_allclose(chosen.probability(inner), expit(0.3 * inner), atol=0.05)


def test_the_level_of_the_window_is_not_told_to_later_seasons():
    for slope, atol in ((1.0, 0.02), (0.3, 0.05)):
        raw, label, weight, night = window(20_000, slope=slope, intercept=1.0)
        chosen, _ = choose(raw, label, weight, night)
        assert label.mean() > 0.6
        assert chosen.probability(raw).mean() == pytest.approx(expit(raw).mean(), abs=atol)


def test_too_few_rows_choose_nothing():
    assert choose(*window(2 * LEAST_ROWS - 20, slope=0.3)) == (Calibrator(), {})


def test_one_outcome_alone_chooses_nothing():
    raw, label, weight, night = window(4_000, slope=1.0)
    assert choose(raw, np.zeros_like(label), weight, night) == (Calibrator(), {})


def test_scores_that_say_the_opposite_are_never_turned_around():
    raw, label, weight, night = window(4_000, slope=-1.0)
    chosen, _ = choose(raw, label, weight, night)
    assert (np.diff(chosen.probability(RAW)) >= 0).all()


def test_weights_count_as_repeated_rows():
    raw, label, _, night = window(2_000, slope=0.5)
    twice = np.repeat(np.arange(2_000), 1 + (np.arange(2_000) % 2))
    weighted, _ = choose(raw, label, 1.0 + np.arange(2_000) % 2, night)
    repeated, _ = choose(raw[twice], label[twice], np.ones(len(twice)), night[twice])
    np.testing.assert_allclose(weighted.probability(RAW), repeated.probability(RAW), atol=2e-3)


def test_the_order_of_the_rows_changes_nothing():
    drawn = window(4_000, slope=0.3)
    shuffled = np.random.default_rng(2).permutation(4_000)
    assert choose(*drawn) == choose(*(values[shuffled] for values in drawn))


def test_chance_bends_little():
    inner = RAW[np.abs(RAW) < 4]
    for seed in range(20):
        chosen, _ = choose(*window(1_000, slope=1.0, seed=seed))
        np.testing.assert_allclose(chosen.probability(inner), expit(inner), atol=0.08)
