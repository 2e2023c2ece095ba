"""What a night knows of a ledger, in plain Python: rows are dicts, money is whole cents, days are dates.

The oracle of balances. It is slow, obvious, and shares nothing with the product but the declarations of the tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ledger.tables import TABLES

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

LOSSES = ("write_off", "collection_handover", "cancellation")
NAMING_A_CUSTOMER = ("customers", "invoices", "payments", "promises", "contacts")


@dataclass
class Part:
    """What falls due on one day: an invoice without instalments is one part."""

    due_on: date
    amount: int
    open: int = 0


@dataclass
class Document:
    """An invoice or a credit note, with what has come of it; money in its own currency."""

    invoice_id: str
    customer_id: str
    is_invoice: bool
    issued_on: date
    due_on: date
    known_on: date
    amount: int
    currency: str | None
    parts: list[Part] = field(default_factory=list)
    in_instalments: bool = False
    received: list[tuple[date, int]] = field(default_factory=list)
    coming: int = 0
    adjustments: list[Row] = field(default_factory=list)
    open: int = 0

    @property
    def cancelled(self) -> int:
        """What was billed by mistake, at most all of it."""
        signed = sum(int(row["cents"]) for row in self.adjustments if row["kind"] == "cancellation")
        return min(max(signed, 0), max(self.amount, 0))


class Book:
    """The records that count on the night `as_of`; see the rules of balances."""

    def __init__(
        self,
        rows: Rows,
        as_of: date,
        reporting: str | None = "EUR",
        *,
        small_difference_amount: int = 500,
        small_difference_share: float = 0.02,
    ) -> None:
        known = _known(rows, as_of)
        self.as_of = as_of
        self.reporting_currency = reporting
        self.small = (small_difference_amount, small_difference_share)
        self.customer_ids = sorted({row["customer_id"] for name in NAMING_A_CUSTOMER for row in rows.get(name, ())})
        self.customers = {row["customer_id"]: row for row in known["customers"]}
        self.rates: dict[str, list[tuple[date, float]]] = {}
        for row in sorted(known["fx_rates"], key=lambda row: row["on"]):
            self.rates.setdefault(row["currency"], []).append((row["on"], row["rate"]))
        self.known_invoice_ids = {row["invoice_id"] for row in known["invoices"]}
        self.documents: dict[str, Document] = {}
        for row in sorted(known["invoices"], key=lambda row: row["invoice_id"]):
            self._bill(row)
        self.cash: list[Row] = []  # unapplied: customer_id, day, cents, currency
        self.coming_cash: list[Row] = []
        self.coming: dict[str, int] = {}  # by payment_id, what is on its way and is not taken back
        self.ahead: list[Row] = []  # known, and not here yet
        self.payments: list[Row] = []  # received, with the customer for whom it counts
        for row in known["payments"]:
            self._pay(row)
        self._expect()
        for row, cents in zip(self.payments, lasting(self.payments), strict=True):
            row["lasting"] = cents
        for row in known["adjustments"]:
            self._adjust(row)
        self.disputes = known["disputes"]
        self.holds = known["holds"]
        self.promises = known["promises"]
        for document in self.documents.values():
            document.open = self._open(document)
            self._divide(document, [row for row in known["instalments"] if row["invoice_id"] == document.invoice_id])

    def of(self, customer_id: str) -> list[Document]:
        """The documents of a customer."""
        return [document for document in self.documents.values() if document.customer_id == customer_id]

    def account_currency(self, customer_id: str) -> str | None:
        """The customer's currency, else the reporting one."""
        return self.customers.get(customer_id, {}).get("currency") or self.reporting_currency

    def rate(self, currency: str | None, day: date | None = None) -> float | None:
        """The latest rate on a day, else the first that is known; the latest of all where no day is given."""
        if currency == self.reporting_currency:
            return 1.0
        known = self.rates.get(currency, []) if currency else []
        if not known:
            return None
        return next((rate for on, rate in reversed(known) if day is None or on <= day), known[0][1])

    def reporting(self, cents: int, currency: str | None) -> int:
        """Whole cents of the reporting currency at the rate of the night, half to even."""
        return self.converted(cents, currency, self.reporting_currency) or 0

    def converted(self, cents: int, currency: str | None, wanted: str | None, day: date | None = None) -> int | None:
        """Whole cents of the wanted currency at the rates of a day; None where one of them has no rate."""
        if currency == wanted:
            return cents
        own, theirs = self.rate(currency, day), self.rate(wanted, day)
        if own is None or theirs is None:
            return None
        return cents if own == theirs else round(cents * (own / theirs))

    def is_small(self, document: Document, row: Row) -> bool:
        """Whether a write-off, or the taking back of one, is a difference that is let go: no loss."""
        amount, share = self.small
        cents = abs(row["cents"])
        same = row["currency"] in (None, document.currency)
        return bool(same and row["kind"] == "write_off" and cents <= amount and cents <= share * abs(document.amount))

    def lost(self, document: Document, kinds: tuple[str, ...] = LOSSES) -> int:
        """Claims given up or withdrawn, before what came in for them."""
        losses = [row for row in document.adjustments if row["kind"] in kinds and not self.is_small(document, row)]
        return max(sum(int(row["cents"]) for row in losses), 0)

    def raw(self, document: Document) -> int:
        """Amount less all that reduced it."""
        paid = sum(cents for _, cents in document.received)
        return document.amount - paid - sum(int(row["cents"]) for row in document.adjustments)

    def _open(self, document: Document) -> int:
        raw = self.raw(document)
        recovered = min(-raw, self.lost(document)) if document.is_invoice and raw < 0 else 0
        return raw + recovered

    def _bill(self, row: Row) -> None:
        currency = row["currency"] or self.account_currency(row["customer_id"])
        if self.rate(currency) is None:
            return
        self.documents[row["invoice_id"]] = Document(
            row["invoice_id"],
            row["customer_id"],
            row["kind"] != "credit_note",
            row["issued_on"],
            row["due_on"],
            row["known_on"],
            row["amount"],
            currency,
        )

    def _pay(self, row: Row) -> None:
        received = row["paid_on"] < self.as_of
        if row["invoice_id"] not in self.known_invoice_ids:
            currency = row["currency"] or self.account_currency(row["customer_id"])
            if self.rate(currency) is None:
                return
            money = {"customer_id": row["customer_id"], "invoice_id": None, "day": row["paid_on"]}
            money |= {"payer": row["customer_id"], "payment_id": row["payment_id"]}
            money |= {"cents": row["amount"], "currency": currency}
            if received:
                self.cash.append(money)
        else:
            document = self.documents.get(row["invoice_id"])
            if document is None:
                return
            own = row["currency"] or document.currency
            cents = self.converted(row["amount"], own, document.currency, row["paid_on"])
            if cents is None:
                return
            if received:
                document.received.append((row["paid_on"], cents))
            money = {"customer_id": document.customer_id, "invoice_id": row["invoice_id"], "day": row["paid_on"]}
            money |= {"payer": row["customer_id"], "payment_id": row["payment_id"]}
            money |= {"cents": cents, "currency": document.currency}
        (self.payments if received else self.ahead).append(money)

    def _expect(self) -> None:
        """What is on its way, less what is known to go back of it."""
        everything = [*self.payments, *self.ahead]
        for row, cents in zip(everything, lasting(everything), strict=True):
            if row["day"] >= self.as_of and cents > 0:
                self.coming[row["payment_id"]] = cents
                if row["invoice_id"] is None:
                    self.coming_cash.append({**row, "cents": cents})
                else:
                    self.documents[row["invoice_id"]].coming += cents

    def _adjust(self, row: Row) -> None:
        document = self.documents.get(row["invoice_id"])
        if document is None or row["posted_on"] >= self.as_of:
            return
        own = row["currency"] or document.currency
        cents = self.converted(row["amount"], own, document.currency, row["posted_on"])
        if cents is not None:
            document.adjustments.append({**row, "cents": cents})

    def _divide(self, document: Document, instalments: list[Row]) -> None:
        """The parts of a document, filled in order of their due dates by all that reduced it."""
        left = document.amount
        for row in sorted(instalments, key=lambda row: row["due_on"]):
            amount = min(row["amount"], left)
            if amount > 0:
                document.parts.append(Part(row["due_on"], amount))
                document.in_instalments = True
                left -= amount
        if left > 0 or not document.parts:
            document.parts.append(Part(document.due_on, left))
        document.parts.sort(key=lambda part: part.due_on)
        filling = document.amount - document.open
        for part in document.parts:
            filled = min(max(filling, 0), max(part.amount, 0))
            part.open = part.amount - filled
            filling -= filled
        document.parts[-1].open -= filling  # paid too much, or paid back more than was ever paid


def lasting(payments: list[Row]) -> list[int]:
    """What of each payment nothing took back, 0 for what takes back; `payments` are those of a book.

    A reversal takes the latest payment before it of its document and amount; then those that found none take what came
    last for the document; then those that name none take a payment of the customer of their amount.
    """
    order = sorted(range(len(payments)), key=lambda n: _turn(payments[n]))
    left = [int(row["cents"]) for row in payments]

    def take(back: int, given: int) -> None:
        cents = min(left[given], -left[back])
        left[given] -= cents
        left[back] += cents

    def is_whole(n: int) -> bool:
        return left[n] == payments[n]["cents"]

    for alike in (_same_document, _same_customer):
        for place, back in enumerate(order):
            if left[back] < 0 and is_whole(back) and (alike is _same_document or not payments[back]["invoice_id"]):
                for given in reversed(order[:place]):
                    same = alike(payments[given], payments[back])
                    if same and is_whole(given) and left[given] == -left[back]:
                        take(back, given)
                        break
        if alike is _same_document:
            for place, back in enumerate(order):
                for given in reversed(order[:place]):
                    if left[back] < 0 < left[given] and alike(payments[given], payments[back]):
                        take(back, given)
    return [max(cents, 0) for cents in left]


def _turn(payment: Row) -> tuple[date, bool, str]:
    return payment["day"], payment["cents"] < 0, payment["payment_id"]


def _same_customer(one: Row, other: Row) -> bool:
    return (one["customer_id"], one["currency"]) == (other["customer_id"], other["currency"])


def _same_document(one: Row, other: Row) -> bool:
    return _same_customer(one, other) and one["invoice_id"] == other["invoice_id"]


def _known(rows: Rows, as_of: date) -> dict[str, list[Row]]:
    """The rows known before the night, by table, with every declared column."""
    found: dict[str, list[Row]] = {}
    for name, table in TABLES.items():
        found[name] = []
        for given in rows.get(name, ()):
            row: Row = dict.fromkeys(table.names) | {key: _plain(value) for key, value in given.items()}
            row["known_on"] = row.get("known_on") or row.get(table.dated_by)
            if row["known_on"] is None or row["known_on"] < as_of:
                found[name].append(row)
    return found


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value
