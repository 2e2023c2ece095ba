"""The subledger of a Spanish company as one SQLite database: debit and credit, and document types."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from tests.support.erp.unseen.invented_books import Books

TABLES = """
CREATE TABLE clientes (codigo TEXT PRIMARY KEY, razon_social TEXT, pais TEXT);
CREATE TABLE movimientos (asiento INTEGER PRIMARY KEY, tipo_doc TEXT, numero TEXT, cliente TEXT, fecha TEXT,
                          vencimiento TEXT, debe TEXT, haber TEXT, aplicado_a TEXT, divisa TEXT);
"""


def write(books: Books, folder: Path) -> str:
    """Write the export; its URL, as the command takes it. A payment that a bank sent back is a debit, DEV."""
    path = folder / "contabilidad.db"
    rows = [
        (
            "FAC" if bill.amount > 0 else "ABO",
            f"F{bill.number}",
            bill.customer,
            bill.issued,
            bill.due,
            bill.amount,
            None,
        )
        for bill in books.bills
    ]
    rows += [
        ("COB" if one.amount > 0 else "DEV", f"C{one.number}", one.customer, one.paid, None, -one.amount,
         None if one.bill is None else f"F{one.bill}")
        for one in books.receipts
    ]  # fmt: skip
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(TABLES)
        customers = sorted({bill.customer for bill in books.bills})
        database.executemany(
            "INSERT INTO clientes VALUES (?, ?, 'ES')", [(f"{one:04}", f"Bodegas {one} S.L.") for one in customers]
        )
        database.executemany(
            "INSERT INTO movimientos VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, 'EUR')",
            [
                (kind, number, f"{customer:04}", f"{day:%d/%m/%Y}", f"{due:%d/%m/%Y}" if due else None,
                 *_sides(amount), applied)
                for kind, number, customer, day, due, amount, applied in rows
            ],
        )  # fmt: skip
    return f"sqlite:///{path}"


def _sides(amount: Decimal) -> tuple[str, str]:
    return (str(amount), "0.00") if amount > 0 else ("0.00", str(-amount))
