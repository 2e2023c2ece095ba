"""Nights of the score tables made of numbers and texts alone, and what a database then holds."""

from collections.abc import Iterable

import pandas as pd
import sqlalchemy as sa

from ledger.declarations import Column
from worklists.score_db.tables import SCORE_TABLES

Frames = dict[str, pd.DataFrame]


def night(as_of: str, run_id: str, size: int = 3) -> Frames:
    """Frames of `size` rows each (one in runs); every value of a row shows its number."""
    fixed = {"run_id": run_id, "as_of": pd.Timestamp(as_of).as_unit("s")}

    def values(column: Column, rows: int) -> object:
        numbers = range(1, rows + 1)
        if column.name in fixed:
            return [fixed[column.name]] * rows
        if column.kind == "text":
            return [None if column.optional and i == 2 else f'{column.name} {i}, "ü"\n\\N' for i in numbers]
        if column.kind == "date":
            return pd.date_range(as_of, periods=rows).as_unit("s")
        if column.kind in ("money", "whole"):
            return [i * 101 for i in numbers]
        return [None if column.optional and i == 2 else 1 / (2 + i) for i in numbers]

    return {
        name: pd.DataFrame({c.name: values(c, 1 if name == "runs" else size) for c in table.columns})
        for name, table in SCORE_TABLES.items()
    }


def rows(database: sa.Engine, query: str) -> list[tuple[object, ...]]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def content(
    database: sa.Engine, condition: str = "1 = 1", names: Iterable[str] = tuple(SCORE_TABLES)
) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows(database, f"select * from {name} where {condition}") for name in names}
