"""A mapping turns an export into a ledger; what it cannot use, it names."""

import csv
import re
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.errors import LedgerError
from ledger.importing.cells.amounts import read_amounts
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.import_export import Import, import_ledger
from ledger.partitioned.load import END_OF_TIME, load_ledger
from ledger.tables import TABLES
from ledger.validation.counts import TooManyRefused
from pipelines.imports.import_flow import stop_an_import_above
from tests.support.faults.mapped_export import EXPORT
from tests.support.judged_in_memory import read_ledger
from tests.support.repository import ROOT

IBM = ROOT.parent / "shared" / "data" / "ibm_accounts_receivable.csv"

MAPPING = """
files:
  items: {path: "*.csv"}
tables:
  customers:
    file: items
    distinct: true
    columns: {customer_id: Kunde}
  invoices:
    - file: items
      where: {column: Belegart, equals: R}
      columns: &invoice
        invoice_id: Nr
        customer_id: Kunde
        issued_on: {column: Datum, format: "%d/%m/%Y"}
        due_on: {column: Faellig, format: "%d/%m/%Y"}
        amount: Betrag
        currency: {constant: EUR}
    - file: items
      where: {column: Belegart, one_of: [G]}
      columns:
        <<: *invoice
        kind: {column: Belegart, values: {G: credit_note}}
        amount: {column: Betrag, negate: true}
  payments:
    file: items
    where: {column: Bezahlt, not_empty: true}
    columns:
      payment_id: {template: "pay-{Nr}"}
      invoice_id: Nr
      customer_id: Kunde
      paid_on: {column: Bezahlt, format: "%d/%m/%Y"}
      amount: Betrag
"""


def run(folder: Path, mapping: str = MAPPING, export: str = EXPORT, encoding: str = "utf-8") -> Import:
    (folder / "export").mkdir(exist_ok=True)
    (folder / "export" / "items.csv").write_text(export, encoding=encoding)
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    return import_ledger(folder / "mapping.yaml", folder / "export", folder / "ledger")


def refusal(folder: Path, mapping: str = MAPPING, export: str = EXPORT) -> str:
    with pytest.raises(LedgerError) as caught:
        run(folder, mapping, export)
    assert not (folder / "ledger").exists()
    return str(caught.value)


def test_rules_filter_translate_negate_and_derive_rows(tmp_path: Path) -> None:
    run(tmp_path)
    tables = read_ledger(tmp_path / "ledger").tables
    invoices = tables["invoices"][["invoice_id", "kind", "amount", "currency"]].to_numpy().tolist()
    assert invoices == [
        ["1", "invoice", 1000, "EUR"],
        ["2", "invoice", 2000, "EUR"],
        ["3", "credit_note", -500, "EUR"],
    ]
    payments = tables["payments"][["payment_id", "paid_on", "amount"]].to_numpy().tolist()
    assert payments == [["pay-1", pd.Timestamp("2024-02-10"), 1000]]
    assert tables["customers"]["customer_id"].tolist() == ["K1", "K2"]


def test_counts_say_where_every_row_went(tmp_path: Path) -> None:
    done = run(tmp_path, export=EXPORT + "4,K3,R,99/01/2024,05/02/2024,,1\n5,K3,X,,,,\n6,K3\n")
    assert done.counts.to_numpy().tolist() == [
        ["customers", 6, 3, 1, 2],
        ["invoices", 4, 3, 1, 0],
        ["payments", 1, 1, 0, 0],
    ]
    assert (done.counts["rows_in"] == done.counts[["rows_out", "refused", "repeated"]].sum(axis=1)).all()


def test_the_written_ledger_reads_back_without_a_word_and_with_all_rows_that_were_counted(tmp_path: Path) -> None:
    done = run(tmp_path)
    again = read_ledger(tmp_path / "ledger")
    assert again.notes == () and again.refused.empty and set(again.tables) == set(TABLES)
    counted = done.counts.set_index("table")["rows_out"]
    assert {name: len(again.tables[name]) for name in counted.index} == counted.to_dict()


def test_rows_that_no_rule_takes_are_told_also_where_their_customers_are_taken(tmp_path: Path) -> None:
    notes = run(tmp_path, export=EXPORT + "9,K1,ZZ,,,,1\n").notes
    assert any("1 of 4 rows fulfil no rule's `where`" in note for note in notes)


def test_a_file_of_customers_only_is_taken_by_a_distinct_rule(tmp_path: Path) -> None:
    assert not run(tmp_path).notes
    mapping = MAPPING.replace('items: {path: "*.csv"}', 'items: {path: "*.csv"}\n  master: {path: "*.csv"}').replace(
        "file: items\n    distinct", "file: master\n    distinct"
    )
    assert not run(tmp_path, mapping).notes


def test_distinct_rows_that_differ_are_told(tmp_path: Path) -> None:
    mapping = MAPPING.replace("{customer_id: Kunde}", "{customer_id: Kunde, name: Betrag}")
    done = run(tmp_path, mapping)
    assert read_ledger(tmp_path / "ledger").tables["customers"]["name"].tolist() == ["10.00", "20.00"]
    assert done.notes == ("customers: 1 values of customer_id come with different rows; the first row was kept",)


def test_a_refused_cell_is_in_the_quarantine_with_its_source_row(tmp_path: Path) -> None:
    run(tmp_path, export=EXPORT + "=1+1,K3,R,99/01/2024,05/02/2024,,-1\n")
    with (tmp_path / "ledger" / "quarantine" / "invoices.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["column"], row["value"], row["record"]) for row in rows] == [("issued_on", "99/01/2024", "'=1+1")]
    assert "%d/%m/%Y" in rows[0]["advice"]
    assert '"Faellig": "05/02/2024"' in rows[0]["row"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_quarantine_starts_like_a_formula(tmp_path: Path, start: str) -> None:
    run(tmp_path, export=EXPORT + f'1,K3,R,"{start}cmd",05/02/2024,,1\n')
    written = pd.read_csv(tmp_path / "ledger" / "quarantine" / "invoices.csv", dtype=str, keep_default_na=False)
    assert not written.apply(lambda column: column.str.contains(r"^[=+\-@\t\r]")).any(axis=None)


def test_a_second_import_replaces_the_ledger_and_its_quarantine(tmp_path: Path) -> None:
    run(tmp_path, export=EXPORT + "4,K3,R,99/01/2024,05/02/2024,,1\n")
    run(tmp_path)
    assert list((tmp_path / "ledger" / "quarantine").iterdir()) == []


@pytest.mark.parametrize(
    ("written", "decimal_comma", "thousands", "plain"),
    [
        ("1.234,56", True, ".", "1234.56"),
        ("1.234.567", True, ".", "1234567"),
        ("1234,5", True, ".", "1234.5"),
        ("1.234,56-", True, ".", "-1234.56"),
        ("-0,29", True, None, "-0.29"),
        ("1,234.56", False, ",", "1234.56"),
        ("1\u00a0234,56", True, " ", "1234.56"),
        ("1’234.56", False, "'", "1234.56"),
        ("1234.56", True, ".", None),
        ("1.234,56", True, None, None),
        ("1,2,3", True, None, None),
        ("12.34,56", True, ".", None),
        ("1.234,56", False, None, None),
        ("-1,00-", True, None, None),
        ("EUR 5", True, ".", "5"),
        ("5,-", True, ".", None),
        ("5 XX", True, ".", None),
    ],
)
def test_an_amount_is_read_in_the_stated_form_or_not_at_all(
    written: str, decimal_comma: bool, thousands: str | None, plain: str | None
) -> None:
    form = CellForm(decimal_comma=decimal_comma, thousands=thousands)
    read = read_amounts(pd.Series([written], dtype="str"), form)
    assert read.plain.fillna("unread").tolist() == [plain or "unread"]
    assert read.unread.tolist() == [plain is None]


def test_a_half_empty_combined_id_is_a_missing_one(tmp_path: Path) -> None:
    mapping = MAPPING.replace('"pay-{Nr}"', '"{Belegart}-{Nr}"')
    done = run(tmp_path, mapping, EXPORT.replace("1,K1,R", ",K1,R"))
    assert done.refused.loc[done.refused["table"] == "payments", "rule"].tolist() == ["missing"]


def test_an_export_in_another_encoding_below_a_title(tmp_path: Path) -> None:
    mapping = MAPPING.replace('{path: "*.csv"}', '{path: "*.csv", encoding: cp1252, skip_rows: 2}')
    run(tmp_path, mapping, "Übersicht\n\n" + EXPORT.replace("K2", "Müller"), "cp1252")
    assert read_ledger(tmp_path / "ledger").tables["customers"]["customer_id"].tolist() == ["K1", "Müller"]


def test_native_parquet_types_need_no_formats(tmp_path: Path) -> None:
    export = pd.DataFrame(
        {"Nr": [1], "Kunde": [7], "Belegart": ["R"], "Betrag": [10.0]}
        | {name: [pd.Timestamp("2024-01-05")] for name in ("Datum", "Faellig", "Bezahlt")}
    )
    export.to_parquet(tmp_path / "items.parquet")
    (tmp_path / "mapping.yaml").write_text(MAPPING.replace("*.csv", "*.parquet"), encoding="utf-8")
    import_ledger(tmp_path / "mapping.yaml", tmp_path / "items.parquet", tmp_path / "ledger")
    tables = read_ledger(tmp_path / "ledger").tables
    assert tables["payments"][["payment_id", "customer_id", "amount"]].to_numpy().tolist() == [["pay-1", "7", 1000]]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("due_on: {column: Faellig", "due_on: {column: Fallig", r"tables\.invoices\[0\]\.columns\.due_on.*'Fallig'"),
        ("due_on: {column: Faellig", "due_on: {column: Fallig", r"closest is 'Faellig'.*Columns found: Nr, Kunde"),
        ("{column: Belegart, equals: R}", "{column: Art, equals: R}", r"where\[0\].*no column 'Art'"),
        ("pay-{Nr}", "pay-{Nummer}", r"columns\.payment_id.*no column 'Nummer'"),
        ("distinct: true", "distnct: true", "no key 'distnct'.*closest is 'distinct'"),
        ("invoices:", "invoice:", "no table 'invoice'.*closest is 'invoices'"),
        ("invoice_id: Nr\n        c", "invoiceid: Nr\n        c", "no column 'invoiceid'.*closest is 'invoice_id'"),
        ("        amount: Betrag\n        currency", "        currency", "amount must be there"),
        ("equals: R}", "equals: 10}", 'expected text, found 10; put it in quotes, like "0010"'),
        ("equals: R}", "equals: R, one_of: [R]}", "exactly one of equals, one_of, not_empty"),
        ("{constant: EUR}", "{constant: EUR, column: Nr}", "exactly one of column, constant, template"),
        ("%d/%m/%Y", "%d/%m", "format '%d/%m' does not give a day"),
        ("{constant: EUR}", "{column: Nr, negate: true}", "negate is for amounts"),
        ("pay-{Nr}", "pay-{Nr:>5}", "only column names in braces"),
        ("pay-{Nr}", "pay-{Nr", "template 'pay-{Nr'"),
        ("pay-{Nr}", "pay", "names no column"),
        ('"*.csv"', '"../*.csv"', "leaves the input folder"),
        ('"*.csv"', '"/etc/*.csv"', "leaves the input folder"),
        ('"*.csv"', '"item.csv"', "no file 'item.csv'.*closest is 'items.csv'"),
        ('"*.csv"', '"*.csv", encoding: latin-99', "no encoding 'latin-99'"),
        ('"*.csv"', '"*.csv", thousands: "."', "is the decimal mark too"),
        ("file: items\n    distinct", "file: itms\n    distinct", "'itms' is not under `files`.*closest is 'items'"),
        ("  payments:", "  customers:", "the key 'customers' is there twice"),
        ("files:", "files", "is not YAML"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_place_and_what_would_do(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in MAPPING
    assert re.search(told, refusal(tmp_path, MAPPING.replace(old, new, 1)))


@pytest.mark.parametrize(
    "mapping", ["", "[]", "just text", "{}", "files: {}\ntables: {}", "!!python/object:os.system {}"]
)
def test_something_that_is_no_mapping_is_refused(tmp_path: Path, mapping: str) -> None:
    assert "mapping.yaml" in refusal(tmp_path, mapping)


def test_a_link_out_of_the_input_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(EXPORT)
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "other.csv").symlink_to(tmp_path / "secret.csv")
    assert "leads out of" in refusal(tmp_path)


def test_a_missing_mapping_or_input_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be read"):
        import_ledger(tmp_path / "none.yaml", tmp_path, tmp_path / "ledger")
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    with pytest.raises(LedgerError, match="no such file or folder"):
        import_ledger(tmp_path / "mapping.yaml", tmp_path / "none", tmp_path / "ledger")


@pytest.mark.skipif(not IBM.exists(), reason="ibm_accounts_receivable.csv is not here")
def test_the_ibm_file_comes_in_whole_and_to_the_cent(tmp_path: Path) -> None:
    done = import_ledger(ROOT / "configs" / "sources" / "ibm.yaml", IBM, tmp_path)
    source = pd.read_csv(IBM)
    tables = read_ledger(tmp_path).tables
    cents = round(source["InvoiceAmount"].sum() * 100)
    assert {name: len(tables[name]) for name in ("customers", "invoices", "payments")} == {
        "customers": 100,
        "invoices": 2466,
        "payments": 2466,
    }
    assert tables["invoices"]["amount"].sum() == tables["payments"]["amount"].sum() == cents
    assert done.refused.empty
    assert done.notes == ()
    days_late = (tables["payments"]["paid_on"] - tables["invoices"]["due_on"]).dt.days.clip(lower=0)
    assert days_late.tolist() == source["DaysLate"].tolist()


def losing(folder: Path, bad: int, of: int) -> tuple[Path, Path]:
    """A mapping and an export of paid invoices, of whose payments so many have an amount that cannot be read."""
    lines = [f"I{n},C{n},2024-04-01,{'?' if n < bad else ''}100.00" for n in range(of)]
    (folder / "i.csv").write_text("\n".join(["id,customer,day,paid", *lines]) + "\n")
    (folder / "m.yaml").write_text(
        "files: {i: {path: i.csv}}\n"
        "tables:\n"
        "  invoices: {file: i, columns: {invoice_id: id, customer_id: customer, issued_on: day, due_on: day, "
        "amount: {constant: '100.00'}}}\n"
        "  payments: {file: i, columns: {payment_id: {template: 'p-{id}'}, invoice_id: id, customer_id: customer, "
        "paid_on: day, amount: paid}}\n"
    )
    return folder / "m.yaml", folder / "i.csv"


@pytest.mark.parametrize(("bad", "stops"), [(0, False), (1, False), (2, True), (12, True)])
def test_an_import_that_refuses_more_than_is_allowed_stops_with_a_quarantine_and_no_ledger(
    tmp_path: Path, bad: int, stops: bool
) -> None:
    mapping, export = losing(tmp_path, bad, of=20)
    out = tmp_path / "ledger"
    if not stops:
        import_ledger(mapping, export, out, partial(stop_an_import_above, 0.05))
        assert (out / "payments.parquet").exists()
        return
    with pytest.raises(TooManyRefused, match=rf"payments: {bad} of 20 rows .* so the import stops"):
        import_ledger(mapping, export, out, partial(stop_an_import_above, 0.05))
    assert (out / "quarantine" / "payments.csv").exists() and not (out / "payments.parquet").exists()


@pytest.mark.parametrize("bad", [0, 1, 12])
def test_every_later_load_says_what_the_import_refused_and_counts_it(tmp_path: Path, bad: int) -> None:
    mapping, export = losing(tmp_path, bad, of=20)
    import_ledger(mapping, export, tmp_path / "ledger")
    loaded = load_ledger(str(tmp_path / "ledger"), END_OF_TIME, load_settings(()), quarantine=tmp_path / "quarantine")
    told = [note for note in loaded.notes if f"import of this ledger refused {bad} row" in note]
    assert len(told) == (bad > 0) and not any("import_refused" in note for note in loaded.notes)
    assert (tmp_path / "quarantine" / "payments.csv").exists() == (bad > 0)


def test_the_money_of_a_refused_invoice_is_named_with_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "invoices.csv").write_text(
        "invoice_id,customer_id,issued_on,due_on,amount\n"
        "1,M1,2024-01-01,soon,900.00\n2,M2,2024-01-01,2024-02-01,1O.00\n3,M3,2024-01-01,2024-02-01,5.00\n"
    )
    (tmp_path / "payments.csv").write_text("payment_id,customer_id,paid_on,amount\n")
    loaded = load_ledger(str(tmp_path), END_OF_TIME, load_settings(("ledger.max_quarantined_share=1",)))
    [note] = [note for note in loaded.notes if note.startswith("invoices:")]
    assert note == "invoices: 2 were refused: 900.00 of M1 is not on this list; of 1 the amount cannot be read"


def test_a_row_that_two_rules_cannot_place_is_one_refused_row(tmp_path: Path) -> None:
    by_sign = """
files: {items: {path: "*.csv"}}
tables:
  invoices:
    - file: items
      where: {column: Betrag, at_least: 0}
      columns: &invoice {invoice_id: Nr, customer_id: Kunde, issued_on: Datum, due_on: Datum, amount: Betrag}
    - {file: items, where: {column: Betrag, below: 0}, columns: {<<: *invoice, kind: {constant: credit_note}}}
  payments: {query: "SELECT Nr AS payment_id, Kunde AS customer_id, Datum AS paid_on, 1 AS amount FROM items"}
"""
    rows = "Nr,Kunde,Datum,Betrag\n1,A,2024-01-31,10.00\n2,A,2024-01-31,ten\n3,A,2024-01-31,-4.00\n4,A,2024-01-31,ten\n"
    imported = run(tmp_path, by_sign, rows)
    assert imported.counts.iloc[0].to_list() == ["invoices", 4, 2, 2, 0]
    assert imported.refused["record"].tolist() == ["2", "4"]
    assert len(pd.read_parquet(tmp_path / "ledger" / "import_refused.parquet")) == 2


@pytest.mark.parametrize("stated", ["cp1252", "latin-1"])
def test_utf_8_under_an_encoding_of_one_byte_is_refused_since_names_would_be_spoilt(
    stated: str, tmp_path: Path
) -> None:
    mapping = MAPPING.replace('path: "*.csv"', f'path: "*.csv", encoding: {stated}')
    names = EXPORT.replace("K1", "Müller")
    assert "Müller" in names
    with pytest.raises(LedgerError, match=r"the text is UTF-8, and the mapping states `encoding: "):
        run(tmp_path, mapping, names)
    run(tmp_path, mapping, names, encoding=stated)
    assert "Müller" in read_ledger(tmp_path / "ledger").tables["customers"]["customer_id"].tolist()
    run(tmp_path, mapping, EXPORT.encode("ascii", "ignore").decode())  # what is in both is read


def test_a_file_in_utf_16_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"`encoding: utf-16` is how this file begins"):
        run(tmp_path, encoding="utf-16")
