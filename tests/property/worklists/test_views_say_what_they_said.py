"""The views over all nights say what their first, slower wording said: of each night, every fact was read anew."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import Frames, night
from worklists.score_db.publish import publish

FIRST_CURRENT = """
    SELECT {table}.* FROM {table}
    JOIN (SELECT {about}, MAX(as_of) AS as_of FROM {table} GROUP BY {about}) AS latest
        ON latest.{about} = {table}.{about} AND latest.as_of = {table}.as_of
"""
FIRST_WORDING = {
    "forecast_against_actual": """
        WITH horizons AS (
            SELECT 7 AS horizon_days UNION ALL SELECT 14 UNION ALL SELECT 30 UNION ALL SELECT 60 UNION ALL SELECT 90
        ), windows AS (
            SELECT runs.as_of, horizons.horizon_days, ends.day AS ends_on
            FROM runs
            CROSS JOIN horizons
            JOIN calendar AS begins ON begins.day = runs.as_of
            JOIN calendar AS ends ON ends.day_number = begins.day_number + horizons.horizon_days
            WHERE ends.day <= (SELECT MAX(as_of) FROM runs)
        ), expected AS (
            SELECT windows.as_of, windows.horizon_days, windows.ends_on, SUM(parts.expected) AS expected
            FROM windows
            JOIN cash_forecast_parts AS parts ON parts.as_of = windows.as_of AND parts.day < windows.ends_on
            GROUP BY windows.as_of, windows.horizon_days, windows.ends_on
            HAVING COUNT(DISTINCT parts.day) = windows.horizon_days
        ), cash AS (
            SELECT paid_on, SUM(amount) AS amount FROM first_receipts GROUP BY paid_on
        ), compared AS (
            SELECT expected.as_of, expected.horizon_days, expected.expected, COALESCE(SUM(cash.amount), 0) AS actual
            FROM expected
            LEFT JOIN cash ON cash.paid_on >= expected.as_of AND cash.paid_on < expected.ends_on
            GROUP BY expected.as_of, expected.horizon_days, expected.expected
        )
        SELECT as_of, horizon_days, expected, actual, 1.0 * expected / NULLIF(actual, 0) - 1 AS error FROM compared
    """,
    "worklist_worked": """
        WITH worked AS (
            SELECT list.as_of, list.collector_id, list.customer_id,
                   begins.working_day_number - begins.working_day AS before,
                   MIN(days.working_day_number) - begins.working_day_number + begins.working_day AS after
            FROM worklist AS list
            JOIN calendar AS begins ON begins.day = list.as_of
            LEFT JOIN first_contacts_made AS made
                ON made.customer_id = list.customer_id AND made.contacted_on >= list.as_of
            LEFT JOIN calendar AS days ON days.day = made.contacted_on
            GROUP BY list.as_of, list.collector_id, list.customer_id, begins.working_day_number, begins.working_day
        )
        SELECT worked.as_of, worked.collector_id, COUNT(*) AS listed,
               SUM(CASE WHEN after <= 1 THEN 1 ELSE 0 END) AS worked_1d,
               SUM(CASE WHEN after <= 3 THEN 1 ELSE 0 END) AS worked_3d,
               SUM(CASE WHEN after <= 5 THEN 1 ELSE 0 END) AS worked_5d,
               AVG(CASE WHEN after <= 1 THEN 1.0 ELSE 0.0 END) AS share_1d,
               AVG(CASE WHEN after <= 3 THEN 1.0 ELSE 0.0 END) AS share_3d,
               AVG(CASE WHEN after <= 5 THEN 1.0 ELSE 0.0 END) AS share_5d,
               MAX(tonight.working_day_number - tonight.working_day - worked.before) AS days_known
        FROM worked
        JOIN calendar AS tonight ON tonight.day = (SELECT MAX(as_of) FROM runs)
        GROUP BY worked.as_of, worked.collector_id
    """,
    "cash_after_contact": """
        WITH first_draws AS (
            SELECT customer_id, period, MIN(as_of) AS as_of FROM contact_log WHERE propensity < 1
            GROUP BY customer_id, period
        ), cases AS (
            SELECT made.channel, made.customer_id, made.contacted_on AS begins_on, log.collectible_amount
            FROM first_contacts_made AS made
            JOIN contact_log AS log ON log.as_of = made.list_of AND log.customer_id = made.customer_id
            WHERE log.recommended = 1
            UNION
            SELECT 'held out', log.customer_id, log.as_of, log.collectible_amount
            FROM contact_log AS log
            JOIN first_draws AS draw
                ON draw.customer_id = log.customer_id AND draw.period = log.period AND draw.as_of = log.as_of
            WHERE log.held_out = 1
        ), passed AS (
            SELECT cases.channel, cases.customer_id, cases.begins_on, cases.collectible_amount, ends.day AS ends_on
            FROM cases
            JOIN calendar AS begins ON begins.day = cases.begins_on
            JOIN calendar AS ends ON ends.day_number = begins.day_number + 30
            WHERE ends.day <= (SELECT MAX(as_of) FROM runs)
        ), paid AS (
            SELECT passed.channel, passed.customer_id, passed.begins_on, passed.collectible_amount,
                   COALESCE(SUM(cash.amount), 0) AS cash
            FROM passed
            LEFT JOIN first_receipts AS cash
                ON cash.customer_id = passed.customer_id
                AND cash.paid_on >= passed.begins_on AND cash.paid_on < passed.ends_on
            GROUP BY passed.channel, passed.customer_id, passed.begins_on, passed.collectible_amount
        )
        SELECT channel, COUNT(*) AS cases, COUNT(DISTINCT customer_id) AS customers,
               SUM(collectible_amount) AS collectible_amount, SUM(cash) AS cash,
               1.0 * SUM(cash) / NULLIF(SUM(collectible_amount), 0) AS cash_share
        FROM paid
        GROUP BY channel
    """,
}
NIGHTS = pd.date_range("2024-03-01", periods=18, freq="3D")
CUSTOMERS = np.array([f"C{number}" for number in range(6)])


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """Two months of nights with random contacts, receipts, draws and forecasts; some facts come again, changed."""
    path: Path = tmp_path_factory.mktemp("views") / "duerank.db"
    draw = np.random.default_rng(5)
    for as_of in NIGHTS:
        publish(random_facts(draw, as_of), f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for table, about in (("receipts", "payment_id"), ("contacts_made", "contact_id")):
            query = FIRST_CURRENT.format(table=table, about=about)
            connection.exec_driver_sql(f"create view first_{table} as {query}")
    yield engine
    engine.dispose()


def random_facts(draw: np.random.Generator, as_of: pd.Timestamp) -> Frames:
    frames = night(str(as_of.date()), str(as_of.date()), size=len(CUSTOMERS))
    number, back = len(CUSTOMERS), pd.to_timedelta(draw.integers(0, 20, len(CUSTOMERS)), unit="D")

    def some(prefix: str) -> "pd.Series[str]":
        """Ids, of which a few were there on earlier nights."""
        ids = draw.choice(200, number, replace=False)
        return pd.Series([f"{prefix}{one}" for one in ids], dtype="str")

    drawn = draw.random(number) < 0.8
    frames["worklist"] = frames["worklist"].assign(customer_id=CUSTOMERS, collector_id=draw.choice(["a", "b"], number))
    frames["contacts_made"] = frames["contacts_made"].assign(
        contact_id=some("k"),
        customer_id=draw.choice(CUSTOMERS, number),
        contacted_on=(as_of - back).as_unit("s"),
        channel=draw.choice(["call", "email"], number),
        list_of=(as_of - pd.to_timedelta(3 * draw.integers(1, 5, number), unit="D")).as_unit("s"),
    )
    frames["receipts"] = frames["receipts"].assign(
        payment_id=some("p"),
        customer_id=draw.choice(CUSTOMERS, number),
        paid_on=(as_of - back).as_unit("s"),
        amount=draw.integers(-100, 10_000, number),
    )
    frames["contact_log"] = frames["contact_log"].assign(
        customer_id=CUSTOMERS,
        propensity=np.where(drawn, 0.5, 1.0),
        held_out=(drawn & (draw.random(number) < 0.5)).astype("int64"),
        recommended=draw.integers(0, 2, number),
        period=as_of.replace(day=1).as_unit("s"),
    )
    days = pd.DataFrame({"day": pd.date_range(as_of, periods=int(draw.choice([5, 14, 40])))}).astype("datetime64[s]")
    parts = days.merge(pd.DataFrame({"part": ["open", "not_yet_issued"]}), how="cross")
    frames["cash_forecast_parts"] = parts.assign(
        run_id=str(as_of.date()), as_of=as_of.as_unit("s"), segment="all", p10=0, p90=9,
        expected=draw.integers(0, 5_000, len(parts)),
    )[list(frames["cash_forecast_parts"])]  # fmt: skip
    return frames


@pytest.mark.parametrize("view", FIRST_WORDING)
def test_a_view_says_what_its_first_wording_said(sqlite: sa.Engine, view: str) -> None:
    def answer(query: str) -> pd.DataFrame:
        with sqlite.connect() as connection:
            found = pd.read_sql(sa.text(query), connection)
        return found.sort_values(list(found.columns[:2]), ignore_index=True)

    expected = answer(FIRST_WORDING[view])
    assert len(expected) > 2
    pd.testing.assert_frame_equal(answer(f"select * from {view}"), expected, check_dtype=False)
