"""Rare turns of a claim: cancelled in part, let go, paid in instalments, given up and taken back, held."""

import numpy as np

from ledger.simulator.open_items import CANCELLATION, HANDOVER, WRITE_OFF
from ledger.simulator.rare.scene import Scene
from ledger.simulator.records import HOLD_REASONS
from ledger.simulator.worlds import Ints

_CANCELLED_IN_PART = 0.003
_LET_GO = 0.006
_LET_GO_AT_MOST = 500  # cents, and 2 % of the invoice: the default of ledger.small_difference_amount and its share
_IN_INSTALMENTS = 0.004
_MOST_INSTALMENTS = 4
_HANDOVERS_TAKEN_BACK = 0.2
_WRITE_OFFS_TAKEN_BACK = 0.08
_RECOVERED = 0.15
_HELD = 0.002


def cancel_in_part(scene: Scene) -> None:
    """A part of an invoice was billed by mistake and cancelled before the customer paid the rest."""
    book = scene.book
    invoices, rows = scene.take(~scene.asked_for & (scene.paid - book.issued >= 3), _CANCELLED_IN_PART)
    day = scene.days_between(book.issued[invoices] + 1, scene.paid[invoices] - 1, len(invoices))
    part = np.rint(book.amount[invoices] * scene.rng.uniform(0.1, 0.5, len(invoices))).astype(np.int64)
    _adjust(scene, invoices, CANCELLATION, day, part)
    scene.payments["amount"][rows] -= part


def let_small_differences_go(scene: Scene) -> None:
    """A payment was a little short, by bank charges say, and the rest was written off when it was matched."""
    invoices, rows = scene.take(~scene.asked_for, _LET_GO)
    most = np.minimum(scene.book.amount[invoices] // 50, _LET_GO_AT_MOST)
    short = scene.days_between(1, most, len(invoices))
    scene.payments["amount"][rows] -= short
    _adjust(scene, invoices, WRITE_OFF, scene.payments["known"][rows], short)


def agree_instalments(scene: Scene) -> None:
    """Invoices in monthly parts, paid around the day of each; some with a first part on the invoice's own day.

    Where all is in instalments, the invoice's own day is that of the last one. What is due after the last day is open.
    """
    book, payments, last = scene.book, scene.payments, scene.days - 1
    invoices, rows = scene.take(~scene.asked_for & (book.due - book.issued >= 10), _IN_INSTALMENTS)
    count = len(invoices)
    parts = scene.days_between(2, _MOST_INSTALMENTS, count)
    due = book.due[invoices]
    ends = due + 30 * (parts - 1)
    # With a first part, the whole invoice would be overdue in the truth while its instalments still run.
    first_part = (scene.rng.random(count) < 0.3) & (ends <= last)
    each = book.amount[invoices] // parts
    working = np.flatnonzero(scene.when.working[: scene.days])
    book.due[invoices] = np.where(first_part, due, ends)
    for number in range(_MOST_INSTALMENTS):
        some = np.flatnonzero(number < parts)
        day = due[some] + 30 * number
        amount = each[some] if number else (book.amount[invoices] - (parts - 1) * each)[some]
        in_plan = (number > 0) | ~first_part[some]
        scene.journal.add(
            "instalments", invoice=invoices[some][in_plan], due=day[in_plan], amount=amount[in_plan],
            known=book.issued[invoices[some]][in_plan],
        )  # fmt: skip
        lag = scene.days_between(-4, 6, len(some))
        paid = np.where(day <= last, np.minimum(scene.working_day(np.minimum(day + lag, last)), working[-1]), day)
        here = paid <= last
        if number == 0:  # what was paid at once is the payment of the first part; one that lies ahead is not known yet
            for name, values in (("day", paid), ("known", paid), ("amount", amount)):
                payments[name][rows[some]] = values
        else:
            of, at = invoices[some][here], paid[here]
            scene.pay(of, book.customer[of], at, amount[here], at, payments["method"][rows[some]][here])
        book.open[invoices[some][~here]] += amount[~here]


def take_losses_back(scene: Scene) -> None:
    """Claims that came back from the agency, debtors who paid what was written off, and money for claims given up."""
    losses = scene.journal.columns("adjustments")
    if not losses:
        return
    scene.journal.entries["adjustments"] = [losses]
    early = losses["day"] < scene.days - 30
    handed, written = (np.flatnonzero(early & (losses["kind"] == kind)) for kind in (HANDOVER, WRITE_OFF))
    if not len(handed):  # few claims of a small ledger go to the agency
        handed = scene.few(written, 0.0)
        losses["kind"][handed] = HANDOVER
        written = np.setdiff1d(written, handed)
    handed_back = scene.few(handed, _HANDOVERS_TAKEN_BACK)
    written_back = scene.few(written, _WRITE_OFFS_TAKEN_BACK)
    _come_back(scene, losses, handed_back)
    _pay_after_all(scene, losses, written_back)
    _recover(scene, losses, np.setdiff1d(np.concatenate([handed, written]), [*handed_back, *written_back]))


def _come_back(scene: Scene, losses: dict[str, np.ndarray], rows: Ints) -> None:
    """The agency gives cases back: half of them are paid then, the others are open again."""
    book, invoices = scene.book, losses["document"][rows]
    back = _later(scene, losses["day"][rows])
    _adjust(scene, invoices, HANDOVER, back, -losses["amount"][rows])
    paid = scene.working_day(back + scene.days_between(3, 20, len(rows)))
    pays = (scene.rng.random(len(rows)) < 0.5) & (paid < scene.days)
    _settle(scene, invoices[pays], paid[pays], losses["amount"][rows][pays])
    book.open[invoices[~pays]] += losses["amount"][rows][~pays]


def _pay_after_all(scene: Scene, losses: dict[str, np.ndarray], rows: Ints) -> None:
    """A debtor pays what was written off; the write-off is taken back on the same day."""
    invoices, amount = losses["document"][rows], losses["amount"][rows]
    day = scene.working_day(_later(scene, losses["day"][rows]))
    _adjust(scene, invoices, WRITE_OFF, day, -amount)
    _settle(scene, invoices, day, amount)


def _recover(scene: Scene, losses: dict[str, np.ndarray], rows: Ints) -> None:
    """Some of a claim that was given up comes in, from the agency or from the estate; the loss stays booked."""
    some = scene.few(rows, _RECOVERED)
    share = scene.rng.uniform(0.1, 0.6, len(some))
    amount = np.rint(losses["amount"][some] * share).astype(np.int64)
    _settle(scene, losses["document"][some], scene.working_day(_later(scene, losses["day"][some])), amount)


def hold(scene: Scene) -> None:
    """Overdue invoices, and customers, that no one asked for until a day; some are held after the last day, too."""
    book, days = scene.book, scene.days
    ended = np.where(book.open > 0, days, scene.paid)
    late = np.flatnonzero((ended - book.due > 5) & ((book.open > 0) | (scene.paid < days)) & (book.due < days - 6))
    first = scene.days_between(np.maximum(book.due[late] + 1, 1), ended[late] - 4, len(late))
    customer = book.customer[late]
    until = np.minimum(first + scene.days_between(10, 45, len(late)), scene.next_contact(customer, first) - 1)
    long_enough, running = until >= first + 3, until >= days
    none = np.full(len(late), -1)
    for of_customer in (False, True):
        for candidates in (long_enough & running, long_enough & ~running):
            place = scene.few(np.flatnonzero(candidates), _HELD)
            scene.journal.add(
                "holds", customer=(customer if of_customer else none)[place],
                invoice=(none if of_customer else late)[place], day=first[place], until=until[place],
                reason=scene.days_between(0, len(HOLD_REASONS) - 1, len(place)),
            )  # fmt: skip


def _later(scene: Scene, day: Ints) -> Ints:
    """A day at least five days on, and early enough for a bank to work on it before the last day."""
    return scene.days_between(day + 5, np.minimum(day + 60, scene.days - 6), len(day))


def _settle(scene: Scene, invoices: Ints, day: Ints, amount: Ints) -> None:
    customer = scene.book.customer[invoices]
    scene.pay(invoices, customer, day, amount, day, np.zeros(len(invoices), dtype=np.int64))


def _adjust(scene: Scene, invoices: Ints, kind: int, day: Ints, amount: Ints) -> None:
    scene.journal.add("adjustments", document=invoices, kind=kind, day=day, amount=amount, known=day)
