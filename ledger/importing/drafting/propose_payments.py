"""The rules of payments, by whichever way an export shows them, and of credit notes that were used."""

from typing import Any

import pandas as pd

from ledger.importing.drafting.asking.applied_payments import as_applied
from ledger.importing.drafting.asking.queries_of_drafts import of_sum, payments_with_customer
from ledger.importing.drafting.asking.settled_together import payments_settled_together, settlement_column
from ledger.importing.drafting.document_types import Types
from ledger.importing.drafting.draft import TO_FILL_IN, Chosen, Draft, DraftRule, among, fits_a_template
from ledger.importing.drafting.file_values import FileValues

MOSTLY_KNOWN = 0.5  # of the invoices that credit notes name, or they name something else


def propose_payments(draft: Draft, values: FileValues, types: Types | None, paid: FileValues | None) -> None:
    """Payments of their own file `paid`, else as the file of invoices has them."""
    if paid is not None:
        _payments_of_file(draft, values, paid)
    elif types is not None and types.payment and values.has("invoice_id"):
        if (settled := settlement_column(values, types)) is not None:
            payments_settled_together(draft, values, types, settled)
            return
        _payments_by_type(draft, values, types)
    elif values.has("debit") and values.has("credit"):
        _payments_by_credit(draft, values)
    elif values.has("paid_on"):
        _payments_by_settlement(draft, values, types)
    elif types is None and values.negative_rows("amount"):  # of types, the negative ones are credit notes
        _payments_by_sign(draft, values)
    else:
        _no_payments(draft, values)
    if types is not None and types.credit_note and values.has("invoice_ref"):
        _credit_notes_applied(draft, values, types)


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
        columns["invoice_id"].unsure += values.unnamed(values.all_rows(), invoices)
    if values.has("customer_id"):
        columns["customer_id"] = values.plain("customer_id")
    columns["paid_on"] = values.needed("paid_on", "payments")
    debits = values.has("debit") and values.has("credit") and not values.has("paid_amount")
    columns["amount"] = values.difference("credit", "debit") if debits else values.needed("paid_amount", "payments")
    if not debits and values.mostly_negative("paid_amount"):
        columns["amount"] = Chosen(
            {"column": values.column("paid_amount"), "negate": True},
            [*columns["amount"].unsure, "most payments are negative: the signs are turned"],
        )
    if (currency := values.currency(says=False)) is not None:
        columns["currency"] = currency
    if values.has("method"):
        columns["method"] = values.of("method")
    rule = DraftRule(values.file, columns, values.real_rows("payment_id"), unsure=unsure)
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
    rule = DraftRule(values.file, columns, [among(types.column, list(types.payment))])
    _say_what_is_paid(rule, values, values.look.frame[types.column].isin(list(types.payment)))
    as_applied(draft, values, types, rule)
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
    rule = DraftRule(values.file, columns, [*values.real_rows(), values.above("credit")])
    _say_what_is_paid(rule, values, values.numbers("credit").reindex(values.look.frame.index).fillna(0) > 0)
    draft.tables["payments"] = [rule]


def _say_what_is_paid(rule: DraftRule, values: FileValues, rows: "pd.Series[bool]") -> None:
    """Whether payments, in these rows, name the invoices that they are for."""
    if "invoice_id" in rule.columns:
        rule.columns["invoice_id"].unsure += values.unnamed(rows, values)
    else:
        rule.unsure.append("no column says which invoice a payment belongs to: all are unapplied cash")


def _credit_notes_applied(draft: Draft, values: FileValues, types: Types) -> None:
    """A credit note that names its invoice: less is open on the invoice, and less is left of the note."""
    rule = draft.tables["invoices"][0]
    reference, number = str(values.column("invoice_ref")), rule.columns["invoice_id"].value
    amount, issued = rule.columns["amount"].value, rule.columns["issued_on"].value
    if not isinstance(number, str) or not fits_a_template(number) or amount == TO_FILL_IN:
        return
    notes = values.look.frame[values.look.frame[types.column].isin(list(types.credit_note))]
    named = notes[reference].dropna()
    known = named.isin(set(values.look.frame[number].dropna())).mean() if len(named) else 0
    if not len(named) or (values.look.whole and known < MOSTLY_KNOWN):
        return
    where = [among(types.column, list(types.credit_note)), {"column": reference, "not_empty": True}]
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
    where = [*values.real_rows(), {"column": values.column("paid_on"), "not_empty": True}]
    rule = DraftRule(values.file, columns, where)
    if types is not None:
        where.append(among(types.column, [*types.invoice, *types.credit_note]))
    open_words = [one for one in paid.value.get("values", {})] if isinstance(paid.value, dict) else []
    for word in open_words[:5]:
        rule.where.append({"not": {"column": values.column("paid_on"), "equals": word}})
    if open_words and isinstance(paid.value, dict):
        columns["paid_on"] = Chosen({k: v for k, v in paid.value.items() if k != "values"} or paid.value, paid.unsure)
        if set(columns["paid_on"].value) == {"column"}:
            columns["paid_on"].value = columns["paid_on"].value["column"]
    of_invoices = draft.tables["invoices"][0]
    rule.distinct = of_invoices.distinct
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
    rule = DraftRule(values.file, columns, [*values.real_rows(), {"column": values.column("amount"), "below": 0}])
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
