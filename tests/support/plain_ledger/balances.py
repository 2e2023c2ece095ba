"""What each customer and each group owes, and what of it may be collected, added up invoice by invoice."""

from dataclasses import dataclass, field
from datetime import date

from tests.support.plain_ledger.book import Book, Document, Part, Row

TAKEN = ("disputed_amount", "held_amount", "coming_amount", "promised_amount")
Line = list[tuple[date, int]]


@dataclass
class Account:
    """The figures of a customer or of a group in cents of the reporting currency; `asked`, `later`: what is left, by
    due date, before credit covers it; `promised_beyond`: what was promised for the account and takes off nothing of it.
    """

    figures: dict[str, int]
    promised_beyond: int = 0
    asked: Line = field(default_factory=list)
    later: Line = field(default_factory=list)

    @property
    def left(self) -> tuple[Line, Line]:
        """What is asked for and what is not yet due, less the credit: oldest due date first."""
        credit = max(self.figures["credit_amount"], 0)
        asked, credit = _covered(self.asked, credit)
        later, _ = _covered(self.later, credit)
        return asked, later

    def days_past_due(self, as_of: date) -> int:
        """Of the oldest overdue part with something left; 0 where nothing is."""
        asked, _ = self.left
        return (as_of - asked[0][0]).days if asked else 0


def accounts(book: Book) -> dict[str, Account]:
    """By customer_id."""
    return {customer_id: _account(book, customer_id) for customer_id in book.customer_ids}


def balances(book: Book) -> dict[str, dict[str, int]]:
    """The parts of the collectible amount by customer_id."""
    return {customer_id: account.figures for customer_id, account in accounts(book).items()}


def groups(book: Book) -> dict[str, Account]:
    """By the group's head: its members' figures added up, floored once. What the head promised beyond its own debts is
    waited for at the others, and where it is on hold nothing of theirs is asked for."""
    of_each = accounts(book)
    members: dict[str, list[Account]] = {}
    for customer_id, account in of_each.items():
        members.setdefault(head(book, customer_id), []).append(account)
    found = {}
    for top, theirs in members.items():
        found[top] = group = _together(theirs)
        if len(theirs) > 1 and top in of_each:
            rest = group.figures["collectible_amount"]
            waited = min(of_each[top].promised_beyond, rest)
            group.figures["collectible_amount"] = 0 if _on_hold(book, top) else rest - waited
            group.asked = [] if _on_hold(book, top) else _covered(group.asked, waited)[0]
    return found


def head(book: Book, customer_id: str) -> str:
    """The top of the tree of parent_id; the customer itself where the parents run in a circle."""
    passed = [customer_id]
    while True:
        above = book.customers.get(passed[-1], {}).get("parent_id")
        if above is None or above not in book.customers:
            return passed[-1]
        if above in passed:
            return customer_id
        passed.append(above)


def _together(members: list[Account]) -> Account:
    figures = {name: sum(member.figures[name] for member in members) for name in members[0].figures}
    return Account(
        _with_collectible(figures),
        asked=sorted(line for member in members for line in member.asked),
        later=sorted(line for member in members for line in member.later),
    )


def _with_collectible(figures: dict[str, int]) -> dict[str, int]:
    taken = sum(figures[name] for name in TAKEN)
    collectible = max(figures["overdue_amount"] - taken - figures["credit_amount"], 0)
    return {**figures, "collectible_amount": collectible}


def _account(book: Book, customer_id: str) -> Account:
    figures = dict.fromkeys(("open_amount", "overdue_amount", *TAKEN, "credit_amount"), 0)
    asked: Line = []
    later: Line = []
    for document in book.of(customer_id):
        if not document.is_invoice or document.open < 0:
            figures["credit_amount"] += book.reporting(-document.open, document.currency)
        else:
            for part in document.parts:
                figures["open_amount"] += book.reporting(part.open, document.currency)
                if part.due_on >= book.as_of and part.open > 0:
                    later.append((part.due_on, book.reporting(part.open, document.currency)))
            asked += _of_invoice(book, document, figures)
    asked.sort()
    asked, beyond = _of_account(book, customer_id, figures, asked)
    figures["credit_amount"] += _unapplied_cash(book, customer_id)
    return Account(_with_collectible(figures), beyond, asked, sorted(later))


def _of_invoice(book: Book, document: Document, figures: dict[str, int]) -> Line:
    """Adds the overdue parts of an invoice to the figures; what of them is asked for."""
    overdue = [part for part in document.parts if part.due_on < book.as_of and part.open > 0]
    left = [part.open for part in overdue]
    asked = [book.reporting(part.open, document.currency) for part in overdue]
    figures["overdue_amount"] += sum(asked)
    wanted = (
        _contested(book, document),
        document.open if is_held(book, document) else 0,
        document.coming,
        sum(_promised(book, row) for row in _current_promises(book) if row["invoice_id"] == document.invoice_id),
    )
    for name, cents in zip(TAKEN, wanted, strict=True):
        for place, _ in enumerate(overdue):
            taken = min(cents, left[place])
            cents -= taken
            left[place] -= taken
            figures[name] += book.reporting(taken, document.currency)
            asked[place] -= book.reporting(taken, document.currency)
    return [(part.due_on, cents) for part, cents in zip(overdue, asked, strict=True) if cents > 0]


def _of_account(book: Book, customer_id: str, figures: dict[str, int], asked: Line) -> tuple[Line, int]:
    """Coming money and promises that name no invoice take from what is left of the customer, oldest first; the rest,
    and what of the promises takes nothing."""
    coming = sum(
        book.reporting(row["cents"], row["currency"]) for row in book.coming_cash if row["customer_id"] == customer_id
    )
    promised = sum(
        book.reporting(_promised(book, row), book.account_currency(customer_id))
        for row in _current_promises(book)
        if row["customer_id"] == customer_id and row["invoice_id"] not in book.known_invoice_ids
    )
    for name, cents in (("coming_amount", coming), ("promised_amount", promised)):
        left = figures["overdue_amount"] - sum(figures[taken] for taken in TAKEN)
        taken = min(cents, max(left, 0))
        figures[name] += taken
        asked, _ = _covered(asked, taken)
    return asked, promised - taken


def _covered(lines: Line, cents: int) -> tuple[Line, int]:
    """The lines less an amount, first come first covered, and what the amount leaves."""
    left = []
    for due_on, owed in lines:
        taken = min(owed, cents)
        cents -= taken
        if owed > taken:
            left.append((due_on, owed - taken))
    return left, cents


def _unapplied_cash(book: Book, customer_id: str) -> int:
    received = [row for row in book.cash if row["customer_id"] == customer_id]
    used = [
        book.reporting(row["cents"], document.currency)
        for document in book.of(customer_id)
        for row in document.adjustments
        if row["kind"] == "credit_applied"
    ]
    return sum(book.reporting(row["cents"], row["currency"]) for row in received) - sum(used)


def _contested(book: Book, document: Document) -> int:
    """Contested cents of what is open."""
    amounts = [
        row["amount"]
        for row in book.disputes
        if row["invoice_id"] == document.invoice_id and not (row["closed_on"] and row["closed_on"] < book.as_of)
    ]
    return document.open if None in amounts else min(sum(amounts), document.open)


def is_held(book: Book, document: Document) -> bool:
    named = any(row["invoice_id"] == document.invoice_id for row in _holds_now(book))
    return named or _on_hold(book, document.customer_id)


def _on_hold(book: Book, customer_id: str) -> bool:
    return any(row["invoice_id"] is None and row["customer_id"] == customer_id for row in _holds_now(book))


def _holds_now(book: Book) -> list[Row]:
    return [
        row
        for row in book.holds
        if row["from_on"] <= book.as_of and (row["until_on"] is None or row["until_on"] >= book.as_of)
    ]


def _current_promises(book: Book) -> list[Row]:
    return [row for row in book.promises if row["promised_on"] >= book.as_of]


def _promised(book: Book, promise: Row) -> int:
    """What of a promise has not come in; at most the promise: a reversal of older money promises nothing."""
    promised = int(promise["amount"])
    return min(max(promised - paid_toward(book, promise), 0), promised)


def paid_toward(book: Book, promise: Row) -> int:
    """What came in from the day of a promise to its end, in the currency of its invoice, else the account's. Only
    received money keeps a promise. What was promised beyond the customer's own debts of that day is kept by what came
    in for its group: of a head whoever paid, of another member what it paid itself."""
    since = [row for row in book.payments if promise["made_on"] <= row["day"] <= promise["promised_on"]]
    if promise["invoice_id"] in book.known_invoice_ids:
        return sum(int(row["lasting"]) for row in since if row["invoice_id"] == promise["invoice_id"])
    who = promise["customer_id"]
    own, others = 0, 0
    for row in since:
        cents = book.converted(row["lasting"], row["currency"], book.account_currency(who)) or 0
        if row["customer_id"] == who:
            own += cents
        elif head(book, row["customer_id"]) == head(book, who) and who in (head(book, who), row["payer"]):
            others += cents
    return own + min(max(others, 0), max(promise["amount"] - _overdue_then(book, who, promise["made_on"]), 0))


def _overdue_then(book: Book, customer_id: str, day: date) -> int:
    """What the customer had overdue on an earlier day, in the currency of its account."""
    total = 0
    for document in book.of(customer_id):
        if document.is_invoice:
            lowered = sum(cents for on, cents in document.received if on < day)
            lowered += sum(int(row["cents"]) for row in document.adjustments if row["posted_on"] < day)
            for left, part in _unfilled(document, lowered):
                if part.due_on < day:
                    account = book.account_currency(customer_id)
                    total += book.converted(left, document.currency, account) or 0
    return total


def _unfilled(document: Document, lowered: int) -> list[tuple[int, Part]]:
    """What is left of each part once an amount has filled them in their order."""
    found = []
    for part in document.parts:
        filled = min(max(lowered, 0), max(part.amount, 0))
        lowered -= filled
        found.append((max(part.amount, 0) - filled, part))
    return found
