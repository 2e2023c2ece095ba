"""Who may do what in a PostgreSQL score database, tried by logins that can do no more than their group role."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import content, night, rows
from tests.support.nights.older_tables import put_reasons_back
from tests.support.repository import ROOT
from worklists.score_db.connection import PublishError, changing
from worklists.score_db.earlier_nights import look_back
from worklists.score_db.migrate import BASELINE, bring_to_head, head, upgrade
from worklists.score_db.publish import publish
from worklists.score_db.roles import others, set_up
from worklists.score_db.schema import READ_AS_TABLES, all_views, latest_views
from worklists.score_db.tables import SCORE_TABLES

LOGINS = {"owner": "duerank_owner", "writer": "duerank_writer", "reader": "duerank_reader", "stranger": None}
VIEWS = list(latest_views())
OF_ALL_NIGHTS = [name for name in all_views() if name not in (*VIEWS, *READ_AS_TABLES)]


@pytest.fixture
def prepared(postgresql: str) -> str:
    """A database with one night, with the roles, and with a login for each of them and for no one."""
    publish(night("2024-03-01", "a"), postgresql)
    give_rights(postgresql)
    with changing(postgresql, "") as connection:
        known = set(connection.execute(sa.text("select rolname from pg_roles")).scalars())
        for login, role in LOGINS.items():
            if login not in known:
                connection.exec_driver_sql(f"create role {login} login")
                connection.exec_driver_sql(f"grant {role} to {login}" if role else "select 1")
    return postgresql


def give_rights(url: str) -> None:
    with changing(url, "no right was changed") as connection:
        bring_to_head(connection)
        set_up(connection)


def url_of(login: str, url: str) -> str:
    return sa.make_url(url).set(username=login, password=None).render_as_string(hide_password=False)


@pytest.fixture
def as_login(prepared: str) -> Iterator[dict[str, sa.Engine]]:
    engines = {login: open_engine(url_of(login, prepared)) for login in LOGINS}
    yield engines
    for engine in engines.values():
        engine.dispose()


def denied(engine: sa.Engine, statement: str) -> bool:
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
    except sa.exc.DBAPIError as error:
        said = ("permission denied", "must be owner", "cannot delete from view", "cannot insert into view")
        assert any(words in str(error) for words in said), error
        return True
    return False


def test_a_reader_selects_every_view_and_nothing_else(as_login: dict[str, sa.Engine]) -> None:
    reader = as_login["reader"]
    for view in VIEWS:
        assert rows(reader, f"select run_id from {view}")[0] == ("a",)
        for change in (f"delete from {view}", f"insert into {view} default values", f"drop view {view}"):
            assert denied(reader, change), change
    for name in (*OF_ALL_NIGHTS, "calendar"):
        assert rows(reader, f"select count(*) from {name}")
        assert denied(reader, f"drop table {name}" if name == "calendar" else f"drop view {name}")
    for name in READ_AS_TABLES:
        assert denied(reader, f"select * from {name}"), "of all nights, as tables are"
    for table in (*SCORE_TABLES, "audit", "duerank_revision"):
        for statement in (f"select * from {table}", f"delete from {table}", f"drop table {table}"):
            assert denied(reader, statement), statement
    assert denied(reader, "create table mine (a int)")


def test_a_writer_publishes_nights_and_reads_what_went_before(prepared: str, as_login: dict[str, sa.Engine]) -> None:
    url = url_of("writer", prepared)
    publish(night("2024-03-01", "b", size=2), url)
    publish(night("2024-03-02", "c"), url)
    assert look_back(url, night("2024-03-03", "d")["runs"]["as_of"][0]).previous.as_of is not None
    assert rows(as_login["reader"], "select distinct run_id from worklist_latest") == [("c",)]
    assert rows(as_login["owner"], "select run_id from audit") == [("a",), ("b",), ("c",)]


def test_a_writer_changes_no_table_no_row_in_place_and_not_the_audit(as_login: dict[str, sa.Engine]) -> None:
    writer = as_login["writer"]
    for table in SCORE_TABLES:
        for statement in (
            f"drop table {table} cascade", f"alter table {table} add column more int", f"truncate {table}",
            f"update {table} set run_id = 'forged'", f"grant select on {table} to public",
        ):  # fmt: skip
            assert denied(writer, statement) or "grant" in statement, statement
    for statement in (
        "select * from audit", "delete from audit", "update audit set login = 'somebody'", "drop table audit",
        "update duerank_revision set version_num = '0001'", "create table mine (a int)", "create view v as select 1",
        "select * from worklist_latest",
    ):  # fmt: skip
        assert denied(writer, statement), statement
    assert denied(as_login["stranger"], "select * from worklist")  # the grant above gave nothing


def test_nobody_else_has_anything(prepared: str, as_login: dict[str, sa.Engine]) -> None:
    for name in (*SCORE_TABLES, *all_views(), "audit", "calendar", "duerank_revision"):
        assert denied(as_login["stranger"], f"select * from {name}")
    assert denied(as_login["stranger"], "create table mine (a int)")
    with open_engine(prepared).begin() as connection:
        assert others(connection) == []
        connection.exec_driver_sql("grant select on worklist to stranger")
        assert others(connection) == ["stranger"]
        connection.rollback()


def test_an_owner_may_change_the_tables(as_login: dict[str, sa.Engine]) -> None:
    with as_login["owner"].begin() as connection:
        connection.exec_driver_sql("alter table audit add column more int")
        connection.rollback()
    assert rows(as_login["owner"], "select count(*) from worklist") == [(3,)]


def test_roles_again_change_nothing_and_an_older_grant_is_taken_back(prepared: str) -> None:
    engine = open_engine(prepared)
    rights = "select relname, relowner, cast(relacl as text) from pg_class where relnamespace = 2200 order by relname"
    before, nights = rows(engine, rights), content(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("grant all on worklist to public, duerank_reader, duerank_writer")
    give_rights(prepared)
    assert rows(engine, rights) == before
    assert content(engine) == nights
    engine.dispose()


def test_an_empty_database_is_prepared_for_a_writer(postgresql: str) -> None:
    give_rights(postgresql)
    with changing(postgresql, "") as connection:
        connection.exec_driver_sql("create role first_writer login in role duerank_writer")
    publish(night("2024-03-01", "a"), url_of("first_writer", postgresql))


def test_a_writer_is_told_that_older_tables_need_an_upgrade_and_the_owners_login_does_it(prepared: str) -> None:
    with changing(prepared, "") as connection:
        put_reasons_back(connection)
        added_to = [name for name, table in SCORE_TABLES.items() if table.about]
        younger = ["audit", "calendar", "cash_forecast_parts", "handovers", "open_items", *added_to]
        connection.exec_driver_sql(f"drop table {', '.join(younger)} cascade")
        for column in ("contact_history", "value_per_minute", "weight", "due_today", "dunning_level"):
            connection.exec_driver_sql(f"alter table worklist drop column {column} cascade")
        for kind, name in (("table", "why_ranked"), ("view", "why_ranked_latest")):
            connection.exec_driver_sql(f"alter {kind} {name} rename column value_per_minute to gain_per_minute")
        connection.exec_driver_sql("alter table suppressions drop column contacted_at cascade")
        for column in ("p_unpaid_30d", "expected_gain", "days_past_due", "line_ratio"):
            connection.exec_driver_sql(f"alter table contact_log drop column {column} cascade")
        connection.exec_driver_sql("create view contact_log_latest as select * from contact_log")
        for name in ("reasons", "reasons_latest", "contact_log_latest"):
            connection.exec_driver_sql(f"alter table {name} owner to duerank_owner")  # table means views, too
        connection.exec_driver_sql(f"update duerank_revision set version_num = '{BASELINE}'")
    with pytest.raises(PublishError, match=f"revision {BASELINE}.* needs {head()}.*`duerank database upgrade URL`"):
        publish(night("2024-03-02", "b"), url_of("writer", prepared))
    with changing(url_of("owner", prepared), "") as connection:
        bring_to_head(connection)
    publish(night("2024-03-02", "b"), url_of("writer", prepared))


def test_a_writer_is_told_that_an_empty_database_has_no_tables(postgresql: str, prepared: str) -> None:
    with changing(prepared, "") as connection:
        tables = ", ".join([*SCORE_TABLES, "audit", "calendar", "duerank_revision"])
        connection.exec_driver_sql(f"drop table {tables} cascade")
    with pytest.raises(PublishError, match=r"revision none.*`duerank database upgrade URL`"):
        publish(night("2024-03-01", "a"), url_of("writer", prepared))


def test_a_login_without_the_right_cannot_give_rights(prepared: str) -> None:
    with pytest.raises(PublishError, match="no right was changed"):
        give_rights(url_of("stranger", prepared))


def test_a_login_that_may_make_roles_and_owns_the_database_is_enough(postgresql: str) -> None:
    with changing(postgresql, "") as connection:
        for role in ("duerank_owner", "duerank_writer", "duerank_reader"):
            connection.exec_driver_sql(
                f"do $$ begin drop role if exists {role}; exception when others then null; end $$"
            )
        connection.exec_driver_sql("create role administrator login createrole")
        database = connection.execute(sa.text("select current_database()")).scalar()
        connection.exec_driver_sql(f"alter database {database} owner to administrator")
        remaining = connection.execute(sa.text("select rolname from pg_roles where rolname like 'duerank_%'")).all()
        for (role,) in remaining:  # made by the superuser of other tests
            connection.exec_driver_sql(f"grant {role} to administrator with admin option")
    url = url_of("administrator", postgresql)
    publish(night("2024-03-01", "a"), url)
    give_rights(url)
    give_rights(url)
    publish(night("2024-03-01", "b"), url)


def test_tables_of_revisions_alone_get_the_same_rights(postgresql: str) -> None:
    with changing(postgresql, "") as connection:
        upgrade(connection, BASELINE)
    give_rights(postgresql)
    engine = open_engine(postgresql)
    owners = "select distinct tableowner from pg_tables where schemaname = 'public'"
    assert rows(engine, owners) == [("duerank_owner",)]
    engine.dispose()


def test_every_statement_of_the_guide_runs(prepared: str) -> None:
    guide = (ROOT / "docs" / "security.md").read_text("utf-8")
    written = re.findall(r"```sql\n(.*?)```", guide, flags=re.DOTALL)
    inline = re.findall(r"`(GRANT [^`]+)`", guide)
    statements = [one for text in (*written, *inline) for one in text.split(";") if one.strip()]
    assert len(statements) == 4
    engine = open_engine(prepared)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    assert denied(open_engine(url_of("dashboards", prepared)), "select * from worklist")
    assert rows(open_engine(url_of("dashboards", prepared)), "select count(*) from key_figures") == [(3,)]
    give_rights(prepared)
    assert rows(open_engine(url_of("dashboards", prepared)), "select count(*) from key_figures") == [(3,)]
    engine.dispose()
