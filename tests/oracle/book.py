"""What a night knows, as lists of dicts: known records, what is open of each invoice, and which currency it is in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from tests.oracle.parts import parts_of, shared_between
from tests.support.plain_ledger import days_late
from tests.support.plain_ledger.balances import paid_toward
from tests.support.plain_ledger.book import Book as PlainBook

Record = dict[str, Any]

SMALL, SMALL_SHARE = 500, 0.02  # cents and share of an invoice: a write-off of no more is no loss


class Book:
    """The records known before `as_of`; invoices and payments carry what follows from the others.

    An invoice in instalments is one record a part. `payments` are the payments as they came, for whom they count and in
    the currency of what they pay; `received` are those of invoices in instalments by part. No part is disputed.
    """

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], as_of: date, reporting_currency: str | None, grace_days: int
    ):
        everything = plain_rows(tables)
        self.as_of = as_of
        self.reporting_currency = reporting_currency
        self.grace_days = grace_days
        self.customer_ids = sorted(
            {
                row["customer_id"]
                for name in ("customers", "invoices", "payments", "holds", "promises", "contacts")
                for row in everything[name]
                if row["customer_id"] is not None
            }
        )
        self.plain = PlainBook(everything, as_of, reporting_currency)
        known = {name: [row for row in rows if row["known_on"] < as_of] for name, rows in everything.items()}
        self.customers = {row["customer_id"]: row for row in known["customers"]}
        self.rates = self._latest_rates(known["fx_rates"])
        documents = {row["invoice_id"]: row for row in sorted(known["invoices"], key=lambda row: row["invoice_id"])}
        self.invoices = {key: row for key, row in documents.items() if self._has_rate(row)}
        without_rate = documents.keys() - self.invoices.keys()
        known = {
            name: [row for row in rows if row.get("invoice_id") not in without_rate] for name, rows in known.items()
        }
        self.contacts = known["contacts"]
        self.promises = known["promises"]
        self.payments = known["payments"]
        self._forget_unknown_invoices()
        self.payments = [row for row in self.payments if row["invoice_id"] or self._has_rate(row)]
        self._count_for_who_owes()
        ahead = [row for row in self.payments if row["payment_id"] in self.plain.coming]
        self.coming = [{**row, "amount": self.plain.coming[row["payment_id"]]} for row in ahead]
        self.payments = [row for row in self.payments if row["paid_on"] < as_of]
        self.adjustments = [
            row for row in known["adjustments"] if row["invoice_id"] in self.invoices and row["posted_on"] < as_of
        ]
        self.disputes = [row for row in known["disputes"] if row["invoice_id"] in self.invoices]
        self._forget_later_closings()
        self.received = self.payments
        self._divide({row["invoice_id"] for row in known["instalments"]})
        self._fill_in()

    def of(self, rows: list[Record], customer_id: str) -> list[Record]:
        """The rows of one customer."""
        return [row for row in rows if row["customer_id"] == customer_id]

    def invoices_of(self, customer_id: str) -> list[Record]:
        return self.of(list(self.invoices.values()), customer_id)

    def account_currency(self, customer_id: str) -> str | None:
        stated = self.customers.get(customer_id, {}).get("currency")
        return stated if stated is not None else self.reporting_currency

    def rate(self, currency: str | None) -> float:
        if currency is None or currency == self.reporting_currency:
            return 1.0
        return self.rates.get(currency, 0.0)

    def _has_rate(self, row: Record) -> bool:
        currency = row["currency"] or self.account_currency(row["customer_id"])
        return currency in (None, self.reporting_currency) or currency in self.rates

    def reporting(self, cents: int, currency: str | None) -> int:
        """Whole cents of the reporting currency, half to even."""
        return round(cents * self.rate(currency))

    def paid_toward(self, promise: Record) -> int:
        """What came in from the day of the promise to its last day, in the currency of the promise."""
        return paid_toward(self.plain, promise)

    def contested(self, invoice: Record) -> int:
        """Contested cents of what is open."""
        opened = max(invoice["open"], 0)
        amounts = [
            row["amount"]
            for row in self.disputes
            if row["invoice_id"] == invoice["invoice_id"] and not row["closed_on"]
        ]
        return opened if None in amounts else min(sum(amounts), opened)

    @staticmethod
    def _latest_rates(rows: list[Record]) -> dict[str, float]:
        return {row["currency"]: row["rate"] for row in sorted(rows, key=lambda row: row["on"])}

    def _forget_unknown_invoices(self) -> None:
        for row in (*self.payments, *self.promises):
            if row["invoice_id"] not in self.invoices:
                row["invoice_id"] = None

    def _forget_later_closings(self) -> None:
        for row in self.disputes:
            if row["closed_on"] is not None and row["closed_on"] >= self.as_of:
                row["closed_on"] = None

    def _count_for_who_owes(self) -> None:
        """Payments of invoices for their customers and in their currency; cash in its own, else the account's."""
        for invoice in self.invoices.values():
            invoice["document"] = invoice["invoice_id"]
            if invoice["currency"] is None:
                invoice["currency"] = self.account_currency(invoice["customer_id"])
        for payment in self.payments:
            stated, owner = payment["currency"], self.invoices.get(payment["invoice_id"])
            if owner is None:
                payment["currency"] = stated or self.account_currency(payment["customer_id"])
                continue
            exchanged = self.plain.converted(
                payment["amount"], stated or owner["currency"], owner["currency"], payment["paid_on"]
            )
            assert exchanged is not None, "money of invoices in a currency without a rate is not for this oracle"
            own = {"customer_id": owner["customer_id"], "currency": owner["currency"], "amount": exchanged}
            payment.update(own)

    def _divide(self, planned: set[str]) -> None:
        for key in sorted(planned & self.invoices.keys()):
            invoice = self.invoices.pop(key)
            parts = parts_of(invoice, self.plain.documents[key])
            self.invoices |= {part["invoice_id"]: part for part in parts}
            payments = [row for row in self.received if row["invoice_id"] == key]
            adjustments = [row for row in self.adjustments if row["invoice_id"] == key]
            coming = [row for row in self.coming if row["invoice_id"] == key]
            dated = [(row["paid_on"], 0, row) for row in payments] + [(row["posted_on"], 1, row) for row in adjustments]
            dated += [(row["paid_on"], 2, row) for row in coming]
            shared = shared_between(parts, [row for *_, row in sorted(dated, key=lambda one: one[:2])])
            for name in ("received", "adjustments", "coming"):
                setattr(self, name, [row for row in getattr(self, name) if row["invoice_id"] != key])
            for row in shared:
                paid_on = row.get("paid_on")
                rows = self.adjustments if paid_on is None else self.received if paid_on < self.as_of else self.coming
                rows.append(row)
        self.invoices = dict(sorted(self.invoices.items()))

    def _fill_in(self) -> None:
        for invoice in self.invoices.values():
            invoice["withdrawn"] = 0
            invoice["lost"] = 0
            invoice["changes"] = []
        for payment in self.received:
            owner = self.invoices.get(payment["invoice_id"])
            if owner:
                owner["changes"].append((payment["paid_on"], payment["amount"]))
        for adjustment in self.adjustments:
            owner = self.invoices[adjustment["invoice_id"]]
            adjustment["customer_id"] = owner["customer_id"]
            owner["changes"].append((adjustment["posted_on"], adjustment["amount"]))
            small = 0 < adjustment["amount"] <= min(SMALL, SMALL_SHARE * owner["amount"])
            if adjustment["kind"] == "collection_handover" or (adjustment["kind"] == "write_off" and not small):
                owner["lost"] += adjustment["amount"]
            owner["withdrawn"] += adjustment["amount"] if adjustment["kind"] == "cancellation" else 0
        for dispute in self.disputes:
            dispute["customer_id"] = self.invoices[dispute["invoice_id"]]["customer_id"]
        paid_up = {(one.invoice_id, one.due_on): one.paid_up_on for one in days_late.paid_up(self.plain)}
        for invoice in self.invoices.values():
            invoice["withdrawn"], invoice["lost"] = max(invoice["withdrawn"], 0), max(invoice["lost"], 0)
            invoice["cancelled"] = invoice["withdrawn"] >= invoice["amount"]
            invoice["reporting"] = self.reporting(invoice["amount"], invoice["currency"])
            invoice["billed"] = self.reporting(invoice["amount"] - invoice["withdrawn"], invoice["currency"])
            rest = invoice["amount"] - sum(amount for _, amount in invoice["changes"])
            given_up = invoice["lost"] + invoice["withdrawn"] if invoice["kind"] == "invoice" else 0
            recovered = min(max(-rest, 0), given_up)
            invoice["lost"] = max(invoice["lost"] - recovered, 0)
            invoice["open"] = rest + recovered
            invoice["paid_up_on"] = paid_up.get((invoice["document"], invoice["due_on"]))
            invoice["past_due"] = (self.as_of - invoice["due_on"]).days
            is_late = invoice["open"] > 0 and invoice["past_due"] > 0 and invoice["kind"] == "invoice"
            invoice["overdue"] = invoice["open"] if is_late else 0
            invoice["settled_on"] = _settled_on(invoice) if invoice["kind"] == "invoice" else None


def _settled_on(invoice: Record) -> date | None:
    """The day at whose end nothing was open, and never again after it."""
    settled = None
    for day in sorted({day for day, _ in invoice["changes"]}):
        reduced = sum(amount for on, amount in invoice["changes"] if on <= day)
        if reduced < invoice["amount"]:
            settled = None
        elif settled is None:
            settled = day
    return settled


def plain_rows(tables: Mapping[str, pd.DataFrame]) -> dict[str, list[Record]]:
    """Every row of the tables as a dict, missing values as None."""
    return {name: [_plain(row) for row in frame.to_dict("records")] for name, frame in tables.items()}


def _plain(row: Mapping[Any, Any]) -> Record:
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, datetime) else value
