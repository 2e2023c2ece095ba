"""An export in many parts, worked on by several processes, gives what it gives in one piece."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet
import pytest

from ledger.errors import LedgerError
from ledger.importing import apply_to_parts, feeds, import_export
from ledger.importing.collect import Collected
from ledger.importing.import_export import Import, import_ledger
from ledger.sources.connections import open_engine
from ledger.tables import TABLES
from tests.support.items_mapping import BILLS_AND_PAYMENTS

MAPPING = (
    """
files: {items: {path: "items.*"}}
tables:
  customers: {file: items, distinct: true, columns: {customer_id: customer, name: name}}
"""
    + BILLS_AND_PAYMENTS
)
ROWS = 1_000


def items() -> pd.DataFrame:
    number = pd.Series(range(ROWS))
    return pd.DataFrame(
        {
            "id": number.astype("str"),
            "customer": "C" + (number % 37).astype("str"),
            "name": ("Name " + (number % 74).astype("str")).where(number > 100, "first"),
            "kind": number.map(lambda one: "RRGPX"[one % 5]),
            "day": ("2024-01-" + (number % 28 + 1).astype("str").str.zfill(2)).where(number % 13 != 7, "soon"),
            "amount": (number / 8).map("{:.3f}".format),
            "currency": number.map(lambda one: "KWD" if one == ROWS - 10 else "EUR"),
        }
    )


def imported(folder: Path, parts_of: int, monkeypatch: pytest.MonkeyPatch, form: str) -> tuple[Import, Path]:
    folder.mkdir()
    (folder / "mapping.yaml").write_text(MAPPING)
    (folder / "export").mkdir()
    if form == "csv":
        items().to_csv(folder / "export" / "items.csv", index=False)
    else:
        items().to_parquet(folder / "export" / "items.parquet", row_group_size=parts_of)
    monkeypatch.setattr(feeds, "ROWS_AT_ONCE", parts_of)
    return import_ledger(folder / "mapping.yaml", folder / "export", folder / "ledger"), folder / "ledger"


def test_many_parts_are_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply_to_parts, "cores", lambda: 2)
    whole, one = imported(tmp_path / "one", ROWS, monkeypatch, "parquet")
    parts, many = imported(tmp_path / "many", 90, monkeypatch, "parquet")
    for name in TABLES:
        together, apart = (pyarrow.parquet.read_table(folder / f"{name}.parquet") for folder in (one, many))
        assert apart.equals(together), name
    pd.testing.assert_frame_equal(parts.counts, whole.counts)
    pd.testing.assert_frame_equal(parts.refused, whole.refused)
    assert [note.rpartition("/")[2] for note in parts.notes] == [note.rpartition("/")[2] for note in whole.notes]
    assert len(whole.notes) == 2
    assert whole.counts["refused"].sum() > 30
    assert pyarrow.parquet.read_schema(many / "invoices.parquet").field("amount").type.scale == 3


@pytest.mark.parametrize("parts_of", [ROWS, 90])
def test_a_table_of_postgresql_is_as_of_one_moment_until_its_last_part_was_read(
    parts_of: int, postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply_to_parts, "cores", lambda: 1)
    monkeypatch.setattr(feeds, "ROWS_AT_ONCE", parts_of)
    engine = open_engine(postgresql)
    items().to_sql("items", engine, index=False)
    engine.dispose()
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace('{path: "items.*"}', "{}"))
    table = import_ledger(tmp_path / "mapping.yaml", postgresql, tmp_path / "ledger")
    file, _ = imported(tmp_path / "one", ROWS, monkeypatch, "parquet")
    pd.testing.assert_frame_equal(table.counts, file.counts)


def test_a_refused_row_says_its_line_whatever_part_it_was_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply_to_parts, "cores", lambda: 1)
    parts, _ = imported(tmp_path / "many", 90, monkeypatch, "parquet")
    csv, _ = imported(tmp_path / "csv", 90, monkeypatch, "csv")
    for done, first in ((parts, 1), (csv, 2)):
        wrong = done.refused[done.refused["column"] == "issued_on"]
        places = wrong["row"].str.extract(r'"_row": "(\d+)"')[0].astype(int) - first
        assert sorted(places) == sorted(number for number in range(7, ROWS, 13) if number % 5 in (0, 1, 2))


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_export_that_is_written_again_while_it_is_read_makes_no_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    collect = import_export.collect
    file = tmp_path / "one" / "export" / f"items.{form}"

    def meanwhile(*asked: Any) -> Collected:
        collected = collect(*asked)
        again = items().assign(amount="1.00")
        again.to_csv(file, index=False) if form == "csv" else again.to_parquet(file)
        return collected

    monkeypatch.setattr(import_export, "collect", meanwhile)
    with pytest.raises(
        LedgerError, match=rf"items\.{form}: the file was changed while it was read.*Nothing was written"
    ):
        imported(tmp_path / "one", ROWS, monkeypatch, form)
    assert not (tmp_path / "one" / "ledger").exists()
