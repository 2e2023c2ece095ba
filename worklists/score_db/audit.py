"""The audit trail of the score tables: who changed them when, from which ledger, with which models."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ledger.sources.connections import open_engine, shown
from worklists.score_db.actor import who
from worklists.score_db.schema import metadata
from worklists.score_db.tables import AUDIT

OF_THE_RUN = ("as_of", "run_id", "data_hash", "model_versions")


def record(
    connection: sa.Connection, command: str, *, ledger: str = "", run: Mapping[str, Any] | None = None, person: str = ""
) -> None:
    """Add a row to the audit within the connection's transaction.

    `ledger` is an address as `nightly` takes it, `run` the row of `runs`, `person` from `who.pseudonym`.
    """
    row = {**who(), "command": command, "ledger": address(ledger) or None, "customer": person or None}
    row |= {name: run[name] for name in OF_THE_RUN} if run is not None else {}
    connection.execute(sa.insert(metadata().tables[AUDIT.name]).values(row))


def address(ledger: str) -> str:
    """A ledger's folder in full, or its database without user, password and options; '' for ''."""
    if "://" in ledger:
        return shown(open_engine(ledger))
    return str(Path(ledger).resolve()) if ledger else ""
