"""What a collector fills in on each row of a worklist, declared once; the files have these columns, empty."""

from ledger.declarations import choice, day, money, number, text
from ledger.tables import CHANNELS, CONTACTS

TAKEN_BACK = "not_worked"  # of a row that was filled in by mistake: an empty one may be another collector's
_OUTCOMES = (*CONTACTS.column("outcome").choices, TAKEN_BACK)

OUTCOME_COLUMNS = (
    choice("outcome", _OUTCOMES, "outcome of the contact; a row without one was not worked", optional=True),
    day("contacted_on", "the day of the contact; the worklist's own day where empty", optional=True),
    choice("contacted_by", CHANNELS, "how; the row's channel where empty", optional=True),
    number("minutes_spent", "minutes that it took", "minutes", optional=True, low=0, high=480),
    day("promised_on", "the day for which payment was promised; needed with the outcome promise", optional=True),
    money("promised_amount", "what was promised; the collectible amount where empty", unit="currency", optional=True),
    text("disputed_invoices", "the disputed invoices, parted by blanks; all overdue ones where empty", optional=True),
    text("dispute_reason", "what the customer disputes", optional=True),
    text("spoke_with", "whom you spoke with", optional=True),
    text("note", "what the next one who contacts the customer should know", optional=True),
    day("next_contact_on", "when to contact again; the next working day after a call_back where empty", optional=True),
)
OUTCOME_NAMES = [column.name for column in OUTCOME_COLUMNS]
