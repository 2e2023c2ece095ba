"""Half a year of bookings in a real Tryton, and what Tryton reports of it, then and in the end.

Run by the interpreter of an environment that has `trytond` and `proteus` (see `tryton.py`), never imported by a test:
`tryton_year.py URL REPORTS.json`, with the same URL in TRYTOND_DATABASE_URI. Only Tryton's clock is turned by hand:
`ir.date` says which day it is, and what a day created is dated to that day when the day is over.
"""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
from proteus import config
from tryton_books import CLOCK, Books, reported
from trytond.ir.date import Date

# What an import reads the day of creation of.
DATED = (
    *("account_move", "account_move_line", "account_move_reconciliation", "account_invoice"),
    *("account_invoice-account_move_line", "account_dunning", "ir_model_log", "ir_email"),
)
YEAR: dict[date, Callable[[Books], None]] = {}


def on(month: int, day: int) -> Callable[[Callable[[Books], None]], None]:
    """Files what is booked on a day of 2025."""
    return lambda booked: YEAR.__setitem__(date(2025, month, day), booked)


@on(1, 10)
def _billed(books: Books) -> None:
    books.bill("in parts paid", "Anna", "100.10")
    books.bill("two instalments", "Bert", "300.01", payment_term=books.halves)
    books.bill("credited in part", "Carl", "500")
    books.bill("paid on account", "Dora", "80")
    books.bill("in euros", "Emil", "400", currency=books.euro)
    books.bill("written off", "Fina", "250")
    books.bill("cancelled", "Fina", "75")
    books.bill("dunned", "Gert", "120")
    books.book("Hugo", "45.50", books.general_journal)  # an opening balance, without an invoice


@on(1, 20)
def _paid_in_part(books: Books) -> None:
    books.pay("in parts paid", "40", "partial")
    books.pay("two instalments", "100", "partial")
    books.on_account = books.book("Dora", "-150", books.cash_journal)


@on(2, 5)
def _paid_in_full_and_credited(books: Books) -> None:
    books.pay("in parts paid", "60.10")
    books.bill("a credit note", "Carl", "-120")


NIGHTS = [date(2025, *day) for day in ((1, 15), (2, 10), (2, 22), (3, 20), (4, 30), (6, 30))]


@on(2, 20)
def _first_dunning(books: Books) -> None:
    books.dun()


@on(2, 25)
def _account_is_cleared(books: Books) -> None:
    books.bill("paid on account, too", "Dora", "70")
    books.reconcile(books.on_account, *books.lines_of("paid on account"), *books.lines_of("paid on account, too"))


@on(3, 5)
def _euros_in_part(books: Books) -> None:
    books.pay("in euros", "300", "partial")


@on(3, 10)
def _lost_and_cancelled(books: Books) -> None:
    books.invoice("cancelled").click("cancel")
    books.pay("written off", "200", "writeoff")


@on(3, 12)
def _booked_late(books: Books) -> None:
    books.bill("credited whole", "Anna", "90")  # Tryton numbers invoices by their date: none can be dated back
    books.book("Anna", "90", books.general_journal, on=date(2025, 2, 1))
    books.book("Anna", "-30", books.cash_journal, on=date(2025, 2, 3))


@on(3, 15)
def _second_dunning(books: Books) -> None:
    books.dun()


@on(4, 1)
def _rest_of_euros(books: Books) -> None:
    books.pay("in euros", "100")  # the rate has changed: Tryton books what was lost on it
    books.bill("more euros", "Emil", "64", currency=books.euro)
    books.received = books.book("Carl", "-380", books.cash_journal)


@on(4, 5)
def _credit_is_used_and_paid_back(books: Books) -> None:
    books.reconcile(books.received, *books.lines_of("credited in part"), *books.lines_of("a credit note"))
    books.bill("a refunded credit note", "Carl", "-60")
    books.pay("a refunded credit note", "-60")


@on(4, 10)
def _second_instalment_first(books: Books) -> None:
    _first, second = sorted(books.lines_of("two instalments"))
    books.reconcile(books.book("Bert", "-150.01", books.cash_journal), second)


@on(4, 20)
def _credited_whole_and_overpaid(books: Books) -> None:
    books.credit("credited whole")
    books.pay("dunned", "150", "overpayment")
    books.bill("overpaid by little", "Gert", "100")
    books.pay("overpaid by little", "104", "writeoff")
    books.bill("open in the end", "Gert", "33.33")


@on(4, 25)
def _paid_back(books: Books) -> None:
    books.book("Gert", "30", books.cash_journal)


def _date_what_was_created(connection: psycopg.Connection, today: date) -> None:
    """Rows that were created on a later day than any of the year are of `today`."""
    for table in DATED:
        connection.execute(
            f"update \"{table}\" set create_date = %s + (create_date - date_trunc('day', create_date)) "
            "where create_date > '2026-01-01'",
            [today],
        )
    connection.commit()


def main(url: str, reports: str) -> None:
    """Book the year; REPORTS.json has `then` (by night, as reported that night) and `now` (as reported in the end)."""
    config.set_trytond()
    Date.today = staticmethod(lambda timezone=None: CLOCK["today"])
    books = Books()
    then = {}
    with psycopg.connect(url) as connection:
        for day in sorted({*YEAR, *NIGHTS}):
            CLOCK["today"] = day
            YEAR.get(day, lambda books: None)(books)
            _date_what_was_created(connection, day)
            if day in NIGHTS:
                then[day.isoformat()] = reported(books, [day])
    Path(reports).write_text(json.dumps({"then": then, "now": reported(books, NIGHTS)}, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
