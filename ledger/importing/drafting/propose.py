"""The mapping that an unknown export probably needs."""

import re
from typing import Any

from ledger.errors import LedgerError
from ledger.importing.drafting.column_names import concepts
from ledger.importing.drafting.document_types import Types, document_types
from ledger.importing.drafting.draft import TO_FILL_IN, Chosen, Draft, DraftRule, fits_a_template
from ledger.importing.drafting.file_values import FileValues
from ledger.importing.drafting.look_at_export import Export, Looked
from ledger.importing.drafting.queries_of_drafts import of_sum, payments_with_customer, quoted, summed_lines
from ledger.importing.drafting.roles_of_columns import ABOUT_A_CUSTOMER, kind_points, roles

USUAL_DAYS = 30
TOTALS = r"(?i)\s*(grand )?(total|totals|summe|gesamt|gesamtsumme|totale|totaal|suma|razem|sum|saldo|somme)\b.*"
NEGATIVE = 0.5  # of the rows
NAMES_SHOWN = 60
NO_CURRENCY = "no currency is named; say it under `columns`, such as currency: {constant: EUR}"


def propose(export: Export) -> Draft:
    """The mapping of an export of no known system. LedgerError where no file has anything of invoices."""
    chosen = _files_by_kind(export)
    invoices, payments, customers = (chosen.get(kind) for kind in ("invoices", "payments", "customers"))
    if invoices is None:
        invoices = chosen["invoices"] = _nearly(export, list(chosen.values()))
    draft = Draft()
    values = FileValues(invoices, roles(invoices, "invoices"), draft)
    types = document_types(invoices, values.column("type"))
    _customers(draft, values, customers)
    _invoices(draft, values, types, payments is None)
    if payments is not None:
        _payments_of_file(draft, values, FileValues(payments, roles(payments, "payments"), draft))
    elif types is not None and types.payment and values.has("invoice_id"):
        _payments_by_type(draft, values, types)
    elif values.has("debit") and values.has("credit"):
        _payments_by_credit(draft, values)
    elif values.has("paid_on"):
        _payments_by_settlement(draft, values, types)
    elif values.negative_rows("amount"):
        _payments_by_sign(draft, values)
    else:
        _no_payments(draft, values)
    if types is not None and types.credit_note and values.has("invoice_ref"):
        _credit_notes_applied(draft, values, types)
    _zeros_alike(draft, chosen)
    _finish(draft, export, chosen)
    return draft


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
        draft.tables["customers"] = [DraftRule(values.file, columns, distinct=True)]


def _invoices(draft: Draft, values: FileValues, types: Types | None, alone: bool) -> None:
    """The rules of invoices and credit notes."""
    columns = {
        "invoice_id": values.needed("invoice_id", "invoices"),
        "customer_id": values.needed("customer_id", "invoices"),
        "issued_on": values.needed("issued_on", "invoices"),
        "due_on": _due(values, types),
    }
    currency = values.currency()
    rest = {"currency": currency} if currency is not None else {}
    where = values.real_rows(TOTALS)
    debits = values.has("debit") and values.has("credit")
    named = [] if currency is not None else [NO_CURRENCY]
    if types is not None:
        billed = [*types.invoice, *types.credit_note]
        rule = DraftRule(values.file, columns, [*where, _among(types.column, billed)])
        if types.credit_note:
            kinds = dict.fromkeys(types.invoice, "invoice") | dict.fromkeys(types.credit_note, "credit_note")
            columns["kind"] = Chosen({"column": types.column, "values": kinds})
        columns["amount"] = values.difference("debit", "credit") if debits else _signed(values, types)
        if types.unknown:
            rows = ", ".join(f"{value} ({count} rows)" for value, count in list(types.unknown.items())[:10])
            rule.unsure.append(f"no rule takes these values of {types.column!r}: {rows}")
        rule.columns = {**columns, **rest}
        rule.unsure += named
        billed_rows = values.look.frame[values.look.frame[types.column].isin(billed)]
        if values.has("invoice_id") and billed_rows[str(values.column("invoice_id"))].dropna().duplicated().any():
            columns["invoice_id"].unsure.append(
                "some numbers are there more than once: do they repeat by company or year?"
            )
        draft.tables["invoices"] = [rule]
        return
    if debits:
        unsure = ["credits are read as payments; no column says which of them are credit notes"] if alone else []
        rule = DraftRule(
            values.file, {**columns, "amount": values.of("debit"), **rest}, [*where, _above(values, "debit")]
        )
        rule.unsure += [*unsure, *named]
        draft.tables["invoices"] = [rule]
        return
    amount = values.needed("amount", "invoices")
    if "open" in concepts(str(values.column("amount") or "")):
        amount.unsure.append("this may be what is open today; an invoice comes in with the amount that was billed")
    rule = DraftRule(values.file, {**columns, "amount": amount, **rest}, where, unsure=named)
    draft.tables["invoices"] = [rule]
    if values.has("sign"):
        amount.value = {"column": values.column("amount"), "negate": values.credit_sign()}
        amount.unsure.append("the sign comes from a column of debit and credit")
    elif values.negative_rows("amount") > NEGATIVE:
        amount.value = {"column": values.column("amount"), "negate": True}
        amount.unsure.append("most amounts are negative: the signs are turned")
    elif values.negative_rows("amount"):
        pays = alone and not values.has("paid_on")
        rule.where = [*where, {"column": values.column("amount"), "at_least": 0}]
        if not pays:
            note = DraftRule(values.file, {**rule.columns, "kind": Chosen({"constant": "credit_note"})},
                             [*where, {"column": values.column("amount"), "below": 0}])  # fmt: skip
            note.columns = {name: Chosen(one.value) for name, one in note.columns.items()}
            note.unsure.append("negative amounts are read as credit notes")
            draft.tables["invoices"].append(note)
    if values.repeats("invoice_id"):
        summed_lines(draft, values)


def _signed(values: FileValues, types: Types) -> Chosen:
    """The amount of invoices and credit notes, the latter negative."""
    amount = values.needed("amount", "invoices")
    column = values.column("amount")
    if column is None:
        return amount
    if values.has("sign"):
        return Chosen({"column": column, "negate": values.credit_sign()}, amount.unsure)
    bills = values.mean_sign("amount", types.column, types.invoice)
    notes = values.mean_sign("amount", types.column, types.credit_note)
    if bills < 0:
        return Chosen(
            {"column": column, "negate": True}, [*amount.unsure, "invoices are negative: the signs are turned"]
        )
    if types.credit_note and notes > 0:
        return Chosen({"column": column, "negate": _among(types.column, list(types.credit_note))}, amount.unsure)
    return amount


def _due(values: FileValues, types: Types | None) -> Chosen:
    issued = values.of("issued_on").value if values.has("issued_on") else TO_FILL_IN
    if values.has("due_on"):
        due = values.of("due_on")
        billed = None if types is None else (types.column, [*types.invoice, *types.credit_note])
        empty = values.empty_rows("due_on", billed)
        if not empty:
            return due
        said = f"{empty} of {len(values.look.frame)} rows have no due date: they are due on the day of issue"
        return Chosen({"first_of": [due.value, issued]}, [*due.unsure, said])
    if values.has("terms"):
        days, unsure = values.term_days()
        if days is not None:
            return Chosen({"days_after": issued, "days": days}, unsure)
    said = f"there is no due date and there are no terms of payment: {USUAL_DAYS} days are assumed"
    return Chosen({"days_after": issued, "days": USUAL_DAYS}, [said])


def _payments_of_file(draft: Draft, invoices: FileValues, values: FileValues) -> None:
    key = values.of("payment_id") if values.has("payment_id") else None
    unsure: list[str] = []
    if key is None:
        parts = [
            values.column(role) for role in ("invoice_ref", "customer_id", "paid_on", "paid_amount") if values.has(role)
        ]
        named = [str(part) for part in parts]
        key = values.needed("payment_id", "payments")
        if fits_a_template(*named):
            draft.missing.pop()
            key = Chosen(
                {"template": "-".join(f"{{{part}}}" for part in named)}, ["the payments have no number of their own"]
            )
    columns = {"payment_id": key}
    if values.has("invoice_ref"):
        columns["invoice_id"] = values.of("invoice_ref")
        share = values.found_in("invoice_ref", invoices, "invoice_id")
        if share < 0.8 and values.look.whole and invoices.look.whole:
            columns["invoice_id"].unsure.append(f"{share:.0%} of its values are invoices of {invoices.look.shown}")
    if values.has("customer_id"):
        columns["customer_id"] = values.plain("customer_id")
    columns["paid_on"] = values.needed("paid_on", "payments")
    debits = values.has("debit") and values.has("credit") and not values.has("paid_amount")
    columns["amount"] = values.difference("credit", "debit") if debits else values.needed("paid_amount", "payments")
    if not debits and values.negative_rows("paid_amount") > NEGATIVE:
        columns["amount"] = Chosen(
            {"column": values.column("paid_amount"), "negate": True},
            [*columns["amount"].unsure, "most payments are negative: the signs are turned"],
        )
    if (currency := values.currency(says=False)) is not None:
        columns["currency"] = currency
    if values.has("method"):
        columns["method"] = values.of("method")
    rule = DraftRule(values.file, columns, values.real_rows(TOTALS, "payment_id"), unsure=unsure)
    draft.tables["payments"] = [rule]
    if "customer_id" not in columns:
        if values.has("invoice_ref"):
            payments_with_customer(draft, invoices, values, rule)
        else:
            columns["customer_id"] = values.needed("customer_id", "payments")


def _payments_by_type(draft: Draft, values: FileValues, types: Types) -> None:
    columns = {"payment_id": values.plain("invoice_id")}
    if values.has("invoice_ref"):
        columns["invoice_id"] = values.of("invoice_ref")
    columns["customer_id"] = values.needed("customer_id", "payments")
    columns["paid_on"] = Chosen(values.needed("issued_on", "payments").value)
    column = values.column("amount")
    if values.has("debit") and values.has("credit"):
        columns["amount"] = values.difference("credit", "debit")
    elif values.has("sign"):
        columns["amount"] = Chosen({"column": column, "negate": values.credit_sign(opposite=True)})
    elif values.mean_sign("amount", types.column, types.payment) < 0:
        columns["amount"] = Chosen({"column": column, "negate": True})
    else:
        columns["amount"] = Chosen(values.needed("amount", "payments").value)
    if (currency := values.currency(says=False)) is not None:
        columns["currency"] = currency
    if values.has("method"):
        columns["method"] = values.of("method")
    rule = DraftRule(values.file, columns, [_among(types.column, list(types.payment))])
    if "invoice_id" not in columns:
        rule.unsure.append("no column says which invoice a payment belongs to: all are unapplied cash")
    draft.tables["payments"] = [rule]


def _payments_by_credit(draft: Draft, values: FileValues) -> None:
    columns = {"payment_id": values.plain("invoice_id")}
    if values.has("invoice_ref"):
        columns["invoice_id"] = values.of("invoice_ref")
    columns["customer_id"] = values.needed("customer_id", "payments")
    date = "paid_on" if values.has("paid_on") and not values.has("issued_on") else "issued_on"
    columns["paid_on"] = Chosen(values.needed(date, "payments").value)
    columns["amount"] = values.of("credit")
    if (currency := values.currency(says=False)) is not None:
        columns["currency"] = currency
    rule = DraftRule(values.file, columns, [*values.real_rows(TOTALS), _above(values, "credit")])
    if "invoice_id" not in columns:
        rule.unsure.append("no column says which invoice a payment belongs to: all are unapplied cash")
    draft.tables["payments"] = [rule]


def _credit_notes_applied(draft: Draft, values: FileValues, types: Types) -> None:
    """A credit note that names its invoice: less is open on the invoice, and less is left of the note."""
    rule = draft.tables["invoices"][0]
    reference, number = str(values.column("invoice_ref")), rule.columns["invoice_id"].value
    amount, issued = rule.columns["amount"].value, rule.columns["issued_on"].value
    if not isinstance(number, str) or not fits_a_template(number) or amount == TO_FILL_IN:
        return
    notes = values.look.frame[values.look.frame[types.column].isin(list(types.credit_note))]
    if not notes[reference].notna().any():
        return
    where = [_among(types.column, list(types.credit_note)), {"column": reference, "not_empty": True}]
    on_note, on_invoice = _of_notes(amount)
    rules = []
    for what, invoice, signed in (("invoice", reference, on_invoice), ("note", number, on_note)):
        columns = {
            "adjustment_id": Chosen({"template": f"{{{number}}}-{what}"}),
            "invoice_id": Chosen(invoice),
            "kind": Chosen({"constant": "credit_applied"}),
            "posted_on": Chosen(issued),
            "amount": Chosen(signed),
        }
        rules.append(DraftRule(values.file, columns, list(where)))
    rules[0].unsure.append("a credit note that names an invoice is taken as used for it on its own day")
    draft.tables["adjustments"] = rules


def _of_notes(amount: Any) -> tuple[Any, Any]:
    """The amount of a credit note as it is in the ledger, and with the other sign."""
    if isinstance(amount, str):
        return amount, {"column": amount, "negate": True}
    if "difference" in amount:
        return amount, {"difference": amount["difference"][::-1]}
    negate = amount.get("negate", False)
    plain = {key: one for key, one in amount.items() if key != "negate"}
    bare = plain["column"] if set(plain) == {"column"} else plain
    if negate is False:
        return bare, {**plain, "negate": True}
    if isinstance(negate, dict) and "not" in negate:
        return amount, {**plain, "negate": negate["not"]}
    if isinstance(negate, dict) and negate.get("column") != plain["column"]:
        return {**plain, "negate": negate}, {**plain, "negate": {"not": negate}}
    return {**plain, "negate": True}, bare


def _payments_by_settlement(draft: Draft, values: FileValues, types: Types | None = None) -> None:
    paid = values.of("paid_on")
    columns = {
        "payment_id": _numbered("pay", values),
        "invoice_id": values.plain("invoice_id"),
        "customer_id": values.needed("customer_id", "payments"),
        "paid_on": paid,
    }
    amount = draft.tables["invoices"][0].columns["amount"].value
    if values.has("paid_amount"):
        columns["amount"] = values.of("paid_amount")
    else:
        columns["amount"] = Chosen(amount, ["a settled invoice is taken as paid in full"])
    currency = draft.tables["invoices"][0].columns.get("currency")
    if currency is not None:
        columns["currency"] = Chosen(currency.value)
    if values.has("method"):
        columns["method"] = values.of("method")
    where = [*values.real_rows(TOTALS), {"column": values.column("paid_on"), "not_empty": True}]
    rule = DraftRule(values.file, columns, where)
    if types is not None:
        where.append(_among(types.column, [*types.invoice, *types.credit_note]))
    open_words = [one for one in paid.value.get("values", {})] if isinstance(paid.value, dict) else []
    for word in open_words[:5]:
        rule.where.append({"not": {"column": values.column("paid_on"), "equals": word}})
    if open_words and isinstance(paid.value, dict):
        columns["paid_on"] = Chosen({k: v for k, v in paid.value.items() if k != "values"} or paid.value, paid.unsure)
        if set(columns["paid_on"].value) == {"column"}:
            columns["paid_on"].value = columns["paid_on"].value["column"]
    of_invoices = draft.tables["invoices"][0]
    if of_invoices.query is not None:
        rule.query = of_invoices.query
        rule.columns = {name: of_sum(one) for name, one in columns.items()}
    draft.tables["payments"] = [rule]


def _payments_by_sign(draft: Draft, values: FileValues) -> None:
    columns = {
        "payment_id": values.plain("invoice_id"),
        "customer_id": values.needed("customer_id", "payments"),
        "paid_on": Chosen(values.needed("issued_on", "payments").value),
        "amount": Chosen({"column": values.column("amount"), "negate": True}),
    }
    if values.has("invoice_ref"):
        columns["invoice_id"] = values.of("invoice_ref")
    rule = DraftRule(values.file, columns, [*values.real_rows(TOTALS), {"column": values.column("amount"), "below": 0}])
    rule.unsure.append("negative amounts are read as payments; no column says which of them are credit notes")
    draft.tables["payments"] = [rule]


def _no_payments(draft: Draft, values: FileValues) -> None:
    columns = {name: Chosen(TO_FILL_IN) for name in ("payment_id", "invoice_id", "customer_id", "paid_on", "amount")}
    rule = DraftRule(values.file, columns)
    rule.unsure.append("no payments were found: export them, or the date on which each invoice was settled")
    draft.tables["payments"] = [rule]
    draft.missing.append(
        "payments: there is no file of payments, no document type for them and no settlement date. Export the payments "
        "of the same time, too, and draft again; or fill in the rule under `payments`"
    )


def _numbered(what: str, values: FileValues) -> Chosen:
    column = values.column("invoice_id")
    if column is None or not fits_a_template(column):
        return values.plain("invoice_id")
    return Chosen({"template": f"{what}-{{{column}}}"})


def _among(column: str, several: list[str]) -> dict[str, Any]:
    return {"column": column, "equals": several[0]} if len(several) == 1 else {"column": column, "one_of": several}


def _above(values: FileValues, role: str) -> dict[str, Any]:
    return {"column": values.column(role), "above": 0}


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
            columns = {str(name): {"type": "text", "optional": True} for name in one.frame.columns if str(name) in used}
            draft.files[one.name].value["columns"] = columns
    taken = [one.name for one in chosen.values()]
    for one in export.files:
        if one.name not in taken:
            draft.not_used.append(f"{one.shown}: not used at all; columns: {_some(list(map(str, one.frame.columns)))}")
            continue
        rest = [str(name) for name in one.frame.columns if str(name) not in used]
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
    seen = "; ".join(f"{one.shown}: {_some(list(map(str, one.frame.columns))[:12])}" for one in export.files[:8])
    return (
        f"no file has what an invoice needs: a number, a date and an amount, each in a column whose name says so. "
        f"Found: {seen}. Rename the columns, or write the mapping by hand: docs/mapping.md."
    )
