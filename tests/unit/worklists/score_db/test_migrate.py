"""A database of an older version is brought up to date with its nights, and one of a newer version is left alone."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from ledger.minor_units import held_with
from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import content, night, rows
from tests.support.nights.older_tables import drop_indexes, put_reasons_back
from tests.support.nights.random_reasons import random_night
from worklists.score_db.connection import PublishError, changing
from worklists.score_db.migrate import BASELINE, bring_to_head, head, upgrade
from worklists.score_db.publish import publish
from worklists.score_db.schema import READ_AS_TABLES, all_views, current_views, metadata
from worklists.score_db.tables import SCORE_TABLES
from worklists.score_db.tables.views import VIEWS

REFUSED = "nothing was changed"


def revision(database: sa.Engine) -> list[tuple[object, ...]]:
    return rows(database, "select * from duerank_revision")


def migrated(url: str, to: str) -> None:
    """An empty database brought to a revision by the revisions alone, as old versions had made it."""
    with changing(url, REFUSED, make_file=True) as connection:
        upgrade(connection, to)


def test_the_revisions_give_what_is_declared(url: str, database: sa.Engine) -> None:
    """Whoever changes a declaration writes a revision, too."""
    migrated(url, BASELINE)
    with changing(url, REFUSED) as connection:
        bring_to_head(connection)
    declared = metadata()
    with database.connect() as connection:
        opts = {"version_table": "duerank_revision", "compare_type": True}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, declared) == []
        inspector = sa.inspect(connection)
        assert set(inspector.get_view_names()) == set(all_views())
        for name, queried in (SCORE_TABLES | READ_AS_TABLES).items():
            assert [column["name"] for column in inspector.get_columns(f"{name}_latest")] == queried.names


def test_tables_made_at_once_are_those_that_the_revisions_give(url: str, database: sa.Engine, tmp_path: Path) -> None:
    publish(night("2024-03-01", "a"), url)
    assert revision(database) == [(head(),)]
    if database.dialect.name == "sqlite":
        by_revisions = f"sqlite:///{tmp_path / 'by_revisions.db'}"
        migrated(by_revisions, head())
        other = open_engine(by_revisions)
        for name in (*SCORE_TABLES, "audit"):
            query = f"select name, type, \"notnull\", pk from pragma_table_info('{name}')"
            assert rows(database, query) == rows(other, query)
        other.dispose()


# These tables are younger than the baseline.
OF_FACTS = tuple(name for name, table in SCORE_TABLES.items() if table.about)
OF_REASONS = ("explanations", "reason_sentences")
YOUNGER = ("cash_forecast_parts", "handovers", "open_items", *OF_FACTS)
# The last columns of these tables are younger than the baseline.
ADDED_SINCE = {
    "worklist": ["contact_history", "value_per_minute", "weight", "due_today", "dunning_level"],
    "suppressions": ["contacted_at"],
    "contact_log": ["p_unpaid_30d", "expected_gain", "days_past_due", "line_ratio"],
}


def wider(database: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    """The rows of the tables that got a column."""
    return {name: rows(database, f"select * from {name} order by customer_id") for name in ADDED_SINCE}


@pytest.mark.parametrize("known", [True, False], ids=["with its revision", "of the time before revisions"])
def test_old_nights_are_unchanged_by_an_upgrade_and_new_ones_follow(url: str, database: sa.Engine, known: bool) -> None:
    publish(night("2024-03-01", "a", size=50), url)
    with database.begin() as connection:  # as the version before had left it
        connection.exec_driver_sql("drop table audit")
        connection.exec_driver_sql(f"update duerank_revision set version_num = '{BASELINE}'")
        if not known:
            connection.exec_driver_sql("drop table duerank_revision")
        put_reasons_back(connection)
        for view in (*reversed(VIEWS), *current_views(), *(f"{name}_latest" for name in YOUNGER)):
            connection.exec_driver_sql(f"drop view {view}")
        for table in (*YOUNGER, "calendar"):
            connection.exec_driver_sql(f"drop table {table}")
        for name, columns in (*ADDED_SINCE.items(), ("why_ranked", [])):
            connection.exec_driver_sql(f"drop view {name}_latest")
            for column in columns:
                connection.exec_driver_sql(f"alter table {name} drop column {column}")
            if name == "why_ranked":
                connection.exec_driver_sql(f"alter table {name} rename column value_per_minute to gain_per_minute")
            connection.exec_driver_sql(
                f"create view {name}_latest as select * from {name} where as_of = (select max(as_of) from runs)"
            )
    of_baseline = [name for name in SCORE_TABLES if name not in (*YOUNGER, *OF_REASONS, *ADDED_SINCE)]
    old, listed = content(database, names=of_baseline), wider(database)
    with changing(url, REFUSED) as connection:
        assert bring_to_head(connection) == (BASELINE if known else None, head())
    assert content(database, names=of_baseline) == old
    assert wider(database) == {
        name: [(*row, *[None] * len(columns)) for row in listed[name]] for name, columns in ADDED_SINCE.items()
    }
    assert revision(database) == [(head(),)]
    publish(night("2024-03-02", "b"), url)
    assert content(database, "as_of = '2024-03-01'", of_baseline) == old
    assert rows(database, "select run_id from audit") == [("b",)]
    assert set(sa.inspect(database).get_view_names()) == set(all_views())
    assert rows(database, "select week from calendar where day = '2024-03-03'")


def in_order(reason: tuple[object, ...]) -> tuple[object, ...]:
    entity, model, *_, position = reason
    return (entity, model, position)


def test_the_reasons_of_older_nights_read_the_same_after_an_upgrade(url: str, database: sa.Engine) -> None:
    nights = [random_night(f"2024-03-0{day}", f"run {day}", day, 30, most, "de") for day, most in ((1, 3), (2, 2))]
    for one in nights:
        publish(one.frames, url)
    every = "select * from reasons order by as_of, entity, model, position"
    told = rows(database, every)
    with database.begin() as connection:
        put_reasons_back(connection)
        drop_indexes(connection)
        connection.exec_driver_sql("update duerank_revision set version_num = '0010'")
    assert rows(database, every) == told
    assert sa.inspect(database).has_table("reasons") and "reasons" not in sa.inspect(database).get_view_names()
    with changing(url, REFUSED) as connection:
        bring_to_head(connection)
    assert "reasons" in sa.inspect(database).get_view_names()
    assert rows(database, every) == told
    assert [row[2:] for row in told] == [row for one in nights for row in sorted(one.reasons, key=in_order)]


def test_a_night_brings_older_tables_up_to_date_by_itself(url: str, database: sa.Engine) -> None:
    migrated(url, BASELINE)
    assert revision(database) == [(BASELINE,)]
    publish(night("2024-03-01", "a"), url)
    assert revision(database) == [(head(),)]
    assert rows(database, "select count(*) from worklist_latest") == [(3,)]


def test_older_tables_take_all_decimals_and_their_views_stay_granted(url: str, database: sa.Engine) -> None:
    migrated(url, "0005")
    sqlite = database.dialect.name == "sqlite"
    if not sqlite:
        with database.begin() as connection:
            connection.exec_driver_sql("grant select on worklist_latest to public")
    with held_with(3):
        frames = night("2024-03-01", "a")
        publish({**frames, "worklist": frames["worklist"].assign(open_amount=1_004)}, url)
    assert {float(amount) for (amount,) in rows(database, "select open_amount from worklist_latest")} == {1.004}
    if not sqlite:
        held = "select count(*) from information_schema.role_table_grants where table_name = 'worklist_latest'"
        assert rows(database, f"{held} and grantee = 'PUBLIC' and privilege_type = 'SELECT'") == [(1,)]
        owners = "select distinct pg_get_userbyid(relowner) = current_user from pg_class where relname like '%_latest'"
        assert rows(database, owners) == [(True,)]


def test_a_night_that_fails_leaves_the_older_tables_as_they_were(url: str, database: sa.Engine) -> None:
    migrated(url, BASELINE)
    with database.begin() as connection:
        connection.exec_driver_sql("drop view cash_forecast_latest")
        connection.exec_driver_sql("drop table cash_forecast")
    with pytest.raises(PublishError, match="the night was not published, the earlier one is unchanged"):
        publish(night("2024-03-01", "a"), url)
    assert revision(database) == [(BASELINE,)]
    assert not sa.inspect(database).has_table("audit")


def test_tables_of_a_newer_version_are_left_alone(url: str, database: sa.Engine) -> None:
    publish(night("2024-03-01", "a"), url)
    before = content(database)
    with database.begin() as connection:
        connection.exec_driver_sql("update duerank_revision set version_num = '9999'")
    with pytest.raises(PublishError, match=r"revision 9999.*a newer version changed them\. Install that one"):
        publish(night("2024-03-01", "b"), url)
    assert content(database) == before


def test_a_file_that_is_not_there_is_not_made_by_an_upgrade(tmp_path: Path) -> None:
    with (
        pytest.raises(PublishError, match="there is no such SQLite file"),
        changing(f"sqlite:///{tmp_path / 'misspelt.db'}", REFUSED),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
