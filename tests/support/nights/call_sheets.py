"""Call sheets as a night gathers them, written down by hand."""

from typing import Any

import pandas as pd

from worklists.call_sheet.gather import ACCOUNTS, CONTACTS, DISPUTES, ITEMS, ON_ACCOUNT, PEOPLE, PROMISES, CallSheet

DAY = pd.Timestamp("2024-02-20").as_unit("s")
NEVER = pd.NaT
PLAIN: dict[str, dict[str, Any]] = {
    ITEMS: {
        "invoice_id": "I1", "owed_by": "C1", "kind": "invoice", "issued_on": DAY, "due_on": DAY, "currency": "EUR",
        "amount": 123456, "open_amount": 100000, "days_past_due": 9, "dunning_level": 1, "disputed_amount": 0,
        "held_amount": 0, "promised_amount": 0, "coming_amount": 0,
    },
    ON_ACCOUNT: {"kind": "received", "currency": "EUR", "amount": 5000},
    PEOPLE: {
        "person_id": "P1", "name": "Ida Nordmark", "role": "accounts payable", "phone": "+49 555 1",
        "email": "ida@c.example", "language": "de", "bounced_on": NEVER,
    },
    PROMISES: {
        "invoice_id": None, "made_on": DAY, "promised_on": DAY, "amount": 50000, "paid": 20000,
        "currency": "EUR", "state": "broken",
    },
    DISPUTES: {"invoice_id": "I1", "opened_on": DAY, "reason": "price", "amount": 7000, "currency": "EUR"},
    CONTACTS: {
        "contacted_on": DAY, "channel": "call", "outcome": "no_answer", "collector_id": "ann", "spoke_with": None,
        "note": None, "next_contact_on": NEVER,
    },
    ACCOUNTS: {
        "name": "Nordmark AG", "country": "DE", "email": "c@c.example", "phone": "+49 555 1", "credit_limit": 1000000,
        "open_amount": 250000, "delay_mean_365d": -6.0, "settled_count_365d": 14.0, "late_share_365d": 0.33,
        "promise_kept_share_365d": 0.5, "relationship_age": 400.0,
    },
}  # fmt: skip


def call_sheet_of(*customer_ids: str, **rows: list[dict[str, Any]]) -> CallSheet:
    """A call sheet with one plain row of every frame for each customer; `rows` replace those of a frame."""
    sheet = {}
    for name, plain in PLAIN.items():
        given = rows.get(name, [{"customer_id": customer, "owed_by": customer} for customer in customer_ids])
        columns = ["customer_id", *plain]
        sheet[name] = pd.DataFrame([{**plain, **row} for row in given], columns=columns)
    sheet[ACCOUNTS] = sheet[ACCOUNTS].astype({"credit_limit": "Int64"})
    return sheet
