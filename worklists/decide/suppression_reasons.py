"""The reasons for which something is not collected now, declared once."""

from dataclasses import dataclass

COLUMNS = ["customer_id", "invoice_id", "reason", "amount", "text", "contacted_at"]


@dataclass(frozen=True)
class Reason:
    """Why something is not collected now: it `holds` the whole customer, or lowers what is collectible."""

    code: str
    holds: bool
    meaning: str


# Parts are taken off in this order until nothing is left; of several reasons to hold a customer the first one counts.
REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("dispute", False, "the overdue part that is in an open dispute"),
        Reason("hold", False, "the overdue part that is not to be asked for until a day"),
        Reason("coming", False, "the overdue part that is known to come on a later day"),
        Reason("promise", False, "the overdue part under a promise that is not yet due"),
        Reason("credit", False, "unapplied cash, credit notes and overpayments set against what is overdue"),
        Reason("paid_back", False, "cash that was paid back beyond the credit: it adds to what is asked for"),
        Reason("group_credit", False, "credit of the other members, at the head of a group that is contacted there"),
        Reason(
            "nothing_collectible", True, "all that is overdue is disputed, held, coming, promised or covered by credit"
        ),
        Reason("too_small", True, "less is owed than the strategy asks for"),
        Reason("handed_over", True, "a collection agency has the case"),
        Reason("do_not_contact", True, "the customer must not be contacted"),
        Reason("handover_queue", True, "no contact is left to make: the case is in the queue of the hand-overs"),
        Reason("unreachable", True, "no channel that is permitted for the action reaches the customer"),
        Reason("put_off", True, "the last contact was left at another day"),
        Reason("notice_running", True, "a final notice went out, and its deadline has not passed"),
        Reason("contacted_recently", True, "the last contact is fewer days ago than the strategy allows"),
        Reason("month_cap", True, "the contacts of the last 30 days are as many as the strategy allows"),
        Reason("hold_out", True, "left alone at random, so that what contacts bring can be measured"),
        Reason("no_capacity", True, "no collector who may serve the customer has minutes left"),
        Reason("contacted_at_parent", True, "the head of the customer's group is contacted, for the whole group"),
    )
}
HOLDING = tuple(reason.code for reason in REASONS.values() if reason.holds)
