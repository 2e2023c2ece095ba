"""The rules between columns, rows and tables, declared as data.

A rule that refuses sends its row to quarantine. A rule that repairs costs one cell, which is emptied or takes the value
of another column, before the others are asked. A rule that warns keeps the row, and is asked of accepted rows only.
Tables are judged in the order of `STAGES`, so that a row which leans on a refused row is refused as well and the
money still reconciles. The verdict on a row does not depend on the order of the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ledger.reading.iso_codes import COUNTRIES, CURRENCIES
from ledger.validation.rule_predicates import (
    Condition,
    first_of_its_copies,
    has_a_rate,
    is_one_of,
    names_a_customer_or_an_invoice,
    names_a_row_of,
    names_an_accepted_row_of,
    not_before,
    not_reduced_below_zero,
    own_currency_has_a_rate,
    paid_once_issued,
    parent_exists,
    parents_end,
    planned_within_the_amount,
    same_customer_as_its_invoice,
    sign_fits_kind,
)

Severity = Literal["refuse", "repair", "warn"]

STAGES = (
    ("customers", "fx_rates"),
    ("invoices",),
    ("payments", "instalments", "adjustments", "disputes", "holds", "people", "promises", "contacts"),
)
REPEATED = "repeated row"
NO_RATE_NAME = "currency without a rate"


@dataclass(frozen=True)
class ValidationRule:
    """One rule, named after what is wrong where it is broken; `meaning` says what holds, `advice` what to do if not.

    A rule that repairs empties its column, or gives it the value of the column `becomes`.
    """

    name: str
    table: str
    column: str
    meaning: str
    advice: str
    fine: Condition
    severity: Severity = "refuse"
    becomes: str = ""

    def __reduce__(self) -> tuple[Callable[[str, str], "ValidationRule"], tuple[str, str]]:
        """Between processes a rule goes by its name: most conditions are functions within functions."""
        return rule_named, (self.table, self.name)


def rule_named(table: str, name: str) -> ValidationRule:
    """The one rule of that name of a table."""
    (rule,) = (rule for rule in RULES if (rule.table, rule.name) == (table, name))
    return rule


def rules_of(table: str, severity: Severity) -> tuple[ValidationRule, ...]:
    """The rules of one table that refuse, repair or warn, in the declared order."""
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


def _known_invoice(table: str, severity: Severity = "refuse") -> ValidationRule:
    used = "; the row is used without it" if severity == "repair" else ""
    return ValidationRule(
        "unknown invoice",
        table,
        "invoice_id",
        "the invoice is known",
        f"add the invoice to invoices, or correct the invoice_id{used}",
        names_a_row_of("invoices", table, "invoice_id"),
        severity,
    )


def _accepted_invoice(table: str) -> ValidationRule:
    return ValidationRule(
        "invoice refused",
        table,
        "invoice_id",
        "the invoice was not refused",
        "correct the invoice first: it is in quarantine too",
        names_an_accepted_row_of("invoices", table, "invoice_id"),
    )


def _invoice(table: str) -> tuple[ValidationRule, ValidationRule]:
    return _known_invoice(table), _accepted_invoice(table)


def _owner(table: str, severity: Severity = "refuse") -> ValidationRule:
    """Whose invoice it is comes before whether it was refused: a part of a ledger knows only the former of others."""
    one = table.removesuffix("s")
    column = "invoice_id" if severity == "repair" else "customer_id"
    return ValidationRule(
        "invoice of another customer",
        table,
        column,
        f"a {one} is of the customer whose invoice it names",
        f"this is a {one} for someone else's invoice: correct the customer_id or the invoice_id",
        same_customer_as_its_invoice(table),
        severity,
    )


def _own_rate(table: str, on: str) -> ValidationRule:
    return ValidationRule(
        NO_RATE_NAME,
        table,
        "currency",
        f"a currency other than the invoice's has a rate by {on}",
        f"add a rate of the currency from {on} or earlier to fx_rates, or correct the currency",
        own_currency_has_a_rate(table, on),
    )


def _order(table: str, later: str, earlier: str, severity: Severity = "refuse", becomes: str = "") -> ValidationRule:
    used = {"refuse": "", "repair": f"; {later} is used as {becomes}" if becomes else "; the row is used without it"}
    return ValidationRule(
        f"{later} before {earlier}",
        table,
        later,
        f"{later} is not before {earlier}",
        f"correct {later} or {earlier}; a swapped day and month is the usual cause{used.get(severity, '')}",
        not_before(table, later, earlier),
        severity,
        becomes,
    )


def _currency_code(table: str) -> ValidationRule:
    return ValidationRule(
        "unknown currency",
        table,
        "currency",
        "a currency is an ISO 4217 code of three capital letters",
        "write the code, such as EUR: another spelling counts as another currency",
        is_one_of(table, "currency", CURRENCIES),
        "warn",
    )


COUNTRY_UNKNOWN = ValidationRule(
    "unknown country",
    "customers",
    "country",
    "a country is an ISO 3166 code of two capital letters",
    "write the code, such as DE, or translate it under `values` in a mapping: until then they are a group of their own "
    "in late shares and fairness, and no language, collector or rule for their country is theirs",
    is_one_of("customers", "country", COUNTRIES),
    "warn",
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
    "an invoice's amount is not below zero, a credit note's not above",
    "give a negative amount the kind credit_note and a positive one the kind invoice",
    sign_fits_kind,
)
NO_RATE = ValidationRule(
    NO_RATE_NAME,
    "invoices",
    "currency",
    "every currency except the reporting currency has a rate",
    "add the currency to fx_rates; where two have no rate, one may be set as ledger.reporting_currency",
    has_a_rate,
)
NAMES_NOTHING = ValidationRule(
    "neither a customer nor an invoice",
    "holds",
    "customer_id",
    "a hold names a customer or an invoice",
    "fill in the customer_id or the invoice_id",
    names_a_customer_or_an_invoice,
)
BELOW_ZERO = ValidationRule(
    "reduced below zero",
    "invoices",
    "amount",
    "payments and adjustments do not exceed the amount",
    "the excess counts as unapplied credit, or reduces the loss of a claim that was given up; check the payments and "
    "adjustments of the invoice",
    not_reduced_below_zero,
    "warn",
)
OVER_PLANNED = ValidationRule(
    "instalments beyond the amount",
    "invoices",
    "amount",
    "the instalments of an invoice are no more than its amount",
    "the first ones count, and what the last have beyond the amount does not; correct the instalments or the amount",
    planned_within_the_amount,
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
    COUNTRY_UNKNOWN,
    _currency_code("customers"),
    PARENT_UNKNOWN,
    PARENTS_IN_A_CIRCLE,
    _repeated("fx_rates", "currency"),
    _currency_code("fx_rates"),
    _repeated("invoices", "invoice_id"),
    _order("invoices", "due_on", "issued_on", "repair", becomes="issued_on"),
    WRONG_SIGN,
    NO_RATE,
    _currency_code("invoices"),
    BELOW_ZERO,
    OVER_PLANNED,
    _known_invoice("payments", "repair"),
    _repeated("payments", "payment_id"),
    _accepted_invoice("payments"),
    _own_rate("payments", "paid_on"),
    _currency_code("payments"),
    PREPAID,
    _repeated("instalments", "invoice_id"),
    *_invoice("instalments"),
    _repeated("adjustments", "adjustment_id"),
    *_invoice("adjustments"),
    _own_rate("adjustments", "posted_on"),
    _currency_code("adjustments"),
    _order("disputes", "closed_on", "opened_on", "repair"),
    _repeated("disputes", "dispute_id"),
    *_invoice("disputes"),
    _order("holds", "until_on", "from_on", "repair"),
    _repeated("holds", "hold_id"),
    NAMES_NOTHING,
    _known_invoice("holds"),
    _owner("holds"),
    _accepted_invoice("holds"),
    _repeated("people", "person_id"),
    _known_invoice("promises", "repair"),
    _repeated("promises", "promise_id"),
    _owner("promises"),
    _accepted_invoice("promises"),
    _order("promises", "promised_on", "made_on"),
    _known_invoice("contacts", "repair"),
    _owner("contacts", "repair"),
    _repeated("contacts", "contact_id"),
)
