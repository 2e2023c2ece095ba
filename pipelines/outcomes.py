"""The `import-outcomes` flow: what collectors filled in on a worklist, into the ledger."""

from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel

from configs.settings import load_settings
from ledger.errors import LedgerError
from ledger.importing.append_rows import append_rows
from ledger.minor_units import held_with
from ledger.partitioned.load import END_OF_TIME
from ledger.reading.stated_decimals import decimals_of, stated_decimals
from ledger.sources.chunks import opened
from pipelines.runtime.prefect_runtime import flow, in_memory_task, markdown_artifact
from pipelines.runtime.records import records
from worklists.pages.read_outcomes import outcomes_of, read_filled
from worklists.score_db.connection import url_of
from worklists.score_db.past_advice import advice_of

REFUSED_SHOWN = 20
NO_CURRENCIES = pd.Series(dtype="str")


class Imported(BaseModel):
    """How many rows of the worklist were worked, what went to each table, and each refused row in a sentence."""

    worked: int
    added: dict[str, int]
    refused: list[str]


@flow(name="import-outcomes")
def import_outcomes(filled: Path, ledger: Path, database: str | None = None) -> Imported:
    """Add what came of contacts to a ledger's contacts, promises and disputes; again adds nothing twice.

    Args:
        filled: A worklist with its outcome columns filled in: .csv or .xlsx.
        ledger: The ledger's folder.
        database: SQLAlchemy URL of the score tables. SQLite duerank.db two folders above the worklist where empty.
    """
    done = add(filled, ledger, url_of(filled.resolve().parents[1], database))
    markdown_artifact("outcomes", f"```\n{summary(done, ledger)}\n```", "What collectors did")
    return done


@in_memory_task(name="read the outcomes and add them to the ledger")
def add(filled: Path, ledger: Path, url: str) -> Imported:
    rows = read_filled(filled)
    if rows.empty:
        raise LedgerError(f"{filled}: no row has an outcome; fill in the column outcome of the rows that were worked.")
    with held_with(max(_decimals_of(ledger), stated_decimals(rows.get("currency", NO_CURRENCIES)))):
        found = outcomes_of(rows, advice_of(url, set(rows["run_id"].dropna())), str(filled))
        append_rows(found.tables, ledger)
    return Imported(
        worked=found.worked,
        added={name: len(frame) for name, frame in found.tables.items()},
        refused=[_sentence(row) for row in records(found.refused)],
    )


def _decimals_of(ledger: Path) -> int:
    with opened(ledger) as source:
        return decimals_of(source.pieces, END_OF_TIME, load_settings().ledger.reporting_currency)


def _sentence(row: dict[str, Any]) -> str:
    value = "nothing" if pd.isna(row["value"]) else repr(row["value"])
    return f"{row['record']}: {row['column']} = {value}: {row['rule']}; {row['advice']}"


def summary(done: Imported, ledger: Path) -> str:
    """What was added, and what was refused and why."""
    added = ", ".join(f"{count:,} {name}" for name, count in done.added.items())
    lines = [f"{done.worked:,} rows were worked: {added} are in {ledger} now."]
    if done.refused:
        lines.append(f"{len(done.refused):,} rows say too little, or what cannot be; correct them and import again:")
        lines += [f"  {sentence}" for sentence in done.refused[:REFUSED_SHOWN]]
    return "\n".join(lines)
