"""The schema of the score database and its revisions: made where absent, brought up to date where older.

The revisions lie in `migrations/versions`. `duerank_revision` holds the one that a database has: a name of its own,
since MLflow keeps an `alembic_version` in what may be the same database.
"""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.schema import SetTableComment

from ledger.sources.connections import shown
from worklists.score_db import calendar
from worklists.score_db.connection import PublishError
from worklists.score_db.roles import REVISION_TABLE, are_set_up, set_up
from worklists.score_db.schema import metadata
from worklists.score_db.tables import AUDIT, CALENDAR, RUNS, SCORE_TABLES
from worklists.score_db.tables.views import VIEWS

BASELINE = "0001"  # the tables of the time before there were revisions
NO_RIGHT = "42501"  # PostgreSQL's insufficient_privilege


def bring_to_head(connection: sa.Connection) -> tuple[str | None, str]:
    """Make the tables and views, or change those of an older revision, in the connection's transaction; (from, to).

    A database with score tables and no revision has those of `BASELINE`. PublishError where a newer version of duerank
    changed it, where a table of that name is another's, or where the login may not change tables.
    """
    scripts, context = _scripts(), MigrationContext.configure(connection, opts={"version_table": REVISION_TABLE})
    stored, wanted = context.get_current_revision(), head()
    if stored == wanted:
        _check_columns(connection)
        return stored, wanted
    if stored is not None and stored not in {script.revision for script in scripts.walk_revisions()}:
        raise PublishError(
            f"{shown(connection.engine)}: the score tables are of revision {stored}, and this version of duerank knows "
            f"revisions up to {wanted}: a newer version changed them. Install that one, or publish to another database."
        )
    try:
        if stored is None and not sa.inspect(connection).has_table(RUNS.name):
            _check_columns(connection)
            metadata().create_all(connection)
            _complete(connection)
            context.stamp(scripts, wanted)
        else:
            if stored is None:
                context.stamp(scripts, BASELINE)
            _drop_views(connection)
            upgrade(connection)
            _check_columns(connection)
            _complete(connection)
            _comment(connection)
            if are_set_up(connection):  # what is new has its owner and its rights, too
                set_up(connection)
    except sa.exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != NO_RIGHT:
            raise
        raise PublishError(
            f"{shown(connection.engine)}: the score tables are of revision {stored or 'none'}, this version of duerank "
            f"needs {wanted}, and this login may not make or change tables. Let one that may run "
            f"`duerank database upgrade URL` once."
        ) from None
    return stored, wanted


def head() -> str:
    """The revision that this version of duerank works with."""
    return str(_scripts().get_current_head())


def upgrade(connection: sa.Connection, to: str = "head") -> None:
    """Run the revisions up to one, in the connection's transaction."""
    config = _config()
    config.attributes |= {"connection": connection, "version_table": REVISION_TABLE}
    command.upgrade(config, to)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "worklists.score_db:migrations")
    return config


def _drop_views(connection: sa.Connection) -> None:
    """Without `VIEWS`: a table that a view reads cannot be changed."""
    for name in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def _complete(connection: sa.Connection) -> None:
    """Fill the calendar where it is new, and make `VIEWS` as declared now: a query is no reason for a revision."""
    calendar.fill(connection)
    for view in VIEWS.values():
        connection.exec_driver_sql(f"CREATE VIEW {view.name} AS {view.query}")


def _comment(connection: sa.Connection) -> None:
    """What each table means, as it is worded now: a comment is no reason for a revision. SQLite has none."""
    if connection.dialect.supports_comments:
        for name in (*SCORE_TABLES, AUDIT.name, CALENDAR.name):
            connection.execute(SetTableComment(metadata().tables[name]))


def _check_columns(connection: sa.Connection) -> None:
    """PublishError where a table of this name is there with other columns: it is not ours."""
    inspector, declared = sa.inspect(connection), metadata()
    for name in {*SCORE_TABLES, AUDIT.name, CALENDAR.name} & set(inspector.get_table_names()):
        column_names = [column["name"] for column in inspector.get_columns(name)]
        expected = declared.tables[name].columns.keys()
        if column_names != expected:
            raise PublishError(
                f"{shown(connection.engine)}: table {name} has the columns {', '.join(column_names)}, expected "
                f"{', '.join(expected)}. Publish to another database, or move that table out of the way."
            )
