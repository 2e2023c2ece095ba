"""`duerank features` writes what the models see of a night."""

from pathlib import Path

import pandas as pd

from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank
from tests.support.nights.published_nights import frame


def test_the_file_has_the_open_invoices_that_the_night_scored(trained: TrainedHome, night: Path, tmp_path: Path):
    out = tmp_path / "features" / "night.parquet"
    result = duerank("features", trained.ledger, "--as-of", NIGHT, "--out", out)
    assert result.exit_code == 0, result.output
    assert str(out) in result.output
    features = pd.read_parquet(out)
    scored = frame(night, "invoice_scores")
    assert sorted(features["invoice_id"]) == sorted(scored["invoice_id"])
