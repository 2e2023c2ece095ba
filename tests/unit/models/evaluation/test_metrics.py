"""Figures of a model, against scikit-learn or by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from models.evaluation import metrics

DRAW = np.random.default_rng(1)
PROBABILITY = DRAW.random(1_000)
LABEL = (DRAW.random(1_000) < PROBABILITY).astype(float)


def test_figures_are_those_of_scikit_learn():
    figures = metrics.metrics(LABEL, PROBABILITY, 0.1)
    assert figures["auc"] == pytest.approx(roc_auc_score(LABEL, PROBABILITY))
    assert figures["brier"] == pytest.approx(brier_score_loss(LABEL, PROBABILITY))
    assert figures["log_loss"] == pytest.approx(log_loss(LABEL, PROBABILITY))


def test_lift_is_the_share_among_the_highest_over_the_share_among_all():
    label = np.array([1, 1, 0, 0, 1, 0, 0, 0, 0, 0.0])
    score = np.arange(10, 0, -1.0)
    assert metrics.lift(label, score, 0.2) == pytest.approx(1.0 / 0.3)
    assert metrics.lift(label, score, 0.4) == pytest.approx(0.5 / 0.3)
    assert metrics.lift(label, score, 1.0) == pytest.approx(1.0)


def test_lift_looks_at_one_row_at_least():
    assert metrics.lift(np.array([1.0, 0.0]), np.array([2.0, 1.0]), 0.01) == 2.0


def test_calibration_error_is_the_mean_distance_over_ten_bins():
    probability = np.repeat(np.arange(0.05, 1.0, 0.1), 10)
    label = np.concatenate([np.r_[np.ones(k), np.zeros(10 - k)] for k in (0, 1, 2, 3, 4, 5, 6, 7, 8, 10)])
    # observed 0, .1 ... .8, 1 against .05, .15 ... .85, .95: each of the ten is half a tenth away
    assert metrics.calibration_error(label, probability) == pytest.approx(0.05)


def test_a_calibrated_score_has_a_small_error_and_a_bent_one_a_large_one():
    assert metrics.calibration_error(LABEL, PROBABILITY) < 0.06
    assert metrics.calibration_error(LABEL, PROBABILITY**4) > 0.2


def test_bins_are_of_equal_size():
    table = metrics.calibration_table(LABEL, PROBABILITY)
    assert table["rows"].tolist() == [100] * 10
    assert table["predicted"].is_monotonic_increasing
    assert np.average(table["observed"], weights=table["rows"]) == pytest.approx(LABEL.mean())


@pytest.mark.parametrize("label", [np.zeros(5), np.ones(5), np.zeros(0)])
def test_one_outcome_alone_has_no_figures(label):
    assert metrics.metrics(label, np.full(len(label), 0.5), 0.1) == {}
    assert metrics.rank_metrics(label, np.full(len(label), 0.5), 0.1) == {}


def test_a_baseline_is_ranked_without_being_a_probability():
    figures = metrics.rank_metrics(LABEL, 1_000 * PROBABILITY - 3, 0.1)
    assert figures == {
        "auc": pytest.approx(roc_auc_score(LABEL, PROBABILITY)),
        "lift_at_capacity": pytest.approx(metrics.lift(LABEL, PROBABILITY, 0.1)),
    }


def predictions(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["as_of", "invoice_id", "p_late", "late", "expected_paid_on", "paid_on"])
    for column in ("as_of", "expected_paid_on", "paid_on"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def test_an_invoice_is_judged_once_at_its_first_score():
    figures = metrics.first_score_metrics(
        predictions(
            ("2024-01-08", "A", 0.1, 1.0, "2024-01-20", "2024-02-01"),
            ("2024-01-01", "A", 0.9, 1.0, "2024-01-30", "2024-02-01"),
            ("2024-01-01", "B", 0.2, 0.0, "2024-01-10", "2024-01-06"),
            ("2024-01-01", "late already", 1.0, 1.0, "2024-01-10", None),
            ("2024-01-08", "C", 0.4, np.nan, "2024-01-10", None),
            ("2024-01-08", "D", 0.8, 1.0, "2024-01-10", None),
        ),
        0.1,
    )
    assert figures["invoices"] == 3
    assert figures["auc"] == 1.0
    assert figures["brier"] == pytest.approx((0.1**2 + 0.2**2 + 0.2**2) / 3)
    assert figures["pay_date_error"] == pytest.approx((2 + 4) / 2)


def test_no_outcome_yet_has_no_figures():
    assert metrics.first_score_metrics(predictions(("2024-01-08", "C", 0.4, np.nan, "2024-01-10", None)), 0.1) == {}
