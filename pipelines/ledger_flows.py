"""The `simulate` and `validate` flows: what ends in a ledger, or in a verdict."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from configs.language import counted
from configs.settings import load_settings
from ledger.atomic_files import require_place
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.judge_partitions import AcceptedLedger, JudgedPartition, accept, all_verdicts, refusals_by_rule
from ledger.partitioned.lay_out import judge_and_reconcile_partition, lay_out
from ledger.partitioned.load import END_OF_TIME, opened_ledger
from ledger.partitioned.runner import Runner
from ledger.partitioned.scratch import LedgerScratch
from ledger.simulator import simulate as simulate_ledger
from ledger.validation.data_docs import write_docs
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
        for table, rule, rows in broken.head(10)[["table", "rule", "rows"]].itertuples(index=False):
            lines.append(f"  {table}: {counted('{count} row', '{count} rows', rows)}: {rule}")
        lines.append(f"Refused rows, each with its rule and what to do: {out / 'quarantine'}")
    return "\n".join([*lines, *accepted.notes, f"Data docs: {out / 'data_docs' / 'index.html'}"])
