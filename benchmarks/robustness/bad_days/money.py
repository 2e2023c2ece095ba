"""What customers owe, counted from the files as they lie, in whole cents, without the product's reading or balances."""

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.support.plain_ledger.balances import accounts
from tests.support.plain_ledger.book import Book

Cells = Mapping[str, Any]
MONEY, RATES = ("amount",), ("rate",)
csv.field_size_limit(1 << 30)


def published(database: str, night: str) -> dict[str, int]:
    """By customer, cents that a night says are open."""
    engine = sa.create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            found = connection.execute(
                sa.text("select customer_id, open_amount from customer_scores where as_of = :night"), {"night": night}
            ).all()
    finally:
        engine.dispose()
    return {customer: _cents(amount) or 0 for customer, amount in found}


def counted(tables: Mapping[str, list[Cells]], refused: Iterable[Cells], night: str, reporting: str) -> dict[str, int]:
    """By customer, cents that are open by a ledger's rows without those that were refused."""
    gone: dict[str, Counter[tuple[tuple[str, str], ...]]] = {}
    for row in refused:
        gone.setdefault(row["table"], Counter())[_plain(json.loads(row["row"]))] += 1
    kept: dict[str, list[dict[str, Any]]] = {}
    for name, rows in tables.items():
        kept[name] = []
        for row in rows:
            of_table, plain = gone.get(name, Counter()), _plain(row)
            if of_table[plain]:
                of_table[plain] -= 1
                continue
            kept[name].append(_typed(row))
    book = Book(kept, date.fromisoformat(night), reporting)
    return {customer: account.figures["open_amount"] for customer, account in accounts(book).items()}


def difference(found: Mapping[str, int], expected: Mapping[str, int]) -> int:
    """Cents by which customers differ, added up without sign."""
    return sum(abs(found.get(one, 0) - expected.get(one, 0)) for one in found.keys() | expected.keys())


def refused_rows(folder: Path) -> list[Cells]:
    """What quarantine files list, the repaired cells left out."""
    return [row for path in sorted(folder.glob("*.csv")) for row in _read(path)]


def csv_tables(folder: Path) -> dict[str, list[Cells]]:
    """The rows of a folder of CSV files, by the standard library."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.csv"))}


def sqlite_tables(path: Path) -> dict[str, list[Cells]]:
    """The rows of every table of an SQLite file."""
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")]
        return {name: [dict(row) for row in connection.execute(f'select * from "{name}"')] for name in names}


def _read(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if None not in row and None not in row.values()]


def _plain(row: Cells) -> tuple[tuple[str, str], ...]:
    """A row without what reading takes away, for comparison."""
    return tuple(sorted((name, _text(value).strip()) for name, value in row.items() if value not in (None, "")))


def _typed(row: Cells) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name, value in row.items():
        text = "" if value is None else _text(value).strip()
        if name in MONEY:
            typed[name] = _cents(text)
        elif name in RATES:
            typed[name] = float(text)
        elif name == "on" or name.endswith("_on"):
            typed[name] = _day(text)
        else:
            typed[name] = text or None
    return typed


def _text(value: object) -> str:
    """A cell as text; bytes that are none are spelled out, so that two that differ stay two."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _cents(value: object) -> int | None:
    try:
        return int((Decimal(str(value)) * 100).quantize(Decimal(1), ROUND_HALF_EVEN))
    except InvalidOperation:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
