"""What a training costs is counted, where a clock would be right on an idle machine only."""

from types import SimpleNamespace

import lightgbm
import numpy as np
import pandas as pd

from models import retraining
from models.curves.pay_curve import GRID
from models.risk import late_payment
from tests.support.small_nights import small_past, small_settings

SETTINGS = small_settings()


def test_two_boosters_are_fitted_for_the_model_and_for_each_origin_that_it_is_judged_from(monkeypatch):
    fitted, fit = [], lightgbm.train
    monkeypatch.setattr(lightgbm, "train", lambda *given, **named: fitted.append(1) or fit(*given, **named))
    retraining.fit(late_payment.NAME, small_past(), SETTINGS)
    assert len(fitted) == 2
    retraining.judge(late_payment.NAME, small_past(), SETTINGS)
    assert len(fitted) == 2 * (1 + SETTINGS.gate.origins)


def weekly(first: int, end: int) -> np.ndarray:
    return np.arange(first, end, 7)


def test_a_model_is_judged_from_where_as_much_was_known_as_is_judged_and_always_from_the_last_night():
    assert retraining.origins_of(weekly(0, 720), 720, 3) == [630, 660, 690]
    assert retraining.origins_of(weekly(0, 130), 130, 3) == [70, 100]
    assert retraining.origins_of(weekly(0, 91), 91, 3) == [61]
    assert retraining.origins_of(weekly(0, 14), 14, 3) == [-16]
    assert retraining.origins_of(weekly(0, 0), 14, 3) == [-76, -46, -16]


def test_the_cash_of_all_past_nights_is_learned_by_one_question_for_each_day_of_the_curve():
    rows = []

    def probability(asked: pd.DataFrame) -> np.ndarray:
        rows.append(len(asked))
        return np.full(len(asked), 0.5)

    retraining.learn_cash(SimpleNamespace(probability=probability), small_past())  # type: ignore[arg-type]
    assert len(rows) == len(GRID)
    assert small_past().spine.invoices["night"].nunique() > 6
