"""Ledgers of any size for timing: simulated portfolios side by side, each copy with ids of its own.

A portfolio of 4,000 business customers with about 50 invoices each is simulated for every one of `SEEDS`; a larger
ledger holds several copies of each. Copies differ in their ids only, so such a ledger times well and teaches nothing.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from ledger.frames import Tables
from ledger.simulator import simulate
from ledger.tables import TABLES
from ledger.written_rows import as_arrow

CUSTOMERS_EACH, DAYS = 4_000, 1_125
SEEDS = range(9_001, 9_011)
AS_OF = pd.Timestamp("2026-01-31")  # the day after the last one simulated


def write_scale_ledger(folder: Path, customers: int) -> None:
    """A ledger of about `customers` customers (a multiple of 4,000) as a folder of Parquet parts for every table."""
    copies = max(customers // CUSTOMERS_EACH, 1)
    for place, seed in enumerate(SEEDS):
        mine = range(place, copies, len(SEEDS))
        if len(mine):
            _write_copies(folder, simulate(CUSTOMERS_EACH, DAYS, seed, "b2b").tables, mine)


def _write_copies(folder: Path, tables: Tables, copies: range) -> None:
    for name, frame in tables.items():
        if frame.empty:
            continue
        (folder / name).mkdir(parents=True, exist_ok=True)
        rows = as_arrow(TABLES[name], frame)
        for copy in copies:
            if name != "fx_rates" or copy == 0:  # rates are the same in every simulation: a ledger has them once
                pa.parquet.write_table(_renamed(rows, copy), folder / name / f"{copy:04}.parquet")


def _renamed(rows: pa.Table, copy: int) -> pa.Table:
    for name, values in _ids(rows):
        prefixed = pa.compute.binary_join_element_wise(pa.scalar(f"{copy:04}"), values, "-")
        rows = rows.set_column(rows.column_names.index(name), name, prefixed)
    return rows


def _ids(rows: pa.Table) -> Iterator[tuple[str, pa.ChunkedArray]]:
    for name in rows.column_names:
        if name.endswith("_id") and name != "collector_id":
            yield name, rows[name]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=20_000)
    chosen = parser.parse_args()
    write_scale_ledger(chosen.folder, chosen.customers)
