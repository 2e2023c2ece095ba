"""A customer's call sheet in sentences, as the report and the workbook show it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from configs.language import DAY, counted, percent, translated
from features.declarations import figure
from worklists.call_sheet.gather import ACCOUNTS, CONTACTS, DISPUTES, ITEMS, ON_ACCOUNT, PEOPLE, PROMISES, CallSheet
from worklists.call_sheet.on_account import COMING, PAID_BACK, RECEIVED
from worklists.call_sheet.on_account import PROMISED as PROMISED_ON_ACCOUNT
from worklists.rules.fact_words import money
from worklists.rules.promise_state import BROKEN, KEPT, OPEN

PROMISED = {
    KEPT: "{amount} promised on {made} for {day}: kept",
    BROKEN: "{amount} promised on {made} for {day}: broken, {paid} came in",
    OPEN: "{amount} promised on {made} for {day}: open, {paid} came in so far",
}
OF_THE_ACCOUNT = {
    RECEIVED: "{amount} {currency} on account, not yet applied",
    PAID_BACK: "{amount} {currency} paid back beyond what was on account",
    COMING: "{amount} {currency} on its way to the account",
    PROMISED_ON_ACCOUNT: "{amount} {currency} promised for the account",
}
Row = dict[str, Any]


@dataclass(frozen=True)
class SpokenSheet:
    """What is read during a call: `items` are rows of `open_items`, all else is text, a line each."""

    customer_id: str
    items: list[Row]
    account: list[str]
    people: list[str]
    promises: list[str]
    disputes: list[str]
    contacts: list[str]

    @property
    def parts(self) -> list[tuple[str, list[str]]]:
        """What is not a table, under its heading; without what is empty."""
        every = [
            (translated("Account"), self.account),
            (translated("People"), self.people),
            (translated("Promises of a year"), self.promises),
            (translated("Open disputes"), self.disputes),
            (translated("Last contacts"), self.contacts),
        ]
        return [(head, lines) for head, lines in every if lines]


def spoken_sheets(sheet: CallSheet, customer_ids: "pd.Series[str]") -> list[SpokenSheet]:
    """The sheets of the customers that have open items, in their order and in the language that is spoken."""
    rows = {name: _by_customer(frame, customer_ids) for name, frame in sheet.items()}
    return [
        SpokenSheet(
            customer_id=customer,
            items=rows[ITEMS][customer],
            account=[
                *(line for row in rows[ACCOUNTS].get(customer, []) for line in _account(row)),
                *map(_on_account, rows[ON_ACCOUNT].get(customer, [])),
            ],
            people=[_person(row) for row in rows[PEOPLE].get(customer, [])],
            promises=[_promise(row) for row in rows[PROMISES].get(customer, [])],
            disputes=[_dispute(row) for row in rows[DISPUTES].get(customer, [])],
            contacts=[_contact(row) for row in rows[CONTACTS].get(customer, [])],
        )
        for customer in customer_ids
        if customer in rows[ITEMS]
    ]


def _by_customer(frame: pd.DataFrame, customer_ids: "pd.Series[str]") -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for row in frame[frame["customer_id"].isin(customer_ids)].to_dict("records"):
        rows.setdefault(row["customer_id"], []).append(row)  # type: ignore[arg-type]
    return rows


def _account(row: Row) -> list[str]:
    """The account's own number and address, credit and its use, and the habit of paying, a line each."""
    opened = money(row["open_amount"])
    if pd.isna(row["credit_limit"]):
        credit = translated("{open} open; no credit limit on record").format(open=opened)
    else:
        used = percent(row["open_amount"] / row["credit_limit"]) if row["credit_limit"] else "–"
        template = translated("{open} open of a credit limit of {limit} ({share})")
        credit = template.format(open=opened, limit=money(row["credit_limit"]), share=used)
    addresses = ", ".join(row[name] for name in ("phone", "email") if _has(row[name]))
    return [*([addresses] if addresses else []), credit, _habit(row)]


def _on_account(row: Row) -> str:
    return translated(OF_THE_ACCOUNT[row["kind"]]).format(
        amount=money(abs(row["amount"]), row["currency"]), currency=row["currency"]
    )


def _habit(row: Row) -> str:
    """'Paid 28 invoices of a year, 3 days early on average; missed 17% of due dates; kept 50% of promises'."""
    clauses = []
    if row["settled_count_365d"] > 0:
        paid = counted(
            "Paid {count} invoice of a year", "Paid {count} invoices of a year", int(row["settled_count_365d"])
        )
        clauses.append(f"{paid}, {figure(row['delay_mean_365d'], 'days late')}")
    else:
        clauses.append(translated("Paid no invoice within a year"))
    if pd.notna(row["late_share_365d"]):
        clauses.append(translated("missed {share} of due dates").format(share=percent(row["late_share_365d"])))
    if pd.notna(row["promise_kept_share_365d"]):
        clauses.append(translated("kept {share} of promises").format(share=percent(row["promise_kept_share_365d"])))
    if pd.notna(row["relationship_age"]):
        clauses.append(translated("customer for {days}").format(days=figure(row["relationship_age"], "days")))
    return "; ".join(clauses)


def _person(row: Row) -> str:
    known = [row[name] for name in ("name", "role", "phone", "email", "language") if _has(row[name])]
    person = ", ".join(translated(one) for one in known)
    if pd.isna(row["bounced_on"]):
        return person
    return translated("{person} (a message came back on {day})").format(person=person, day=_day(row["bounced_on"]))


def _promise(row: Row) -> str:
    said = translated(PROMISED[row["state"]]).format(
        amount=_amount(row, "amount"),
        made=_day(row["made_on"]),
        day=_day(row["promised_on"]),
        paid=_amount(row, "paid"),
    )
    return f"{row['invoice_id']}: {said}" if _has(row["invoice_id"]) else said


def _dispute(row: Row) -> str:
    part: str = translated("all of it") if pd.isna(row["amount"]) else _amount(row, "amount")
    said = translated("{invoice}: {part} disputed since {day}").format(
        invoice=row["invoice_id"], part=part, day=_day(row["opened_on"])
    )
    return f"{said}: {translated(row['reason'])}" if _has(row["reason"]) else said


def _contact(row: Row) -> str:
    """'2024-05-03 call, reached, agent-01, with Ida Nordmark: next run on Thursday; again on 2024-05-10'."""
    outcome = translated(row["outcome"]).replace("_", " ") if _has(row["outcome"]) else ""
    who = translated("with {person}").format(person=row["spoke_with"]) if _has(row["spoke_with"]) else ""
    by = row["collector_id"] if _has(row["collector_id"]) else ""
    said = ", ".join(
        one for one in (f"{_day(row['contacted_on'])} {translated(row['channel'])}", outcome, by, who) if one
    )
    if _has(row["note"]):
        said = f"{said}: {row['note']}"
    if pd.notna(row["next_contact_on"]):
        said = f"{said}; {translated('again on {day}').format(day=_day(row['next_contact_on']))}"
    return said


def _amount(row: Row, column: str) -> str:
    return f"{money(row[column], row['currency'])} {row['currency']}".strip()


def _has(text: Any) -> bool:
    return isinstance(text, str) and text != ""


def _day(day: Any) -> str:
    return str(pd.Timestamp(day).strftime(translated(DAY)))
