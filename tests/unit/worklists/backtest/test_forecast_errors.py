"""A replayed night's cash forecast is compared with naive ones and actual receipts, in the same weeks."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from features.engine import features_at
from ledger.as_of.view import View, view_as_of
from ledger.clock import day_number
from models.backtesting import Replayed, whole_view
from models.night_models import Models
from models.night_scores import scored_night
from tests.support import small_models
from tests.support.nights.in_this_process import loaded
from tests.support.written_decisions import NOTHING_LEARNED
from worklists.backtest.forecast_errors import (
    ALL,
    AVERAGE_DELAY,
    COLUMNS,
    LAST_YEAR,
    NOT_YET_ISSUED,
    OPEN,
    OURS,
    THIRTEEN_WEEKS,
    forecast_errors,
    forecast_night,
)


@cache
def replayed() -> tuple[View, pd.DataFrame]:
    view = view_as_of(small_models.portfolio(), small_models.NIGHT, small_models.CURRENCY)
    models = Models(small_models.late_rule(), small_models.default_rule(), NOTHING_LEARNED)
    scored = scored_night(view, features_at(view, small_models.SETTINGS.labels), models, small_models.SETTINGS)
    unknown = np.zeros(0)
    whole = whole_view(loaded(small_models.tables()))
    night = Replayed(scored, unknown, pd.Series(dtype="datetime64[s]"), unknown, whole.as_of)
    return view, forecast_night(night, whole)


def of(part: str, method: str) -> pd.DataFrame:
    _, found = replayed()
    return found[(found["part"] == part) & (found["method"] == method)].set_index("week")


def test_every_method_tells_thirteen_weeks() -> None:
    _, found = replayed()
    assert list(found) == COLUMNS
    told = found.groupby(["part", "method"])["week"].agg(list).to_dict()
    methods = [(OPEN, OURS), (OPEN, AVERAGE_DELAY), (NOT_YET_ISSUED, OURS), (ALL, OURS), (ALL, THIRTEEN_WEEKS)]
    assert told == {key: [*range(1, 14)] for key in [*methods, (ALL, LAST_YEAR)]}


def test_what_came_are_the_payments_of_the_week_by_value_date_and_later_weeks_are_not_known() -> None:
    payments, night = small_models.portfolio().tables["payments"], small_models.NIGHT
    day = payments.loc[payments["known_on"] >= night, "paid_on"]
    came = of(ALL, OURS)["actual"]
    for week in (1, 2):
        inside = day[(day >= night + pd.Timedelta(days=7 * week - 7)) & (day < night + pd.Timedelta(days=7 * week))]
        assert came[week] == pytest.approx(payments.loc[inside.index, "amount"].sum() / 100)
    assert came[4:].isna().all()
    assert of(OPEN, OURS)["days_inside"].notna().tolist() == came.notna().tolist()


def test_all_receipts_are_those_of_open_invoices_and_of_later_ones() -> None:
    together = of(OPEN, OURS)["expected"] + of(NOT_YET_ISSUED, OURS)["expected"]
    pd.testing.assert_series_equal(together, of(ALL, OURS)["expected"], atol=1e-3)


def test_naive_forecasts_repeat_the_last_weeks_and_the_year_before() -> None:
    view, _ = replayed()
    payments = view.tables["payments"]
    ago = day_number(view.as_of) - (payments["paid_on"] - pd.Timestamp(0)).dt.days
    mean = payments.loc[(ago > 0) & (ago <= 91), "amount"].sum() / 13 / 100
    np.testing.assert_allclose(of(ALL, THIRTEEN_WEEKS)["expected"], mean, rtol=1e-6)
    first = payments.loc[(ago <= 364) & (ago > 357), "amount"].sum() / 100
    assert of(ALL, LAST_YEAR)["expected"][1] == pytest.approx(first)


def test_by_average_delay_no_open_cent_is_expected_twice() -> None:
    view, _ = replayed()
    opened = view.invoices.loc[view.invoices["kind"] == "invoice", "open_amount"].clip(lower=0).sum() / 100
    assert 0.5 * opened < of(OPEN, AVERAGE_DELAY)["expected"].sum() <= opened + 0.01


def table(*rows: tuple[str, str, int, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["part", "method", "week", "expected", "actual"])
    frame = frame.assign(as_of="2024-03-01", error=frame["expected"] - frame["actual"])
    return frame.assign(p10=np.nan, p90=np.nan, inside=1.0, days_inside=0.8)[COLUMNS]


def test_errors_are_added_up_week_by_week_and_unknown_weeks_are_left_out() -> None:
    found = forecast_errors(
        table((OPEN, OURS, 1, 110, 100), (OPEN, OURS, 2, 80, 100), (OPEN, OURS, 3, 80, np.nan))
    ).iloc[0]
    assert (found["weeks"], found["inside"], found["days_inside"]) == (2, 1.0, 0.8)
    assert found["error_share"] == pytest.approx(30 / 200)


def test_a_method_that_knows_fewer_weeks_stands_beside_duerank_in_these() -> None:
    rows = table((ALL, OURS, 1, 200, 100), (ALL, OURS, 2, 110, 100), (ALL, LAST_YEAR, 2, 70, 100))
    found = forecast_errors(rows).set_index("method")
    assert found.loc[OURS, "error_share"] == pytest.approx(110 / 200)
    assert found.loc[LAST_YEAR, "error_share"] == pytest.approx(0.3)
    assert found.loc[LAST_YEAR, "duerank_error_share"] == pytest.approx(0.1)


def test_where_nothing_is_known_yet_there_are_no_errors() -> None:
    assert len(forecast_errors(table((OPEN, OURS, 1, 110, np.nan)))) == 0
