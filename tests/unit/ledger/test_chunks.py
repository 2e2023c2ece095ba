"""A ledger read in pieces is the ledger, whatever holds it; a database stands still meanwhile."""

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
import sqlalchemy as sa

from ledger.errors import LedgerError
from ledger.frames import Tables
from ledger.reading.refusals import REFUSED_COLUMNS
from ledger.sources import chunks, csv_blocks, database_rows
from ledger.sources.chunks import Piece, opened, raw_rows
from ledger.sources.connections import open_engine
from ledger.tables import TABLES
from tests.support.judged_in_memory import read_ledger

INVOICES = "invoice_id,customer_id,issued_on,due_on,amount\n"
PAYMENTS = "payment_id,invoice_id,customer_id,paid_on,amount\n"


def invoice_lines(rows: int) -> str:
    return INVOICES + "".join(f"i{row},c{row % 7},2024-01-05,2024-02-04,{row + 1}.25\n" for row in range(rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger of 500 invoices without payments."""
    home = tmp_path / "ledger"
    home.mkdir()
    (home / "invoices.csv").write_text(invoice_lines(500), "utf-8")
    (home / "payments.csv").write_text(PAYMENTS, "utf-8")
    return home


def pieces_of(source: str | Path, table: str = "invoices") -> list[Piece]:
    with opened(source) as found:
        return [piece for piece in found.pieces if piece.table == table]


def assert_same(left: Tables, right: Tables) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(left[name], right[name])


def in_order(tables: Tables) -> Tables:
    """The rows in the order of their keys: a database has none of its own."""
    return {name: frame.sort_values(list(TABLES[name].key), ignore_index=True) for name, frame in tables.items()}


# Files


def test_a_parquet_file_of_many_row_groups_is_read_a_few_groups_at_a_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read_ledger(folder).tables
    pd.read_csv(folder / "invoices.csv", dtype="str").to_parquet(folder / "invoices.parquet", row_group_size=30)
    (folder / "invoices.csv").unlink()
    monkeypatch.setattr(chunks, "ROWS_OF_A_PIECE", 100)
    found = pieces_of(folder)
    assert [piece.row_groups for piece in found] == [
        (0, 1, 2, 3),
        (4, 5, 6, 7),
        (8, 9, 10, 11),
        (12, 13, 14, 15),
        (16,),
    ]
    assert [piece.rows for piece in found] == [120, 120, 120, 120, 20]
    assert [sum(len(raw.frame) for raw in raw_rows(piece)) for piece in found] == [120, 120, 120, 120, 20]
    assert_same(read_ledger(folder).tables, expected)


def test_a_folder_of_parts_has_a_piece_for_each_part_in_the_order_of_their_names(folder: Path) -> None:
    expected = read_ledger(folder).tables
    rows = pd.read_csv(folder / "invoices.csv", dtype="str")
    (folder / "invoices.csv").unlink()
    for part, some in enumerate((rows[:200], rows[200:200], rows[200:])):
        (folder / "invoices").mkdir(exist_ok=True)
        some.to_parquet(folder / "invoices" / f"{part}.parquet", index=False)
    (folder / "invoices" / "_metadata.parquet").write_bytes(b"no data")
    assert [Path(piece.source).name for piece in pieces_of(folder)] == ["0.parquet", "1.parquet", "2.parquet"]
    assert_same(read_ledger(folder).tables, expected)


def test_a_csv_larger_than_a_block_comes_in_parts_with_its_bad_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = invoice_lines(500).splitlines(keepends=True)
    text[1] = 'i0,"c\n0",2024-01-05,2024-02-04,1.25\n'  # a line break within a cell
    text[300] = "i299,too,few\n"
    (folder / "invoices.csv").write_text("".join(text), "utf-8")
    whole = read_ledger(folder)
    assert whole.refused["rule"].tolist() == ["wrong number of fields"]
    monkeypatch.setattr(csv_blocks, "CSV_BLOCK", 2_000)
    [piece] = pieces_of(folder)
    parts = list(raw_rows(piece))
    assert len(parts) > 5
    assert sum(len(part.malformed) for part in parts) == 1
    in_parts = read_ledger(folder)
    assert_same(in_parts.tables, whole.tables)
    pd.testing.assert_frame_equal(in_parts.refused, whole.refused)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_that_is_written_again_while_the_ledger_is_read_stops_it(folder: Path, form: str) -> None:
    rows = pd.read_csv(folder / "invoices.csv", dtype="str")
    if form == "parquet":
        rows.to_parquet(folder / "invoices.parquet", row_group_size=100)
        (folder / "invoices.csv").unlink()
    with opened(folder) as found:
        piece = next(piece for piece in found.pieces if piece.table == "invoices")
        assert sum(len(raw.frame) for raw in raw_rows(piece)) == 500
        if form == "parquet":  # the same rows in other row groups
            rows.to_parquet(folder / "again.parquet", row_group_size=300)
            (folder / "again.parquet").rename(folder / "invoices.parquet")
        else:
            with (folder / "invoices.csv").open("a") as more:
                more.write("i999,c1,2024-01-05,2024-02-04,1.00\n")
        with pytest.raises(LedgerError, match="was changed while it was read"):
            list(raw_rows(piece))


def test_ids_in_bytes_of_another_encoding_stay_apart(folder: Path) -> None:
    names = ["Müller".encode("latin-1"), "Möller".encode("latin-1"), "Müller".encode()]
    rows = pd.read_csv(folder / "invoices.csv", dtype="str").head(3).assign(customer_id=names)
    rows.to_parquet(folder / "invoices.parquet")
    (folder / "invoices.csv").unlink()
    assert read_ledger(folder).tables["invoices"]["customer_id"].tolist() == ["M\\xfcller", "M\\xf6ller", "Müller"]


@pytest.mark.parametrize("groups", [0, 1])
def test_a_parquet_file_without_rows_has_its_columns_with_a_row_group_and_without(folder: Path, groups: int) -> None:
    rows = pa.table({name: pa.array([], pa.string()) for name in INVOICES.strip().split(",")})
    (folder / "invoices.csv").unlink()
    with pa.parquet.ParquetWriter(folder / "invoices.parquet", rows.schema) as writer:
        for _ in range(groups):
            writer.write_table(rows)
    assert pa.parquet.ParquetFile(folder / "invoices.parquet").metadata.num_row_groups in (0, groups)
    [piece] = pieces_of(folder)
    [raw] = raw_rows(piece)
    assert list(raw.frame.columns) == rows.column_names
    assert read_ledger(folder).tables["invoices"].empty


def test_a_parquet_file_without_rows_or_a_required_column_is_refused_by_name(folder: Path) -> None:
    (folder / "invoices.csv").unlink()
    pa.parquet.write_table(pa.table({"invoice_id": pa.array([], pa.string())}), folder / "invoices.parquet")
    with pytest.raises(LedgerError, match=r"invoices\.parquet: the required column 'customer_id'"):
        read_ledger(folder)


# SQLite


@pytest.fixture
def sqlite(folder: Path, tmp_path: Path) -> str:
    """The same ledger in an SQLite file."""
    address = f"sqlite:///{tmp_path / 'ledger.db'}"
    engine = sa.create_engine(address)
    with engine.begin() as connection:
        for name in ("invoices", "payments"):
            pd.read_csv(folder / f"{name}.csv", dtype="str").to_sql(name, connection, index=False)
    engine.dispose()
    return address


def run(address: str, *statements: str) -> None:
    engine = open_engine(address)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_an_sqlite_table_is_cut_by_rowid_gaps_and_all(
    folder: Path, sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read_ledger(folder).tables["invoices"]
    run(
        sqlite,
        "update invoices set rowid = -40 where rowid = 1",
        "delete from invoices where rowid between 100 and 400",
    )
    monkeypatch.setattr(chunks, "ROWS_OF_A_PIECE", 60)
    found = pieces_of(sqlite)
    assert len(found) > 2
    read = read_ledger(sqlite).tables["invoices"]
    assert read["invoice_id"].tolist() == [*expected["invoice_id"][:99], *expected["invoice_id"][400:]]


def test_an_sqlite_table_with_columns_that_hide_its_rowid_is_cut_all_the_same(
    folder: Path, sqlite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read_ledger(folder).tables["invoices"]
    run(sqlite, "alter table invoices add column ROWID text default 'same'", "alter table invoices add column _rowid_")
    monkeypatch.setattr(chunks, "ROWS_OF_A_PIECE", 60)
    assert len(pieces_of(sqlite)) > 2
    assert read_ledger(sqlite).tables["invoices"]["invoice_id"].tolist() == expected["invoice_id"].tolist()


@pytest.mark.parametrize(
    "statements",
    [
        (
            "create table keyed (invoice_id text primary key, customer_id, issued_on, due_on, amount) without rowid",
            "insert into keyed select * from invoices order by rowid",
            "drop table invoices",
            "alter table keyed rename to invoices",
        ),
        ("alter table invoices rename to kept", "create view invoices as select * from kept"),
    ],
    ids=["WITHOUT ROWID", "a view"],
)
def test_what_has_no_rowid_is_read_in_one_piece(
    folder: Path, sqlite: str, statements: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(sqlite, *statements)
    monkeypatch.setattr(chunks, "ROWS_OF_A_PIECE", 60)
    monkeypatch.setattr(database_rows, "ROWS_AT_ONCE", 150)
    [piece] = pieces_of(sqlite)
    assert [len(raw.frame) for raw in raw_rows(piece)] == [150, 150, 150, 50]
    assert_same(in_order(read_ledger(sqlite).tables), in_order(read_ledger(folder).tables))


# PostgreSQL


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


PEAK = """
import re, sys
from pathlib import Path
import pandas as pd
from ledger.reading.read import read_rows
from ledger.sources import chunks, database_rows
from ledger.sources.chunks import opened, raw_rows
from ledger.tables import TABLES
from tests.support.judged_in_memory import read_ledger
chunks.ROWS_OF_A_PIECE, database_rows.BLOCK_BYTES, database_rows.ROWS_AT_ONCE = 100_000, 1 << 22, 100_000
table = TABLES["payments"]
read_rows(table, "", chunks.RawRows(pd.DataFrame(columns=table.names, dtype="str")))

def most() -> int:  # what the kernel tells by getrusage begins at what the parent process had
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text()).group(1))

at_first = most()
if sys.argv[2] == "whole":
    rows = len(read_ledger(sys.argv[1]).tables["invoices"])
else:
    with opened(sys.argv[1]) as found:
        rows = sum(
            len(read_rows(TABLES[piece.table], piece.origin, raw).rows)
            for piece in found.pieces if piece.table == "invoices" for raw in raw_rows(piece)
        )
print(rows, (most() - at_first) // 1024)
"""


def peak(address: str, how: str) -> int:
    """The most memory, in MiB, that a process needs to read a ledger of a million invoices, beyond its libraries."""
    printed = subprocess.run(
        [sys.executable, "-c", PEAK, address, how], capture_output=True, check=True, text=True
    ).stdout.split()
    assert printed[0] == "1000000"
    return int(printed[1])


@pytest.mark.slow
def test_a_postgresql_table_read_in_pieces_takes_less_memory_than_the_whole(postgresql: str) -> None:
    filled(postgresql, rows=1_000_000)
    in_pieces, whole = peak(postgresql, "pieces"), peak(postgresql, "whole")
    print(f"PostgreSQL, a million invoices: {in_pieces} MiB in pieces, {whole} MiB whole")
    assert in_pieces < 0.6 * whole


@pytest.mark.slow
def test_an_sqlite_table_read_in_pieces_takes_less_memory_than_the_whole(folder: Path, sqlite: str) -> None:
    run(
        sqlite,
        "delete from invoices",
        """insert into invoices with recursive row(n) as (select 1 union all select n + 1 from row where n < 1000000)
           select 'i' || n, 'c' || n % 7, '2024-01-05', '2024-02-04', n || '.25' from row""",
    )
    in_pieces, whole = peak(sqlite, "pieces"), peak(sqlite, "whole")
    print(f"SQLite, a million invoices: {in_pieces} MiB in pieces, {whole} MiB whole")
    assert in_pieces < 0.6 * whole
