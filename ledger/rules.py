"""The rules between columns, rows and tables, declared as data; each row is judged by them, in this order.

A rule that refuses sends its row to quarantine; a rule that warns keeps it. Tables are judged in the order of
`STAGES`, so that a row which leans on a refused row is refused as well and the money still reconciles.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ledger.frames import Tables

STAGES = (("customers", "fx_rates"), ("invoices",), ("payments", "adjustments", "disputes", "promises", "contacts"))


@dataclass(frozen=True)
class Evidence:
    """What a rule may look at.

    `came` holds every row that was read, `accepted` the tables of earlier stages without their refused rows,
    `unreadable` the keys of rows refused at reading, by table, `without_rate` the currencies that cannot be converted.
    """

    came: Tables
    accepted: Tables
    unreadable: dict[str, pd.Series]
    without_rate: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """One rule. `fine` gives, for every row of `came[table]`, whether the row keeps the rule."""

    name: str
    table: str
    column: str
    meaning: str
    advice: str
    fine: Callable[[Evidence], pd.Series]
    severity: Literal["refuse", "warn"] = "refuse"


def _all_fine(evidence: Evidence, table: str) -> pd.Series:
    return pd.Series(True, index=evidence.came[table].index)


def _came_in(evidence: Evidence, table: str, column: str, ids: pd.Series) -> pd.Series:
    unreadable = evidence.unreadable.get(table, pd.Series(dtype="str"))
    return ids.isin(evidence.came[table][column]) | ids.isin(unreadable)


def _known(table: str, column: str, target: str) -> Callable[[Evidence], pd.Series]:
    def fine(evidence: Evidence) -> pd.Series:
        if target == "customers" and evidence.came["customers"].empty:
            return _all_fine(evidence, table)  # a ledger may do without a customers table
        ids = evidence.came[table][column]
        return ids.isna() | _came_in(evidence, target, column, ids)

    return fine


def _accepted(table: str, column: str, target: str) -> Callable[[Evidence], pd.Series]:
    def fine(evidence: Evidence) -> pd.Series:
        if target == "customers" and evidence.came["customers"].empty:
            return _all_fine(evidence, table)
        ids = evidence.came[table][column]
        return ids.isin(evidence.accepted[target][column]) | ~_came_in(evidence, target, column, ids)

    return fine


def _of_invoice(evidence: Evidence, table: str, column: str) -> pd.Series:
    invoices = evidence.accepted["invoices"].set_index("invoice_id")[column]
    return evidence.came[table]["invoice_id"].map(invoices)


def _same_customer(table: str) -> Callable[[Evidence], pd.Series]:
    def fine(evidence: Evidence) -> pd.Series:
        owner = _of_invoice(evidence, table, "customer_id")
        return owner.isna() | (owner == evidence.came[table]["customer_id"])

    return fine


def _not_before(table: str, later: str, earlier: str) -> Callable[[Evidence], pd.Series]:
    def fine(evidence: Evidence) -> pd.Series:
        frame = evidence.came[table]
        return ~(frame[later] < frame[earlier])

    return fine


def _first_of_its_copies(table: str) -> Callable[[Evidence], pd.Series]:
    return lambda evidence: ~evidence.came[table].duplicated(keep="first")


def _sign_fits_kind(evidence: Evidence) -> pd.Series:
    invoices = evidence.came["invoices"]
    return (invoices["amount"] > 0).where(invoices["kind"] != "credit_note", invoices["amount"] < 0)


def _has_rate(evidence: Evidence) -> pd.Series:
    invoices = evidence.came["invoices"]
    of_customer = evidence.accepted["customers"].set_index("customer_id")["currency"]
    billed = invoices["currency"].fillna(invoices["customer_id"].map(of_customer).astype("str"))
    return ~billed.isin(evidence.without_rate)


def _paid_after_issue(evidence: Evidence) -> pd.Series:
    return ~(evidence.came["payments"]["paid_on"] < _of_invoice(evidence, "payments", "issued_on"))


def _not_reduced_below_zero(evidence: Evidence) -> pd.Series:
    invoices = evidence.came["invoices"]
    lowered = pd.concat([evidence.came[name][["invoice_id", "amount"]] for name in ("payments", "adjustments")])
    total = lowered.groupby("invoice_id")["amount"].sum()
    left = invoices["amount"] - invoices["invoice_id"].map(total).fillna(0)
    return left * np.sign(invoices["amount"]) >= 0


def _group_has_a_head(evidence: Evidence) -> pd.Series:
    customers = evidence.came["customers"]
    nobody = len(customers)
    parent = pd.Index(customers["customer_id"]).get_indexer(customers["parent_id"])
    above = np.append(np.where(customers["parent_id"].isna() | (parent < 0), nobody, parent), nobody)
    for _ in range(nobody.bit_length()):  # each step doubles the distance: a chain without a cycle has ended by then
        above = above[above]
    return pd.Series(above[:nobody] == nobody, index=customers.index)


def _copies(table: str, column: str) -> Rule:
    return Rule(
        "repeated_row",
        table,
        column,
        "a row comes once",
        "the same row came more than once and one copy was kept: take the others out of the export",
        _first_of_its_copies(table),
    )


def _references(table: str, column: str, target: str) -> tuple[Rule, Rule]:
    one = target.removesuffix("s")
    return (
        Rule(
            f"{one}_known",
            table,
            column,
            f"the {one} is in {target}",
            f"add the {one} to {target}, or correct the {column}",
            _known(table, column, target),
        ),
        Rule(
            f"{one}_accepted",
            table,
            column,
            f"the {one} was not refused itself",
            f"the {one} is in quarantine: correct that row of {target} first",
            _accepted(table, column, target),
        ),
    )


def _customer(table: str) -> tuple[Rule, Rule]:
    return _references(table, "customer_id", "customers")


def _invoice(table: str) -> tuple[Rule, Rule]:
    return _references(table, "invoice_id", "invoices")


def _owner(table: str) -> Rule:
    one = table.removesuffix("s")
    return Rule(
        "invoice_of_another_customer",
        table,
        "customer_id",
        f"a {one} is of the customer whose invoice it names",
        f"this {one} names somebody else's invoice: correct the customer_id or the invoice_id",
        _same_customer(table),
    )


def _order(table: str, later: str, earlier: str) -> Rule:
    return Rule(
        f"{later}_before_{earlier}",
        table,
        later,
        f"{later} is not before {earlier}",
        f"correct {later} or {earlier}; a swapped day and month is the usual cause",
        _not_before(table, later, earlier),
    )


RULES: tuple[Rule, ...] = (
    _copies("customers", "customer_id"),
    Rule(
        "parent_known",
        "customers",
        "parent_id",
        "the group's head is in customers",
        "add the parent to customers, or leave parent_id empty",
        lambda evidence: (
            evidence.came["customers"]["parent_id"].isna()
            | evidence.came["customers"]["parent_id"].isin(evidence.came["customers"]["customer_id"])
        ),
        "warn",
    ),
    Rule(
        "parent_circular",
        "customers",
        "parent_id",
        "following parent_id upwards ends at a group's head",
        "these parents run in a circle, so the group has no head: leave the head's parent_id empty",
        _group_has_a_head,
        "warn",
    ),
    _copies("fx_rates", "currency"),
    _copies("invoices", "invoice_id"),
    *_customer("invoices"),
    _order("invoices", "due_on", "issued_on"),
    Rule(
        "sign_of_amount",
        "invoices",
        "amount",
        "an invoice's amount is above zero, a credit note's below",
        "a negative amount needs kind credit_note, a positive one kind invoice; take rows of zero out",
        _sign_fits_kind,
    ),
    Rule(
        "currency_without_rate",
        "invoices",
        "currency",
        "every currency beside the reporting currency has a rate",
        "two currencies without a rate cannot be added up: add the missing one to fx_rates, "
        "or set ledger.reporting_currency",
        _has_rate,
    ),
    Rule(
        "reduced_below_zero",
        "invoices",
        "amount",
        "payments and adjustments do not exceed the invoice",
        "the excess counts as unapplied credit; check the payments and adjustments of this invoice",
        _not_reduced_below_zero,
        "warn",
    ),
    _copies("payments", "payment_id"),
    *_customer("payments"),
    *_invoice("payments"),
    _owner("payments"),
    Rule(
        "paid_before_issue",
        "payments",
        "paid_on",
        "a payment is not before its invoice",
        "a prepayment is allowed; check paid_on where it is not one",
        _paid_after_issue,
        "warn",
    ),
    _copies("adjustments", "adjustment_id"),
    *_invoice("adjustments"),
    _copies("disputes", "dispute_id"),
    *_invoice("disputes"),
    _order("disputes", "closed_on", "opened_on"),
    _copies("promises", "promise_id"),
    *_customer("promises"),
    *_invoice("promises"),
    _owner("promises"),
    _order("promises", "promised_on", "made_on"),
    _copies("contacts", "contact_id"),
    *_customer("contacts"),
    _owner("contacts"),
)


def rules_of(table: str, severity: str) -> tuple[Rule, ...]:
    """The rules of one table that refuse, or those that warn, in the declared order."""
    return tuple(rule for rule in RULES if rule.table == table and rule.severity == severity)
