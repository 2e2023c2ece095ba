"""Payments with a row for each invoice that they were set against, as saved searches of NetSuite have them."""

import pandas as pd

from ledger.importing.drafting.asking.queries_of_drafts import quoted, typed_file
from ledger.importing.drafting.document_types import Types
from ledger.importing.drafting.draft import Chosen, Draft, DraftRule, fits_a_template
from ledger.importing.drafting.file_values import FileValues
from ledger.importing.drafting.guess_formats import numbers_in

MOSTLY = 0.8
LAST_WORD = r"[^\s#]+$"


def as_applied(draft: Draft, values: FileValues, types: Types, rule: DraftRule) -> None:
    """Makes the rule of payments take the part of each row, and the number at the end of `Invoice #INV1`, where the
    cells prove that this is meant."""
    if not values.has("invoice_ref"):
        return
    rows = values.look.frame[types.column].isin(list(types.payment))
    number, reference = str(values.column("invoice_id")), str(values.column("invoice_ref"))
    part = _part(values, rows)
    if part is not None and fits_a_template(number, reference):
        each = {"template": f"{{{number}}}-{{{reference}}}"}
        rule.columns["payment_id"] = Chosen({"first_of": [each, number]})
        said = f"a payment has a row for each invoice; {part!r} adds up to it, and is what each row brings"
        rule.columns["amount"] = Chosen({"first_of": [part, rule.columns["amount"].value]}, [said])
    if _ends_with_numbers(values, rows):
        own = f"{values.file}_rows"
        draft.files[own] = typed_file(draft, values, list(values.roles), {types.column: "text"} | _typed(part))
        rule.query = (
            f"SELECT * REPLACE (nullif(regexp_extract({quoted(reference)}, '{LAST_WORD}'), '')\n"
            f"  AS {quoted(reference)})\nFROM {quoted(own)}"
        )
        rule.columns["invoice_id"] = Chosen(reference, [f"the invoice is the last word of {reference!r}"])


def _typed(part: str | None) -> dict[str, str]:
    return {} if part is None else {part: "amount"}


def _part(values: FileValues, rows: "pd.Series[bool]") -> str | None:
    """The column that adds up to the amount of each payment that has several rows, which all repeat that amount."""
    if not values.has("amount"):
        return None
    numbers = values.look.frame.loc[rows, str(values.column("invoice_id"))]
    several = numbers[numbers.duplicated(keep=False)]
    if several.empty:
        return None
    whole = values.numbers("amount").reindex(several.index).groupby(several).agg(["nunique", "first"])
    if (whole["nunique"] > 1).any():
        return None
    taken = {role.column for role in values.roles.values()}
    for name, cells in values.look.columns.items():
        if name in taken or not cells.is_amount:
            continue
        parts = numbers_in(cells, values.form).reindex(several.index).groupby(several).sum().round(2)
        if (parts.abs() == whole["first"].abs().round(2)).mean() >= MOSTLY:
            return name
    return None


def _ends_with_numbers(values: FileValues, rows: "pd.Series[bool]") -> bool:
    """Whether the references are no numbers of invoices, and their last words are."""
    named = values.look.frame.loc[rows, str(values.column("invoice_ref"))].dropna()
    numbers = set(values.look.frame[str(values.column("invoice_id"))].dropna())
    last = named.str.extract(f"({LAST_WORD})")[0]
    return bool(len(named) and named.isin(numbers).mean() < 1 - MOSTLY and last.isin(numbers).mean() >= MOSTLY)
