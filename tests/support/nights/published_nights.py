"""What a night left behind: digests of its files, the rows of its tables, the bytes of its folder."""

import hashlib
import sqlite3
from datetime import date
from pathlib import Path

import pandas as pd

from ledger.declarations import Table
from tests.support.nights.flow_runs import NIGHT
from worklists.score_db.schema import READ_AS_TABLES
from worklists.score_db.tables import SCORE_TABLES
from worklists.score_db.tables.views import View

ONCE = ["worklist.csv", "report.html"]
QUERIED: dict[str, Table | View] = {**SCORE_TABLES, **READ_AS_TABLES}


def folder(out: Path, as_of: date = NIGHT) -> Path:
    return out / f"as_of={as_of}"


def digests(out: Path, as_of: date = NIGHT) -> dict[str, str]:
    return {name: hashlib.sha256((folder(out, as_of) / name).read_bytes()).hexdigest() for name in ONCE}


def table(out: Path, name: str, as_of: date | None = NIGHT) -> list[tuple]:
    where = f"where as_of = '{as_of}'" if as_of else ""
    with sqlite3.connect(out / "duerank.db") as connection:
        return connection.execute(f"select * from {name} {where} order by {', '.join(_key(name))}").fetchall()


def _key(name: str) -> tuple[str, ...]:
    return QUERIED[name.removesuffix("_latest")].key


def everything(out: Path, as_of: date = NIGHT) -> dict[str, list[tuple]]:
    return {name: table(out, name, as_of) for name in SCORE_TABLES}


def frame(out: Path, name: str) -> pd.DataFrame:
    return pd.DataFrame(table(out, name), columns=QUERIED[name].names)


def in_order(out: Path) -> dict[str, list[tuple]]:
    """All rows as they were written: partitions come one after the other."""
    with sqlite3.connect(out / "duerank.db") as connection:
        return {name: connection.execute(f"select * from {name}").fetchall() for name in everything(out)}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
