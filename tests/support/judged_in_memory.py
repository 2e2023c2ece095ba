"""A small ledger read and judged in memory as one part, for tests of single rules: no partition, no file between."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from configs.settings import LedgerSettings, load_settings
from ledger.currencies import billed_currencies, counted, reporting_currency, without_rate
from ledger.frames import Tables, complete
from ledger.reading.quarantine import write_quarantine
from ledger.reading.read import Reading, assemble
from ledger.reading.refusals import REFUSED_COLUMNS, stacked
from ledger.sources.chunks import opened, raw_rows
from ledger.tables import TABLES
from ledger.validation.counts import reconcile, stop_above, with_unreadable
from ledger.validation.data_docs import write_docs
from ledger.validation.judge import (
    RestOfLedger,
    accepted_customers,
    sentences,
    unreadable_keys,
    validate_part,
    validate_rates,
)


@dataclass(frozen=True)
class JudgedInMemory:
    """Accepted rows, refused rows (those of reading included), repaired cells, counts, and the warnings as
    sentences."""

    tables: Tables
    refused: pd.DataFrame
    repaired: pd.DataFrame
    counts: pd.DataFrame
    warnings: list[str]


def ledger_settings(reporting_currency: str | None, max_quarantined_share: float) -> LedgerSettings:
    """The default settings of the ledger but for these two."""
    chosen = {"reporting_currency": reporting_currency, "max_quarantined_share": max_quarantined_share}
    return load_settings().ledger.model_copy(update=chosen)


def read_ledger(source: str | Path) -> Reading:
    """Every row of a ledger in the declared types, or refused at reading."""
    with opened(source) as found:
        parts = ((TABLES[piece.table], piece.origin, raw) for piece in found.pieces for raw in raw_rows(piece))
        return assemble(parts, found.notes)


def validate(
    tables: Tables,
    settings: LedgerSettings,
    already_refused: pd.DataFrame,
    docs: Path | None = None,
    quarantine: Path | None = None,
) -> JudgedInMemory:
    """The verdict of `validate_part` on a whole ledger, which knows all that a part must know of the rest."""
    tables = complete(tables)
    unreadable = unreadable_keys(already_refused)
    rates = validate_rates(tables["fx_rates"])
    customers = accepted_customers(tables, unreadable)
    billed = counted(billed_currencies({"customers": customers, "invoices": tables["invoices"]}))
    currency = reporting_currency(billed, rates.tables["fx_rates"], settings)
    surroundings = RestOfLedger(
        has_customers=not tables["customers"].empty,
        unreadable=unreadable,
        without_rate=without_rate(billed, rates.tables["fx_rates"], settings),
        reporting_currency=currency,
        fx_rates=rates.tables["fx_rates"],
        repeated={name: np.zeros(0, dtype=np.uint64) for name in TABLES},
        is_abroad=lambda ids: np.zeros(len(ids), dtype=np.bool_),
    )
    judged = validate_part({name: frame for name, frame in tables.items() if name != "fx_rates"}, surroundings)
    refused = stacked([already_refused, rates.refused, judged.refused])
    refused = refused.sort_values(list(REFUSED_COLUMNS), ignore_index=True)
    if docs is not None:
        write_docs([*rates.verdicts, *judged.verdicts], docs)
    if quarantine is not None:
        write_quarantine([refused], quarantine)
    counts = with_unreadable(judged.counts + rates.counts, unreadable)
    reconcile(counts)
    stop_above(settings.max_quarantined_share, counts, refused, quarantine)
    return JudgedInMemory(judged.tables, refused, judged.repaired, counts, sentences([*rates.warned, *judged.warned]))
