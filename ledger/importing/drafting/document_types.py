"""What the codes and words of a document type mean: invoice, credit note or payment."""

from dataclasses import dataclass

from ledger.importing.drafting.column_names import concepts, words_of
from ledger.importing.drafting.guess_formats import Cells
from ledger.importing.drafting.looking.look_at_export import Looked

CODES = {
    "invoice": "rv dr re rg rn fa fv ft inv in si fac fact r f i out_invoice outinvoice salesinv arinv ra debit",
    "credit_note": "dg gs gu gu cn cm c nc av avo sc kor out_refund outrefund creditmemo crn scrn arcm g credit "
    "abo abn",
    "payment": "dz ze za zp pmt pay p rec rct rcpt py z b bank cash chq eft vir wplata wp pago cob inc enc",
}
_MEANING = {code: kind for kind, codes in CODES.items() for code in codes.split()}
RECEIPTS_OF_SAGE = ("SR", "SA")
FEW = 40
MOST_KNOWN, KNOWN_ROWS = 30, 0.6


@dataclass(frozen=True)
class Types:
    """The values of a column by what they mean; `unknown` with the number of their rows."""

    column: str
    invoice: tuple[str, ...]
    credit_note: tuple[str, ...]
    payment: tuple[str, ...]
    unknown: dict[str, int]


def meaning(value: str) -> str | None:
    """invoice, credit_note or payment; None where no one can say."""
    joined = "_".join(words_of(value))
    have = concepts(value)
    for kind in ("credit_note", "payment", "invoice"):
        if kind in have:
            return kind
    return _MEANING.get(joined) or _MEANING.get(joined.replace("_", ""))


def document_types(looked: Looked, named: str | None) -> Types | None:
    """The column that says what each row is; None where there is none. `named` is called so, and comes first."""
    found = []
    for name, cells in looked.columns.items():
        if not 1 <= cells.distinct <= FEW or cells.share < KNOWN_ROWS or cells.dates is not None:
            continue
        types = _types(name, cells)
        kinds = sum(bool(one) for one in (types.invoice, types.credit_note, types.payment))
        known = 1 - sum(types.unknown.values()) / max(len(cells.text), 1)
        enough = bool(types.invoice) and (kinds >= 2 or name == named)
        if enough and known >= KNOWN_ROWS:
            found.append((name == named, kinds, known, types))
    return max(found, key=lambda one: one[:3])[3] if found else None


def _types(name: str, cells: Cells) -> Types:
    by_kind: dict[str | None, list[str]] = {}
    for value in cells.counts.index[:MOST_KNOWN]:
        by_kind.setdefault(meaning(str(value)), []).append(str(value))
    if {"SI", "SC"} <= set(cells.counts.index):  # Sage's: elsewhere SR may be a return
        of_sage = [value for value in by_kind.get(None, []) if value in RECEIPTS_OF_SAGE]
        by_kind.setdefault("payment", []).extend(of_sage)
        by_kind[None] = [value for value in by_kind.get(None, []) if value not in of_sage]
    unknown = {value: int(cells.counts[value]) for value in by_kind.get(None, [])}
    invoice, credit_note, payment = (tuple(by_kind.get(kind, [])) for kind in CODES)
    return Types(name, invoice, credit_note, payment, unknown)
