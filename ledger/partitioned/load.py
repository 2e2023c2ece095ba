"""From a ledger's address to a numbered portfolio: read, keep what the night knows, validate, prove, number."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from configs.settings import LedgerSettings
from ledger.clock import known_before
from ledger.currencies import reporting_currency
from ledger.fingerprint import fingerprint, row_sums
from ledger.portfolio import Portfolio, number
from ledger.reading.read import read_ledger
from ledger.validation.judge import validate

END_OF_TIME = pd.Timestamp("2200-01-01")


@dataclass(frozen=True)
class Loaded:
    """A portfolio that passed, with what was refused on the way.

    `refused` has a row per refused record; `notes` are sentences for the user; `data_hash` is of the records used.
    """

    portfolio: Portfolio
    reporting_currency: str | None
    refused: pd.DataFrame
    counts: pd.DataFrame
    notes: tuple[str, ...]
    data_hash: str


def load_ledger(
    source: str,
    known_by: pd.Timestamp,
    settings: LedgerSettings,
    docs: Path | None = None,
    quarantine: Path | None = None,
) -> Loaded:
    """Load what was known before the night `known_by` (`END_OF_TIME`: everything).

    Data docs and quarantine are written where folders are given. LedgerError where the ledger cannot be used.
    """
    reading = read_ledger(source)
    known = known_before(reading.tables, known_by)
    verdict = validate(known, settings, reading.refused, docs, quarantine)
    return Loaded(
        portfolio=number(verdict.tables),
        reporting_currency=reporting_currency({**verdict.tables, "invoices": known["invoices"]}, settings),
        refused=verdict.refused,
        counts=verdict.counts,
        notes=(*reading.notes, *verdict.warnings),
        data_hash=fingerprint([row_sums(verdict.tables)]),
    )
