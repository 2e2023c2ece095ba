"""What fuzzing found, each as the smallest file that shows it."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from ledger.errors import LedgerError
from ledger.importing.import_export import import_ledger
from ledger.reading.read import Reading
from tests.support.faults.mapped_export import EXPORT, MAPPING
from tests.support.judged_in_memory import read_ledger

INVOICES = "invoice_id,customer_id,issued_on,due_on,amount\n1,C,2024-01-05,2024-02-04,10\n"
PAYMENTS = "payment_id,customer_id,paid_on,amount\n1,C,2024-01-05,10\n"
TEXTS = {"payment_id": pa.array(["1"]), "customer_id": pa.array(["C"]), "amount": pa.array(["10"])}
ONE_DAY = pa.array(["2024-01-05"])


def read(folder: Path, payments: pa.Table | str) -> Reading:
    (folder / "invoices.csv").write_text(INVOICES, "utf-8")
    if isinstance(payments, str):
        (folder / "payments.csv").write_text(payments, "utf-8")
    else:
        pa.parquet.write_table(payments, folder / "payments.parquet")
    return read_ledger(folder)


def test_text_of_a_damaged_parquet_file_that_is_no_utf_8(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff"], pa.binary()).buffers())
    with pytest.raises(LedgerError, match="not a whole Parquet file"):
        read(tmp_path, pa.table({**TEXTS, "customer_id": broken, "paid_on": ONE_DAY}))


def test_notes_for_pandas_in_a_parquet_file_that_are_no_json(tmp_path: Path) -> None:
    table = pa.table({**TEXTS, "paid_on": ONE_DAY}).replace_schema_metadata({"pandas": "{"})
    assert len(read(tmp_path, table).tables["payments"]) == 1


@pytest.mark.parametrize("kind", [pa.timestamp("us"), pa.timestamp("ms", "America/New_York"), pa.date32(), pa.date64()])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_day_that_no_calendar_has_is_out_of_bounds(tmp_path: Path, kind: pa.DataType, sign: int) -> None:
    far = {"date32[day]": 2**31 - 1, "date64[ms]": 86_400_000 * 2**35}.get(str(kind), 2**62)
    refused = read(tmp_path, pa.table({**TEXTS, "paid_on": pa.array([sign * far], kind)})).refused
    assert refused[["column", "rule"]].to_numpy().tolist() == [["paid_on", "date out of bounds"]]


@pytest.mark.parametrize("amount", ["1" + "0" * 26, "-" + "9" * 30, "9" * 30 + "." + "9" * 30])
def test_an_amount_of_more_digits_than_a_decimal_holds_is_out_of_bounds(tmp_path: Path, amount: str) -> None:
    refused = read(tmp_path, PAYMENTS + f"2,C,2024-01-05,{amount}\n").refused
    assert refused[["column", "rule"]].to_numpy().tolist() == [["amount", "out of bounds"]]


def test_a_column_that_is_there_twice_in_parquet(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([*TEXTS.values(), ONE_DAY, ONE_DAY], [*TEXTS, "paid_on", "paid_on"])
    with pytest.raises(LedgerError, match="'paid_on' is there more than once"):
        read(tmp_path, table)


@pytest.mark.parametrize("inside", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_a_line_with_too_many_fields_counts_once_whatever_stands_in_it(tmp_path: Path, inside: str) -> None:
    reading = read(tmp_path, PAYMENTS + f"2,C,2024{inside}01,10,more\n")
    assert reading.refused["rule"].tolist() == ["wrong number of fields"]


def test_short_decimals_of_an_export_are_negated(tmp_path: Path) -> None:
    names, *rows = [line.split(",") for line in EXPORT.splitlines()]
    columns = {name: pa.array([row[place] for row in rows]) for place, name in enumerate(names)}
    columns["Betrag"] = pa.array([Decimal(10), Decimal(20), Decimal(5)], pa.decimal32(7, 2))
    (tmp_path / "export").mkdir()
    pa.parquet.write_table(pa.table(columns), tmp_path / "export" / "items.parquet")
    (tmp_path / "mapping.yaml").write_text(MAPPING, "utf-8")
    import_ledger(tmp_path / "mapping.yaml", tmp_path / "export", tmp_path / "ledger")
    assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == [1_000, 2_000, -500]


def test_a_name_in_a_damaged_database_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table zzzzz (a)")
    connection.close()
    path.write_bytes(path.read_bytes().replace(b"zzzzz", b"zz\x80zz"))
    with pytest.raises(LedgerError, match=r"cannot be read|is damaged"):
        read_ledger(f"sqlite:///{path}")
