"""A numbered portfolio on disk, so that a partition is judged and numbered once."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import pyarrow as pa

from configs.settings import LedgerSettings
from ledger.partitioned.partition_files import from_arrow, read_arrow, to_arrow, write_arrow
from ledger.partitioned.shared_folder import SharedFolder
from ledger.portfolio import Portfolio, number
from ledger.tables import TABLES

POSITIONS = ("customer", "invoice")


def save_portfolio(portfolio: Portfolio, folder: SharedFolder) -> None:
    """Write a portfolio into a folder; one that is there already is replaced."""
    for name, frame in portfolio.tables.items():
        rows = to_arrow(TABLES[name], frame)
        for position in POSITIONS:
            if position in frame:
                rows = rows.append_column(position, pa.array(frame[position].to_numpy(), pa.int64()))
        folder.write(f"{name}.arrow", partial(write_arrow, rows))
    for name, ids in (("customer_ids", portfolio.customer_ids), ("invoice_ids", portfolio.invoice_ids)):
        rows = pa.table({"id": pa.array(ids, pa.large_string())})
        folder.write(f"{name}.arrow", partial(write_arrow, rows))


def load_portfolio(folder: SharedFolder, rules: LedgerSettings) -> Portfolio:
    """The portfolio that was saved in a folder; `rules` are those by which it was numbered."""
    tables = {}
    for name, table in TABLES.items():
        rows = _rows(folder, name)
        positions = {position: rows[position].to_numpy() for position in POSITIONS if position in rows.column_names}
        tables[name] = from_arrow(table, rows).assign(**positions)
    customer_ids, invoice_ids = (
        pd.Index(_rows(folder, name)["id"].to_pandas(), dtype="str") for name in ("customer_ids", "invoice_ids")
    )
    return Portfolio(tables, customer_ids, invoice_ids, rules)


def load_portfolios(folders: Sequence[SharedFolder], rules: LedgerSettings) -> Portfolio:
    """One portfolio of those that were saved in several folders, which share their rates and nothing else.

    Numbered anew, and read table by table, so that no table is in memory twice.
    """
    if len(folders) == 1:
        return load_portfolio(folders[0], rules)
    tables = {}
    for name, table in TABLES.items():
        asked = folders[:1] if name == "fx_rates" else folders
        tables[name] = from_arrow(table, pa.concat_tables([_rows(folder, name) for folder in asked]))
    return number(tables, rules)


def _rows(folder: SharedFolder, name: str) -> pa.Table:
    return read_arrow(folder.file(f"{name}.arrow"))
