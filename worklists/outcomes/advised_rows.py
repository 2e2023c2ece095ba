"""What the nights advised, by run and rank: what a filled-in row is judged against."""

import re
from typing import Any

import pandas as pd

from worklists.outcomes.meaning import Advised
from worklists.score_db.past_advice import Advice

PART = re.compile(r" #\d+$")  # instalments are invoices of their own to a night, and none to the ledger


def advised_rows(advice: Advice) -> dict[tuple[str, str], Advised]:
    """Each row of the worklists by run_id and rank."""
    open_then: dict[tuple[str, str], dict[str, str]] = {}
    overdue: dict[tuple[str, str], dict[str, None]] = {}
    invoices = advice.invoices
    for run, customer, invoice, days in zip(
        invoices["run_id"], invoices["customer_id"], invoices["invoice_id"], invoices["days_past_due"], strict=True
    ):
        in_ledger = PART.sub("", invoice)
        open_then.setdefault((run, customer), {})[invoice] = in_ledger
        if days > 0:
            overdue.setdefault((run, customer), {})[in_ledger] = None
    found = {}
    for row in advice.rows.to_dict("records"):
        whom = (row["run_id"], row["customer_id"])
        found[row["run_id"], str(row["rank"])] = Advised(
            night=row["as_of"].date(),
            customer_id=row["customer_id"],
            customer_name=_known(row["customer_name"]),
            collector_id=_known(row["collector_id"]),
            channel=_known(row["channel"]),
            currency=row["currency"],
            open_amount=int(row["open_amount"]),
            collectible_amount=int(row["collectible_amount"]),
            propensity=_known(row["propensity"]),
            invoices=open_then.get(whom, {}),
            overdue=tuple(overdue.get(whom, {})),
        )
    return found


def _known(value: Any) -> Any:
    return None if pd.isna(value) else value
