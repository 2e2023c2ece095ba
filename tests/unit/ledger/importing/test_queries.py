"""A query makes rows of a table out of several files, whatever they are; it can do nothing but read them."""

import json
import sqlite3
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ledger.errors import LedgerError
from ledger.importing.import_export import Import, import_ledger
from ledger.minor_units import held_with
from tests.support.judged_in_memory import read_ledger

FILES = """
files:
  head:
    columns:
      id: text
      customer: text
      day: date
      terms: {type: whole, optional: true}
      note: {type: text, also: [memo]}
  line: {columns: {head: text, amount: amount}}
  paid: {path: "*paid*", optional: true, columns: {head: text, day: date, amount: amount}}
"""
INVOICES = """
SELECT h.id AS invoice_id, h.customer AS customer_id, h.day AS issued_on, h.day + coalesce(h.terms, 0)::INT AS due_on,
       sum(l.amount) AS amount, h._origin
FROM head h JOIN line l ON l.head = h.id
GROUP BY ALL
"""
PAYMENTS = (
    "SELECT 'p' || head AS payment_id, head AS invoice_id, id2.customer AS customer_id, paid.day AS paid_on, amount "
)
PAYMENTS += "FROM paid JOIN head id2 ON id2.id = head"

HEADS = pd.DataFrame(
    {
        "id": ["1", "2"],
        "customer": ["A", "B"],
        "day": ["2024-01-31", "2024-02-29"],
        "terms": ["30", ""],
        "memo": ["x", "y"],
    }
)
LINES = pd.DataFrame({"head": ["1", "1", "2"], "amount": ["100.00", "50.00", "75"]})
PAID = pd.DataFrame({"head": ["1"], "day": ["2024-03-01"], "amount": ["150"]})


def mapping(folder: Path, files: str = FILES, invoices: str = INVOICES, payments: str = PAYMENTS) -> Path:
    (folder / "invoices.sql").write_text(invoices, "utf-8")
    path = folder / "mapping.yaml"
    path.write_text(
        f"{files}\ntables:\n  invoices: {{query: invoices.sql}}\n  payments: {{query: {json.dumps(payments)}}}\n"
    )
    return path


def as_csv(folder: Path) -> Path:
    for name, frame in {"head": HEADS, "LINE": LINES, "what_was_paid": PAID}.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def as_parquet(folder: Path) -> Path:
    typed = HEADS.assign(day=pd.to_datetime(HEADS["day"]), terms=[30.0, None])
    for name, frame in {"head": typed, "line": LINES, "paid": PAID}.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return folder


def as_json(folder: Path) -> Path:
    (folder / "head.json").write_text(json.dumps(HEADS.to_dict("records")))
    for name, frame in {"line": LINES, "paid": PAID}.items():
        frame.to_json(folder / f"{name}.jsonl", orient="records", lines=True)
    return folder


def as_workbooks(folder: Path) -> Path:
    for name, frame in {"head": HEADS.assign(day=pd.to_datetime(HEADS["day"])), "line": LINES, "paid": PAID}.items():
        book = openpyxl.Workbook()
        for row in [list(frame), *frame.to_numpy().tolist(), [None, None]]:
            book.active.append(row)
        book.save(folder / f"{name}.xlsx")
    return folder


def as_sqlite(folder: Path) -> str:
    with sqlite3.connect(folder / "erp.db") as connection:
        for name, frame in {"head": HEADS, "line": LINES.astype({"amount": float}), "paid": PAID}.items():
            frame.to_sql(name, connection, index=False)
    return f"sqlite:///{folder / 'erp.db'}"


def run(folder: Path, path: Path, source: Path | str) -> Import:
    return import_ledger(path, source, folder / "ledger")


@pytest.mark.parametrize("export", [as_csv, as_parquet, as_json, as_workbooks, as_sqlite])
def test_a_join_and_a_sum_give_the_same_ledger_whatever_the_export_is_written_in(tmp_path: Path, export) -> None:
    (tmp_path / "export").mkdir()
    done = run(tmp_path, mapping(tmp_path), export(tmp_path / "export"))
    tables = read_ledger(tmp_path / "ledger").tables
    invoices = tables["invoices"][["invoice_id", "customer_id", "issued_on", "due_on", "amount"]]
    assert invoices.astype("str").to_numpy().tolist() == [
        ["1", "A", "2024-01-31", "2024-03-01", "15000"],
        ["2", "B", "2024-02-29", "2024-02-29", "7500"],
    ]
    assert tables["payments"][["invoice_id", "customer_id", "amount"]].to_numpy().tolist() == [["1", "A", 15000]]
    assert done.counts.to_numpy().tolist() == [["invoices", 2, 2, 0, 0], ["payments", 1, 1, 0, 0]]


REACHES = [
    "SELECT * FROM read_csv('{outside}')",
    "SELECT * FROM '{outside}'",
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM read_blob('{scratch}/../{name}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')",
    "SELECT * FROM read_json('s3://bucket/x.json')",
    "SELECT * FROM sqlite_scan('{outside}', 'x')",
    "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 'x')",
    "SELECT * FROM duckdb_secrets()",
    "SELECT getenv('HOME')",
    "WITH x AS (SELECT * FROM parquet_metadata('{outside}')) SELECT * FROM x",
    "COPY (SELECT 1) TO '{folder}/written.csv'",
    "COPY head TO '{folder}/written.csv'",
    "EXPORT DATABASE '{folder}/written'",
    "ATTACH '{folder}/written.db'",
    "ATTACH 'postgresql://127.0.0.1/x' AS pg (TYPE postgres)",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "CREATE TABLE x AS SELECT 1",
    "CREATE MACRO x() AS 1",
    "DROP VIEW head",
    "INSERT INTO head VALUES (1)",
    "DELETE FROM head",
    "UPDATE head SET id = 1",
    "SELECT 1; COPY (SELECT 1) TO '{folder}/written.csv'",
    "SELECT * FROM query('COPY (SELECT 1) TO ''{folder}/written.csv''')",
    "1) TO '{folder}/written.csv'; SELECT (1",
    "CALL pragma_version()",
    "CHECKPOINT",
    "",
    "-- nothing",
    "SELECT",
    "SELECT * FROM nowhere",
    "SELECT no_such_column FROM head",
    "SELECT customer + 1 FROM head",
    "SELECT error('stop')",
    "\x00",
    "SELECT '\ud7ff' FROM head WHERE",
]


@pytest.mark.parametrize("query", REACHES)
def test_a_query_that_would_write_reach_out_or_make_no_sense_is_refused_in_a_sentence(tmp_path: Path, query) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("kept apart\n1\n")
    export = tmp_path / "export"
    export.mkdir()
    as_csv(export)
    names = {"outside": outside, "name": outside.name, "folder": tmp_path, "scratch": export}
    for name, value in names.items():
        query = query.replace("{" + name + "}", str(value))
    with pytest.raises(LedgerError, match=r"mapping.yaml: tables\.payments\[0\]\.query") as caught:
        run(tmp_path, mapping(tmp_path, payments=query or " "), export)
    assert "kept apart" not in str(caught.value)
    assert not list(tmp_path.rglob("written*")) and not (tmp_path / "ledger").exists()


def test_a_query_outside_of_the_mappings_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside.sql").write_text("SELECT 1")
    with pytest.raises(LedgerError, match=r"leaves the mapping's folder"):
        run(tmp_path, mapping(tmp_path / "inside", payments="../outside.sql"), as_csv(tmp_path))


def test_cells_that_cannot_be_read_in_their_type_are_refused_with_file_line_column_and_value(tmp_path: Path) -> None:
    as_csv(tmp_path)
    (tmp_path / "LINE.csv").write_text("head,amount\n1,100\n1,5O\n2,75\n2\n2,\n")
    done = run(tmp_path, mapping(tmp_path), tmp_path)
    shown = done.refused[["table", "record", "column", "rule", "value"]].to_numpy().tolist()
    assert shown == [
        ["invoices", "LINE.csv:3", "line.amount", "not an amount", "5O"],
        ["invoices", "", "", "wrong number of fields", "2"],
    ]
    assert json.loads(done.refused["row"][0])["amount"] == "5O"
    assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == [10000, 7500]
    assert done.counts.to_numpy().tolist()[0] == ["invoices", 4, 2, 2, 0]


def test_a_row_of_a_query_that_is_refused_shows_where_it_is_from(tmp_path: Path) -> None:
    as_csv(tmp_path)
    (tmp_path / "head.csv").write_text("id,customer,day,terms,memo\n1,A,2024-01-31,30,\n2,,2024-02-01,,\n")
    done = run(tmp_path, mapping(tmp_path), tmp_path)
    assert done.refused[["table", "column", "rule"]].to_numpy().tolist() == [["invoices", "customer_id", "missing"]]
    assert json.loads(done.refused["row"][0])["_origin"] == "head.csv:3"


def test_missing_columns_files_and_tables_are_named_with_what_is_there(tmp_path: Path) -> None:
    as_csv(tmp_path)
    (tmp_path / "head.csv").write_text("id,custmer,day\n1,A,2024-01-31\n")
    with pytest.raises(LedgerError, match=r"files.head.columns: head.csv has no column 'customer'.* 'custmer'"):
        run(tmp_path, mapping(tmp_path), tmp_path)
    (tmp_path / "head.csv").unlink()
    with pytest.raises(LedgerError, match=r"files.head: no file called head .* Files found: LINE.csv"):
        run(tmp_path, mapping(tmp_path), tmp_path)
    with sqlite3.connect(tmp_path / "erp.db") as connection:
        LINES.to_sql("line", connection, index=False)
    with pytest.raises(LedgerError, match=r"files.head: sqlite:///.* has no table called head.* Tables found: line"):
        run(tmp_path, mapping(tmp_path), f"sqlite:///{tmp_path / 'erp.db'}")


def test_an_optional_file_that_is_not_there_has_no_rows(tmp_path: Path) -> None:
    as_csv(tmp_path)
    (tmp_path / "what_was_paid.csv").unlink()
    assert run(tmp_path, mapping(tmp_path), tmp_path).counts["rows_out"].tolist() == [2, 0]


def test_a_column_of_a_result_that_the_table_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"invoices has no column 'amuont'.* 'amount'"):
        run(tmp_path, mapping(tmp_path, invoices=INVOICES.replace("AS amount", "AS amuont")), as_csv(tmp_path))


@pytest.mark.parametrize("column", ["amount", "AMOUNT"])
def test_decimal_commas_and_thousands_are_read_as_the_file_says(column: str, tmp_path: Path) -> None:
    as_csv(tmp_path)
    (tmp_path / "LINE.csv").write_text(f"head;{column}\n1;1.234,50\n2;75,00-\n2;1234.50\n")
    files = FILES.replace("line: {", 'line: {delimiter: ";", decimal_comma: true, thousands: ".", ')
    done = run(tmp_path, mapping(tmp_path, files), tmp_path)
    assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == [123450, -7500]
    assert done.refused["value"].tolist() == ["1234.50"]


def test_three_decimals_of_a_query_are_kept(tmp_path: Path) -> None:
    as_csv(tmp_path)
    (tmp_path / "LINE.csv").write_text("head,amount\n1,1.234\n2,5\n")
    query = INVOICES.replace("h._origin", "'KWD' AS currency")
    run(tmp_path, mapping(tmp_path, invoices=query), tmp_path)
    with held_with(3):
        assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == [1234, 5000]


def test_nested_json_and_structs_are_reached_by_a_dot_and_a_list_of_records_inside_a_document(tmp_path: Path) -> None:
    files = """
files:
  invoice:
    records: QueryResponse.Invoice
    columns: {id: {type: text, also: Id}, customer: {type: text, also: CustomerRef.value}, day: date, lines: json}
"""
    lines = [{"Amount": "10.50"}, {"Amount": 4.5}]
    invoice = {"Id": 7, "CustomerRef": {"value": "A"}, "day": "2024-01-31T10:00:00Z", "lines": lines}
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "invoice.json").write_text(json.dumps({"QueryResponse": {"Invoice": [invoice]}}))
    query = """
    SELECT id AS invoice_id, customer AS customer_id, day AS issued_on, day AS due_on, 
           sum((line ->> 'Amount')::DECIMAL(18, 2)) AS amount
    FROM invoice, unnest(from_json(lines, '["JSON"]')) AS lines(line) GROUP BY ALL
    """
    payments = "SELECT id AS payment_id, customer AS customer_id, day AS paid_on, 15 AS amount FROM invoice"
    done = run(tmp_path, mapping(tmp_path, files, query, payments), tmp_path / "export")
    assert done.refused.empty
    invoices = read_ledger(tmp_path / "ledger").tables["invoices"]
    assert invoices[["invoice_id", "customer_id", "amount"]].to_numpy().tolist() == [["7", "A", 1500]]
    typed = pd.DataFrame(
        [{"Id": 7, "CustomerRef": {"value": "A"}, "day": pd.Timestamp("2024-01-31"), "lines": json.dumps(lines)}]
    )
    (tmp_path / "parquet").mkdir()
    typed.to_parquet(tmp_path / "parquet" / "invoice.parquet")
    first = (tmp_path / "ledger" / "invoices.parquet").read_bytes()
    run(tmp_path, tmp_path / "mapping.yaml", tmp_path / "parquet")
    assert (tmp_path / "ledger" / "invoices.parquet").read_bytes() == first


def test_a_view_is_read_by_later_views_and_by_the_queries_of_tables(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    (tmp_path / "sums.sql").write_text("SELECT head, sum(amount) AS amount FROM line GROUP BY head", "utf-8")
    views = """
views:
  sums: sums.sql
  large: "SELECT * FROM sums WHERE amount > 100"
"""
    invoices = INVOICES.replace("JOIN line l", "JOIN large l")
    done = run(tmp_path, mapping(tmp_path, FILES + views, invoices), as_csv(tmp_path / "export"))
    assert done.counts["rows_out"].tolist() == [1, 1]


def test_a_view_that_is_called_like_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    views = 'views: {LINE: "SELECT 1 AS amount"}'
    with pytest.raises(LedgerError, match="views: 'LINE' is under `files` too"):
        run(tmp_path, mapping(tmp_path, f"{FILES}\n{views}"), as_csv(tmp_path / "export"))


def test_rules_that_have_the_same_query_share_its_rows_as_those_of_a_file_do(tmp_path: Path) -> None:
    (tmp_path / "bills.csv").write_text(
        "id,customer,day,amount\n1,A,2024-01-31,5.00\n2,A,2024-01-31,-1.00\n3,B,,0.00\n"
    )
    columns = "{invoice_id: id, customer_id: customer, issued_on: day, due_on: day, amount: amount}"
    (tmp_path / "mapping.yaml").write_text(
        "files: {bills: {columns: {id: text, customer: text, day: date, amount: amount}}}\n"
        "tables:\n  invoices:\n"
        f"    - {{file: bills, where: {{column: amount, above: 0}}, columns: {columns}}}\n"
        f"    - {{file: bills, where: {{column: amount, below: 0}}, columns: {columns}}}\n"
        "  payments:\n"
        "    query: SELECT id AS payment_id, customer AS customer_id, day AS paid_on, amount FROM bills LIMIT 0\n"
    )
    done = import_ledger(tmp_path / "mapping.yaml", tmp_path, tmp_path / "ledger")
    assert done.counts.set_index("table").loc["invoices", "rows_out"] == 2
    place = f"{tmp_path / 'mapping.yaml'}: tables.invoices[0].file"
    assert done.notes == (f"{place}: 1 of 3 rows fulfil no rule's `where` and were left out",)
