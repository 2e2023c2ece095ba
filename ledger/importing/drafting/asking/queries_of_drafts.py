"""Drafted rules that need SQL: payments whose customer is on the invoice, and invoices with a row for each line."""

import pandas as pd

from ledger.importing.drafting.column_names import concepts
from ledger.importing.drafting.draft import Chosen, Draft, DraftRule
from ledger.importing.drafting.file_values import FileValues
from ledger.importing.drafting.roles_of_columns import AMOUNTS

ALIKE = 0.98  # of the invoices have one customer and one date


def payments_with_customer(draft: Draft, invoices: FileValues, payments: FileValues, rule: DraftRule) -> None:
    """The customer of a payment is the one of its invoice."""
    bills, customer = str(invoices.column("invoice_id")), invoices.column("customer_id") or invoices.column("name")
    if customer is None:
        rule.columns["customer_id"] = payments.needed("customer_id", "payments")
        return
    own, looked_up = f"{payments.file}_rows", f"{invoices.file}_customers"
    draft.files[own] = typed_file(draft, payments, list(payments.roles))
    of_invoice = {**_without_form(draft.files[invoices.file].value), "columns": {bills: "text", customer: "text"}}
    draft.files[looked_up] = Chosen(of_invoice)
    reference = quoted(str(payments.column("invoice_ref")))
    rule.query = (
        f"SELECT p.*, i.customer_of_invoice FROM {quoted(own)} p LEFT JOIN (\n"
        f"  SELECT {quoted(bills)} AS bill, min({quoted(customer)}) AS customer_of_invoice\n"
        f"  FROM {quoted(looked_up)} GROUP BY bill\n"
        f") i ON p.{reference} = i.bill"
    )
    draft.files.pop(payments.file)
    rule.columns["customer_id"] = Chosen("customer_of_invoice", ["the payer is taken from the invoice"])
    order = ("payment_id", "invoice_id", "customer_id")
    rule.columns = {name: rule.columns[name] for name in (*order, *rule.columns) if name in rule.columns}


def repeats_its_amount(values: FileValues, rows: pd.DataFrame) -> bool:
    """Whether rows of one number are the lines of an invoice, each with the amount of the whole."""
    amount = values.column("amount")
    if amount is None or "line" in concepts(amount) or not _are_lines(values, rows):
        return False
    bill = str(values.column("invoice_id"))
    several = rows[rows[bill].duplicated(keep=False)].groupby(bill)[amount].nunique()
    return bool((several <= 1).mean() >= ALIKE)


def one_row_counts(rules: list[DraftRule], values: FileValues) -> None:
    """The first row of each number is the invoice."""
    for rule in rules:
        rule.distinct = True
    bill, amount = values.column("invoice_id"), values.column("amount")
    rules[0].unsure.append(f"rows with the same {bill!r} repeat its {amount!r}: one row of each counts")


def _are_lines(values: FileValues, rows: pd.DataFrame) -> bool:
    """Whether rows of one number have one customer and one date."""
    same = [str(values.column(role)) for role in ("customer_id", "issued_on") if values.has(role)]
    bills = rows.groupby(str(values.column("invoice_id")))
    return bool(same and (bills[same].nunique() <= 1).all(axis=1).mean() >= ALIKE)


def one_row_of_each(draft: Draft, values: FileValues) -> None:
    """One invoice for all rows of the same number: the first row where they repeat the amount of the invoice, the sum
    of their amounts where these are of lines."""
    rules = draft.tables["invoices"]
    bill, amount = str(values.column("invoice_id")), str(values.column("amount"))
    rows = values.look.frame.dropna(subset=[bill])
    if not values.has("amount") or not _are_lines(values, rows):
        share = values.cells("invoice_id").distinct / max(len(values.cells("invoice_id").text), 1)
        rules[0].unsure.append(
            f"the same number is there more than once ({share:.0%} are different): is it the invoice's?"
        )
        return
    if repeats_its_amount(values, rows):
        one_row_counts(rules, values)
        return
    own = f"{values.file}_lines"
    draft.files[own] = typed_file(draft, values, list(values.roles))
    rest = [quoted(one.column) for role, one in values.roles.items() if one.column not in (bill, amount)]
    chosen = "".join(f"  min({name}) AS {name},\n" for name in rest)
    sql = (
        f"SELECT {quoted(bill)}, sum({quoted(amount)}) AS {quoted(amount)},\n{chosen}  min(_origin) AS _origin\n"
        f"FROM {quoted(own)} GROUP BY {quoted(bill)}"
    )
    for rule in rules:
        rule.query = sql
        rule.columns = {name: of_sum(one) for name, one in rule.columns.items()}
    rules[0].unsure.append(f"rows with the same {bill!r} are lines of one invoice, and summed")


def of_sum(chosen: Chosen) -> Chosen:
    """A currency written at an amount is not in its sum."""
    value = chosen.value
    if isinstance(value, dict) and "first_of" in value and "currency_of" in value["first_of"][0]:
        return Chosen(value["first_of"][1], chosen.unsure)
    if isinstance(value, dict) and "currency_of" in value:
        codes = list(value.get("values", {}).values())
        return Chosen({"constant": codes[0]}, chosen.unsure) if codes else chosen
    return chosen


def typed_file(draft: Draft, values: FileValues, roles: list[str], more: dict[str, str] | None = None) -> Chosen:
    """The file with the columns that are used, amounts as such, all else as text; `more` columns have their types."""
    columns = {values.roles[role].column: "amount" if role in AMOUNTS else "text" for role in roles}
    columns |= more or {}
    before = draft.files[values.file]
    return Chosen({**before.value, "columns": columns}, before.unsure)


def _without_form(keys: dict[str, object]) -> dict[str, object]:
    return {key: one for key, one in keys.items() if key not in ("decimal_comma", "thousands", "signs", "language")}


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'
