"""The file of features has what the models see, whatever the partitions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from configs.settings import load_settings
from features.catalogue import names
from features.spine import replay_night
from features.written_features import FeatureScratch, write_features
from ledger.errors import LedgerError
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.load import load_ledger, opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.simulator import simulate

NIGHT = pd.Timestamp("2024-01-02")
KEYS = ["customer_id", "invoice_id"]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("written") / "ledger"
    write_ledger(simulate(60, 300, 5).tables, folder)
    return str(folder)


def written(ledger: str, out: Path, *overrides: str, night: pd.Timestamp = NIGHT) -> pd.DataFrame:
    with opened_ledger(FeatureScratch, ledger, night, load_settings(overrides)) as scratch:
        rows = write_features(scratch, InThisProcess(), out)
    frame = pd.read_parquet(out)
    assert len(frame) == rows
    return frame


@pytest.mark.parametrize("partition_rows", [1_000_000, 1_000])
def test_the_file_has_a_row_for_each_open_invoice_with_what_the_models_see(
    ledger: str, tmp_path: Path, partition_rows: int
):
    frame = written(ledger, tmp_path / "features.parquet", f"scale.rows_per_partition={partition_rows}")
    settings = load_settings()
    loaded = load_ledger(ledger, NIGHT, settings)
    rows = replay_night(loaded.portfolio, settings.labels, loaded.reporting_currency, None, NIGHT).invoices
    seen = rows.assign(
        customer_id=loaded.portfolio.customer_ids[rows["customer"]].to_numpy(),
        invoice_id=loaded.portfolio.invoice_ids[rows["invoice"]].to_numpy(),
    ).sort_values(KEYS, ignore_index=True)
    frame = frame.sort_values(KEYS, ignore_index=True)
    pd.testing.assert_frame_equal(frame[[*KEYS, *names("invoice")]], seen[[*KEYS, *names("invoice")]])
    np.testing.assert_array_equal(pd.to_datetime(frame["due_on"]), pd.to_datetime(seen["due_on"], unit="D"))
    assert len(frame) > 50 and set(pd.to_datetime(frame["as_of"])) == {NIGHT}


def test_each_column_says_its_unit_and_what_it_means(ledger: str, tmp_path: Path):
    written(ledger, tmp_path / "features.parquet")
    schema = pq.read_schema(tmp_path / "features.parquet")
    assert schema.field("open_amount").metadata[b"unit"] == b"hundredths of the reporting currency"
    assert schema.field("late_share_all").metadata[b"unit"] == b"share"
    assert all(schema.field(name).metadata[b"meaning"] for name in names("invoice"))


def test_nothing_is_written_of_a_ledger_that_cannot_be_used(ledger: str, tmp_path: Path):
    with pytest.raises(LedgerError, match="no invoice is known before"):
        written(ledger, tmp_path / "features.parquet", night=pd.Timestamp("1999-01-01"))
    assert not (tmp_path / "features.parquet").exists()
