"""A simulated ledger as Business Central's customer ledger: what `configs/sources/business_central` reads.

Files and columns are named as bc2adls names them. Lost on the way: promises, disputes, holds and instalments as such
(each is an invoice of its own), contacts other than letters, how money was paid. A cancelled part becomes a credit
memo, a handover a loss.
"""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import Item, Match, booked
from tests.support.erp.round_trip import Written

TYPES = {"invoice": "Invoice", "credit_note": "Credit Memo", "cancellation": "Credit Memo"}
CREATED = "SystemCreatedAt-2000000001"
Rows = list[dict[str, object]]


class _Company:
    def __init__(self) -> None:
        self.entries: Rows = []
        self.details: Rows = []
        self.transactions: dict[int, int] = {}
        self.transaction = 0

    def post(self, item: Item, number: str) -> None:
        self.transaction += 1
        self.transactions[item.number] = self.transaction
        kind = TYPES.get(item.kind, " ")
        if item.kind == "cash":
            kind = "Payment" if item.cents < 0 else "Refund"
        self.entries.append(
            {
                "EntryNo-1": item.number, "CustomerNo-3": item.customer, "PostingDate-4": item.dated,
                "DocumentType-5": kind, "DocumentNo-6": number, "DocumentDate-62": item.dated,
                "CurrencyCode-11": _code(item), "DueDate-37": item.due, "TransactionNo-53": self.transaction,
                CREATED: pd.Timestamp(item.known),
            }
        )  # fmt: skip
        self.detail(item, "Initial Entry", item.dated, item.known, item.own_cents, item.cents, self.transaction, 0)

    def detail(
        self, item: Item, kind: str, dated: date, known: date, own: int, cents: int, transaction: int, applied: int
    ) -> None:
        self.details.append(
            {
                "EntryNo-1": len(self.details) + 1, "CustLedgerEntryNo-2": item.number, "EntryType-3": kind,
                "PostingDate-4": dated, "Amount-7": own / 100, "AmountLCY-8": cents / 100,
                "TransactionNo-13": transaction, "AppliedCustLedgerEntryNo-36": applied, CREATED: pd.Timestamp(known),
            }
        )  # fmt: skip

    def apply(self, applying: Item, matches: list[Match], known: date) -> None:
        """One posting in which an entry is applied to others, or in which it was made."""
        transaction = self.transactions[applying.number]
        if applying.known != known:
            self.transaction += 1
            transaction = self.transaction
        dated = applying.dated if applying.known == known else known
        sign, days = 1 if applying.cents > 0 else -1, (dated, known)
        for match in matches:
            other, cents = match.debit if match.credit is applying else match.credit, sign * match.cents
            self.detail(other, "Application", *days, cents, cents, transaction, applying.number)
        total = sum(match.cents for match in matches)
        own = -sign * total if applying.currency == "EUR" else -applying.own_cents
        self.detail(applying, "Application", *days, own, -sign * total, transaction, applying.number)


def write(tables: Tables, folder: Path) -> Written:
    """The ledger's entries as CSV files, reminders, rates and the company's currency among them."""
    books, company = booked(tables), _Company()
    numbers = {
        claim.number: f"{document}-{place}" if len(claims) > 1 else document
        for document, claims in books.claims.items()
        for place, claim in enumerate(claims, start=1)
    }
    for item in books.items:
        if item.kind != "discount":
            company.post(item, numbers.get(item.number, f"J{item.number}-{item.document}"))
    together: dict[tuple[int, date], list[Match]] = defaultdict(list)
    for match in books.matches:
        if match.credit.kind == "discount":
            discount = match.credit
            company.detail(
                match.debit, "Payment Discount", discount.dated, match.known, -match.cents, -match.cents,
                company.transactions[match.debit.number], 0,
            )  # fmt: skip
        else:
            refund = match.debit.kind == "cash" and match.debit.known == match.known
            applying = match.debit if refund else match.credit
            together[applying.number, match.known].append(match)
    for (number, known), matches in together.items():
        company.apply(books.items[number - 1], matches, known)
    pd.DataFrame(company.entries).to_csv(folder / "CustLedgerEntry-21.csv", index=False)
    pd.DataFrame(company.details).to_csv(folder / "DetailedCustLedgEntry-379.csv", index=False)
    customers = tables["customers"]
    pd.DataFrame(
        {
            "No-1": customers["customer_id"], "Name-2": customers["name"],
            "CountryRegionCode-35": customers["country"], "PhoneNo-9": customers["phone"],
            "EMail-102": customers["email"], CREATED: customers["onboarded_on"],
        }
    ).to_csv(folder / "Customer-18.csv", index=False)  # fmt: skip
    contacts = tables["contacts"]
    letters = contacts.loc[contacts["channel"] == "letter", ["customer_id", "contacted_on", "channel"]]
    pd.DataFrame(
        {
            "No-1": [f"R{place}" for place in range(len(letters))], "CustomerNo-2": letters["customer_id"],
            "DocumentDate-20": letters["contacted_on"], "PostingDate-19": letters["contacted_on"],
        }
    ).to_csv(folder / "IssuedReminderHeader-297.csv", index=False)  # fmt: skip
    (folder / "GeneralLedgerSetup-98.csv").write_text("LCYCode-71\nEUR\n")
    rates = tables["fx_rates"]
    pd.DataFrame(
        {
            "CurrencyCode-1": rates["currency"], "StartingDate-2": rates["on"], "ExchangeRateAmount-3": 1,
            "RelationalExchRateAmount-6": rates["rate"],
        }
    ).to_csv(folder / "CurrencyExchangeRate-330.csv", index=False)  # fmt: skip
    return Written({one: one for one in customers["customer_id"]}, letters)


def _code(item: Item) -> str:
    return "" if item.currency == "EUR" else item.currency
