"""The rules between columns, rows and tables, declared as data.

A rule that refuses sends its row to quarantine; a rule that warns keeps it, and is asked of the accepted rows only.
Tables are judged in the order of `STAGES`, so that a row which leans on a refused row is refused as well and the
money still reconciles. The verdict on a row does not depend on the order of the rows.
"""

from dataclasses import dataclass
from typing import Literal

from ledger.validation.rule_predicates import (
    Condition,
    first_of_its_copies,
    has_a_rate,
    names_a_row_of,
    names_an_accepted_row_of,
    not_before,
    not_reduced_below_zero,
    paid_once_issued,
    parent_exists,
    parents_end,
    same_customer_as_its_invoice,
    sign_fits_kind,
)

STAGES = (("customers", "fx_rates"), ("invoices",), ("payments", "adjustments", "disputes", "promises", "contacts"))
REPEATED = "repeated row"


@dataclass(frozen=True)
class ValidationRule:
    """One rule, named after what is wrong where it is broken; `meaning` says what holds, `advice` what to do if not."""

    name: str
    table: str
    column: str
    meaning: str
    advice: str
    fine: Condition
    severity: Literal["refuse", "warn"] = "refuse"


def rules_of(table: str, severity: Literal["refuse", "warn"]) -> tuple[ValidationRule, ...]:
    """The rules of one table that refuse, or those that warn, in the declared order."""
    return tuple(rule for rule in RULES if rule.table == table and rule.severity == severity)


def _repeated(table: str, column: str) -> ValidationRule:
    return ValidationRule(
        REPEATED,
        table,
        column,
        "a row comes once",
        "nothing is lost: the same row was exported repeatedly and one copy is kept; take the others out of the export",
        first_of_its_copies(table),
    )


def _references(table: str, column: str, target: str) -> tuple[ValidationRule, ValidationRule]:
    one = target.removesuffix("s")
    return (
        ValidationRule(
            f"unknown {one}",
            table,
            column,
            f"the {one} is known",
            f"add the {one} to {target}, or correct the {column}",
            names_a_row_of(target, table, column),
        ),
        ValidationRule(
            f"{one} refused",
            table,
            column,
            f"the {one} was not refused",
            f"correct the {one} first: it is in quarantine too",
            names_an_accepted_row_of(target, table, column),
        ),
    )


def _customer(table: str) -> tuple[ValidationRule, ValidationRule]:
    return _references(table, "customer_id", "customers")


def _invoice(table: str) -> tuple[ValidationRule, ValidationRule]:
    return _references(table, "invoice_id", "invoices")


def _own_invoice(table: str) -> tuple[ValidationRule, ValidationRule, ValidationRule]:
    """Whose invoice it is comes before whether it was refused: a part of a ledger knows only the former of others."""
    unknown, refused = _invoice(table)
    return unknown, _owner(table), refused


def _owner(table: str) -> ValidationRule:
    one = table.removesuffix("s")
    return ValidationRule(
        "invoice of another customer",
        table,
        "customer_id",
        f"a {one} is of the customer whose invoice it names",
        f"this is a {one} for someone else's invoice: correct the customer_id or the invoice_id",
        same_customer_as_its_invoice(table),
    )


def _order(table: str, later: str, earlier: str) -> ValidationRule:
    return ValidationRule(
        f"{later} before {earlier}",
        table,
        later,
        f"{later} is not before {earlier}",
        f"correct {later} or {earlier}; a swapped day and month is the usual cause",
        not_before(table, later, earlier),
    )


PARENT_UNKNOWN = ValidationRule(
    "unknown parent",
    "customers",
    "parent_id",
    "the group's head is in customers",
    "add the parent to customers, or leave parent_id empty",
    parent_exists,
    "warn",
)
PARENTS_IN_A_CIRCLE = ValidationRule(
    "parents in a circle",
    "customers",
    "parent_id",
    "following parent_id upwards ends at a group's head",
    "leave the parent_id of the group's head empty",
    parents_end,
    "warn",
)
WRONG_SIGN = ValidationRule(
    "sign does not fit the kind",
    "invoices",
    "amount",
    "an invoice's amount is above zero, a credit note's below",
    "give a negative amount the kind credit_note and a positive one the kind invoice; take amounts of zero out",
    sign_fits_kind,
)
NO_RATE = ValidationRule(
    "currency without a rate",
    "invoices",
    "currency",
    "every currency except the reporting currency has a rate",
    "add the currency to fx_rates; where two have no rate, one may be set as ledger.reporting_currency",
    has_a_rate,
)
BELOW_ZERO = ValidationRule(
    "reduced below zero",
    "invoices",
    "amount",
    "payments and adjustments do not exceed the amount",
    "the excess counts as unapplied credit; check the payments and adjustments of the invoice",
    not_reduced_below_zero,
    "warn",
)
PREPAID = ValidationRule(
    "paid before issued",
    "payments",
    "paid_on",
    "a payment is not before its invoice",
    "prepayments are allowed; correct paid_on where it is not one",
    paid_once_issued,
    "warn",
)

RULES: tuple[ValidationRule, ...] = (
    _repeated("customers", "customer_id"),
    PARENT_UNKNOWN,
    PARENTS_IN_A_CIRCLE,
    _repeated("fx_rates", "currency"),
    _repeated("invoices", "invoice_id"),
    *_customer("invoices"),
    _order("invoices", "due_on", "issued_on"),
    WRONG_SIGN,
    NO_RATE,
    BELOW_ZERO,
    _repeated("payments", "payment_id"),
    *_customer("payments"),
    *_own_invoice("payments"),
    PREPAID,
    _repeated("adjustments", "adjustment_id"),
    *_invoice("adjustments"),
    _repeated("disputes", "dispute_id"),
    *_invoice("disputes"),
    _order("disputes", "closed_on", "opened_on"),
    _repeated("promises", "promise_id"),
    *_customer("promises"),
    *_own_invoice("promises"),
    _order("promises", "promised_on", "made_on"),
    _repeated("contacts", "contact_id"),
    *_customer("contacts"),
    _owner("contacts"),
)
