"""worklist.csv and handovers.csv."""

from functools import partial
from pathlib import Path

import pandas as pd

from ledger.declarations import Table
from ledger.minor_units import decimals, written_decimals
from ledger.reading.quarantine import write_csv
from worklists.decide.handovers import largest_first
from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.ranking.rank import VALUE_DIGITS
from worklists.score_db.schema import as_arrow
from worklists.score_db.tables import HANDOVERS, WORKLIST

DIGITS = {"probability": 4, "number": 1}
MORE_DIGITS = dict.fromkeys(("value_per_minute", "weight"), VALUE_DIGITS)  # by which the order can be worked out again


def write_worklist(worklist: pd.DataFrame, path: Path, mark: bool = True) -> None:
    """worklist.csv: the declared columns in order of rank, currency units with their decimals, ISO dates; and the
    columns that collectors fill in, empty.

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
        if column.kind == "money" and written_decimals() < decimals():
            to_its_own = partial(round, ndigits=written_decimals())
            frame[column.name] = frame[column.name].map(to_its_own, na_action="ignore")
        if column.kind in DIGITS:
            frame[column.name] = frame[column.name].round(MORE_DIGITS.get(column.name, DIGITS[column.kind]))
    return frame
