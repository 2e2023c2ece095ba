"""Rows to be added to a ledger, judged by its own rules against what is there: what passes, every night takes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from configs.settings import LedgerSettings
from ledger.currencies import billed_currencies, counted, without_rate
from ledger.declarations import Table
from ledger.errors import LedgerError
from ledger.frames import Tables
from ledger.reading.parsing import as_id
from ledger.reading.read import read_rows
from ledger.reading.refusals import no_refusals, stacked
from ledger.sources.chunks import Source, opened, raw_rows
from ledger.sources.csv_and_parquet import RawRows
from ledger.tables import TABLES
from ledger.validation.judge import RestOfLedger, accepted_customers, unreadable_keys, validate_part, validate_rates

NO_CUSTOMER = "unknown customer"


def refused_when_added(added: Tables, ledger: Path, settings: LedgerSettings) -> pd.DataFrame:
    """The added rows that a night would refuse or repair, with the columns `reading.refusals.REFUSED_COLUMNS`.

    Also refused is what is about a customer of whom the ledger has neither a record nor an invoice: then it is another
    ledger than the one that was worked. Of the ledger only the rows of the invoices and customers that are named are
    held. LedgerError where it cannot be read.
    """
    customers, invoices = _named(added, "customer_id"), _named(added, "invoice_id")
    with opened(ledger) as source:
        named = [rows_of(source, TABLES["invoices"], {"invoice_id": invoices}), _customers(source, customers)]
        rates = rows_of(source, TABLES["fx_rates"], {})
        owners = _owners(source, customers)
    there = {"invoices": named[0][0], "customers": named[1][0], "fx_rates": rates[0]}
    unreadable = stacked([no_refusals(), named[0][1], named[1][1], rates[1]])
    judged = validate_part({**there, **added}, _rest(there, unreadable, settings))
    ours = [frame[frame["table"].isin(list(added))] for frame in (judged.refused, judged.repaired)]
    return stacked([no_refusals(), *ours, _of_no_customer(added, owners | set(there["customers"]["customer_id"]))])


def _named(added: Tables, column: str) -> pd.Series:
    found = [frame[column].dropna() for frame in added.values() if column in frame]
    named: pd.Series = pd.concat([pd.Series(dtype="str"), *found]).drop_duplicates()
    return named


def rows_of(source: Source, table: Table, only: dict[str, pd.Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a table that name one of these ids, in its types; and the refused ones."""
    rows, refused = [], []
    for piece in source.pieces:
        if piece.table == table.name:
            for raw in raw_rows(piece):
                frame = raw.frame
                for column, ids in only.items():
                    if column not in frame:
                        raise LedgerError(f"{piece.origin}: the required column {column!r} is missing.")
                    frame = frame[as_id(frame[column]).isin(ids)]
                read = read_rows(table, piece.origin, RawRows(frame))
                rows.append(read.rows)
                refused.append(read.refused)
    if not rows:
        rows.append(read_rows(table, table.name, RawRows(pd.DataFrame(columns=table.names, dtype="str"))).rows)
    return stacked(rows), stacked([no_refusals(), *refused])


def _customers(source: Source, ids: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    return rows_of(source, TABLES["customers"], {"customer_id": ids})


def _owners(source: Source, ids: pd.Series) -> set[str]:
    """Which of these customers have an invoice."""
    found: set[str] = set()
    for piece in source.pieces:
        if piece.table == "invoices":
            for raw in raw_rows(piece, ["customer_id"]):
                owner = as_id(pd.Series(pc.unique(pa.array(raw.frame["customer_id"])).to_pandas()))
                found |= set(owner[owner.isin(ids)])
    return found


def _rest(there: Tables, unreadable: pd.DataFrame, settings: LedgerSettings) -> RestOfLedger:
    """What is there, as if it were the whole ledger: what is not named has no say in the verdict on what is added."""
    keys = unreadable_keys(unreadable)
    rates = validate_rates(there["fx_rates"])
    accepted = rates.tables["fx_rates"]
    customers = accepted_customers(there, keys)
    billed = counted(billed_currencies({"customers": customers, "invoices": there["invoices"]}))
    return RestOfLedger(
        has_customers=False,
        unreadable=keys,
        without_rate=frozenset() if settings.reporting_currency is None else without_rate(billed, accepted, settings),
        reporting_currency=settings.reporting_currency,
        fx_rates=accepted,
        repeated={name: np.zeros(0, dtype=np.uint64) for name in TABLES},
        is_abroad=lambda names: np.zeros(len(names), dtype=np.bool_),
    )


def _of_no_customer(added: Tables, known: set[str]) -> pd.DataFrame:
    """Refusals of what is about a customer that the ledger does not have."""
    found = [no_refusals()]
    for name, frame in added.items():
        if "customer_id" in frame:
            strange = frame[~frame["customer_id"].isin(known)]
            about = {"table": name, "record": strange[TABLES[name].key[0]], "column": "customer_id"}
            said = {"rule": NO_CUSTOMER, "value": strange["customer_id"], "advice": "name the ledger of that night"}
            found.append(pd.DataFrame({**about, **said, "row": ""}))
    return stacked(found)
