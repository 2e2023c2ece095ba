"""The `import-outcomes` flow: what collectors filled in on a worklist, into the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
from pydantic import BaseModel

from configs.language import counted, speaking, translated
from configs.settings import Settings, load_settings
from ledger.errors import LedgerError
from ledger.importing.append_rows import append_rows
from ledger.minor_units import held_with
from ledger.partitioned.account_rates import account_rates
from ledger.partitioned.added_rows import refused_when_added
from ledger.partitioned.load import END_OF_TIME
from ledger.reading.stated_decimals import decimals_of
from ledger.sources.chunks import opened
from pipelines.runtime.prefect_runtime import flow, in_memory_task, markdown_artifact
from worklists.outcomes.ledger_rows import record_of
from worklists.outcomes.read_filled import FilledOutcomes, outcomes_of, read_filled
from worklists.outcomes.refusals import Refusal
from worklists.score_db.connection import url_of
from worklists.score_db.past_advice import advice_of

REFUSED_SHOWN = 200  # more than that is one mistake in every row


class Imported(BaseModel):
    """How many rows of the worklist were taken, what went to each table, what was refused and what was understood from
    other cells, in sentences; `language` is that of the file."""

    worked: int
    added: dict[str, int]
    refused: list[str]
    refused_rows: int
    notes: list[str]
    language: str


@flow(name="import-outcomes")
def import_outcomes(filled: Path, ledger: Path, database: str | None = None, overrides: Sequence[str] = ()) -> Imported:
    """Add what came of contacts to a ledger's contacts, promises and disputes; again adds nothing twice.

    Args:
        filled: A worklist with its outcome columns filled in: .csv or .xlsx.
        ledger: The ledger's folder.
        database: SQLAlchemy URL of the score tables. SQLite duerank.db two folders above the worklist where empty.
        overrides: Settings such as outcomes.promise_days=120.
    """
    settings = load_settings(tuple(overrides))
    done = add(filled, ledger, url_of(filled.resolve().parents[1], database), settings)
    markdown_artifact("outcomes", f"```\n{summary(done, ledger)}\n```", "What collectors did")
    return done


@in_memory_task(name="read the outcomes and add them to the ledger")
def add(filled: Path, ledger: Path, url: str, settings: Settings) -> Imported:
    rows = read_filled(filled)
    if rows.empty:
        raise LedgerError(f"{filled}: no row has an outcome; fill in the column outcome of the rows that were worked.")
    with held_with(_decimals_of(ledger, settings)), speaking(rows.language):
        advice = advice_of(url, rows.runs, rows.nights)
        rates = account_rates(advice.rows, ledger)
        found = outcomes_of(rows, advice, rates, settings.outcomes, date.today(), str(filled))
        found = _accepted(found, ledger, settings)
        append_rows(found.tables, ledger, instead_of=found.places)
        return Imported(
            worked=found.worked,
            added={name: len(frame) for name, frame in found.tables.items()},
            refused=[refusal.sentence() for refusal in found.refused],
            refused_rows=len({(refusal.place.sheet, refusal.place.row) for refusal in found.refused}),
            notes=found.notes,
            language=rows.language,
        )


def _accepted(found: FilledOutcomes, ledger: Path, settings: Settings) -> FilledOutcomes:
    """Without the rows that the ledger's own rules would refuse the next night: those are refused now."""
    judged = refused_when_added(found.tables, ledger, settings.ledger)
    refused = {}
    for fault in judged.to_dict("records"):
        record = record_of(fault["table"], fault["record"])
        why = translated("the ledger would refuse it ({rule}); {advice}").format_map(fault)
        refused[record] = Refusal(
            found.places[record], fault["column"], translated(fault["column"]), fault["value"], why
        )
    tables = {
        name: frame[~_records(name, frame).isin(list(refused))].reset_index(drop=True)
        for name, frame in found.tables.items()
    }
    places = {record: place for record, place in found.places.items() if record not in refused}
    return replace(found, tables=tables, worked=len(places), places=places, refused=[*found.refused, *refused.values()])


def _records(table: str, frame: pd.DataFrame) -> pd.Series:
    key = f"{table.removesuffix('s')}_id"
    return frame[key].map(lambda one: record_of(table, one)).astype("str")


def _decimals_of(ledger: Path, settings: Settings) -> int:
    with opened(ledger) as source:
        return decimals_of(source.pieces, END_OF_TIME, settings.ledger.reporting_currency)


def summary(done: Imported, ledger: Path) -> str:
    """What was added, and what was refused and why, in the language of the file."""
    with speaking(done.language):
        words = {
            "contacts": counted("{count} contact", "{count} contacts", done.added["contacts"]),
            "promises": counted("{count} promise", "{count} promises", done.added["promises"]),
            "disputes": counted("{count} dispute", "{count} disputes", done.added["disputes"]),
        }
        added = ", ".join(words[table] for table in done.added)
        taken = counted("{count} row was taken", "{count} rows were taken", done.worked)
        lines = [translated("{taken} into {ledger} ({added}).").format(taken=taken, ledger=ledger, added=added)]
        lines += done.notes
        if done.refused:
            lines.append(
                counted(
                    "{count} row was refused; correct it in the file and import again:",
                    "{count} rows were refused; correct them in the file and import again:",
                    done.refused_rows,
                )
            )
            lines += [f"  {sentence}" for sentence in done.refused[:REFUSED_SHOWN]]
            if len(done.refused) > REFUSED_SHOWN:
                more = counted("and {count} more.", "and {count} more.", len(done.refused) - REFUSED_SHOWN)
                lines.append(f"  {more}")
    return "\n".join(lines)
