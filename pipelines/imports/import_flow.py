"""The `import` flow: a foreign export becomes a ledger."""

from datetime import date
from functools import partial
from pathlib import Path

from configs.settings import LedgerSettings, load_settings
from ledger.importing.import_export import History, Import, import_ledger
from ledger.importing.shipped_sources import mapping_file
from ledger.validation.counts import stop_above
from ledger.validation.lost_money import cells_repaired
from pipelines.imports.check_export import came_and_used, counts_told
from pipelines.runtime.prefect_runtime import flow, in_memory_task, markdown_artifact


@flow(name="import", flow_run_name="import {mapping}")
def import_export(
    mapping: str, source: str, out: str, overrides: list[str], history: str | None = None, as_of: date | None = None
) -> str:
    """Map a foreign export to a ledger; refused rows go to quarantine. With a `history` each day's import is kept
    there, this one as that for the night `as_of`, today unless given, and the ledger is of all of them."""
    kept = None if history is None else History(Path(history), as_of or date.today())
    return map_export(mapping_file(mapping), source, Path(out), load_settings(tuple(overrides)).ledger, kept)


@in_memory_task(name="map an export")
def map_export(mapping: Path, source: str, out: Path, settings: LedgerSettings, history: History | None = None) -> str:
    require = partial(stop_an_import_above, settings.max_quarantined_share)
    imported = import_ledger(mapping, source, out, require, settings.reporting_currency, history)
    markdown_artifact("import", f"```\n{imported.counts.to_string(index=False)}\n```", "Rows in and out")
    return _import_summary(imported, out)


def stop_an_import_above(allowed: float, imported: Import, quarantine: Path) -> None:
    """TooManyRefused, as of a night on these rows, where a table loses a larger share of its rows than is allowed."""
    stop_above(allowed, came_and_used(imported), imported.refused, quarantine, "import")


def _import_summary(imported: Import, out: Path) -> str:
    lines = counts_told(imported)
    if len(imported.refused):
        lines.append(f"Refused rows, each with its rule and what to do: {out / 'quarantine'}")
    told = cells_repaired(imported.repaired)
    return "\n".join([*lines, *told, *imported.notes, f"The ledger is in {out}"])
