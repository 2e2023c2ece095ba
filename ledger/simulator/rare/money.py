"""Rare money: refunds, cash in advance, money announced before it comes, dollars, and parents who pay."""

import numpy as np
import pandas as pd

from ledger.simulator.open_items import CREDIT_APPLIED
from ledger.simulator.rare.scene import Scene
from ledger.simulator.records import METHODS
from ledger.simulator.worlds import Floats

_REFUNDED = 0.002
_IN_ADVANCE = 0.003
_ANNOUNCED = 0.006
_ANNOUNCED_AHEAD = 0.01
_CUSTOMERS_WITH_DOLLARS = 0.004
_PAID_BY_PARENT = 0.15


def refund(scene: Scene) -> None:
    """A customer paid too much, without saying what for, and got it back: the refund names no document either."""
    invoices, rows = scene.take(~scene.asked_for & (scene.paid < scene.days - 40), _REFUNDED)
    book, payments, count = scene.book, scene.payments, len(invoices)
    nowhere, customer, method = np.full(count, -1), book.customer[invoices], payments["method"][rows]
    surplus = np.rint(book.amount[invoices] * scene.rng.uniform(0.02, 0.3, count)).astype(np.int64)
    scene.pay(nowhere, customer, payments["day"][rows], surplus, payments["known"][rows], method)
    back = scene.working_day(scene.paid[invoices] + scene.days_between(8, 30, count))
    scene.pay(nowhere, customer, back, -surplus, back, method)


def pay_in_advance(scene: Scene) -> None:
    """Cash came before the invoice was written, and was set against it afterwards."""
    book, payments = scene.book, scene.payments
    in_time = (book.issued >= np.maximum(scene.people.first_day[book.customer], 0) + 25) & (
        book.issued < scene.days - 7
    )
    invoices, rows = scene.take(~scene.asked_for & in_time, _IN_ADVANCE)
    count = len(invoices)
    bank = payments["known"][rows] - payments["day"][rows]
    payments["invoice"][rows] = -1
    payments["day"][rows] = scene.working_day(book.issued[invoices] - scene.days_between(7, 20, count))
    payments["known"][rows] = payments["day"][rows] + bank
    applied = book.issued[invoices] + scene.days_between(1, 5, count)
    scene.journal.add(
        "adjustments", document=invoices, kind=CREDIT_APPLIED, day=applied, amount=book.amount[invoices], known=applied
    )


def announce_payments(scene: Scene, by_cheque: bool) -> None:
    """Post-dated cheques, or direct debits, that were known some days before their money came.

    No one was contacted in between: what is announced is not asked for. Some are still to come after the last day, on
    the due date.
    """
    book, payments, last = scene.book, scene.payments, scene.days - 1
    method = METHODS.index("cheque" if by_cheque else "direct_debit")
    customer = book.customer
    earliest = np.maximum(book.issued, scene.last_contact(customer, scene.paid)) + 1
    invoices, rows = scene.take(earliest < scene.paid, _ANNOUNCED)
    ahead = scene.paid[invoices] - scene.days_between(2, 12, len(invoices))
    payments["known"][rows] = np.maximum(ahead, earliest[invoices])
    payments["method"][rows] = method

    waiting = (book.due > last) & (book.due <= last + 14) & (book.issued < last - 3)
    waiting &= (book.open == book.amount) & ~book.parked & (book.disputed_until < 0)
    invoices = scene.few(np.flatnonzero(waiting), _ANNOUNCED_AHEAD)
    known = last - scene.days_between(0, 2, len(invoices))
    day, how = scene.working_day(book.due[invoices]), np.full(len(invoices), method)
    scene.pay(invoices, customer[invoices], day, book.open[invoices], known, how)


def pay_in_dollars(scene: Scene) -> None:
    """A few customers pay their invoices in dollars, at the rate of the day."""
    book, payments = scene.book, scene.payments
    customers = scene.few(np.unique(book.customer[scene.payment >= 0]), _CUSTOMERS_WITH_DOLLARS)
    _, rows = scene.take(np.isin(book.customer, customers), 1.0)
    months = scene.when.month[: scene.days]
    rate = _dollar(np.arange(months[-1] + 1))
    first_days = np.searchsorted(months, np.arange(len(rate)))
    scene.journal.add("fx_rates", day=first_days, rate=rate)
    # A dollar being less than a euro, what is rounded here comes out as the invoice to the cent when exchanged back.
    in_dollars = np.rint(payments["amount"][rows] / rate[months[payments["day"][rows]]])
    payments["amount"][rows] = in_dollars.astype(np.int64)
    payments["in_dollars"][rows] = True


def _dollar(month: np.ndarray) -> Floats:
    """Euros for a dollar, always less than one; the same in every world, so that ledgers can be put together."""
    return np.round(0.92 + 0.03 * np.sin(month / 4), 4)


def pay_for_a_subsidiary(scene: Scene) -> None:
    """The group's head pays invoices of a subsidiary."""
    people, payments = scene.people.frame, scene.payments
    head = pd.Index(people["customer_id"]).get_indexer(people["parent_id"])
    invoices, rows = scene.take(head[scene.book.customer] >= 0, _PAID_BY_PARENT)
    payments["customer"][rows] = head[scene.book.customer[invoices]]
