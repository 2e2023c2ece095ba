"""What ten years of nights cost the next one: the night itself, every question of the analyst's guide, and pruning.

Run it by `python -m benchmarks.speed.history --folder FOLDER [--nights 2500] [--database postgresql://...]`. Two
nights of 300 customers are run; copies of the second, under earlier days and with facts of their own, are the history.
"""

import argparse
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from benchmarks.processes import run
from ledger.declarations import Table
from ledger.sources.connections import open_engine
from worklists.score_db.tables import SCORE_TABLES

GUIDE = Path(__file__).parents[2] / "docs" / "analyst.md"
CUSTOMERS, DAYS = 300, 900
NIGHTS = [pd.Timestamp(day) for day in ("2025-06-17", "2025-06-18", "2025-06-19")]
COPIED, TONIGHT = (str(night.date()) for night in NIGHTS[1:])
KEPT_DAYS = 365
AS_THEY_ARE = ("customers_dim",)  # a night repeats no customer: what the first night knows is the history


def measure(folder: Path, nights: int, server: str | None) -> dict[str, pd.DataFrame]:
    """`nights`: seconds of the same night without and with a history, and megabytes; `questions`: seconds of each."""
    folder.mkdir(parents=True, exist_ok=True)
    few = f"sqlite:///{(folder / 'few.db').resolve()}" if server is None else server
    _prepare(folder, few)
    many = _copied(few, folder / "many.db")
    sizes = [_night(folder, few, "of two nights")]
    questions = [_questions(few).rename(columns={"seconds": "of two nights"})]
    started = time.perf_counter()
    add_history(many, nights)
    print(f"{nights} nights added in {time.perf_counter() - started:.0f} seconds", flush=True)
    sizes.append(_night(folder, many, f"of {nights} nights more"))
    questions.append(_questions(many)[["seconds"]].rename(columns={"seconds": f"of {nights} nights more"}))
    started = time.perf_counter()
    _duerank(folder, "database", "prune", many, "--older-than", str(KEPT_DAYS))
    sizes.append({"database": "pruned", "seconds": time.perf_counter() - started, "mb": _megabytes(many)})
    return {"nights": pd.DataFrame(sizes), "questions": pd.concat(questions, axis=1)}


def add_history(url: str, nights: int) -> None:
    """Copy the night of `COPIED` to so many days before the first, in each score table, by one statement a table."""
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS days_back")
        connection.exec_driver_sql("CREATE TABLE days_back (days integer)")
        connection.execute(sa.text("INSERT INTO days_back VALUES (:days)"), [{"days": 2 + n} for n in range(nights)])
        for name, table in SCORE_TABLES.items():
            if name not in AS_THEY_ARE:
                chosen = ", ".join(_earlier(table, engine.dialect.name))
                connection.exec_driver_sql(
                    f"INSERT INTO {name} ({', '.join(table.names)}) SELECT {chosen} FROM {name} CROSS JOIN days_back "
                    f"WHERE as_of = '{COPIED}'"
                )
        connection.exec_driver_sql("DROP TABLE days_back")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "postgresql" else "PRAGMA wal_checkpoint")
    engine.dispose()


def _earlier(table: Table, dialect: str) -> Iterator[str]:
    """The columns of a row of some days before; what a row of facts is about is another thing on each night."""
    for column in table.columns:
        if column.kind == "date":
            shifted = f"{column.name} - days" if dialect == "postgresql" else f"date({column.name}, -days || ' days')"
            yield shifted
        elif column.name in table.about and column.name.endswith("_id"):
            yield f"{column.name} || ' of ' || days"
        else:
            yield column.name


def _questions(url: str) -> pd.DataFrame:
    """The first words of each question of the guide, and the seconds until all of its answer was there."""
    engine = open_engine(url)
    found = []
    for other, query in re.findall(
        r"(?:<!-- (sqlite|postgresql) -->\n)?```sql\n(.*?)```", GUIDE.read_text(), re.DOTALL
    ):
        if other in ("", engine.dialect.name):
            for statement in filter(str.strip, query.split(";")):
                with engine.connect() as connection:
                    started = time.perf_counter()
                    result = connection.execute(sa.text(statement))
                    rows = len(result.all()) if result.returns_rows else 0
                    seconds = time.perf_counter() - started
                found.append({"question": _named(statement), "rows": rows, "seconds": seconds})
    engine.dispose()
    return pd.DataFrame(found)


def _named(statement: str) -> str:
    tables = dict.fromkeys(re.findall(r"(?:FROM|JOIN) (\w+)", statement))
    return " ".join(tables)[:60]


def _night(folder: Path, url: str, name: str) -> dict[str, object]:
    before = _megabytes(url)
    started = time.perf_counter()
    _duerank(folder, "nightly", str(folder / "ledger"), "--as-of", TONIGHT, "--out", str(folder / "out"),
             "--database", url)  # fmt: skip
    seconds = time.perf_counter() - started
    return {"database": name, "seconds": seconds, "mb": _megabytes(url), "mb of the night": _megabytes(url) - before}


def _prepare(folder: Path, url: str) -> None:
    """A ledger, its models and two nights, where they are not there yet."""
    ledger = str(folder / "ledger")
    if not (folder / "ledger").exists():
        _duerank(folder, "simulate", "--customers", str(CUSTOMERS), "--days", str(DAYS), "--out", ledger)
        _duerank(folder, "train", ledger, "--as-of", str(NIGHTS[0].date()))
    for night in NIGHTS[:2]:
        out = str(folder / "out")
        _duerank(folder, "nightly", ledger, "--as-of", str(night.date()), "--out", out, "--database", url)


def _copied(url: str, path: Path) -> str:
    """Where the history goes: a copy of an SQLite file, which has no row of tonight yet; PostgreSQL's itself."""
    if not url.startswith("sqlite"):
        return url
    shutil.copyfile(sa.make_url(url).database or "", path)
    return f"sqlite:///{path.resolve()}"


def _megabytes(url: str) -> float:
    if url.startswith("sqlite"):
        return Path(sa.make_url(url).database or "").stat().st_size / 1e6
    engine = open_engine(url)
    with engine.connect() as connection:
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    engine.dispose()
    return float(size) / 1e6


def _duerank(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"DUERANK_HOME": str(folder / "home")}
    run([sys.executable, "-m", "duerank", *arguments], environment, folder / "log.txt")


def main() -> None:
    """Print the tables of `measure`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--nights", type=int, default=2_500)
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database; else SQLite in the folder")
    asked = parser.parse_args()
    for table in measure(asked.folder, asked.nights, asked.database).values():
        print(table.to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
