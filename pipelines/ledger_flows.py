"""The `simulate`, `import` and `validate` flows: everything that ends in a ledger or a verdict on one."""

from pathlib import Path

import pandas as pd

from configs.settings import load_settings
from ledger.importing.import_export import Import, import_ledger
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.judge_partitions import Accepted, Part, Whole, accept, rules_broken
from ledger.partitioned.load import END_OF_TIME
from ledger.simulator import simulate as simulate_ledger
from pipelines import shared
from pipelines.partition_flow import in_partitions, judge_all, taken_in
from pipelines.runtime.prefect_runtime import flow, in_memory_task, markdown_artifact


@flow(name="simulate")
def simulate(customers: int, days: int, seed: int, world: str, out: str) -> str:
    """Write a simulated ledger, and beside it in OUT_truth.parquet what no real ledger shows."""
    return write_simulated(customers, days, seed, world, Path(out))


@in_memory_task(name="simulate a ledger")
def write_simulated(customers: int, days: int, seed: int, world: str, out: Path) -> str:
    simulation = simulate_ledger(customers, days, seed, world)
    write_ledger(simulation.tables, out)
    simulation.truth.to_parquet(truth_path(out), index=False)
    rows = ", ".join(f"{len(frame):,} {name}" for name, frame in simulation.tables.items() if len(frame))
    last = max(frame["known_on"].max() for frame in simulation.tables.values() if len(frame))
    return f"Simulated {rows} in {out}; the last day is {last.date()}."


def truth_path(ledger: Path) -> Path:
    """Where a simulated ledger's truth lies: beside it."""
    folder = ledger.resolve()
    return folder.with_name(f"{folder.name}_truth.parquet")


def read_truth(ledger: str) -> pd.DataFrame | None:
    """What `simulate` wrote of the truth beside a ledger; None where there is none."""
    if "://" in ledger:
        return None
    path = truth_path(Path(ledger))
    return pd.read_parquet(path) if path.is_file() else None


@flow(name="import")
def import_export(mapping: str, source: str, out: str) -> str:
    """Map a foreign export to a ledger; refused rows go to quarantine."""
    return map_export(Path(mapping), Path(source), Path(out))


@in_memory_task(name="map an export")
def map_export(mapping: Path, source: Path, out: Path) -> str:
    imported = import_ledger(mapping, source, out)
    markdown_artifact("import", f"```\n{imported.counts.to_string(index=False)}\n```", "Rows in and out")
    return _import_summary(imported, out)


def _import_summary(imported: Import, out: Path) -> str:
    lines = [
        f"{row.table}: {row.rows_in:,} rows in, {row.rows_out:,} out, {row.refused:,} refused, "
        f"{row.repeated:,} repeated"
        for row in imported.counts.itertuples()
    ]
    if len(imported.reading.refused):
        lines.append(f"Refused rows, each with its rule and what to do: {out / 'quarantine'}")
    return "\n".join([*lines, *imported.reading.notes, f"The ledger is in {out}"])


@flow(name="validate")
def validate(ledger: str, out: str, overrides: list[str]) -> str:
    """Check a whole ledger against the contract; data docs and quarantine go to `out`."""
    settings = load_settings(tuple(overrides))
    with taken_in(ledger, END_OF_TIME, settings) as intake:
        shared.put(intake.scratch, "out", Path(out))
        accepted, refused = in_partitions(check, intake)
    markdown_artifact("validation", f"```\n{accepted.counts.to_string()}\n```", "What came and what was refused")
    return validation_summary(accepted, refused, Path(out))


@flow(name="check partitions")
def check(scratch: Path, apart: bool) -> tuple[Accepted, pd.DataFrame]:
    """Judge all partitions; what was accepted, and how often each rule refused (table, rule, rows)."""
    whole, seen = judge_all(scratch, apart)
    return decide_on(whole, [one.part for one in seen], scratch)


@in_memory_task(name="accept or refuse the ledger")
def decide_on(whole: Whole, parts: list[Part], scratch: Path) -> tuple[Accepted, pd.DataFrame]:
    out: Path = shared.get(scratch, "out")
    out.mkdir(parents=True, exist_ok=True)
    settings = shared.get(scratch, "intake").settings
    accepted = accept(whole, parts, settings.ledger, out / "data_docs", out / "quarantine")
    return accepted, rules_broken(whole, parts)


def validation_summary(accepted: Accepted, broken: pd.DataFrame, out: Path) -> str:
    """Rows by table, what was refused and why, and where to read on."""
    lines = [
        f"{table}: {row.came:,} rows came, {row.refused + row.refused_at_reading:,} refused, {row.used:,} used"
        for table, row in accepted.counts.iterrows()
        if row.came or row.used
    ]
    if len(broken):
        lines += [f"  {row.table}: {row.rows:,} rows: {row.rule}" for row in broken.head(10).itertuples()]
        lines.append(f"Refused rows, each with its rule and what to do: {out / 'quarantine'}")
    return "\n".join([*lines, *accepted.notes, f"Data docs: {out / 'data_docs' / 'index.html'}"])
