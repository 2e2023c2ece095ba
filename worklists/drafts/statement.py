"""The statement of a demand: its invoices with their totals, as aligned text or as a table of a letter."""

from dataclasses import dataclass

import jinja2
from markupsafe import Markup

from worklists.drafts.demands import Demand, Line

PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("worklists.drafts"), autoescape=True, undefined=jinja2.StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """The words of a statement in one language."""

    invoice: str
    issued: str
    due: str
    amount: str
    open: str
    credit: str
    received: str
    paid_back: str
    coming: str
    promised: str
    total: str
    interest: str
    fee: str
    together: str

    def name_of(self, line: Line) -> str:
        """An invoice by its number, a credit as one, and what names no document by what it is."""
        if line.kind:
            return str(getattr(self, line.kind))
        return f"{self.credit} {line.number}" if line.asked < 0 else line.number


WORDS = {
    "en": Words(
        "Invoice", "Date", "Due", "Amount", "Open", "Credit", "Your payment on account", "Paid back to you",
        "Your payment on its way", "Promised for a later day", "Total", "Interest until today", "Fee for late payment",
        "To be paid",
    ),
    "de": Words(
        "Rechnung", "Datum", "Fällig", "Betrag", "Offen", "Gutschrift", "Ihre Zahlung auf Konto",
        "An Sie zurückgezahlt", "Ihre Zahlung unterwegs", "Für später zugesagt", "Summe", "Zinsen bis heute",
        "Verzugspauschale", "Zu zahlen",
    ),
}  # fmt: skip


def words_in(language: str) -> Words:
    """In the language of the texts; English where it has none here."""
    return WORDS.get(language, WORDS["en"])


def statement_text(demand: Demand, language: str) -> str:
    """A table in columns for a mail in plain text."""
    words = words_in(language)
    head = (words.invoice, words.issued, words.due, words.amount, words.open)
    rows = [head, *((words.name_of(line), *_cells(line)) for line in demand.invoices)]
    rows += [(words.name_of(line), line.issued_on, "", "", line.open) for line in demand.credits]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = [_aligned(row, widths) for row in rows]
    sums = []
    for total in demand.totals:
        extra = [(name, said) for name, said in ((words.interest, total.interest), (words.fee, total.fee)) if said]
        sums += [(words.total, total.amount), *extra, *([(words.together, total.together)] if extra else [])]
    named, figures = max(len(name) for name, _ in sums), max(len(amount) for _, amount in sums)
    return "\n".join([*lines, "", *(f"{name + ':':<{named + 1}}  {amount:>{figures}}" for name, amount in sums)])


def statement_html(demand: Demand, language: str) -> Markup:
    """The same as a table of a letter."""
    return Markup(PAGES.get_template("statement.html").render(demand=demand, words=words_in(language)))


def _cells(line: Line) -> tuple[str, ...]:
    return (line.issued_on, line.due_on, line.amount, line.open)


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    texts = [f"{cell:<{width}}" for cell, width in zip(row[:3], widths[:3], strict=True)]
    figures = [f"{cell:>{width}}" for cell, width in zip(row[3:], widths[3:], strict=True)]
    return "  ".join([*texts, *figures]).rstrip()
