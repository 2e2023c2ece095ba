"""A ledger read in pieces is the ledger: of files, and of an SQLite database."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
import sqlalchemy as sa

from ledger.errors import LedgerError
from ledger.sources import chunks, csv_blocks, database_rows
from ledger.sources.chunks import opened, raw_rows
from tests.support.judged_in_memory import read_ledger
from tests.support.sources.pieces import INVOICES, assert_same, in_order, peak, pieces_of, run

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
