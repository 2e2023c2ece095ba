"""What earlier nights published is read back as it was in memory, from SQLite and from PostgreSQL alike."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import Frames, night
from worklists.score_db.connection import PublishError
from worklists.score_db.earlier_nights import (
    LINE_COLUMNS,
    LISTED,
    SCORED,
    earlier_contact_log,
    earlier_figures,
    expected_since,
    latest_gains,
    look_back,
    near_the_line,
    previous_night,
    published_segments,
)
from worklists.score_db.listed_nights import listed_nights
from worklists.score_db.publish import publish
from worklists.score_db.schema import as_arrow
from worklists.score_db.tables import CONTACT_LOG

TONIGHT = pd.Timestamp("2024-03-05")


def log(as_of: str, customers: tuple[str, ...] = ("c1", "c2"), period: str = "2024-01-15") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "run_id": "a",
            "as_of": pd.Timestamp(as_of).as_unit("s"),
            "customer_id": customers,
            "recommended": [1] * len(customers),
            "held_out": [0] * len(customers),
            "propensity": [0.97] * len(customers),
            "channel": ["call", *[None] * (len(customers) - 1)],
            "period": pd.Timestamp(period).as_unit("s"),
            "collectible_amount": [1_000_000_000_001 + place for place in range(len(customers))],
            "p_unpaid_30d": [0.25] * len(customers),
            "expected_gain": pd.array([1_234_567_890_123, *[None] * (len(customers) - 1)], dtype="Int64"),
            "days_past_due": pd.array([12] * len(customers), dtype="Int64"),
            "line_ratio": [1.5, *[None] * (len(customers) - 1)],
        }
    )


def write_log(url: str, *logs: pd.DataFrame, names: Iterable[str] = CONTACT_LOG.names) -> None:
    """The table as it is published, with these columns of all of the logs."""
    engine = open_engine(url)
    columns = [sa.Column(column.name, column.types.sql) for column in CONTACT_LOG.columns if column.name in names]
    with engine.begin() as connection:
        table = sa.Table("contact_log", sa.MetaData(), *columns)
        table.create(connection)
        published = as_arrow(CONTACT_LOG, pd.concat(logs)).select([column.name for column in columns])
        connection.execute(sa.insert(table), published.to_pylist())
    engine.dispose()


def publish_night(url: str, as_of: str, run: str) -> Frames:
    frames = night(as_of, run, size=4)
    publish(frames, url)
    return frames


def test_segments_are_those_of_the_nights_and_customers_asked_for(url: str) -> None:
    for as_of, run in (("2024-03-01", "a"), ("2024-03-02", "b"), ("2024-03-03", "c")):
        frames = publish_night(url, as_of, run)
    stated = frames["segments"]
    asked = [pd.Timestamp(day) for day in ("2024-02-28", "2024-03-01", "2024-03-03")]
    found = published_segments(url, asked, pd.Index(stated["customer_id"].iloc[[0, 2]]))
    assert found["as_of"].tolist() == [asked[1], asked[1], asked[2], asked[2]]
    assert found["segment"].tolist() == stated["segment"].iloc[[0, 2]].tolist() * 2
    assert list(published_segments(url, [], stated["customer_id"])) == ["as_of", "customer_id", "segment"]


def test_key_figures_of_the_year_before_come_back_night_by_night(url: str) -> None:
    for as_of, run in (("2023-03-05", "old"), ("2024-03-01", "a"), ("2024-03-03", "b"), ("2024-03-05", "c")):
        publish_night(url, as_of, run)
    found = earlier_figures(url, TONIGHT)
    assert found.groupby("as_of").size().to_dict() == {pd.Timestamp("2024-03-01"): 4, pd.Timestamp("2024-03-03"): 4}
    assert found["value"].isna().sum() == 2, "the second figure of each night has no value"


def test_the_latest_night_before_tonight_comes_back_as_it_was(url: str) -> None:
    frames: Frames = {}
    for as_of, run in (("2024-03-01", "a"), ("2024-03-03", "b"), ("2024-03-05", "c"), ("2024-03-06", "d")):
        frames[as_of] = publish_night(url, as_of, run)
    found = previous_night(url, TONIGHT)
    assert found.as_of == pd.Timestamp("2024-03-03")
    expected = frames["2024-03-03"]
    for table, rows in (("worklist", found.worklist), ("customer_scores", found.customers)):
        pd.testing.assert_frame_equal(rows, expected[table][rows.columns.tolist()], check_dtype=False)
    assert found.worklist.columns.tolist() == list(LISTED)
    assert found.customers.columns.tolist() == list(SCORED)
    assert found.worklist["rank"].is_monotonic_increasing
    assert found.worklist["collectible_amount"].dtype == "int64"
    assert found.worklist["last_contact_on"].dtype == "datetime64[s]"


def test_no_earlier_night_is_empty_with_typed_columns(url: str) -> None:
    publish_night(url, "2024-03-05", "a")
    found = previous_night(url, TONIGHT)
    assert found.as_of is None
    assert (len(found.worklist), len(found.customers)) == (0, 0)
    assert found.worklist["collectible_amount"].dtype == "int64"
    assert found.worklist["last_contact_on"].dtype == "datetime64[s]"


def test_an_earlier_night_without_rows_is_a_night(url: str) -> None:
    publish(night("2024-03-03", "b", size=0) | {"runs": night("2024-03-03", "b")["runs"]}, url)
    found = previous_night(url, TONIGHT)
    assert found.as_of == pd.Timestamp("2024-03-03")
    assert len(found.worklist) == 0


def test_the_log_gives_the_first_night_with_a_draw_of_each_customer_and_period_in_cents(url: str) -> None:
    write_log(
        url,
        log("2024-03-05"),
        log("2024-03-04"),
        log("2024-03-03", ("c1",)),
        log("2024-03-02", ("c1", "c2", "c3")).assign(propensity=1.0),
        log("2024-03-01", ("c1",), period="2024-01-01"),
        log("2023-03-07", ("c9",), period="2023-03-06"),
        log("2023-03-07", ("c8",), period="2023-03-05"),
    )
    found = earlier_contact_log(url, TONIGHT)
    expected = [
        log("2023-03-07", ("c9",), period="2023-03-06"),
        log("2024-03-01", ("c1",), period="2024-01-01"),
        log("2024-03-03", ("c1",)),
        log("2024-03-04", ("c1", "c2"))[1:],
    ]
    pd.testing.assert_frame_equal(found, pd.concat(expected, ignore_index=True), check_dtype=False)
    assert found["collectible_amount"].dtype == "int64"
    assert found["expected_gain"].dtype == "Int64"


def test_a_log_of_an_older_version_is_read_without_the_columns_that_it_lacks(url: str) -> None:
    younger = ["p_unpaid_30d", "expected_gain", "days_past_due", "line_ratio"]
    write_log(url, log("2024-03-04"), names=[name for name in CONTACT_LOG.names if name not in younger])
    found = earlier_contact_log(url, TONIGHT)
    assert found["customer_id"].tolist() == ["c1", "c2"]
    assert found[younger].isna().all(axis=None)
    assert found.dtypes[younger].tolist() == ["float64", "Int64", "Int64", "float64"]


def test_who_was_near_the_line_is_read_of_every_eighth_day(url: str) -> None:
    customers = ("c1", "c2", "c3", "c4", "c5")
    ratios = [0.49, 0.5, 2.0, 2.01, None]
    days = ["2023-03-05", "2024-02-29", "2024-03-03", "2024-03-04"]  # 2024-03-04 is day 19,786, 19,784 is divided by 8
    write_log(url, *(log(day, customers).assign(line_ratio=ratios) for day in [*days, "2024-03-02"]))
    found = near_the_line(url, TONIGHT)
    assert found["as_of"].unique().tolist() == [pd.Timestamp("2024-03-02")]
    assert found["customer_id"].tolist() == ["c2", "c3"]
    assert found["line_ratio"].tolist() == [0.5, 2.0]
    assert found["collectible_amount"].tolist() == [1_000_000_000_002, 1_000_000_000_003]
    assert found.columns.tolist() == list(LINE_COLUMNS)


def test_a_log_of_an_older_version_knows_no_line(url: str) -> None:
    write_log(url, log("2024-03-02"), names=[name for name in CONTACT_LOG.names if name != "line_ratio"])
    assert len(near_the_line(url, TONIGHT)) == 0


def test_the_gains_are_those_of_the_latest_night_with_tonight(url: str) -> None:
    for as_of, run in (("2024-03-03", "a"), ("2024-03-05", "b"), ("2024-03-06", "c")):
        frames = night(as_of, run, size=4)
        publish(frames | {"contact_log": frames["contact_log"].assign(expected_gain=len(run) + int(as_of[-1]))}, url)
    assert latest_gains(url, TONIGHT)["expected_gain"].tolist() == [6] * 4
    assert latest_gains(url, pd.Timestamp("2024-03-02")).columns.tolist() == ["expected_gain", "days_past_due"]


@pytest.mark.parametrize(
    "made", ["", "create table runs (as_of date)", "create table contact_log (as_of date, x text)"]
)
def test_missing_tables_and_columns_are_an_empty_past(url: str, made: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(made or "create table something (x text)")
        if "runs" in made:
            connection.exec_driver_sql("insert into runs values ('2024-03-01')")
    engine.dispose()
    assert len(previous_night(url, TONIGHT).worklist) == 0
    assert earlier_contact_log(url, TONIGHT).columns.tolist() == CONTACT_LOG.names


def test_an_sqlite_file_that_is_not_there_is_an_empty_past_and_is_not_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'missing.db'}"
    assert previous_night(url, TONIGHT).as_of is None
    assert len(earlier_contact_log(url, TONIGHT)) == 0
    assert list(tmp_path.iterdir()) == []


def test_reading_leaves_the_night_as_it_was_and_does_not_block_the_next(url: str) -> None:
    publish_night(url, "2024-03-01", "a")
    first = previous_night(url, TONIGHT)
    publish_night(url, "2024-03-02", "b")
    assert first.as_of == pd.Timestamp("2024-03-01")
    assert previous_night(url, TONIGHT).as_of == pd.Timestamp("2024-03-02")


@pytest.mark.parametrize("read", [previous_night, earlier_contact_log, near_the_line, earlier_figures])
def test_a_database_that_cannot_be_reached_is_a_clear_no_without_the_password(read: object, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_text("this is no database, but some text of more than a few letters " * 20)
    for url in ("postgresql://me:s3cret@127.0.0.1:1/duerank", f"sqlite:///{broken}"):
        with pytest.raises(PublishError, match="earlier nights cannot be read") as caught:
            read(url, TONIGHT)  # type: ignore[operator]
        assert "s3cret" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_what_the_night_before_expected_of_the_days_since_is_read_back(url: str) -> None:
    frames = night("2024-03-03", "a", size=4)
    days = [pd.Timestamp(f"2024-03-{day:02}").as_unit("s") for day in (3, 4, 5, 6)]
    for name in ("cash_forecast", "cash_forecast_parts"):
        frames[name] = frames[name].assign(day=days, expected=[100, 200, 300, 400])
    publish(frames, url)
    publish_night(url, "2024-03-01", "b")
    found = expected_since(url, pd.Timestamp("2024-03-03"), TONIGHT)
    assert found.together["day"].tolist() == days[:2] and found.together["expected"].tolist() == [100, 200]
    assert found.parts["expected"].tolist() == [100, 200]
    nothing = expected_since(url, None, TONIGHT)
    assert list(nothing.together) == list(found.together) and list(nothing.parts) == list(found.parts)
    assert nothing.together.empty and nothing.parts.empty


@pytest.mark.parametrize(
    ("lag", "night_before", "until"),
    [
        (0, "2024-02-27", "2024-03-05"),
        (1, "2024-02-26", "2024-03-04"),
        (7, "2024-02-26", "2024-02-27"),
        (9, None, "2024-02-25"),
    ],
)
def test_complete_days_are_a_week_that_is_booked_or_as_much_as_nights_know(
    url: str, lag: int, night_before: str | None, until: str
) -> None:
    for run, as_of in enumerate(("2024-02-26", "2024-02-27", "2024-02-28", "2024-03-04")):
        publish_night(url, as_of, str(run))
    complete = look_back(url, TONIGHT, lag).complete
    assert complete.night == (None if night_before is None else pd.Timestamp(night_before))
    assert complete.until == pd.Timestamp(until)


def test_who_could_be_listed_is_read_without_those_held_out_and_those_who_owe_nothing_yet(url: str) -> None:
    of_night = log("2024-03-01", ("c1", "c2", "c3", "c4"))
    of_night["held_out"] = [0, 1, 0, 0]
    of_night["collectible_amount"] = [100, 100, 0, 300]
    write_log(url, of_night, log("2024-03-02"))
    with listed_nights(url, TONIGHT, 30) as published:
        found = published.log([pd.Timestamp("2024-03-01")], pd.Index(["c1", "c2", "c3", "c4"]))
        assert found[["customer_id", "collectible_amount"]].to_numpy().tolist() == [["c1", 100], ["c4", 300]]
        assert published.log([pd.Timestamp("2024-03-01")], pd.Index(["c4"]))["customer_id"].tolist() == ["c4"]
        assert published.could_be_listed(pd.Timestamp("2024-03-01")) == 4
        assert published.nights == [], "no run is published"
