"""A ledger that cannot be read gets one clear error, never a traceback of a library."""

import re
from pathlib import Path

import pandas as pd
import pytest

from ledger.errors import LedgerError
from tests.support.judged_in_memory import read_ledger

INVOICES = "invoice_id,customer_id,issued_on,due_on,amount\nI1,Müller,2024-01-05,2024-02-04,10\n"
PAYMENTS = "payment_id,customer_id,paid_on,amount\nP1,Müller,2024-01-05,10\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    (tmp_path / "payments.csv").write_text(PAYMENTS, encoding="utf-8")
    return tmp_path


def refusal(source: str | Path) -> str:
    with pytest.raises(LedgerError) as caught:
        read_ledger(source)
    return str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "no such folder" in refusal(tmp_path / "nowhere")


def test_a_file_in_place_of_a_folder(folder: Path) -> None:
    assert "no such folder" in refusal(folder / "invoices.csv")


def test_a_missing_required_table_names_the_files_found_and_the_closest(folder: Path) -> None:
    (folder / "payments.csv").rename(folder / "payment.csv")
    told = refusal(folder)
    assert "'payments' is missing" in told
    assert "closest is 'payment.csv'" in told
    assert "invoices.csv, payment.csv" in told


def test_the_same_table_in_two_forms(folder: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(folder / "invoices.parquet")
    assert "invoices is there more than once: invoices.parquet, invoices.csv" in refusal(folder)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_another_encoding_than_utf_8(folder: Path, encoding: str) -> None:
    (folder / "invoices.csv").write_text(INVOICES, encoding=encoding)
    told = refusal(folder)
    assert "the text is not utf-8" in told
    assert f"encoding: {encoding}" in told


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    (folder / "invoices.csv").write_text(INVOICES, encoding="utf-8-sig")
    assert len(read_ledger(folder).tables["invoices"]) == 1


def test_an_empty_file(folder: Path) -> None:
    (folder / "invoices.csv").write_bytes(b"")
    assert "is empty (0 bytes)" in refusal(folder)


def test_a_file_of_blank_lines(folder: Path) -> None:
    (folder / "invoices.csv").write_text("\n\n")
    assert "no line of column names" in refusal(folder)


def test_a_header_without_rows_is_an_empty_table(folder: Path) -> None:
    (folder / "payments.csv").write_text(PAYMENTS.splitlines()[0])
    assert read_ledger(folder).tables["payments"].empty


def test_another_delimiter_points_to_the_mapping(folder: Path) -> None:
    (folder / "invoices.csv").write_text(INVOICES.replace(",", ";"), encoding="utf-8")
    assert re.search("not separated by commas.*duerank import", refusal(folder))


def test_a_column_name_that_is_there_twice(folder: Path) -> None:
    (folder / "payments.csv").write_text("payment_id,customer_id,paid_on,amount,amount\n")
    assert "'amount' is there more than once" in refusal(folder)


def test_lines_with_too_few_or_too_many_fields_are_refused_and_the_others_kept(folder: Path) -> None:
    with (folder / "payments.csv").open("a", encoding="utf-8") as file:
        file.write("P2,C1,2024-01-05\nP3,C1,2024-01-05,1,234\n")
    reading = read_ledger(folder)
    assert reading.tables["payments"]["payment_id"].tolist() == ["P1"]
    assert reading.refused["rule"].tolist() == ["wrong number of fields"] * 2
    assert reading.refused["value"].tolist() == ["P2,C1,2024-01-05", "P3,C1,2024-01-05,1,234"]


def test_a_quote_that_never_closes_counts_every_line_that_it_swallows(folder: Path) -> None:
    with (folder / "payments.csv").open("a", encoding="utf-8") as file:
        file.write('P2,"C1,2024-01-05,1\nP3,C1,2024-01-05,1\nP4,C1,2024-01-05,1\n')
    reading = read_ledger(folder)
    assert reading.tables["payments"]["payment_id"].tolist() == ["P1"]
    assert len(reading.refused) == 3


@pytest.mark.parametrize("name", ["invoices.csv", "invoices.parquet"])
def test_a_file_of_random_bytes(folder: Path, name: str) -> None:
    (folder / "invoices.csv").unlink()
    (folder / name).write_bytes(bytes(range(256)) * 20)
    assert name in refusal(folder)


def test_a_parquet_file_that_was_cut_off(folder: Path) -> None:
    (folder / "invoices.csv").unlink()
    whole = folder / "invoices.parquet"
    pd.DataFrame({"invoice_id": range(1000)}).to_parquet(whole)
    whole.write_bytes(whole.read_bytes()[:-100])
    assert "not a whole Parquet file" in refusal(folder)


def test_an_empty_parquet_file(folder: Path) -> None:
    (folder / "invoices.csv").unlink()
    (folder / "invoices.parquet").touch()
    assert "is empty (0 bytes)" in refusal(folder)


def test_a_folder_of_parts_without_parts(folder: Path) -> None:
    (folder / "invoices.csv").unlink()
    (folder / "invoices").mkdir()
    assert "holds no Parquet parts" in refusal(folder)


def test_a_directory_named_like_a_csv(folder: Path) -> None:
    (folder / "invoices.csv").unlink()
    (folder / "invoices.csv").mkdir()
    assert "invoices.csv" in refusal(folder)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://collector:s3cret@127.0.0.1:1/ledger",
        "postgresql+psycopg://collector@127.0.0.1:1/ledger?password=s3cret",
        "nosuchdialect://collector:s3cret@host/ledger",
        "postgresql://collector:s3cret@host:port/ledger",
        "://collector:s3cret@host",
    ],
)
def test_a_database_that_cannot_be_reached_does_not_show_the_password(address: str) -> None:
    assert "s3cret" not in refusal(address)


def test_a_misspelt_sqlite_file_is_not_created(tmp_path: Path) -> None:
    assert "no such SQLite file" in refusal(f"sqlite:///{tmp_path / 'ledgr.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_sqlite_database(folder: Path) -> None:
    assert "cannot be read" in refusal(f"sqlite:///{folder / 'invoices.csv'}")
