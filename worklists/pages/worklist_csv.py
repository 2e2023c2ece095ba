"""worklist.csv, handovers.csv, and the files of a backtest."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ledger.declarations import Table
from ledger.reading.quarantine import write_csv
from worklists.decide.handovers import largest_first
from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.ranking.rank import VALUE_DIGITS
from worklists.score_db.schema import as_arrow
from worklists.score_db.tables import HANDOVERS, WORKLIST

DIGITS = {"probability": 4, "number": 1}
MORE_DIGITS = dict.fromkeys(("value_per_minute", "weight"), VALUE_DIGITS)  # by which the order can be worked out again


def write_worklist(worklist: pd.DataFrame, path: Path, mark: bool = True) -> None:
    """worklist.csv: the declared columns in order of rank, currency units with two decimals, ISO dates; and the columns
    that collectors fill in, empty.

    No cell can become a formula in a spreadsheet, and the same worklist gives the same bytes. It begins with a byte
    order mark, without which spreadsheets show umlauts garbled, unless `mark` says otherwise.
    """
    write_csv(_shown(WORKLIST, worklist).assign(**dict.fromkeys(OUTCOME_NAMES, "")), path, mark=mark)


def write_handovers(handovers: pd.DataFrame, path: Path, mark: bool = True) -> None:
    """handovers.csv: the declared columns, the largest amount first, written as worklist.csv is."""
    write_csv(largest_first(_shown(HANDOVERS, handovers)), path, mark=mark)


def _shown(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as a file shows them."""
    frame: pd.DataFrame = as_arrow(table, rows).to_pandas(date_as_object=True)
    for column in table.columns:
        if column.kind == "date":
            frame[column.name] = frame[column.name].map(lambda day: day.isoformat(), na_action="ignore")
        if column.kind in DIGITS:
            frame[column.name] = frame[column.name].round(MORE_DIGITS.get(column.name, DIGITS[column.kind]))
    return frame


def write_backtest(
    folder: Path, predictions: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame], policies: Figure
) -> None:
    """A Parquet file for each of the predictions, a CSV file for each of the tables, and policies.png; each replaced at
    once."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in predictions.items():
        frame.to_parquet(folder / f".{name}.parquet", index=False)
        (folder / f".{name}.parquet").replace(folder / f"{name}.parquet")
    for name, frame in tables.items():
        write_csv(frame, folder / f".{name}.csv")
        (folder / f".{name}.csv").replace(folder / f"{name}.csv")
    policies.savefig(folder / ".policies.png", dpi=110, metadata={"Software": None})
    (folder / ".policies.png").replace(folder / "policies.png")
