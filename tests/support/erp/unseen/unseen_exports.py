"""The exports that no mapping knows, with what a newcomer changes in the draft of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tests.support.erp.unseen import dutch_package, spanish_subledger, workbook_of_lines
from tests.support.erp.unseen.invented_books import Books, invented_books

Edit = tuple[str, str]  # a text of the draft, wherever it is, and what comes in its place


@dataclass(frozen=True)
class UnseenExport:
    """How an export is written, how it calls a customer, and the edits that its draft needs."""

    write: Callable[[Books, Path], str]
    customer: Callable[[int], str]
    edits: tuple[Edit, ...] = ()

    def books(self) -> Books:
        """What the company booked; the same for each export."""
        return invented_books(seed=7)

    def owed(self) -> dict[str, Decimal]:
        """What each customer owes in the end, by the export's own name."""
        return {self.customer(number): amount for number, amount in self.books().owed().items()}


UNSEEN = {
    "dutch_package": UnseenExport(dutch_package.write, str),
    "workbook_of_lines": UnseenExport(
        workbook_of_lines.write,
        "C-{}".format,
        (
            ("Net Amount: amount}", "Net Amount: amount, Tax Amount: amount}"),
            ('sum("Net Amount")', 'sum("Net Amount" + "Tax Amount")'),
            ("amount: Net Amount", "amount: Net Amount\n        currency: {constant: USD}"),
        ),
    ),
    "spanish_subledger": UnseenExport(
        spanish_subledger.write,
        "{:04}".format,
        (
            ("invoice_id: asiento", "invoice_id: numero"),
            ("payment_id: asiento", "payment_id: numero"),
            ("equals: COB", "one_of: [COB, DEV]"),
        ),
    ),
}


def edited(draft: str, edits: Sequence[Edit]) -> str:
    """The draft after the edits; ValueError where a text that they change is not there."""
    for before, after in edits:
        if before not in draft:
            raise ValueError(f"the draft has no {before!r}:\n{draft}")
        draft = draft.replace(before, after)
    return draft
