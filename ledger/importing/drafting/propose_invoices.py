"""The rules of invoices and credit notes, and when they are due."""

import re
from typing import Any

from ledger.importing.drafting.asking.queries_of_drafts import one_row_counts, one_row_of_each, repeats_its_amount
from ledger.importing.drafting.column_names import concepts
from ledger.importing.drafting.document_types import Types
from ledger.importing.drafting.draft import TO_FILL_IN, Chosen, Draft, DraftRule, among
from ledger.importing.drafting.file_values import FileValues

USUAL_DAYS, MOSTLY = 30, 0.9
MOST_TERMS = 60
NO_CURRENCY = "no currency is named; say it under `columns`, such as currency: {constant: EUR}"


def propose_invoices(draft: Draft, values: FileValues, types: Types | None, alone: bool) -> None:
    """The rules of invoices and credit notes."""
    columns = {
        "invoice_id": values.needed("invoice_id", "invoices"),
        "customer_id": values.needed("customer_id", "invoices"),
        "issued_on": values.needed("issued_on", "invoices"),
        "due_on": _due(values, types),
    }
    currency = values.currency()
    rest = {"currency": currency} if currency is not None else {}
    where = values.real_rows()
    debits = values.has("debit") and values.has("credit")
    named = [*([] if currency is not None else [NO_CURRENCY]), *_a_journal(values)]
    if types is not None:
        billed = [*types.invoice, *types.credit_note]
        rule = DraftRule(values.file, columns, [*where, among(types.column, billed)])
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
        number = values.column("invoice_id")
        if number is not None and billed_rows[number].dropna().duplicated().any():
            if repeats_its_amount(values, billed_rows):
                one_row_counts([rule], values)
            else:
                said = "some numbers are there more than once: do they repeat by company or year?"
                columns["invoice_id"].unsure.append(said)
        draft.tables["invoices"] = [rule]
        return
    if debits:
        unsure = ["credits are read as payments; no column says which of them are credit notes"] if alone else []
        rule = DraftRule(
            values.file, {**columns, "amount": values.of("debit"), **rest}, [*where, values.above("debit")]
        )
        rule.unsure += [*unsure, *named]
        draft.tables["invoices"] = [rule]
        return
    amount = values.needed("amount", "invoices")
    amount.unsure += _without_tax(values)
    if "open" in concepts(str(values.column("amount") or "")):
        amount.unsure.append("this may be what is open today; an invoice comes in with the amount that was billed")
    rule = DraftRule(values.file, {**columns, "amount": amount, **rest}, where, unsure=named)
    draft.tables["invoices"] = [rule]
    if values.has("sign"):
        amount.value = {"column": values.column("amount"), "negate": values.credit_sign()}
        amount.unsure.append("the sign comes from a column of debit and credit")
    elif values.mostly_negative("amount"):
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
        one_row_of_each(draft, values)


def _a_journal(values: FileValues) -> list[str]:
    """What to say where each number has a line of every account, so that its lines add up to nothing."""
    if not values.has("invoice_id"):
        return []
    if values.has("debit") and values.has("credit"):
        signed = values.debit_less_credit()
    elif values.has("amount"):
        signed = values.numbers("amount")
    else:
        return []
    by_number = signed.groupby(values.look.frame[str(values.column("invoice_id"))])
    several = by_number.count() > 1
    balanced = by_number.sum().round(2) == 0
    if several.mean() < MOSTLY or balanced[several].mean() < MOSTLY:
        return []
    accounts = [name for name in values.look.columns if "account" in concepts(name)]
    which = f"{{column: {accounts[0]!r}, equals: ...}}" if accounts else "a condition on the account"
    return [
        f"the rows of one {values.column('invoice_id')!r} add up to nothing: this is a journal of all accounts, and "
        f"only the rows of the customers' account are theirs. Add {which} to `where` of each table"
    ]


def _without_tax(values: FileValues) -> list[str]:
    amount = concepts(str(values.column("amount") or ""))
    taxes = [name for name, cells in values.look.columns.items() if "tax" in concepts(name) and cells.is_amount]
    if "net" not in amount or not taxes:
        return []
    return [f"this is without tax, which is in {taxes[0]!r}: a customer owes both"]


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
        return Chosen({"column": column, "negate": among(types.column, list(types.credit_note))}, amount.unsure)
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
        days, unsure = _term_days(values)
        if days is not None:
            return Chosen({"days_after": issued, "days": days}, unsure)
    said = f"there is no due date and there are no terms of payment: {USUAL_DAYS} days are assumed"
    return Chosen({"days_after": issued, "days": USUAL_DAYS}, [said])


def _term_days(values: FileValues) -> tuple[Any, list[str]]:
    """Days of payment out of the codes of terms; None where no code has a number."""
    cells, column = values.cells("terms"), values.column("terms")
    if cells.unlike.str.fullmatch(r"\d{1,3}").all():
        return {"column": column}, list(values.plain("terms").unsure)
    days: dict[str, str] = {}
    unsure: list[str] = []
    for code in map(str, cells.counts.index[:MOST_TERMS]):
        numbers = [number for number in re.findall(r"\d+", code.replace("%", "% ")) if int(number) <= 365]
        net = re.search(r"(?i)net(?:to)?\D{0,3}(\d{1,3})", code) or re.search(r"(?i)(\d{1,3})\D{0,9}net", code)
        chosen = net[1] if net else None
        if chosen is None and numbers:
            chosen = max(numbers, key=int)
        if chosen is None and re.search(
            r"(?i)receipt|sofort|immediate|reception|contado|cash|prepa|contant|vista", code
        ):
            chosen = "0"
        if chosen is None:
            unsure.append(f"the terms {code!r} name no days: 30 are assumed")
        elif re.search(r"(?i)eom|month|monat|fin de mois|fine mese|fin de mes|ultimo", code):
            unsure.append(f"the terms {code!r} count to the end of a month: see end_of_month in docs/mapping.md")
        days[code] = chosen or "30"
    if cells.distinct > MOST_TERMS:
        unsure.append(f"there are {cells.distinct - MOST_TERMS} further codes of terms")
    named = any(char.isdigit() for char in "".join(days))
    return ({"column": column, "values": days}, unsure) if named else (None, [])
