"""A draft recognises the systems that are shipped, from their tables and from lists saved from a screen."""

from pathlib import Path

import pytest

from ledger.importing.drafting.known_systems import as_one_file, best_fit
from ledger.importing.drafting.looking.look_at_export import look_at
from ledger.importing.mapping_schema import load_mapping
from ledger.importing.shipped_sources import shipped_sources
from tests.support.sources.drafts import cells, drafted, imported


def test_a_known_system_is_recognised_and_its_mapping_written(tmp_path: Path) -> None:
    head = "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate"
    (tmp_path / "any.csv").write_text(f"{head}\n391,C1,1,1/2/2013,2/1/2013,55.94,1/15/2013\n")
    text, said = drafted(tmp_path / "any.csv", tmp_path)
    assert "duerank import ibm --input" in said
    assert "IBM Watson" in text


# What SE16N saves: tabs, capital letters, decimal commas, 31.01.2024.
SE16N = {
    "BSID": "BUKRS KUNNR GJAHR BELNR BUZEI SHKZG WRBTR ZFBDT ZBD1T BSCHL\n"
    "1000 0000010001 2024 901 001 S 1.234,50 05.01.2024 30 01\n",
    "BKPF": "BUKRS BELNR GJAHR BLART BLDAT BUDAT CPUDT WAERS\n1000 901 2024 RV 05.01.2024 05.01.2024 13.01.2024 EUR\n",
    "KNA1": "KUNNR NAME1\n0000010001 Müller\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_known_system_saved_from_a_screen_comes_in_by_the_mapping_that_is_written(
    encoding: str, tmp_path: Path
) -> None:
    export = tmp_path / "export"
    export.mkdir()
    for name, text in SE16N.items():
        (export / f"{name}.txt").write_text(text.replace(" ", "\t"), encoding)
    tables = imported(export, tmp_path)
    assert cells(tables["invoices"], "customer_id", "issued_on", "due_on", "amount", "known_on") == [
        ["0000010001", "2024-01-05", "2024-02-04", "1234.50", "2024-01-13"]
    ]
    assert list(tables["customers"]["name"]) == ["Müller"]
    (tmp_path / "mapping.yaml").unlink()
    said = drafted(export, tmp_path)[1]
    assert "import with it, not by the system's name" in said
    assert f"duerank import {tmp_path}/mapping.yaml" in said


def test_days_of_a_known_system_that_could_be_months_are_said(tmp_path: Path) -> None:
    for name, text in SE16N.items():
        days = text.replace("05.01.2024", "05/01/2024").replace("13.01.2024", "06/01/2024")
        (tmp_path / f"{name}.txt").write_text(days.replace(" ", "\t"))
    assert "bkpf: cpudt: day or month first?" in drafted(tmp_path, tmp_path)[1]


def test_a_known_system_with_a_file_missing_is_named_and_a_mapping_proposed(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / "line_items_2024.csv").write_text(
        "Customer line items\nCoCd;DocNumber;Type;Customer;DocDate;DueDate;Amount;Curr;InvoiceRef\n"
        "0010;90000001;RV;100023;05.01.2024;04.02.2024;1.234,50;EUR;\n0010;140001;DZ;100023;12.02.2024;;1.234,50-;EUR;90000001\n"
    )
    _, said = drafted(export, tmp_path)
    assert "looks like sap_like" in said
    assert "Missing files: master" in said


@pytest.mark.parametrize("system", shipped_sources())
def test_each_shipped_source_is_recognised_by_the_columns_that_it_needs(system: str, tmp_path: Path) -> None:
    mapping = load_mapping(shipped_sources()[system])
    for name, form in mapping.files.items():
        columns = [column for column, one in form.columns.items() if not one.optional]
        rules = [rule for several in mapping.tables.values() for rule in several if rule.file == name]
        columns = columns or sorted({source for rule in rules for _, source in rule.source_columns})
        if not form.optional:
            (tmp_path / (form.path or f"{name}.csv").replace("*", "2024")).write_text(",".join(columns) + "\n")
    fit = best_fit(look_at(tmp_path))
    assert fit is not None
    assert fit.whole
    assert fit.system == system


@pytest.mark.parametrize("system", shipped_sources())
def test_the_mapping_of_each_shipped_source_in_one_file_needs_nothing_beside_it(system: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(as_one_file(shipped_sources()[system]), "utf-8")
    alone, shipped = load_mapping(tmp_path / "mapping.yaml"), load_mapping(shipped_sources()[system])
    queries = [*alone.views.values(), *(rule.query for rules in alone.tables.values() for rule in rules if rule.query)]
    assert not [query for query in queries if query.endswith(".sql")]
    assert (alone.files, list(alone.views), list(alone.tables)) == (
        shipped.files,
        list(shipped.views),
        list(shipped.tables),
    )
