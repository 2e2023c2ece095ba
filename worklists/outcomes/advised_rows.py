"""What the nights advised, by run and rank: what a filled-in row is judged against."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from worklists.outcomes.invoice_names import plain_id
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


def advised_by_customer(advised: Mapping[tuple[str, str], Advised]) -> dict[tuple[date, str], Advised]:
    """The same rows by night and `plain_id` of the customer, for what was filled in on an earlier run of the night.

    With what chance that run advised a contact is not known any more. Left out are customers with the same plain id.
    """
    found: dict[tuple[date, str], list[Advised]] = {}
    for one in advised.values():
        found.setdefault((one.night, plain_id(one.customer_id)), []).append(replace(one, propensity=None))
    return {whom: same[0] for whom, same in found.items() if len(same) == 1}


def _known(value: Any) -> Any:
    return None if pd.isna(value) else value
