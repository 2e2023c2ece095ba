"""A night over a ledger that was imported day after day is the night over the whole, to the byte."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from ledger.importing.import_export import import_ledger
from ledger.importing.write_ledger import write_ledger
from ledger.simulator import simulate
from ledger.sources import csv_blocks
from ledger.tables import TABLES
from tests.support.nights.flow_runs import nightly

RULES = ("--set", "night.without_champion=rules")
SHARES = (0.6, 0.99, 1)


@pytest.mark.slow
def test_a_night_over_a_ledger_that_grew_day_by_day_is_that_over_the_whole(
    other_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_blocks, "CSV_BLOCK", 50_000)
    simulated, export = tmp_path / "simulated", tmp_path / "export"
    write_ledger(simulate(80, 500, 5, "untidy").tables, simulated)
    export.mkdir()
    names = [name for name in TABLES if len(pd.read_parquet(simulated / f"{name}.parquet"))]
    rules = {name: {"file": name, "columns": {one: one for one in TABLES[name].names}} for name in names}
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump({"files": {name: {} for name in names}, "tables": rules}))
    for share in SHARES:
        for name in names:
            rows = pd.read_parquet(simulated / f"{name}.parquet")
            rows.head(int(len(rows) * share)).to_csv(export / f"{name}.csv", index=False)
        import_ledger(tmp_path / "mapping.yaml", export, tmp_path / "daily" / "ledger")
    import_ledger(tmp_path / "mapping.yaml", export, tmp_path / "whole" / "ledger")
    known = pd.read_parquet(simulated / "invoices.parquet")["issued_on"]
    night = date.fromisoformat(str(known.max()))
    for way in ("daily", "whole"):
        nightly(tmp_path / way / "ledger", tmp_path / way / "out", night, *RULES)
    daily, whole = (tmp_path / way / "out" / f"as_of={night}" / "worklist.csv" for way in ("daily", "whole"))
    assert daily.read_bytes() == whole.read_bytes()
    assert len(daily.read_text("utf-8-sig").splitlines()) > 5
