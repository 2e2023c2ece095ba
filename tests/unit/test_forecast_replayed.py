"""Errors of forecasts are told of the weeks that are known, and beside duerank's in the same weeks."""

import numpy as np
import pandas as pd
import pytest

from worklists.forecast_replayed import ALL, COLUMNS, LAST_YEAR, OPEN, OURS, forecast_errors


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
