"""The `simulate`, `import` and `validate` flows: what ends in a ledger, or in a verdict."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from configs.settings import LedgerSettings, load_settings
from ledger.atomic_files import require_place
from ledger.importing.import_export import History, Import, import_ledger
from ledger.importing.shipped_sources import mapping_file
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.judge_partitions import AcceptedLedger, JudgedPartition, accept, all_verdicts, refusals_by_rule
from ledger.partitioned.lay_out import judge_and_reconcile_partition, lay_out
from ledger.partitioned.load import END_OF_TIME, opened_ledger
from ledger.partitioned.runner import Runner
from ledger.partitioned.scratch import LedgerScratch
from ledger.simulator import simulate as simulate_ledger
from ledger.validation.data_docs import write_docs
from ledger.validation.judge import stop_above
from ledger.validation.lost_money import cells_repaired
from pipelines.check_export import counts_told
from pipelines.partition_flow import in_partitions
from pipelines.runtime.prefect_runtime import flow, in_memory_task, markdown_artifact


@flow(name="simulate", flow_run_name="simulate {customers} customers, {days} days")
def simulate(customers: int, days: int, seed: int, world: str, out: str) -> str:
    """Write a simulated ledger, and beside it what no real ledger shows: in OUT_truth.parquet of the night after the
    last day, in OUT_contact_truth.parquet of every contact made."""
    return write_simulated(customers, days, seed, world, Path(out))


@in_memory_task(name="simulate a ledger")
def write_simulated(customers: int, days: int, seed: int, world: str, out: Path) -> str:
    require_place(out)
    simulation = simulate_ledger(customers, days, seed, world)
    write_ledger(simulation.tables, out)
    simulation.truth.to_parquet(truth_path(out), index=False)
    simulation.contact_truth.to_parquet(contact_truth_path(out), index=False)
    rows = ", ".join(f"{len(frame):,} {name}" for name, frame in simulation.tables.items() if len(frame))
    last = max(frame["known_on"].max() for frame in simulation.tables.values() if len(frame))
    return f"Simulated {rows} in {out}; the last day is {last.date()}."


def truth_path(ledger: Path) -> Path:
    """Where a simulated ledger's truth lies: beside it."""
    return _beside(ledger, "truth")


def contact_truth_path(ledger: Path) -> Path:
    """Where the truth of a simulated ledger's contacts lies: beside it."""
    return _beside(ledger, "contact_truth")


def _beside(ledger: Path, what: str) -> Path:
    folder = ledger.resolve()
    return folder.with_name(f"{folder.name}_{what}.parquet")


def read_truth(ledger: str) -> pd.DataFrame | None:
    """What `simulate` wrote of the truth beside a ledger; None where there is none."""
    if "://" in ledger:
        return None
    path = truth_path(Path(ledger))
    return pd.read_parquet(path) if path.is_file() else None


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
    of_tables = imported.counts.set_index("table")
    counts = pd.DataFrame({"came": of_tables["rows_in"], "used": of_tables["rows_in"] - of_tables["refused"]})
    stop_above(allowed, counts, imported.refused, quarantine, "import")


def _import_summary(imported: Import, out: Path) -> str:
    lines = counts_told(imported)
    if len(imported.refused):
        lines.append(f"Refused rows, each with its rule and what to do: {out / 'quarantine'}")
    told = cells_repaired(imported.repaired)
    return "\n".join([*lines, *told, *imported.notes, f"The ledger is in {out}"])


@flow(name="validate")
def validate(ledger: str, out: str, overrides: list[str]) -> str:
    """Check a whole ledger against the contract; data docs and quarantine go to `out`."""
    settings = load_settings(tuple(overrides))
    require_place(Path(out))
    with opened_ledger(LedgerScratch, ledger, END_OF_TIME, settings) as scratch:
        verdict = in_partitions("check partitions", partial(check, out=Path(out)), scratch)
    markdown_artifact(
        "validation", f"```\n{verdict.accepted.counts.to_string()}\n```", "What was received and what was refused"
    )
    return validation_summary(verdict.accepted, verdict.refused, Path(out))


@dataclass(frozen=True)
class LedgerVerdict:
    """What was accepted, and how often each rule refused (table, rule, rows)."""

    accepted: AcceptedLedger
    refused: pd.DataFrame


def check(scratch: LedgerScratch, runner: Runner, out: Path) -> LedgerVerdict:
    """Judge all partitions, and the ledger by them."""
    ledger = lay_out(scratch, runner)
    judged = runner.each(judge_and_reconcile_partition, scratch, range(ledger.layout.partitions))
    return runner.once(accept_or_refuse_the_ledger, scratch, judged, out)


def accept_or_refuse_the_ledger(scratch: LedgerScratch, judged: list[JudgedPartition], out: Path) -> LedgerVerdict:
    out.mkdir(parents=True, exist_ok=True)
    settings, ledger = scratch.request.settings.ledger, scratch.ledger
    write_docs(all_verdicts(ledger, judged), out / "data_docs")
    accepted = accept(ledger, judged, settings, out / "quarantine")
    return LedgerVerdict(accepted, refusals_by_rule(ledger, judged))


def validation_summary(accepted: AcceptedLedger, broken: pd.DataFrame, out: Path) -> str:
    """Rows by table, what was refused and why, and where to read on."""
    lines = [
        f"{table}: {row.came:,} rows received, {row.refused + row.refused_at_reading:,} refused, {row.used:,} used"
        for table, row in accepted.counts.iterrows()
        if row.came or row.used
    ]
    if len(broken):
        lines += [f"  {row.table}: {row.rows:,} rows: {row.rule}" for row in broken.head(10).itertuples()]
        lines.append(f"Refused rows, each with its rule and what to do: {out / 'quarantine'}")
    return "\n".join([*lines, *accepted.notes, f"Data docs: {out / 'data_docs' / 'index.html'}"])
