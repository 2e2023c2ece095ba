"""How many rows and cents of each table came, were refused and are used; and a stop where too many were refused."""

from pathlib import Path

import numpy as np
import pandas as pd

from ledger.errors import LedgerError
from ledger.frames import Tables
from ledger.minor_units import as_units
from ledger.reading.parsing import Mask
from ledger.tables import TABLES
from ledger.validation.rules import STAGES


class TooManyRefused(LedgerError):
    """More rows were refused than the settings allow; `refused` holds them all."""

    def __init__(self, message: str, refused: pd.DataFrame) -> None:
        super().__init__(message)
        self.refused = refused


def counted_rows(came: Tables, bad: dict[str, Mask]) -> pd.DataFrame:
    """The counts of `Validation` for tables and their refused rows; of a table that was not judged, all are."""
    rows = {}
    for name, frame in came.items():
        refused = bad.get(name, np.ones(len(frame), dtype=bool))
        rows[name] = {
            "came": len(frame),
            "refused_at_reading": 0,
            "refused": int(refused.sum()),
            "used": int((~refused).sum()),
            "came_cents": _cents(frame),
            "refused_cents": _cents(frame[refused]),
            "used_cents": _cents(frame[~refused]),
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype="int64").rename_axis("table")


def _cents(frame: pd.DataFrame) -> int:
    return int(frame["amount"].sum()) if "amount" in frame else 0


def listed_by_table(listing: pd.DataFrame) -> "pd.Series[int]":
    """How many rows of a listing are about each table."""
    return listing["table"].value_counts().reindex(list(TABLES), fill_value=0).astype("int64")


def with_unreadable(counts: pd.DataFrame, unreadable: dict[str, pd.Series]) -> pd.DataFrame:
    """The counts with the rows refused at reading among those that came."""
    lost = pd.Series({name: len(keys) for name, keys in unreadable.items()}, dtype="int64")
    return counts.assign(came=counts["came"] + lost, refused_at_reading=lost)


def with_emptied(counts: pd.DataFrame, repaired: pd.DataFrame) -> pd.DataFrame:
    """The counts with the cells emptied at reading among those that were repaired."""
    return counts.assign(repaired=counts["repaired"] + listed_by_table(repaired))


def reconcile(counts: pd.DataFrame) -> None:
    """LedgerError where the rows or the cents that came are not the refused and the used ones together."""
    for table, count in counts.iterrows():
        rows = count["came"] - count["refused_at_reading"] - count["refused"] - count["used"]
        cents = count["came_cents"] - count["refused_cents"] - count["used_cents"]
        if rows or cents:
            raise LedgerError(
                f"{table}: validation lost {rows} rows and {as_units(cents)} currency units between what came and what "
                f"was refused or used. This is a fault of the program: please report it with this sentence."
            )


def too_many_refused(allowed: float, counts: pd.DataFrame) -> list[str]:
    """The tables that lost a larger share of their rows than is allowed."""
    share = _lost_share(counts)
    return [str(table) for table in share.index[share > allowed]]


def _lost_share(counts: pd.DataFrame) -> "pd.Series[float]":
    """The share of its rows that each table lost, causes before consequences: in the order in which they are judged."""
    lost = (counts["came"] - counts["used"]) / counts["came"].clip(lower=1)
    return lost.loc[[name for stage in STAGES for name in stage if name in lost]]


def stop_above(
    allowed: float, counts: pd.DataFrame, refused: pd.DataFrame, quarantine: Path | None, what: str = "night"
) -> None:
    """TooManyRefused where a table lost a larger share of its rows than is allowed; `refused` are all refused rows.

    `what` is what stops.
    """
    above = too_many_refused(allowed, counts)
    if not above:
        return
    table = above[0]
    share = float(_lost_share(counts)[table])
    rows = refused[refused["table"] == table]
    often = rows["rule"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    example = rows[rows["rule"] == often.index[0]].iloc[0]
    where = f"All refused rows are in {quarantine}." if quarantine else "Nothing was written."
    raise TooManyRefused(
        f"{table}: {len(rows)} of {counts['came'][table]} rows ({share:.1%}) were refused, and "
        f"ledger.max_quarantined_share allows {allowed:.1%}, so the {what} stops. The most frequent rule is "
        f"{example['rule']!r} ({often.iloc[0]} rows), for example record {example['record']!r} with "
        f"{example['column']} = {example['value']!r}: {example['advice']}. {where}",
        refused,
    )
