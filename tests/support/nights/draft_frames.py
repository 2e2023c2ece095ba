"""What drafts are made of: worklist rows, open items, people and customers, plain but for what a test says."""

from pathlib import Path

import pandas as pd

from tests.support.nights.worklists import NIGHT, worklist
from worklists.drafts.company import Company
from worklists.drafts.render_drafts import Terms, render_drafts
from worklists.rules.interest import Interest

COMPANY = Company(
    name="Hansa Handel GmbH",
    address=("Hafenstraße 1", "20457 Hamburg"),
    bank=("IBAN DE02 1203 0000 0000 2020 51", "BIC BYLADEM1001"),
    phone="+49 40 123456",
    email="buchhaltung@hansa.example",
    signature="Anna Petersen",
)
TERMS = Terms(None, 7)
WITH_INTEREST = Terms(Interest(rate_a_year=10, from_day=1, fee_once=40), 7)


def row(**changes: object) -> pd.DataFrame:
    """One row of a worklist: a neutral reminder by mail to C1."""
    plain = {"customer_id": "C1", "customer_name": "Miller Ltd", "action": "payment_reminder", "channel": "email"}
    return worklist().head(1).assign(**{**plain, "tone": "neutral", "currency": "EUR", "rank": 1, **changes})


def item(invoice_id: str, open_amount: int, days_past_due: int = 20, **changes: object) -> dict[str, object]:
    due_on = NIGHT - pd.Timedelta(days=days_past_due)
    return {
        "customer_id": "C1", "invoice_id": invoice_id, "issued_on": due_on - pd.Timedelta(days=30), "due_on": due_on,
        "currency": "EUR", "amount": open_amount, "open_amount": open_amount, "disputed_amount": 0,
        "promised_amount": 0, "held_amount": 0, "coming_amount": 0, "days_past_due": days_past_due,
        "dunning_level": 1, **changes,
    }  # fmt: skip


def items(*some: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(some) or [item("R1", 123_456)])


def on_account(*some: dict[str, object]) -> pd.DataFrame:
    """What names no document of C1, in euros."""
    plain = {"customer_id": "C1", "kind": "received", "currency": "EUR"}
    return pd.DataFrame([{**plain, **one} for one in some], columns=[*plain, "amount"])


def people(*some: dict[str, object]) -> pd.DataFrame:
    """People of C1; without any, Ms Lee of accounts payable."""
    plain = {
        "customer_id": "C1", "person_id": "P1", "name": "Ms Lee", "role": "accounts payable", "phone": "+44 20 1",
        "email": "lee@miller.example", "language": None, "bounced_on": pd.NaT,
    }  # fmt: skip
    return pd.DataFrame([{**plain, **one} for one in some or ({},)])


def customers(**changes: object) -> pd.DataFrame:
    plain = {"name": "Miller Ltd", "country": "GB", "email": "office@miller.example", "phone": "+44 20 9"}
    return pd.DataFrame([{"customer_id": "C1", **plain, **changes}])


def drafted(folder: Path, rows: pd.DataFrame, **given: object) -> list[str]:
    """The notes of drafts written to a folder; plain frames where none are given."""
    frames = {
        "items": items(),
        "on_account": on_account(),
        "people": people(),
        "customers": customers(),
        "company": COMPANY,
        "terms": TERMS,
    }
    return render_drafts(rows, folder=folder, **{**frames, **given})
