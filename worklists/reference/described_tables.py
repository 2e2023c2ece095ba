"""Everything that can be queried, described alike: score tables, the calendar, and views."""

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.declarations import Column, Table
from worklists.score_db.schema import READ_AS_TABLES
from worklists.score_db.tables import CALENDAR, SCORE_TABLES
from worklists.score_db.tables.joins import joins
from worklists.score_db.tables.views import VIEWS, View


@dataclass(frozen=True)
class Described:
    """A table or view: what one of its rows is about (`key`), and what its columns name (`joins`, by column)."""

    name: str
    kind: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    joins: dict[str, str]


def described() -> Iterator[Described]:
    """All of it, tables first, but for the audit, which is no data."""
    yield from (_as_it_is("table", table) for table in SCORE_TABLES.values())
    yield Described(CALENDAR.name, "table", CALENDAR.meaning, CALENDAR.key, CALENDAR.columns, {})
    yield from (_as_it_is("view", view) for view in READ_AS_TABLES.values())
    queried: dict[str, Table | View] = {**SCORE_TABLES, **READ_AS_TABLES}
    for table in queried.values():
        targets = joins(table.name, table.columns)
        latest = f"The rows of {table.name} of the latest night."
        key = tuple(name for name in table.key if name != "as_of") or table.key
        yield Described(f"{table.name}_latest", "view", latest, key, table.columns, targets)
        if isinstance(table, Table) and table.about:
            of_each = f"The latest row of {table.name} for each {', '.join(table.about)}."
            yield Described(f"{table.name}_current", "view", of_each, table.about, table.columns, targets)
    for view in VIEWS.values():
        yield _as_it_is("view", view)


def _as_it_is(kind: str, one: Table | View) -> Described:
    return Described(one.name, kind, one.meaning, one.key, one.columns, joins(one.name, one.columns))
