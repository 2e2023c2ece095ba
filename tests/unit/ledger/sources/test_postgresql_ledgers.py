"""A PostgreSQL ledger read in pieces is the ledger; it stands still while it is read, and no longer."""

import time
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from configs.settings import load_settings
from ledger.errors import LedgerError
from ledger.partitioned.lay_out import lay_out
from ledger.partitioned.load import END_OF_TIME, opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.partitioned.scratch import LedgerScratch
from ledger.reading.refusals import REFUSED_COLUMNS
from ledger.sources import chunks
from ledger.sources.chunks import opened, raw_rows
from ledger.sources.connections import open_engine
from tests.support.judged_in_memory import read_ledger
from tests.support.sources.pieces import INVOICES, assert_same, in_order, peak, pieces_of, run


def filled(address: str, rows: int = 3_000) -> str:
    run(
        address,
        "create table invoices (invoice_id text, customer_id text, issued_on date, due_on date, amount numeric(12, 2))",
        "create table payments "
        "(payment_id bigint, invoice_id text, customer_id text, paid_on timestamptz, amount float8)",
        f"""insert into invoices select 'i' || n, 'c' || n % 7, date '2024-01-05', date '2024-02-04', n + 0.25
            from generate_series(1, {rows}) n""",
    )
    return address


def test_a_postgresql_table_is_cut_by_its_pages_and_a_view_is_not(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(postgresql)
    monkeypatch.setattr(chunks, "ROWS_OF_A_PIECE", 500)
    with opened(postgresql) as found:
        cut = [piece for piece in found.pieces if piece.table == "invoices"]
        sizes = [sum(len(raw.frame) for raw in raw_rows(piece)) for piece in cut]
    assert len(sizes) > 3 and min(sizes) > 0 and sum(sizes) == 3_000
    in_pieces = read_ledger(postgresql).tables
    run(postgresql, "alter table invoices rename to kept", "create view invoices as select * from kept")
    [piece] = pieces_of(postgresql)
    assert piece.rows == 3_000
    assert_same(in_order(read_ledger(postgresql).tables), in_order(in_pieces))
    assert in_pieces["invoices"]["amount"].sum() == sum(100 * n + 25 for n in range(1, 3_001))


def test_a_partitioned_postgresql_table_counts_the_rows_of_its_parts(postgresql: str) -> None:
    filled(postgresql)
    expected = read_ledger(postgresql).tables
    run(
        postgresql,
        "alter table invoices rename to kept",
        "create table invoices (like kept) partition by list (customer_id)",
        "create table first partition of invoices for values in ('c0', 'c1', 'c2')",
        "create table others partition of invoices default",
        "insert into invoices select * from kept",
    )
    [piece] = pieces_of(postgresql)
    assert piece.rows == 3_000
    assert_same(in_order(read_ledger(postgresql).tables), in_order(expected))


def test_a_server_that_spells_dates_otherwise_and_ends_idle_transactions_is_read_as_any_other(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(postgresql)
    expected = read_ledger(postgresql).tables
    name = sa.make_url(postgresql).database
    run(
        postgresql,
        f"""alter database "{name}" set datestyle to 'German'""",
        f"""alter database "{name}" set idle_in_transaction_session_timeout to '50ms'""",
    )
    with opened(postgresql) as found:
        time.sleep(0.3)
        rows = pd.concat([raw.frame for piece in found.pieces for raw in raw_rows(piece) if piece.table == "invoices"])
    assert rows["issued_on"].unique().tolist() == ["2024-01-05"]
    assert_same(in_order(read_ledger(postgresql).tables), in_order(expected))


CONTACTS = [
    {"contact_id": "1", "contacted_on": "2024-03-30", "minutes": 0.1, "propensity": 1e-05, "outcome": "reached"},
    {"contact_id": "2", "contacted_on": "2024-03-31", "minutes": 1 / 3, "propensity": 1.0, "outcome": None},
    {"contact_id": "3", "contacted_on": "2024-04-01", "minutes": None, "propensity": None, "outcome": "promise"},
]
NAMES = [
    'Müller, "Söhne" & Co',
    "two\nlines\r\nthree",
    "",
    None,
    "  blanks ",
    "\\N",
    "NULL",
    "a\\tb",
    "'; drop",
    "日本",
]


def test_values_of_any_type_come_out_of_postgresql_as_out_of_parquet(postgresql: str, tmp_path: Path) -> None:
    customers = pd.DataFrame(
        {
            "customer_id": [f"c{row}" for row in range(len(NAMES))],
            "name": NAMES,
            "credit_limit": pd.Series([None, 0, 12_345_678_901_234_567, *[5] * (len(NAMES) - 3)], dtype="Int64"),
            "onboarded_on": pd.to_datetime(["2024-01-31 23:30"] * len(NAMES)),
            "do_not_contact": pd.Series([True, False, None] + [True] * (len(NAMES) - 3), dtype="boolean"),
        }
    )
    customers.loc[2, "credit_limit"] = 1_234_567_890
    contacts = pd.DataFrame(CONTACTS).assign(customer_id="c0", channel="call")
    contacts["contacted_on"] = pd.to_datetime(contacts["contacted_on"])
    engine = open_engine(filled(postgresql, rows=10))
    customers.to_sql("customers", engine, index=False)
    contacts.to_sql("contacts", engine, index=False, dtype={"contacted_on": sa.Date})
    payments = pd.DataFrame({"payment_id": [7], "customer_id": "c1", "paid_on": "2024-01-31", "amount": 1e-3 + 12.344})
    payments.assign(paid_on=pd.to_datetime(["2024-01-31 12:00Z"])).to_sql(
        "payments", engine, index=False, if_exists="append"
    )
    engine.dispose()

    folder = tmp_path / "ledger"
    folder.mkdir()
    customers.to_parquet(folder / "customers.parquet", index=False)
    contacts.to_parquet(folder / "contacts.parquet", index=False)
    payments.to_parquet(folder / "payments.parquet", index=False)
    invoices = INVOICES + "".join(f"i{n},c{n % 7},2024-01-05,2024-02-04,{n}.25\n" for n in range(1, 11))
    (folder / "invoices.csv").write_text(invoices, "utf-8")
    read, expected = read_ledger(postgresql), read_ledger(folder)
    assert_same(read.tables, expected.tables)
    assert list(read.refused.columns) == list(REFUSED_COLUMNS) and read.refused.empty and expected.refused.empty
    assert read.tables["customers"]["name"].isna().tolist() == [name in ("", None) for name in NAMES]


def test_an_empty_text_is_told_from_a_missing_one(postgresql: str) -> None:
    run(
        filled(postgresql, rows=1),
        "create table customers (customer_id text)",
        "insert into customers values (''), (null)",
    )
    with opened(postgresql) as found:
        [piece] = [piece for piece in found.pieces if piece.table == "customers"]
        names = pd.concat([raw.frame for raw in raw_rows(piece)])["customer_id"]
    assert [name if isinstance(name, str) else None for name in names] == ["", None]


def test_rows_that_come_while_a_ledger_is_read_are_not_seen(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(postgresql)
    monkeypatch.setattr(chunks, "ROWS_OF_A_PIECE", 500)
    with opened(postgresql) as found:
        run(
            postgresql,
            "insert into invoices select 'later' || n, 'c', '2024-01-05', '2024-02-04', 1 "
            "from generate_series(1, 900) n",
            "update invoices set amount = 0 where invoice_id = 'i1'",
            "delete from invoices where invoice_id = 'i2'",
        )
        rows = pd.concat([raw.frame for piece in found.pieces for raw in raw_rows(piece) if piece.table == "invoices"])
    assert sorted(rows["invoice_id"]) == sorted(f"i{n}" for n in range(1, 3_001))
    assert rows.set_index("invoice_id").loc["i1", "amount"] == "1.25"
    assert len(read_ledger(postgresql).tables["invoices"]) == 3_899


IN_A_TRANSACTION = """select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null"""


def test_no_transaction_is_open_any_more_once_the_rows_are_laid_out(postgresql: str) -> None:
    filled(postgresql)
    engine = open_engine(postgresql)

    def transactions() -> int:
        with engine.connect() as connection:
            return int(connection.execute(sa.text(IN_A_TRANSACTION)).scalar_one())

    with opened_ledger(LedgerScratch, postgresql, END_OF_TIME, load_settings()) as scratch:
        assert transactions() == 1
        lay_out(scratch, InThisProcess())
        assert transactions() == 0
    engine.dispose()


def test_a_postgresql_table_without_rows_is_a_table(postgresql: str) -> None:
    filled(postgresql, rows=0)
    tables = read_ledger(postgresql).tables
    assert tables["invoices"].empty and tables["payments"].empty


def test_a_wrong_password_is_told_without_the_password(postgresql: str) -> None:
    address = sa.make_url(postgresql).set(username="nobody", password="hush hush")
    with pytest.raises(LedgerError) as caught:
        read_ledger(address.render_as_string(hide_password=False))
    assert "hush" not in str(caught.value) and caught.value.__cause__ is None


def test_a_table_that_goes_while_a_ledger_is_read_is_told_by_name(postgresql: str) -> None:
    filled(postgresql)
    with opened(postgresql) as found:
        run(postgresql, "drop table invoices")
        with pytest.raises(LedgerError, match=r"table invoices: it cannot be read: there is no such table"):
            list(raw_rows(found.pieces[0]))
    with pytest.raises(LedgerError, match=r"the required table 'invoices' is missing"):
        read_ledger(postgresql)


@pytest.mark.slow
def test_a_postgresql_table_read_in_pieces_takes_less_memory_than_the_whole(postgresql: str) -> None:
    filled(postgresql, rows=1_000_000)
    in_pieces, whole = peak(postgresql, "pieces"), peak(postgresql, "whole")
    print(f"PostgreSQL, a million invoices: {in_pieces} MiB in pieces, {whole} MiB whole")
    assert in_pieces < 0.6 * whole
