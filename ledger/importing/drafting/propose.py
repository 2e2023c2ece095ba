"""The mapping that an unknown export probably needs."""

import re
from typing import Any

from ledger.errors import LedgerError
from ledger.importing.drafting.asking.queries_of_drafts import quoted
from ledger.importing.drafting.document_types import document_types
from ledger.importing.drafting.draft import TO_FILL_IN, Draft, DraftRule
from ledger.importing.drafting.file_values import FileValues
from ledger.importing.drafting.looking.look_at_export import Export, Looked
from ledger.importing.drafting.propose_invoices import propose_invoices
from ledger.importing.drafting.propose_payments import propose_payments
from ledger.importing.drafting.roles_of_columns import ABOUT_A_CUSTOMER, Role, kind_points, roles

NAMES_SHOWN = 60
# 1-30, 31 to 60 days, >90, over 90, 90+, current: the columns of a list by age
AGE = re.compile(
    r"(?i)\W*(\d+ ?(-|–|to|bis|à|a) ?\d+|(>|over|über|ab|plus de) ?\d+|\d+ ?\+|current|not due|nicht fällig)\b.*"
)
FEWEST_AGES = 3


def propose(export: Export) -> Draft:
    """The mapping of an export of no known system. LedgerError where no file has anything of invoices."""
    chosen = _files_by_kind(export)
    invoices, payments, customers = (chosen.get(kind) for kind in ("invoices", "payments", "customers"))
    if invoices is None:
        invoices = chosen["invoices"] = _nearly(export, list(chosen.values()))
    draft = Draft()
    values = FileValues(invoices, _linked(invoices, "invoices", customers), draft, export.files)
    types = document_types(invoices, values.column("type"))
    _customers(draft, values, customers)
    propose_invoices(draft, values, types, payments is None)
    paid = None
    if payments is not None:
        paid = FileValues(payments, _linked(payments, "payments", customers), draft, export.files)
    propose_payments(draft, values, types, paid)
    _zeros_alike(draft, chosen)
    _finish(draft, export, chosen)
    return draft


def _linked(looked: Looked, kind: str, customers: Looked | None) -> dict[str, Role]:
    """The roles of a file's columns; the one called as the key of the customers' file is the customer."""
    found = roles(looked, kind)
    key = roles(customers, "customers").get("customer_id") if customers is not None else None
    taken = {one.column for one in found.values()}
    if key is not None and "customer_id" not in found and key.column in looked.columns and key.column not in taken:
        found["customer_id"] = Role(key.column, key.points)
    return found


def _files_by_kind(export: Export) -> dict[str, Looked]:
    points = {
        (kind, number): score
        for kind in ("invoices", "payments", "customers")
        for number, one in enumerate(export.files)
        if (score := kind_points(one, kind)) > 0
    }
    found: dict[str, Looked] = {}
    taken: set[int] = set()
    for kind in ("invoices", "payments", "customers"):
        free = {number: score for (its, number), score in points.items() if its == kind and number not in taken}
        if kind == "invoices" and len(free) > 1:  # a file that is rather one of payments
            rather = {number: score for number, score in free.items() if score >= points.get(("payments", number), 0)}
            free = rather or free
        if free:
            best = max(free, key=lambda number: free[number])
            found[kind] = export.files[best]
            taken.add(best)
    return found


def _nearly(export: Export, taken: list[Looked]) -> Looked:
    """The file that has most of what an invoice needs. LedgerError where none has any two of it."""
    needed = ("invoice_id", "customer_id", "issued_on", "due_on", "amount")
    points = {
        number: sum(role in needed for role in roles(one, "invoices"))
        for number, one in enumerate(export.files)
        if one not in taken
    }
    best = max(points, key=lambda number: points[number], default=None)
    if best is None or points[best] < 2:
        raise LedgerError(_nothing_found(export))
    return export.files[best]


def _customers(draft: Draft, values: FileValues, customers: Looked | None) -> None:
    if customers is not None:
        its = FileValues(customers, roles(customers, "customers"), draft)
        columns = {"customer_id": its.plain("customer_id")}
        columns |= {role: its.of(role) for role in (*ABOUT_A_CUSTOMER, "currency") if its.has(role)}
        draft.tables["customers"] = [DraftRule(its.file, columns)]
    elif values.has("name") and values.has("customer_id") and not values.ids_are_names:
        columns = {"customer_id": values.plain("customer_id")}
        columns |= {role: values.of(role) for role in ABOUT_A_CUSTOMER if values.has(role)}
        draft.tables["customers"] = [DraftRule(values.file, columns, values.real_rows(), distinct=True)]


def _zeros_alike(draft: Draft, chosen: dict[str, Looked]) -> None:
    """Leading zeros of customers are taken off where files have them and others have not."""
    found = {
        kind: set(look.frame[its["customer_id"].column].dropna())
        for kind, look in chosen.items()
        if "customer_id" in (its := roles(look, kind))
    }
    if len(found) < 2 or "invoices" not in found:
        return
    bare = {kind: {re.sub("^0+(?=[0-9]+$)", "", one) for one in ids} for kind, ids in found.items()}
    for kind in found:
        if kind == "invoices" or len(found["invoices"] & found[kind]) * 2 >= len(bare["invoices"] & bare[kind]):
            continue
        for rules in draft.tables.values():
            for rule in rules:
                one = rule.columns.get("customer_id")
                if one is not None and isinstance(one.value, str) and one.value != TO_FILL_IN:
                    one.value = {"column": one.value, "strip_zeros": True}
        return


def _finish(draft: Draft, export: Export, chosen: dict[str, Looked]) -> None:
    """Names what is there and was not used."""
    rules = [rule for several in draft.tables.values() for rule in several]
    used = {name for rule in rules for name in _names(rule)}
    read = {rule.file for rule in rules if rule.query is None}
    asked = " ".join(rule.query or "" for rule in rules)
    draft.files = {name: one for name, one in draft.files.items() if name in read or quoted(name) in asked}
    for one in export.files:
        if one.kind == "json" and one.name in draft.files:  # its records have no columns but those that are declared
            cells = {name: one.frame[name] for name in one.frame.columns if str(name) in used}
            draft.files[one.name].value["columns"] = {
                str(name): "text" if column.notna().all() else {"type": "text", "optional": True}
                for name, column in cells.items()
            }
    taken = [one.name for one in chosen.values()]
    for one in export.files:
        if one.name not in taken:
            draft.not_used.append(f"{one.shown}: not used at all; columns: {_some(list(map(str, one.frame.columns)))}")
            continue
        rest = [str(name) for name in one.frame.columns if str(name) not in used and quoted(str(name)) not in asked]
        if rest:
            draft.not_used.append(f"{one.shown}: {_some(rest)}")
    draft.not_used += list(export.left_out)


def _names(rule: DraftRule) -> set[str]:
    """Every text of a rule, columns among them."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, str):
            found.update([value, *re.findall(r"\{([^{}]*)\}", value)])

    walk(rule.where)
    walk([one.value for one in rule.columns.values()])
    return found


def _some(names: list[str]) -> str:
    shown = ", ".join(name[:80] for name in names[:NAMES_SHOWN])
    return shown + (f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else "")


def _nothing_found(export: Export) -> str:
    aged = [
        one.shown
        for one in export.files
        if sum(bool(AGE.fullmatch(str(name))) for name in one.frame.columns) >= FEWEST_AGES
    ]
    if aged:
        return (
            f"{aged[0]} is a list by age: it has a total of each customer, and no invoices. Export the invoices, "
            f"credit notes and payments that it was made of, each with its number and date."
        )
    seen = "; ".join(f"{one.shown}: {_some(list(map(str, one.frame.columns))[:12])}" for one in export.files[:8])
    return (
        f"no file has what an invoice needs: a number, a date and an amount, each in a column whose name says so. "
        f"Found: {seen}. Rename the columns, or write the mapping by hand: docs/mapping.md."
    )
