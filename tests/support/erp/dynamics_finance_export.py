"""A simulated ledger as tables of Dynamics 365 Finance: what `configs/sources/dynamics_finance` reads.

Lost on the way: promises, disputes, holds and instalments as such (each is an invoice of its own), contacts other than
letters. A cancelled part becomes a credit note, a handover a loss.
"""

from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import Item, booked
from tests.support.erp.round_trip import Written

TYPES = {"invoice": "Sales", "credit_note": "Sales", "cancellation": "Sales", "cash": "Payment", "discount": "CashDisc"}
NUMBERED = ("invoice", "credit_note", "cancellation")
FIRST = 5_637_144_576  # RecIds begin here
Rows = list[dict[str, object]]


def write(tables: Tables, folder: Path) -> Written:
    """The tables as CSV files, names in capitals."""
    books = booked(tables)
    numbers = {
        claim.number: f"{document}-{place}" if len(claims) > 1 else document
        for document, claims in books.claims.items()
        for place, claim in enumerate(claims, start=1)
    }
    transactions: Rows = [
        {
            "RECID": FIRST + item.number, "ACCOUNTNUM": item.customer, "VOUCHER": f"V{item.number}-{item.document}",
            "INVOICE": numbers.get(item.number, f"CN-{item.document}") if item.kind in NUMBERED else "",
            "TRANSTYPE": TYPES.get(item.kind, "Customer"), "TRANSDATE": item.dated, "DUEDATE": item.due,
            "AMOUNTCUR": item.own_cents / 100, "AMOUNTMST": item.cents / 100, "CURRENCYCODE": item.currency,
            "CREATEDDATETIME": pd.Timestamp(item.known), "PAYMMODE": item.method, "DATAAREAID": "usmf",
        }
        for item in books.items
    ]  # fmt: skip
    settlements: Rows = []
    for match in books.matches:
        whole = match.cents == abs(match.credit.cents)
        for own, other, cents in ((match.debit, match.credit, match.cents), (match.credit, match.debit, -match.cents)):
            own_cents = own.own_cents if own.currency != "EUR" and whole else cents
            settlements.append(
                {
                    "RECID": FIRST + len(settlements), "TRANSRECID": FIRST + own.number,
                    "OFFSETRECID": FIRST + other.number, "SETTLEAMOUNTCUR": own_cents / 100,
                    "SETTLEAMOUNTMST": cents / 100, "CREATEDDATETIME": pd.Timestamp(match.known),
                    "TRANSDATE": _posted(match.debit, match.credit, match.known),
                }
            )  # fmt: skip
    customers = tables["customers"]
    parties = [FIRST + place for place in range(len(customers))]
    contacts = tables["contacts"]
    letters = contacts.loc[contacts["channel"] == "letter", ["customer_id", "contacted_on", "channel"]]
    rates = tables["fx_rates"]
    frames = {
        "CUSTTRANS": pd.DataFrame(transactions),
        "CUSTSETTLEMENT": pd.DataFrame(settlements),
        "CUSTTABLE": pd.DataFrame(
            {
                "ACCOUNTNUM": customers["customer_id"], "PARTY": parties, "CURRENCY": "EUR",
                "CREATEDDATETIME": customers["onboarded_on"],
            }
        ),
        "DIRPARTYTABLE": pd.DataFrame({"RECID": parties, "NAME": customers["name"], "PRIMARYCONTACTEMAIL": parties}),
        "LOGISTICSELECTRONICADDRESS": pd.DataFrame({"RECID": parties, "LOCATOR": customers["email"]}),
        "CUSTCOLLECTIONLETTERJOUR": pd.DataFrame(
            {
                "COLLECTIONLETTERNUM": [f"CL{place}" for place in range(len(letters))],
                "ACCOUNTNUM": letters["customer_id"], "TRANSDATE": letters["contacted_on"],
            }
        ),
        "EXCHANGERATE": pd.DataFrame(
            {"EXCHANGERATECURRENCYPAIR": 1, "VALIDFROM": rates["on"], "EXCHANGERATE": rates["rate"] * 100}
        ),
        "EXCHANGERATECURRENCYPAIR": pd.DataFrame(
            {"RECID": [1], "FROMCURRENCYCODE": ["USD"], "TOCURRENCYCODE": ["EUR"]}
        ),
    }  # fmt: skip
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return Written({one: one for one in customers["customer_id"]}, letters)


def _posted(debit: Item, credit: Item, known: object) -> object:
    """A loss is settled on its own day, all else on the day on which it is entered."""
    return credit.dated if credit.kind in ("write_off", "discount") else known
