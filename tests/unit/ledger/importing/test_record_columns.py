"""A wrongly named column of a JSON file is noticed, though JSON leaves out what is empty."""

import json
from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.importing.import_export import Import, import_ledger

MAPPING = """
files:
  bills:
    columns:
      id: text
      {customer}: {{type: text, also: Ref.value}}
      day: date
      due: {{type: date, optional: true}}
      {total}: {{type: amount, optional: true}}
tables:
  invoices:
    query: |
      SELECT id AS invoice_id, {customer} AS customer_id, day AS issued_on, day AS due_on, {total} AS amount FROM bills
  payments:
    query: SELECT id AS payment_id, id AS customer_id, day AS paid_on, 1 AS amount FROM bills WHERE false
"""
BILL = {"id": "1", "client": "A", "day": "2024-01-31", "total": 5}
ANONYMOUS = {"id": "2", "day": "2024-01-31", "total": 5}


def imported(folder: Path, *records: object, customer: str = "client", total: str = "total") -> Import:
    (folder / "bills.jsonl").write_text("\n".join(map(json.dumps, records)))
    (folder / "mapping.yaml").write_text(MAPPING.format(customer=customer, total=total))
    return import_ledger(folder / "mapping.yaml", folder, folder / "ledger")


def test_a_column_that_no_record_has_is_named_with_the_closest_one(tmp_path: Path) -> None:
    told = r"bills\.columns: no record of bills\.jsonl has 'cleint', nor Ref\.value\. The closest is 'client'\."
    with pytest.raises(LedgerError, match=told):
        imported(tmp_path, BILL, BILL, customer="cleint")


def test_small_and_capital_letters_are_different_names(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"has 'Client'.*The closest is 'client'\. Columns found: client, day, id"):
        imported(tmp_path, BILL, customer="Client")


@pytest.mark.parametrize("cell", [{"client": None}, {"Ref": {"value": "A"}}, {"Ref": None}])
def test_one_record_with_the_column_is_enough_even_with_nothing_in_it(tmp_path: Path, cell: dict[str, object]) -> None:
    assert not imported(tmp_path, ANONYMOUS, ANONYMOUS | cell).notes


def test_what_is_inside_an_object_is_among_the_names_found(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"has 'client', nor Ref\.value.*Columns found:.*Ref\.vlaue"):
        imported(tmp_path, ANONYMOUS | {"Ref": {"vlaue": "A"}})


def test_a_column_that_may_be_absent_is_noted_where_one_is_called_nearly_so(tmp_path: Path) -> None:
    assert imported(tmp_path, BILL, total="totl").notes == (
        "files.bills: no record has the column 'totl', which may be absent; there is 'total', which the mapping does "
        "not read",
    )


def test_a_file_without_records_lacks_no_column(tmp_path: Path) -> None:
    assert not imported(tmp_path).notes


def test_a_rule_that_reads_records_without_columns_is_told_to_name_them(tmp_path: Path) -> None:
    (tmp_path / "bills.jsonl").write_text(json.dumps(BILL))
    columns = "{invoice_id: id, customer_id: client, issued_on: day, due_on: day, amount: total}"
    (tmp_path / "mapping.yaml").write_text(
        f"files: {{bills: {{}}}}\ntables:\n  invoices: {{file: bills, columns: {columns}}}\n"
        "  payments: {file: bills, columns: {payment_id: id, customer_id: client, paid_on: day, amount: total}}\n"
    )
    with pytest.raises(LedgerError, match=r"bills is JSON, whose records have no columns.*columns: \{id: text"):
        import_ledger(tmp_path / "mapping.yaml", tmp_path, tmp_path / "ledger")
