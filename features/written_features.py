"""The features of one night in a Parquet file, partition by partition: one row per open invoice."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from features.base_rates import LateCounts, added_up, late_counts
from features.catalogue import BY_NAME, names
from features.engine import features_at
from features.event_streams import matured_events
from features.spine import spine_of
from ledger.as_of.newest import newest_of_parts, newest_records, require_invoices
from ledger.atomic_files import write_whole
from ledger.partitioned.judge_partitions import JudgedPartition, accept
from ledger.partitioned.lay_out import judge_and_reconcile_partition, lay_out
from ledger.partitioned.runner import Runner
from ledger.partitioned.scratch import HandedOver, LedgerScratch
from ledger.partitioned.shared_folder import SharedFolder

UNITS = {"currency": "hundredths of the reporting currency"}  # as models get it; the others are as they are shown


class FeatureScratch(LedgerScratch):
    """A ledger on its way into partitions, and what the base rates of each need of all."""

    late_counts = HandedOver[LateCounts]()

    @property
    def written(self) -> SharedFolder:
        """Where the features of partitions lie until all are written."""
        return self.folder / "features"


class Counted(NamedTuple):
    """What a partition says of itself before the whole is known."""

    judged: JudgedPartition
    late: LateCounts
    newest: "pd.Series[pd.Timestamp]"


def write_features(scratch: FeatureScratch, runner: Runner, out: Path) -> int:
    """Write the features of the request's night to the file `out`, whole or not at all; how many rows it has.

    The columns are customer_id, invoice_id, as_of, due_on and the features of an invoice, float32, with their unit and
    meaning as metadata. LedgerError where the ledger cannot be used.
    """
    ledger = lay_out(scratch, runner)
    partitions = range(ledger.layout.partitions)
    counted = runner.each(judge_and_count_partition, scratch, partitions)
    runner.once(require_usable_ledger, scratch, counted)
    scratch.late_counts = added_up([one.late for one in counted])
    rows = runner.each(write_features_of_partition, scratch, partitions)
    write_whole(out, lambda path: _join(scratch.written.files(".parquet"), path))
    return sum(rows)


def judge_and_count_partition(scratch: FeatureScratch, partition: int) -> Counted:
    """Validate a partition, and count what the whole portfolio's base rates need."""
    judged = judge_and_reconcile_partition(scratch, partition)
    view = scratch.view(partition)
    late = late_counts(view, matured_events(view, scratch.request.settings.labels))
    return Counted(judged, late, newest_records(view.portfolio, view.as_of))


def require_usable_ledger(scratch: FeatureScratch, counted: Sequence[Counted]) -> None:
    """LedgerError where too much was refused, or no invoice is known before the night."""
    newest = newest_of_parts([one.newest for one in counted])
    require_invoices(newest, scratch.request.known_by)
    accept(scratch.ledger, [one.judged for one in counted], scratch.request.settings.ledger, None)


def write_features_of_partition(scratch: FeatureScratch, partition: int) -> int:
    """Write the rows of a partition to the scratch, by customer and invoice; how many there are."""
    view = scratch.view(partition)
    rows = spine_of(view, features_at(view, scratch.request.settings.labels, scratch.late_counts)).invoices
    ids = view.portfolio
    frame = pd.DataFrame(
        {
            "customer_id": ids.customer_ids[rows["customer"]].to_numpy(),
            "invoice_id": ids.invoice_ids[rows["invoice"]].to_numpy(),
            "as_of": view.as_of,
            "due_on": pd.to_datetime(rows["due_on"].to_numpy(), unit="D"),
            **{name: rows[name].to_numpy() for name in names("invoice")},
        }
    ).sort_values(["customer_id", "invoice_id"])
    scratch.written.write(f"{partition:03}.parquet", lambda path: pa.parquet.write_table(_as_arrow(frame), path))
    return len(frame)


def _as_arrow(frame: pd.DataFrame) -> pa.Table:
    keys = {"customer_id": pa.string(), "invoice_id": pa.string(), "as_of": pa.date32(), "due_on": pa.date32()}
    fields = [pa.field(name, kind) for name, kind in keys.items()]
    for name in names("invoice"):
        feature = BY_NAME[name]
        about = {"unit": UNITS.get(feature.unit, feature.unit), "meaning": feature.meaning}
        fields.append(pa.field(name, pa.float32(), metadata=about))
    return pa.Table.from_pandas(frame, pa.schema(fields), preserve_index=False)


def _join(parts: Sequence[Path], path: Path) -> None:
    with pa.parquet.ParquetWriter(path, pa.parquet.read_schema(parts[0])) as writer:
        for part in parts:
            writer.write_table(pa.parquet.read_table(part))
