"""Parts of an export that did not change are not converted again; what is no longer sure is."""

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from ledger.importing import apply_to_parts, feeds
from ledger.importing.append_rows import append_rows
from ledger.importing.import_export import History, Import, import_ledger
from ledger.importing.unchanged.kept_parts import KEPT
from ledger.reading.read import read_rows
from ledger.sources import csv_blocks
from ledger.sources.csv_and_parquet import RawRows
from ledger.sources.row_group_hash import hash_row_groups
from ledger.tables import TABLES

MAPPING = """
files:
  invoices: {path: "invoices.*"}
  payments: {path: "payments.*"}
tables:
  customers: {file: invoices, distinct: true, columns: {customer_id: customer, name: name}}
  invoices:
    {file: invoices, columns: {invoice_id: id, customer_id: customer, issued_on: day, due_on: day, amount: amount}}
  payments: {file: payments, columns: {payment_id: id, customer_id: customer, paid_on: day, amount: amount}}
"""
BY_QUERY = """
files: {invoices: {}, payments: {}}
tables:
  invoices:
    query: SELECT id AS invoice_id, customer AS customer_id, day AS issued_on, day AS due_on, amount FROM invoices
  payments:
    query: SELECT id AS payment_id, customer AS customer_id, day AS paid_on, amount FROM payments
"""


class Export:
    """Invoices and payments, and how many parts of them were converted at the last import."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.out, self.converted = folder, folder / "ledger", 0
        (folder / "export").mkdir()
        (folder / "mapping.yaml").write_text(MAPPING)
        monkeypatch.setattr(csv_blocks, "CSV_BLOCK", 400)
        monkeypatch.setattr(feeds, "ROWS_AT_ONCE", 20)
        monkeypatch.setattr(apply_to_parts, "cores", lambda: 1)
        original = feeds.apply_rules

        def counted(*given: object) -> object:
            self.converted += 1
            return original(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(feeds, "apply_rules", counted)

    def write(self, table: str, rows: int, form: str = "csv") -> None:
        number = pd.Series(range(rows))
        frame = pd.DataFrame(
            {
                "id": table[0] + number.astype("str"),
                "customer": "C" + (number % 5).astype("str"),
                "name": "Name " + (number % 5).astype("str"),
                "day": ("2024-01-" + (number % 28 + 1).astype("str").str.zfill(2)).where(number % 9 != 7, "soon"),
                "amount": (number + 0.25).astype("str"),
            }
        )
        path = self.folder / "export" / f"{table}.{form}"
        if form == "parquet":
            frame.to_parquet(path, index=False, row_group_size=10)
        elif form == "xlsx":
            frame.to_excel(path, index=False)
        else:
            frame.to_csv(path, index=False)

    def imported(self, history: History | None = None) -> Import:
        self.converted = 0
        return import_ledger(self.folder / "mapping.yaml", self.folder / "export", self.out, history=history)

    def is_as_fresh(self) -> bool:
        fresh = self.folder / "fresh"
        import_ledger(self.folder / "mapping.yaml", self.folder / "export", fresh)
        return contents(self.out) == contents(fresh)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Export:
    made = Export(tmp_path, monkeypatch)
    made.write("invoices", 100)
    made.write("payments", 60)
    return made


def test_only_what_is_new_at_the_end_is_converted(export: Export) -> None:
    whole = export.imported()
    assert export.converted > 10
    again = export.imported()
    assert export.converted == 0
    pd.testing.assert_frame_equal(again.refused, whole.refused)
    export.write("invoices", 103)
    export.imported()
    assert export.converted == 1
    assert export.is_as_fresh()


@pytest.mark.parametrize(("form", "parts"), [("parquet", 1), ("xlsx", 1)])
def test_row_groups_and_workbooks_are_known_again(export: Export, form: str, parts: int) -> None:
    (export.folder / "export" / "invoices.csv").unlink()
    export.write("invoices", 100, form)
    export.imported()
    export.imported()
    assert export.converted == 0
    export.write("invoices", 104, form)
    export.imported()
    assert export.converted == parts
    assert export.is_as_fresh()


def test_results_of_queries_are_known_again_though_the_queries_run(export: Export) -> None:
    (export.folder / "mapping.yaml").write_text(BY_QUERY)
    export.imported()
    assert export.converted == 2
    export.imported()
    assert export.converted == 0
    export.write("payments", 61)
    export.imported()
    assert export.converted == 1
    assert export.is_as_fresh()


def test_another_mapping_converts_all(export: Export) -> None:
    export.imported()
    of_all = export.converted
    (export.folder / "mapping.yaml").write_text(
        MAPPING.replace("amount: amount}", "amount: {column: amount, negate: true}}")
    )
    export.imported()
    assert export.converted == of_all
    assert export.is_as_fresh()


def test_other_code_converts_all(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    export.imported()
    of_all = export.converted
    monkeypatch.setattr("ledger.importing.unchanged.identities.version", lambda name: "another")
    export.imported()
    assert export.converted == of_all


def test_a_table_that_others_wrote_is_converted_again(export: Export) -> None:
    export.imported()
    of_payments = json.loads(zipfile.ZipFile(export.out / KEPT).read("about.json"))["parts"]
    expected = sum(part["made"][0][0] == "payments" for part in of_payments)
    raw = pd.DataFrame({"payment_id": ["Z1"], "customer_id": "C1", "paid_on": "2024-02-01", "amount": "5"})
    append_rows({"payments": read_rows(TABLES["payments"], "test", RawRows(raw)).rows}, export.out)
    export.imported()
    assert export.converted == expected > 1
    assert export.is_as_fresh()


def test_a_ledger_with_outcomes_is_that_of_a_fresh_import_again(export: Export) -> None:
    export.imported()
    raw = pd.DataFrame(
        {"contact_id": ["K1"], "customer_id": "C1", "contacted_on": "2024-02-01", "channel": "call", "outcome": "paid"}
    )
    append_rows({"contacts": read_rows(TABLES["contacts"], "test", RawRows(raw)).rows}, export.out)
    export.imported()
    assert export.is_as_fresh()


def test_what_collectors_filled_in_is_kept_by_every_import(export: Export) -> None:
    export.imported()
    on = {"customer_id": "C1", "contacted_on": "2024-02-01", "channel": "call", "outcome": "promised"}
    filled = {
        "contacts": {"contact_id": "0123456789abcdef-7", **on},
        "promises": {"promise_id": "0123456789abcdef-7", "customer_id": "C1", "made_on": "2024-02-01",
                     "promised_on": "2024-02-09", "amount": "12.50"},
        "disputes": {"dispute_id": "0123456789abcdef-7-4711-b", "invoice_id": "4711-b", "opened_on": "2024-02-01"},
    }  # fmt: skip
    rows = {name: read_rows(TABLES[name], "test", RawRows(pd.DataFrame([row]))).rows for name, row in filled.items()}
    append_rows(rows, export.out)
    before = {name: pd.read_parquet(export.out / f"{name}.parquet") for name in filled}
    export.write("invoices", 12)
    export.imported()
    export.imported()
    for name, frame in before.items():
        pd.testing.assert_frame_equal(pd.read_parquet(export.out / f"{name}.parquet"), frame)


@pytest.mark.parametrize("wrong", ["cut off", "gone", "another ledger"])
def test_what_is_not_whole_is_ignored(export: Export, wrong: str) -> None:
    export.imported()
    of_all, kept = export.converted, export.out / KEPT
    if wrong == "cut off":
        kept.write_bytes(kept.read_bytes()[:-50])
    elif wrong == "gone":
        kept.unlink()
    else:
        for table in ("invoices", "payments"):
            (export.out / f"{table}.parquet").unlink()
    export.imported()
    assert export.converted == of_all
    assert export.is_as_fresh()


def test_nothing_is_kept_where_the_ledger_is_of_a_history(export: Export) -> None:
    export.imported()
    day = pd.Timestamp("2024-03-01").date()
    export.imported(History(export.folder / "history", day))
    assert not (export.out / KEPT).exists()


def test_the_hash_of_row_groups_is_of_their_rows_wherever_they_are(tmp_path: Path) -> None:
    rows = pd.DataFrame({"a": range(8), "b": list("abcdefgh")})
    rows.to_parquet(tmp_path / "one.parquet", row_group_size=4)
    rows.iloc[4:].to_parquet(tmp_path / "two.parquet", index=False)
    rows.assign(b="x").to_parquet(tmp_path / "other.parquet", row_group_size=4)
    rows.astype({"a": "float"}).to_parquet(tmp_path / "typed.parquet", row_group_size=4)
    first, second = (hash_row_groups(tmp_path / "one.parquet", (group,)) for group in (0, 1))
    assert first != second
    assert hash_row_groups(tmp_path / "two.parquet", (0,)) == second
    assert hash_row_groups(tmp_path / "other.parquet", (1,)) != second
    assert hash_row_groups(tmp_path / "typed.parquet", (1,)) != second
