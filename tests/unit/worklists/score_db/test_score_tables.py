"""The score tables are declared as the design says, once, and frames that differ from it are refused."""

import pandas as pd
import pytest
import sqlalchemy as sa

from worklists.score_db.schema import READ_AS_TABLES, as_arrow, metadata
from worklists.score_db.tables import CASH_FORECAST, SCORE_TABLES, SEGMENTS, SUPPRESSIONS

DESIGN = {
    "invoice_scores": (
        "run_id, as_of, invoice_id, customer_id, due_on, open_amount, days_past_due, p_late, p_paid_7d, p_paid_14d, "
        "p_paid_30d, p_paid_60d, p_paid_90d, expected_paid_on, paid_on_p10, paid_on_p90"
    ),
    "customer_scores": (
        "run_id, as_of, customer_id, open_amount, overdue_amount, collectible_amount, p_unpaid_30d, p_default, "
        "score_points, risk_band, segment, expected_gain, best_channel"
    ),
    "worklist": (
        "as_of, rank, collector_id, customer_id, customer_name, segment, risk_band, action, channel, currency, "
        "open_amount, overdue_amount, collectible_amount, days_past_due, average_days_late, p_unpaid_30d, p_default, "
        "expected_gain, reason_1, reason_2, reason_3, last_contact_on, promise_status, run_id, model_versions"
    ),
    "reasons": "run_id, as_of, entity, model, feature, value, contribution, text, position",
    "cash_forecast": "run_id, as_of, day, expected, p10, p90",
}


ADDED = {"worklist": ["tone", "offer", "minutes", "gain_basis", "what_changed", "contact_history", "value_per_minute",
                      "weight", "due_today", "dunning_level"]}  # fmt: skip


@pytest.mark.parametrize("name", DESIGN)
def test_a_table_has_the_columns_of_the_design_and_what_came_later_after_them(name: str) -> None:
    designed, found = DESIGN[name].split(", "), (SCORE_TABLES | READ_AS_TABLES)[name].names
    assert found[: len(designed)] == designed
    assert found[len(designed) :] == ADDED.get(name, [])


@pytest.mark.parametrize("table", SCORE_TABLES.values(), ids=lambda table: table.name)
def test_every_table_can_be_traced_and_says_what_it_means(table) -> None:
    assert {"run_id", "as_of"} <= set(table.names)
    assert len(set(table.names)) == len(table.names)
    assert table.key[0] == "as_of"
    assert set(table.key) <= set(table.names)
    assert table.meaning.endswith(".")
    assert all(column.meaning and (column.unit or column.kind == "text") for column in table.columns)


def test_sql_has_money_as_decimals_and_days_as_dates_and_a_view_per_table() -> None:
    engine = sa.create_engine("sqlite://")
    metadata().create_all(engine)
    added_to = {f"{name}_current" for name, table in SCORE_TABLES.items() if table.about}
    latest = {f"{name}_latest" for name in (*SCORE_TABLES, *READ_AS_TABLES)}
    assert set(sa.inspect(engine).get_view_names()) == {*READ_AS_TABLES, *latest, *added_to}
    declared = metadata().tables
    assert set(declared) == {*SCORE_TABLES, "audit", "calendar"}
    expected = declared["cash_forecast"].c.expected
    assert (expected.type.precision, expected.type.scale, expected.nullable) == (18, 2, False)
    assert isinstance(declared["cash_forecast"].c.day.type, sa.Date)


def forecast(**changes: object) -> pd.DataFrame:
    days = pd.to_datetime(["2024-03-02", "2024-03-01"]).astype("datetime64[s]")
    night = pd.Timestamp("2024-03-01").as_unit("s")
    columns = {"run_id": "r", "as_of": night, "day": days, "expected": [-5, 1234567], "p10": 0, "p90": [1, 2]}
    return pd.DataFrame({**columns, **changes})


def test_cents_become_currency_units_and_rows_take_the_order_of_the_key() -> None:
    rows = as_arrow(CASH_FORECAST, forecast()[["p90", "p10", "expected", "day", "as_of", "run_id"]])
    assert rows.column_names == CASH_FORECAST.names
    assert [str(amount) for amount in rows["expected"].to_pylist()] == ["12345.67", "-0.05"]
    assert [str(day) for day in rows["day"].to_pylist()] == ["2024-03-01", "2024-03-02"]


def test_row_order_changes_nothing() -> None:
    assert as_arrow(CASH_FORECAST, forecast()).equals(as_arrow(CASH_FORECAST, forecast().iloc[::-1]))


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (forecast().drop(columns="p10"), r"cash_forecast: columns missing: \['p10'\]"),
        (forecast(colour="red"), r"not declared: \['colour'\]"),
        (forecast(expected=[0.5, 1.5]), "column expected: expected money, got dtype float64"),
        (forecast(run_id=["r", None]), "column run_id: 1 nulls"),
        (forecast(day=pd.Timestamp("2024-03-01").as_unit("s")), "two rows of one key .*day 2024-03-01"),
        (forecast(day=["2024-03-01", "2024-03-02"]), "column day: expected date"),
    ],
)
def test_a_frame_that_is_not_as_declared_is_refused(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        as_arrow(CASH_FORECAST, frame)


def test_a_probability_outside_0_to_1_is_refused() -> None:
    table = SCORE_TABLES["invoice_scores"]
    values = {
        "date": pd.Timestamp("2024-03-01"),
        "text": "a",
        "money": 1,
        "whole": 1,
        "number": 1.0,
        "probability": 0.5,
    }
    frame = pd.DataFrame([{column.name: values[column.kind] for column in table.columns}])
    assert as_arrow(table, frame).num_rows == 1
    with pytest.raises(ValueError, match=r"column p_late: values from 1\.01 to 1\.01"):
        as_arrow(table, frame.assign(p_late=1.01))


def test_a_null_is_taken_where_it_is_declared_and_in_a_key_too() -> None:
    frame = pd.DataFrame(
        {
            "run_id": "r", "as_of": pd.Timestamp("2024-03-01"), "customer_id": "C1", "invoice_id": ["1", None],
            "reason": "promise", "amount": [5, 7], "text": "promised", "contacted_at": None,
        }
    )  # fmt: skip
    assert as_arrow(SUPPRESSIONS, frame)["invoice_id"].to_pylist() == [None, "1"]


def test_an_empty_frame_of_the_right_types_is_a_table_of_no_rows() -> None:
    frame = pd.DataFrame({name: pd.Series(dtype="str") for name in SEGMENTS.names})
    assert as_arrow(SEGMENTS, frame.astype({"as_of": "datetime64[s]"})).num_rows == 0
