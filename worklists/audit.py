"""The audit trail of the score tables: who changed them when, from which ledger, with which models."""

import getpass
import hashlib
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ledger.databases import open_engine, shown
from worklists.score_schema import metadata
from worklists.score_tables import AUDIT

OF_THE_RUN = ("as_of", "run_id", "data_hash", "model_versions")


def record(
    connection: sa.Connection, command: str, *, ledger: str = "", run: Mapping[str, Any] | None = None, person: str = ""
) -> None:
    """Add a row to the audit within the connection's transaction.

    `ledger` is an address as `nightly` takes it, `run` the row of `runs`, `person` from `pseudonym`.
    """
    row = {**who(), "command": command, "ledger": address(ledger) or None, "customer": person or None}
    row |= {name: run[name] for name in OF_THE_RUN} if run is not None else {}
    connection.execute(sa.insert(metadata().tables[AUDIT.name]).values(row))


def who() -> dict[str, str]:
    """The time in UTC, the user of the operating system, and the machine: at, login, host."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # in a container a user may have a number and no name
        login = str(os.getuid())
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "login": login, "host": os.uname().nodename}


def address(ledger: str) -> str:
    """A ledger's folder in full, or its database without user, password and options; '' for ''."""
    if "://" in ledger:
        return shown(open_engine(ledger))
    return str(Path(ledger).resolve()) if ledger else ""


def pseudonym(person: str) -> str:
    """An id as salt:hash. Who knows the id can find it there; who does not can only try all ids there are."""
    salt = secrets.token_hex(8)
    return f"{salt}:{hashlib.sha256((salt + person).encode()).hexdigest()[:16]}"
