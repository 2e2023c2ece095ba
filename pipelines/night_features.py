"""The `features` flow: what the models see of one night, as a file."""

from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from configs.settings import load_settings
from features.written_features import FeatureScratch, write_features
from ledger.atomic_files import require_place
from ledger.partitioned.load import opened_ledger
from pipelines.partition_flow import in_partitions
from pipelines.runtime.prefect_runtime import flow, named_by_night


@flow(name="features", flow_run_name=named_by_night("features"))
def features(
    ledger: str,
    as_of: date | None,
    out: Path,
    overrides: list[str] = [],  # noqa: B006
) -> str:
    """Write the features of every open invoice of one night to a Parquet file.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        as_of: The night: records known before it are seen. Today where empty.
        out: The Parquet file.
        overrides: Settings as section.name=value.
    """
    night, settings = pd.Timestamp(as_of or date.today()), load_settings(tuple(overrides))
    require_place(out.parent)
    with opened_ledger(FeatureScratch, ledger, night, settings) as scratch:
        rows = in_partitions("features of partitions", partial(write_features, out=out), scratch)
    return f"{rows:,} open invoices of the night {night.date()}, with their features: {out}"
