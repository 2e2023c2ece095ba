"""What a collector fills in on each row of a worklist, declared once; the files have these columns, empty."""

from dataclasses import dataclass
from typing import Literal

from ledger.tables import CHANNELS, TABLES

Fill = Literal["date", "choice", "number", "money", "text"]

(_OUTCOME,) = (column for column in TABLES["contacts"].columns if column.name == "outcome")


@dataclass(frozen=True)
class OutcomeColumn:
    """One column to fill in; `choices` are the words that it may hold."""

    name: str
    kind: Fill
    meaning: str
    choices: tuple[str, ...] = ()


OUTCOME_COLUMNS = (
    OutcomeColumn("outcome", "choice", "outcome of the contact; a row without one was not worked", _OUTCOME.choices),
    OutcomeColumn("contacted_on", "date", "the day of the contact; the worklist's own day where empty"),
    OutcomeColumn("contacted_by", "choice", "how; the row's channel where empty", CHANNELS),
    OutcomeColumn("minutes_spent", "number", "minutes that it took"),
    OutcomeColumn("promised_on", "date", "the day for which payment was promised; needed with the outcome promise"),
    OutcomeColumn("promised_amount", "money", "what was promised; the collectible amount where empty"),
    OutcomeColumn("disputed_invoices", "text", "the disputed invoices, parted by blanks; all overdue ones where empty"),
    OutcomeColumn("dispute_reason", "text", "what the customer disputes"),
)
OUTCOME_NAMES = [column.name for column in OUTCOME_COLUMNS]
