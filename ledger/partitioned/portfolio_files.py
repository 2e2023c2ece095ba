"""A numbered portfolio on disk, so that a partition is judged and numbered once."""

from pathlib import Path

import pandas as pd
import pyarrow as pa

from ledger.partitioned.partition_files import from_arrow, read_arrow, to_arrow, write_arrow
from ledger.portfolio import Portfolio
from ledger.tables import TABLES

POSITIONS = ("customer", "invoice")


def save_portfolio(portfolio: Portfolio, folder: Path) -> None:
    """Write a portfolio into a folder; one that is there already is replaced."""
    for name, frame in portfolio.tables.items():
        rows = to_arrow(TABLES[name], frame)
        for position in POSITIONS:
            if position in frame:
                rows = rows.append_column(position, pa.array(frame[position].to_numpy(), pa.int64()))
        write_arrow(rows, folder / f"{name}.arrow")
    for name, ids in (("customer_ids", portfolio.customer_ids), ("invoice_ids", portfolio.invoice_ids)):
        write_arrow(pa.table({"id": pa.array(ids, pa.large_string())}), folder / f"{name}.arrow")


def load_portfolio(folder: Path) -> Portfolio:
    """The portfolio that was saved in a folder."""
    tables = {}
    for name, table in TABLES.items():
        rows = read_arrow(folder / f"{name}.arrow")
        positions = {position: rows[position].to_numpy() for position in POSITIONS if position in rows.column_names}
        tables[name] = from_arrow(table, rows).assign(**positions)
    customer_ids, invoice_ids = (
        pd.Index(read_arrow(folder / f"{name}.arrow")["id"].to_pandas(), dtype="str")
        for name in ("customer_ids", "invoice_ids")
    )
    return Portfolio(tables, customer_ids, invoice_ids)
