"""A draft looks at the first rows of an export only, says what it cannot look at, and writes one file or none."""

import json
import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
import sqlalchemy as sa

from ledger.errors import LedgerError
from ledger.importing.drafting.draft_mapping import draft_mapping
from ledger.importing.drafting.looking.look_at_export import ROWS
from ledger.sources.connections import open_engine

MANY = 5 * ROWS
BILLS = pd.DataFrame(
    {
        "invoice no": [f"F{number:05}" for number in range(MANY)],
        "customer no": [f"C{number % 90}" for number in range(MANY)],
        "invoice date": "2024-01-31",
        "due date": "2024-02-29",
        "amount": "100.50",
        "paid on": "2024-02-15",
    }
)
BROKEN = b"\xff\x00 broken"


def as_lines(folder: Path) -> str:
    text = BILLS.to_json(orient="records", lines=True)
    (folder / "bills.jsonl").write_bytes(text.encode() + BROKEN)
    return str(folder / "bills.jsonl")


def as_csv(folder: Path) -> str:
    """More than is looked at for the encoding."""
    head, _, rows = BILLS.to_csv(index=False).partition("\n")
    with (folder / "bills.csv").open("wb") as file:
        file.write(f"{head}\n".encode())
        for number in range(130):
            file.write(rows.replace("F", f"F{number}").encode())
        file.write(BROKEN + b"\n" + rows.encode())
    return str(folder / "bills.csv")


def as_parquet(folder: Path) -> str:
    """The rows behind the first row group are overwritten."""
    path = folder / "bills.parquet"
    pa.parquet.write_table(pa.Table.from_pandas(pd.concat([BILLS] * 3)), path, row_group_size=ROWS, compression="none")
    second = pa.parquet.ParquetFile(path).metadata.row_group(1).column(0)
    with path.open("r+b") as file:
        file.seek(second.dictionary_page_offset or second.data_page_offset)
        file.write(b"\0" * 1_000)
    return str(path)


def as_workbook(folder: Path) -> str:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("bills")
    for row in (list(BILLS), *BILLS.itertuples(index=False)):
        sheet.append(row)
    book.save(folder / "bills.xlsx")
    return str(folder / "bills.xlsx")


ENDLESS = """
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted)
SELECT 'F' || n AS "invoice no", 'C' || (n % 90) AS "customer no", '2024-01-31' AS "invoice date",
       '2024-02-29' AS "due date", '100.50' AS amount, '2024-02-15' AS "paid on" FROM counted
"""


def as_sqlite(folder: Path) -> str:
    """Who read all rows of this view would never be done."""
    with sqlite3.connect(folder / "erp.db") as database:
        database.execute(f"CREATE VIEW bills AS {ENDLESS}")
    return f"sqlite:///{folder / 'erp.db'}"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("export", [as_lines, as_csv, as_parquet, as_workbook, as_sqlite])
def test_what_comes_behind_the_first_rows_is_not_read(export: Callable[[Path], str], tmp_path: Path) -> None:
    said = draft_mapping(export(tmp_path), tmp_path / "mapping.yaml")
    assert "Of the first 2,000 rows" in said
    assert "F1 " in said or "F00000" in said or "F000000" in said
    assert ", 0 refused" in said
    assert "and more" in said
    assert "encoding" not in (tmp_path / "mapping.yaml").read_text()


@pytest.mark.timeout(120)
def test_of_postgresql_the_first_rows_are_read_as_an_import_reads_them(postgresql: str, tmp_path: Path) -> None:
    engine = open_engine(postgresql)
    with engine.begin() as connection:
        connection.execute(sa.text(f"CREATE VIEW bills AS {ENDLESS}"))
        connection.execute(sa.text("CREATE TABLE customers (customer_no TEXT, name JSONB, vip BOOLEAN, credit FLOAT)"))
        connection.execute(sa.text("""INSERT INTO customers VALUES ('C1', '{"en": "Acme"}', true, 0.00001)"""))
    engine.dispose()
    said = draft_mapping(postgresql, tmp_path / "mapping.yaml")
    assert "table bills: the first 2,000 rows and more" in said
    assert '{"en": "Acme"}' in said
    assert ", 0 refused" in said


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("erp.db", b"SQLite format 3\0 and more", "give its URL instead, sqlite:///"),
        ("old.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
        ("bills.csv.gz", b"\x1f\x8b\x08\0", "unpack it"),
    ],
)
def test_what_is_no_table_is_named_with_what_to_do(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LedgerError, match=told):
        draft_mapping(str(tmp_path / name), tmp_path / "mapping.yaml")


def test_files_that_are_never_looked_at_are_listed_where_there_is_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "bills.xls").write_bytes(b"x")
    with pytest.raises(LedgerError, match=r"Files found: bills\.xls\."):
        draft_mapping(str(tmp_path), tmp_path / "mapping.yaml")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "bills.json").write_text(json.dumps(BILLS.head(3).to_dict("records")))
    with pytest.raises(LedgerError, match=r"cannot be written: File name too long\. Choose another place for --out"):
        draft_mapping(str(tmp_path / "bills.json"), tmp_path / f"{'m' * 250}.yaml")


def test_the_next_command_can_be_typed_as_it_is_shown(tmp_path: Path) -> None:
    export, mapping = tmp_path / "my bills.json", tmp_path / "my mapping.yaml"
    export.write_text(json.dumps(BILLS.head(3).to_dict("records")))
    command = shlex.split(draft_mapping(str(export), mapping).partition("Next: ")[2])
    assert command == ["duerank", "import", str(mapping), "--input", str(export), "--out", "LEDGER", "--check"]


def test_another_file_of_the_export_settles_the_order_of_day_and_month(tmp_path: Path) -> None:
    (tmp_path / "invoices.csv").write_text(
        "invoice no,customer,invoice date,due date,amount\n"
        "1,A,01/25/2024,02/25/2024,100.00\n2,A,01/05/2024,02/05/2024,9.00\n"
    )
    (tmp_path / "payments.csv").write_text(
        "payment no,invoice no,customer,payment date,amount\n7,1,A,02/03/2024,100.00\n"
    )
    said = draft_mapping(str(tmp_path), tmp_path / "mapping.yaml")
    assert "day or month first" not in said
    assert "2024-02-03" in said
