"""Payments of a list whose rows name what was settled with what: SAP's clearing document, a matching number."""

from typing import Any

import pandas as pd

from ledger.importing.drafting.asking.queries_of_drafts import of_sum, quoted, typed_file
from ledger.importing.drafting.document_types import Types
from ledger.importing.drafting.draft import Chosen, Draft, DraftRule
from ledger.importing.drafting.file_values import FileValues

OF_THE_ROW = (
    "invoice_id",
    "customer_id",
    "name",
    "amount",
    "debit",
    "credit",
    "sign",
    "currency",
    "issued_on",
    "due_on",
)
BALANCED, FILLED, FEWEST_GROUPS = 0.9, 0.5, 3
ITEMS = """WITH items AS (
  SELECT {number} AS number, {customer} AS customer, {settled} AS settled, {type} AS type, {day} AS day,
         {reference} AS reference, {currency} AS currency, {owed} AS owed, _origin
  FROM {file} WHERE {number} IS NOT NULL AND {customer} IS NOT NULL
), claims AS (
  SELECT *, sum(owed) OVER (PARTITION BY customer, settled ORDER BY number ROWS UNBOUNDED PRECEDING) AS upto
  FROM items WHERE settled IS NOT NULL AND type IN ({invoices})
), credits AS (
  SELECT *, sum(-owed) OVER (PARTITION BY customer, settled ORDER BY type, number ROWS UNBOUNDED PRECEDING) AS upto
  FROM items WHERE settled IS NOT NULL AND type IN ({credits})
), pairs AS (
  SELECT credits.*, claims.number AS invoice,
         least(claims.upto, credits.upto) - greatest(claims.upto - claims.owed, credits.upto + credits.owed) AS part
  FROM credits JOIN claims ON claims.customer = credits.customer AND claims.settled = credits.settled
  WHERE least(claims.upto, credits.upto) > greatest(claims.upto - claims.owed, credits.upto + credits.owed)
)
"""
PAYMENTS = """SELECT number || '/' || invoice AS payment, invoice, customer, day, part AS amount, currency, _origin
FROM pairs WHERE type IN ({payments})
UNION ALL
SELECT number, CASE WHEN settled IS NULL THEN reference END, customer, day, -owed - coalesce(part, 0), currency, _origin
FROM items LEFT JOIN (SELECT _origin, sum(part) AS part FROM pairs GROUP BY _origin) USING (_origin)
WHERE type IN ({payments}) AND -owed <> coalesce(part, 0)"""
NOTES = """SELECT number || '/' || invoice || '-' || side AS adjustment,
       CASE side WHEN 'note' THEN number ELSE invoice END AS document,
       day, CASE side WHEN 'note' THEN -part ELSE part END AS amount, _origin
FROM pairs, (VALUES ('invoice'), ('note')) sides(side)
WHERE type IN ({notes})"""


def settlement_column(values: FileValues, types: Types) -> str | None:
    """The column by whose values the rows of a customer add up to nothing; None where there is none."""
    if not (values.has("invoice_id") and values.has("customer_id") and types.payment):
        return None
    frame, owed = values.look.frame, _owed(values, types)
    if owed is None:
        return None
    taken = {role.column for name, role in values.roles.items() if name in OF_THE_ROW}
    paid = frame[types.column].isin(list(types.payment))
    found: dict[str, int] = {}
    for name, cells in values.look.columns.items():
        filled = frame[name].notna()
        dated = cells.dates is not None and not cells.unlike.str.fullmatch("[0-9]+").all()
        if name in taken or dated or (filled & paid).sum() < FILLED * paid.sum():
            continue
        customers = frame[str(values.column("customer_id"))]
        groups = owed[filled].groupby([customers[filled], frame[name][filled]])
        sums = groups.sum().round(2)
        if len(sums) >= FEWEST_GROUPS and (sums == 0).mean() >= BALANCED and (groups.size() > 1).mean() >= BALANCED:
            found[name] = len(sums)
    return max(found, key=lambda name: found[name], default=None)


def payments_settled_together(draft: Draft, values: FileValues, types: Types, settled: str) -> None:
    """The rules of payments, and of credit notes that were used, in the parts in which they cover invoices: notes
    first, then payments, each in the order of its number."""
    own = f"{values.file}_items"
    draft.files[own] = typed_file(draft, values, list(values.roles), {settled: "text", types.column: "text"})
    names = {"number": "invoice_id", "customer": "customer_id", "day": "issued_on"}
    columns = {name: quoted(str(values.column(role))) for name, role in names.items()}
    for name, role in (("reference", "invoice_ref"), ("currency", "currency")):
        columns[name] = quoted(str(values.column(role))) if values.has(role) else "NULL"
    kinds = {
        "invoices": _texts(types.invoice), "payments": _texts(types.payment), "notes": _texts(types.credit_note),
        "credits": _texts((*types.credit_note, *types.payment)),
    }  # fmt: skip
    items = ITEMS.format(
        **columns, **kinds, settled=quoted(settled), type=quoted(types.column), owed=_owed_in_sql(values, types),
        file=quoted(own),
    )  # fmt: skip
    day = Chosen(_of_column(values.needed("issued_on", "payments").value, "day"))
    payment = {
        "payment_id": Chosen("payment"), "invoice_id": Chosen("invoice"), "customer_id": Chosen("customer"),
        "paid_on": day, "amount": Chosen("amount"),
    }  # fmt: skip
    currency = values.currency(says=False)
    if currency is not None:
        payment["currency"] = Chosen(_of_column(of_sum(currency).value, "currency"))
    rule = DraftRule(values.file, payment, query=items + PAYMENTS.format(**kinds))
    rule.unsure.append(
        f"what was paid with what is read from {settled!r}: the rows of a customer that have it in common add up to "
        f"nothing"
    )
    draft.tables["payments"] = [rule]
    if types.credit_note:
        used = {
            "adjustment_id": Chosen("adjustment"), "invoice_id": Chosen("document"),
            "kind": Chosen({"constant": "credit_applied"}), "posted_on": day, "amount": Chosen("amount"),
        }  # fmt: skip
        draft.tables["adjustments"] = [DraftRule(values.file, used, query=items + NOTES.format(**kinds))]


def _owed(values: FileValues, types: Types) -> "pd.Series[float] | None":
    """What each row adds to what its customer owes, by row."""
    if values.has("debit") and values.has("credit"):
        return values.debit_less_credit()
    if not values.has("amount"):
        return None
    amounts = values.numbers("amount").reindex(values.look.frame.index).fillna(0)
    if values.has("sign"):
        condition = values.credit_sign()
        return amounts.where(values.look.frame[condition["column"]] != condition["equals"], -amounts)
    return amounts.where(~values.look.frame[types.column].isin(_turned(values, types)), -amounts)


def _owed_in_sql(values: FileValues, types: Types) -> str:
    """The same in SQL."""
    if values.has("debit") and values.has("credit"):
        debit, credit = (quoted(str(values.column(role))) for role in ("debit", "credit"))
        return f"coalesce({debit}, 0) - coalesce({credit}, 0)"
    amount = quoted(str(values.column("amount")))
    if values.has("sign"):
        condition = values.credit_sign()
        turned = f"{quoted(condition['column'])} = {_texts((condition['equals'],))}"
    else:
        types_turned = _turned(values, types)
        if not types_turned:
            return amount
        turned = f"{quoted(types.column)} IN ({_texts(tuple(types_turned))})"
    return f"CASE WHEN {turned} THEN -{amount} ELSE {amount} END"


def _turned(values: FileValues, types: Types) -> list[str]:
    """The types whose amounts have the sign that a customer's debt does not have."""
    wanted = ((types.invoice, 1), (types.credit_note, -1), (types.payment, -1))
    return [one for among, sign in wanted for one in among if values.mean_sign("amount", types.column, among) == -sign]


def _of_column(value: Any, column: str) -> Any:
    """A value of a mapping, of another column."""
    if isinstance(value, str):
        return column
    return {**value, "column": column} if "column" in value else value


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values) or "NULL"
