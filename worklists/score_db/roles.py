"""Who may do what in a PostgreSQL score database: three group roles, of which people and programs become members.

`duerank_owner` owns the tables and views and may change them; `duerank_writer` publishes nights; `duerank_reader` reads
the views and the calendar. No one else gets anything. A group role cannot log in: it is granted to logins.
"""

import sqlalchemy as sa

from worklists.score_db.schema import READ_AS_TABLES, all_views, metadata
from worklists.score_db.tables import AUDIT, CALENDAR, RUNS, SCORE_TABLES

OWNER, WRITER, READER = ROLES = ("duerank_owner", "duerank_writer", "duerank_reader")
REVISION_TABLE = "duerank_revision"


def are_set_up(connection: sa.Connection) -> bool:
    """Whether `set_up` was run on this database: its tables belong to the owner's role."""
    if connection.dialect.name != "postgresql":
        return False
    owner = sa.text("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass(:table)")
    return bool(connection.execute(owner, {"table": RUNS.name}).scalar() == OWNER)


def set_up(connection: sa.Connection) -> None:
    """Make the roles where absent, and give and take their rights, in the connection's transaction.

    Again, it gives the same. The login must be a superuser, or may create roles and owns the tables and the database.
    """
    for statement in (*_roles(connection), *_schema(connection), *_tables()):
        connection.exec_driver_sql(statement)


def others(connection: sa.Connection) -> list[str]:
    """Roles other than ours that hold rights on a table or view of ours; PUBLIC is everyone."""
    names = [*metadata().tables, REVISION_TABLE]
    query = sa.text(
        "SELECT DISTINCT CASE WHEN held.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(held.grantee) END AS grantee "
        "FROM pg_class, aclexplode(relacl) AS held "
        "WHERE oid IN (SELECT to_regclass(name) FROM unnest(CAST(:names AS text[])) AS name) ORDER BY grantee"
    )
    names_found = connection.execute(query, {"names": names}).scalars()
    return [str(name) for name in names_found if name not in ROLES]


def _roles(connection: sa.Connection) -> list[str]:
    existing_roles = set(connection.execute(sa.text("SELECT rolname FROM pg_roles")).scalars())
    made = [f"CREATE ROLE {role} NOLOGIN" for role in ROLES if role not in existing_roles]
    # Who gives a table away must be a member of the role that gets it; superusers are members of all.
    member = f"pg_has_role('{OWNER}', 'MEMBER')" if OWNER in existing_roles else "rolsuper"
    joined = connection.execute(sa.text(f"SELECT {member} FROM pg_roles WHERE rolname = current_user")).scalar()
    return made if joined else [*made, f"GRANT {OWNER} TO CURRENT_USER"]


def _schema(connection: sa.Connection) -> list[str]:
    quoted = connection.dialect.identifier_preparer.quote
    schema = quoted(str(sa.inspect(connection).default_schema_name))
    database = quoted(str(connection.execute(sa.text("SELECT current_database()")).scalar()))
    return [
        f"GRANT CONNECT ON DATABASE {database} TO {', '.join(ROLES)}",
        f"GRANT USAGE ON SCHEMA {schema} TO {', '.join(ROLES)}",
        f"GRANT CREATE ON SCHEMA {schema} TO {OWNER}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC",  # PostgreSQL before 15 let everyone make tables
    ]


def _tables() -> list[str]:
    views = all_views()
    for_readers = [name for name in views if name not in READ_AS_TABLES]
    everything = ", ".join([*SCORE_TABLES, AUDIT.name, CALENDAR.name, REVISION_TABLE, *views])
    return [
        *(f"ALTER TABLE {name} OWNER TO {OWNER}" for name in everything.split(", ")),  # TABLE means views, too
        f"REVOKE ALL ON {everything} FROM PUBLIC, {WRITER}, {READER}",
        f"GRANT SELECT, INSERT, DELETE ON {', '.join(SCORE_TABLES)} TO {WRITER}",
        f"GRANT SELECT ON {REVISION_TABLE} TO {WRITER}",
        f"GRANT INSERT ON {AUDIT.name} TO {WRITER}",  # who writes the trail can neither read nor change it
        f"GRANT SELECT ON {', '.join([*for_readers, CALENDAR.name])} TO {READER}",
    ]
