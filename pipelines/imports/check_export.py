"""`import --check`: a look at an export, which writes no ledger.

It is no flow: there is nothing to run again or to watch, and Prefect's start takes many times as long as the look.
"""

from pathlib import Path

import pandas as pd

from configs.settings import load_settings
from ledger.importing.checking.check_import import check_summary, open_by_customer, sums_by_month
from ledger.importing.checking.doubts import doubts
from ledger.importing.import_export import Import, prepared_import
from ledger.importing.shipped_sources import mapping_file
from ledger.reading.quarantine import write_csv, write_quarantine
from ledger.sources.chunks import QUARANTINE
from ledger.validation.counts import too_many_refused

MOST_RULES = 10


def check_import(mapping: str, source: str, out: Path, overrides: tuple[str, ...] = ()) -> str:
    """What an import would bring, as text: rows, sums by month, what each customer owes. The whole lists go to a folder
    beside `out`; no ledger is written. LedgerError as an import."""
    folder, settings = check_folder(out), load_settings(overrides).ledger
    with prepared_import(mapping_file(mapping), source, out, settings.reporting_currency) as prepared:
        months, owing = sums_by_month(prepared.files), open_by_customer(prepared.files)
        doubtful = doubts(prepared.files)
        imported = prepared.imported
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(months, folder / "sums_by_month.csv", mark=True)
        write_csv(owing, folder / "open_by_customer.csv", mark=True)
        write_quarantine([imported.refused], folder / QUARANTINE, [imported.repaired])
    shown = check_summary(months, owing)
    lines = [
        *counts_told(imported),
        *_refused_told(imported, settings.max_quarantined_share, folder / QUARANTINE),
        *imported.notes,
        *doubtful,
        shown,
        f"The whole lists are in {folder}; no ledger was written.",
    ]
    return "\n".join(lines)


def _refused_told(imported: Import, allowed: float, quarantine: Path) -> list[str]:
    """What was refused, by rule, where the rows are, and whether an import would stop for it."""
    if imported.refused.empty:
        return []
    rules = imported.refused.groupby(["table", "column", "rule"], sort=False)["value"]
    lines = [
        f"  {table}: {len(values):,} rows: {f'{column}: ' if column else ''}{rule}, such as {values.iloc[0][:60]!r}"
        for (table, column, rule), values in rules
    ]
    above = imported.counts["table"].isin(too_many_refused(allowed, came_and_used(imported)))
    stops = [
        f"An import stops at this: it refuses {one.refused:,} of {one.rows_in:,} rows of {one.table}, and "
        f"ledger.max_quarantined_share allows {allowed:.1%}."
        for one in imported.counts[above].itertuples()
    ]
    return [*lines[:MOST_RULES], *stops, f"Refused rows, each with its rule and what to do: {quarantine}"]


def came_and_used(imported: Import) -> pd.DataFrame:
    """How many rows of each table came and were used, as `ledger.validation.counts` asks for them."""
    counts = imported.counts.set_index("table")
    return pd.DataFrame({"came": counts["rows_in"], "used": counts["rows_in"] - counts["refused"]})


def check_folder(ledger: Path) -> Path:
    """Where the lists of a check lie: beside the ledger that an import would write."""
    return ledger.resolve().with_name(f"{ledger.resolve().name}_check")


def counts_told(imported: Import) -> list[str]:
    """A sentence for each table that the mapping fills."""
    return [
        f"{row.table}: {row.rows_in:,} rows in, {row.rows_out:,} out, {row.refused:,} refused, "
        f"{row.repeated:,} repeated"
        for row in imported.counts.itertuples()
    ]
