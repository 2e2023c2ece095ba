"""What docs/mapping.md shows is what happens."""

import re
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from ledger.importing.cells.condition_schema import RowCondition
from ledger.importing.cells.value_schema import Value
from ledger.importing.import_export import Import, import_ledger
from ledger.importing.mapping_schema import SourceFile
from ledger.strict_yaml import StrictPart
from tests.support.judged_in_memory import read_ledger
from tests.support.repository import ROOT

GUIDE = (ROOT / "docs" / "mapping.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", GUIDE, flags=re.DOTALL))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guide")


@pytest.fixture(scope="module")
def done(folder: Path) -> Import:
    for name in ("line_items_2024.csv", "customers.csv"):
        (folder / name).write_text(BLOCKS[name], encoding="cp1252")
    (folder / "mapping.yaml").write_text(BLOCKS["mapping.yaml"], encoding="utf-8")
    return import_ledger(folder / "mapping.yaml", folder, folder / "ledger")


def test_the_guides_mapping_is_the_shipped_one() -> None:
    assert BLOCKS["mapping.yaml"] == (ROOT / "configs" / "sources" / "sap_like.yaml").read_text("utf-8")


def test_the_guides_export_gives_the_counts_that_it_shows(done: Import) -> None:
    assert done.counts.to_csv(index=False) == BLOCKS["counts"]


def test_the_guides_export_gives_the_invoices_that_it_shows(done: Import, folder: Path) -> None:
    shown = pd.read_csv(StringIO(BLOCKS["invoices"]), dtype=str)
    invoices = read_ledger(folder / "ledger").tables["invoices"][list(shown.columns)]
    amounts = (invoices["amount"] / 100).map("{:.2f}".format)
    dates = {name: invoices[name].dt.strftime("%Y-%m-%d") for name in ("issued_on", "due_on")}
    pd.testing.assert_frame_equal(invoices.assign(amount=amounts, **dates), shown, check_dtype=False)


def test_the_guides_notes_quarantine_and_signs_are_as_told(done: Import, folder: Path) -> None:
    tables = read_ledger(folder / "ledger").tables
    assert done.refused[["table", "value"]].to_numpy().tolist() == [["invoices", "31.02.2024"]]
    assert [re.search(r"\d of \d rows", note).group() for note in done.notes] == ["1 of 9 rows"]
    assert tables["payments"]["amount"].tolist() == [123450, 30000, 50000]
    assert tables["payments"]["invoice_id"].isna().tolist() == [False, False, True]
    assert tables["adjustments"]["amount"].tolist() == [21000, -21000]
    assert tables["customers"]["name"].tolist() == ["Müller Maschinenbau GmbH", "Société Durand"]
    assert tables["customers"]["do_not_contact"].tolist() == [False, True]


@pytest.mark.parametrize("table", ["invoices", "payments", "rates"])
def test_the_list_of_several_hands_gives_what_the_guide_shows(table: str, tmp_path: Path) -> None:
    for name in ("by_hand.csv", "bank.csv", "rates.csv", "by_hand.yaml"):
        (tmp_path / name).write_text(BLOCKS[name], "utf-8")
    done = import_ledger(tmp_path / "by_hand.yaml", tmp_path, tmp_path / "ledger")
    shown = pd.read_csv(StringIO(BLOCKS[f"by_hand_{table}"]), dtype=str)
    rows = read_ledger(tmp_path / "ledger").tables["fx_rates" if table == "rates" else table][list(shown.columns)]
    if "amount" in rows:
        rows = rows.assign(amount=(rows["amount"] / 100).map("{:.2f}".format))
    dates = {name: rows[name].dt.strftime("%Y-%m-%d") for name in rows if rows[name].dtype.kind == "M"}
    pd.testing.assert_frame_equal(rows.assign(**dates).astype("str"), shown, check_dtype=False)
    assert done.refused[["table", "rule", "value"]].to_numpy().tolist() == [["invoices", "not an amount", "1.234,50"]]


def test_the_guides_queries_give_the_invoices_that_it_shows(tmp_path: Path) -> None:
    for name in ("heads.csv", "lines.jsonl", "bank.tsv", "lines.yaml"):
        (tmp_path / name).write_text(BLOCKS[name], "utf-8")
    done = import_ledger(tmp_path / "lines.yaml", tmp_path, tmp_path / "ledger")
    shown = pd.read_csv(StringIO(BLOCKS["lines_invoices"]), dtype=str)
    rows = read_ledger(tmp_path / "ledger").tables["invoices"][list(shown.columns)]
    rows = rows.assign(amount=(rows["amount"] / 100).map("{:.2f}".format)).astype("str")
    pd.testing.assert_frame_equal(rows, shown, check_dtype=False)
    assert done.refused.empty and done.counts["rows_out"].tolist() == [2, 1]


@pytest.mark.parametrize(("model", "part"), [(SourceFile, "files"), (RowCondition, "where"), (Value, "columns")])
def test_the_guides_tables_have_every_key(model: type[StrictPart], part: str) -> None:
    keys = [field.alias or name for name, field in model.model_fields.items()]
    section = GUIDE.split("## All keys")[1].split("\n## ")[0]
    [text] = [one for one in re.split(r"\n\*\*(?=files|tables|where|columns)", section) if one.startswith(f"{part}**")]
    assert [key for key in keys if not re.search(rf"\b{key}\b", text)] == []
