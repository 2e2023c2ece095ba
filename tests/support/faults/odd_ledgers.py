"""Ledgers that are sound row by row, and odd as a whole."""

from collections import Counter
from collections.abc import Callable, Iterator

import pandas as pd

from tests.support.faults.bad_inputs import BadInput, Kept, Rows, Stops, in_rows


def odd_ledgers() -> Iterator[BadInput]:
    yield in_rows("one customer alone", Kept(), _one_customer)
    yield in_rows("nothing is overdue", Kept(), _nothing_overdue)
    yield in_rows("nothing is overdue, and reminders are due", Kept(), _only_reminders)
    yield in_rows("everything is in dispute", Kept(), _all_in_dispute)
    yield in_rows("no payment at all", Kept(), lambda rows: rows.update(payments=[]))
    yield in_rows("two currencies without a rate", Stops("currency without a rate"), _all_in("USD", 2))
    yield in_rows("every tenth amount cannot be read", Stops("were refused"), _every_tenth_amount)


def _all_in(currency: str, every: int) -> Callable[[Rows], object]:
    def change(rows: Rows) -> None:
        rows.pop("fx_rates", None)
        for row in rows["customers"]:
            row["currency"] = ""
        for place, row in enumerate(rows["invoices"]):
            row["currency"] = currency if place % every == 0 else "EUR"

    return change


def _one_customer(rows: Rows) -> None:
    (one,) = pd.Series([row["customer_id"] for row in rows["invoices"]]).mode()[:1]
    for name, some in rows.items():
        if name in ("adjustments", "disputes", "instalments"):
            invoices = {row["invoice_id"] for row in rows["invoices"] if row["customer_id"] == one}
            rows[name] = [row for row in some if row["invoice_id"] in invoices]
        elif name != "fx_rates":
            rows[name] = [row for row in some if row["customer_id"] == one]
    for row in rows["customers"]:
        row["parent_id"] = ""


def _nothing_overdue(rows: Rows) -> None:
    for row in rows["invoices"]:
        row["due_on"] = "2099-01-01"
    rows["instalments"] = []


def _only_reminders(rows: Rows) -> None:
    """What was not paid in full a month ago falls due in three days."""
    early = [row for row in rows["payments"] if max(row["paid_on"], row["known_on"]) < "2023-12-01"]
    paid: Counter[str] = Counter()
    for row in early:
        paid[row["invoice_id"]] += float(row["amount"])
    for row in rows["invoices"]:
        if paid[row["invoice_id"]] < float(row["amount"]):
            row["due_on"] = max("2024-01-11", row["issued_on"])
    rows.update(payments=early, adjustments=[], instalments=[], disputes=[])


def _all_in_dispute(rows: Rows) -> None:
    sample = rows["disputes"][0]
    rows["disputes"] = [
        {**sample, "dispute_id": f"D{place}", "invoice_id": row["invoice_id"], "opened_on": row["issued_on"]}
        | {"closed_on": "", "amount": "", "known_on": ""}
        for place, row in enumerate(rows["invoices"])
    ]


def _every_tenth_amount(rows: Rows) -> None:
    for row in rows["invoices"][::10]:
        row["amount"] = "n/a"


def _many_invoices(rows: Rows) -> None:
    sample = {**rows["invoices"][-1], "kind": "invoice", "amount": "10.01"}
    rows["invoices"] += [{**sample, "invoice_id": f"M{number}"} for number in range(200_000)]


MANY_INVOICES = in_rows("a customer with 200,000 invoices", Kept(), _many_invoices)
