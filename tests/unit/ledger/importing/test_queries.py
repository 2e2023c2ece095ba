"""A query makes rows of a table out of several files, whatever they are; it can do nothing but read them."""

import json
import sqlite3
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ledger.importing.import_export import Import, import_ledger
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
