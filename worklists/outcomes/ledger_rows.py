"""Rows of the ledger from what was filled in and taken."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from ledger.errors import LedgerError
from ledger.frames import Tables
from ledger.minor_units import as_units
from ledger.reading.read import read_rows
from ledger.sources.csv_and_parquet import RawRows
from ledger.tables import TABLES
from worklists.outcomes.meaning import Advised

Rows = Mapping[str, tuple[Advised, dict[str, Any]]]


def ledger_rows(taken: Rows, rates: Mapping[tuple[date, str], float], origin: str) -> Tables:
    """Contacts, promises and disputes of the taken rows, by `record`; cells as of `meaning.completed`.

    A promise is in the currency of the account: `rates` has what a unit of it was worth, by night and customer, where
    it is not that of the worklist.
    They are read by the ledger's own reader. LedgerError where that finds fault with one: a check before it has a gap.
    """
    raw = {"contacts": _contacts(taken), "promises": _promises(taken, rates), "disputes": _disputes(taken)}
    tables = {}
    for name, rows in raw.items():
        columns = list(dict.fromkeys(column for row in rows for column in row)) or TABLES[name].names
        read = read_rows(TABLES[name], origin, RawRows(pd.DataFrame(rows, columns=columns, dtype="str")))
        for fault in (read.refused, read.repaired):
            if len(fault):
                raise LedgerError(f"{origin}: {fault.iloc[0].drop('row').to_dict()} cannot be a row of the ledger.")
        tables[name] = read.rows
    return tables


def record_of(table: str, key: str) -> str:
    """The row of the worklist (run_id-rank) that a row of the ledger was made of."""
    return "-".join(key.split("-")[:2]) if table == "disputes" else key


def _contacts(taken: Rows) -> list[dict[str, str | None]]:
    return [
        {
            "contact_id": record,
            "customer_id": advised.customer_id,
            "contacted_on": cells["contacted_on"].isoformat(),
            "channel": cells["contacted_by"],
            "outcome": cells["outcome"],
            "collector_id": advised.collector_id,
            "minutes": _text(cells.get("minutes_spent")),
            "propensity": None if advised.propensity is None else repr(float(advised.propensity)),
            "spoke_with": cells.get("spoke_with"),
            "note": cells.get("note"),
            "next_contact_on": _day(cells.get("next_contact_on")),
        }
        for record, (advised, cells) in taken.items()
    ]


def _promises(taken: Rows, rates: Mapping[tuple[date, str], float]) -> list[dict[str, str | None]]:
    return [
        {
            "promise_id": record,
            "customer_id": advised.customer_id,
            "made_on": cells["contacted_on"].isoformat(),
            "promised_on": cells["promised_on"].isoformat(),
            "amount": as_units(round(cells["promised_minor"] / rates.get((advised.night, advised.customer_id), 1.0))),
        }
        for record, (advised, cells) in taken.items()
        if "promised_minor" in cells
    ]


def _disputes(taken: Rows) -> list[dict[str, str | None]]:
    return [
        {
            "dispute_id": f"{record}-{invoice}",
            "invoice_id": invoice,
            "opened_on": cells["contacted_on"].isoformat(),
            "reason": cells.get("dispute_reason"),
        }
        for record, (_, cells) in taken.items()
        for invoice in cells.get("invoices", ())
    ]


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _text(value: Any) -> str | None:
    return None if value is None else f"{value:f}"
