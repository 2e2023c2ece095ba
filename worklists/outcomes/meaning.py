"""What a row says in all: its outcome where the other cells show it, and whether it can be true."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from configs.language import translated
from configs.settings import OutcomeSettings
from ledger.minor_units import decimals, minor_units, written_decimals
from worklists.outcomes.invoice_names import NotOpen, invoices_named
from worklists.outcomes.refusals import amount, day
from worklists.pages.outcome_columns import TAKEN_BACK

OF_A_PROMISE = ("promised_on", "promised_amount")
OF_A_DISPUTE = ("disputed_invoices", "dispute_reason")
LONGEST_CONTACT = 480  # minutes: a working day


@dataclass(frozen=True)
class Advised:
    """What the night said of the customer of a row; amounts are minor units. `invoices` holds the id in the ledger by
    the id on the night, of all that was open; `overdue` are those past due."""

    night: date
    customer_id: str
    customer_name: str | None
    collector_id: str | None
    channel: str | None
    currency: str
    open_amount: int
    collectible_amount: int
    propensity: float | None
    invoices: dict[str, str]
    overdue: tuple[str, ...]


class Impossible(ValueError):
    """A row that cannot be taken: which column is wrong, and why, in the language that is spoken."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def completed(cells: dict[str, Any], advised: Advised) -> dict[str, Any]:
    """The cells with what empty ones mean. Impossible where they contradict each other, or say too little.

    A promised day or a dispute next to `reached`, or to no outcome, shows what came of the contact: it is read so. Of a
    row that is `TAKEN_BACK` nothing else counts.
    """
    outcome = cells.get("outcome")
    if outcome == TAKEN_BACK:
        return {"outcome": outcome}
    promised = any(name in cells for name in OF_A_PROMISE)
    disputed = any(name in cells for name in OF_A_DISPUTE)
    if outcome in (None, "reached") and (promised or disputed):
        outcome = "promise" if promised else "dispute"
    if outcome is None:
        raise Impossible("outcome", translated("filled in without an outcome; say what came of the contact"))
    for names, shown in ((OF_A_PROMISE, promised), (OF_A_DISPUTE, disputed)):
        if shown and outcome not in ("promise", "dispute"):
            column = next(name for name in names if name in cells)
            raise Impossible(
                column,
                translated("this does not go with the outcome {outcome}; empty one of them").format(
                    outcome=translated(outcome)
                ),
            )
    contacted_on = cells.get("contacted_on", advised.night)
    full = {**cells, "outcome": outcome, "contacted_on": contacted_on}
    full.setdefault("contacted_by", advised.channel)
    if full["contacted_by"] is None:
        raise Impossible("contacted_by", translated("the row has no channel; say how the customer was contacted"))
    if outcome == "promise" or promised:
        full["promised_minor"] = _promised(full, advised, disputed or outcome == "dispute")
    if outcome == "dispute" or disputed:
        full["invoices"] = _disputed(full.get("disputed_invoices"), advised)
    return full


def require_plausible(cells: dict[str, Any], advised: Advised, limits: OutcomeSettings, today: date) -> None:
    """Impossible where what was filled in (see `completed`) cannot have been, or is too far off to be meant."""
    if cells["outcome"] == TAKEN_BACK:
        return
    contacted_on = cells["contacted_on"]
    if contacted_on < advised.night:
        raise Impossible(
            "contacted_on",
            translated("this is before the worklist's own day, {night}").format(night=day(advised.night)),
        )
    if contacted_on > max(today, advised.night):
        raise Impossible("contacted_on", translated("this day has not come yet"))
    _require_near("contacted_on", contacted_on, advised.night, limits.contact_days)
    minutes = cells.get("minutes_spent", 0)
    if not 0 <= minutes <= LONGEST_CONTACT:
        raise Impossible(
            "minutes_spent", translated("a contact takes from 0 to {most} minutes").format(most=LONGEST_CONTACT)
        )
    if "promised_on" in cells:
        if cells["promised_on"] < contacted_on:
            raise Impossible(
                "promised_on", translated("this is before the contact on {day}").format(day=day(contacted_on))
            )
        _require_near("promised_on", cells["promised_on"], contacted_on, limits.promise_days)
    if "next_contact_on" in cells:
        if cells["next_contact_on"] <= contacted_on:
            raise Impossible(
                "next_contact_on", translated("this is not after the contact on {day}").format(day=day(contacted_on))
            )
        _require_near("next_contact_on", cells["next_contact_on"], contacted_on, limits.next_contact_days)


def next_working_day(after: date) -> date:
    """When a call-back without a day is. Monday to Friday: the holidays of the customer's country are not known."""
    return after + timedelta(days={4: 3, 5: 2}.get(after.weekday(), 1))


def _require_near(column: str, said: date, start: date, most: int) -> None:
    if said > start + timedelta(days=most):
        far = translated("this is {days} days after {start}, of at most {most}; is the year or the month wrong?")
        raise Impossible(column, far.format(days=(said - start).days, start=day(start), most=most))


def _promised(cells: dict[str, Any], advised: Advised, disputed: bool) -> int:
    """The promised amount in minor units: what was said, else what is collectible."""
    if "promised_on" not in cells:
        raise Impossible("promised_on", translated("a promise without a day; say by which day the payment is promised"))
    if "promised_amount" not in cells:
        if disputed:
            raise Impossible("promised_amount", translated("a part is disputed; say how much of the rest is promised"))
        if advised.collectible_amount <= 0:
            raise Impossible(
                "promised_amount", translated("nothing was to collect that night; say how much is promised")
            )
        return advised.collectible_amount
    minor: int = round(cells["promised_amount"] * minor_units())
    if minor <= 0:
        raise Impossible("promised_amount", translated("a promise is of more than nothing"))
    smallest = 10 ** (decimals() - written_decimals(advised.currency))
    if minor > -(-advised.open_amount // smallest) * smallest:  # the list may have shown it rounded up
        raise Impossible(
            "promised_amount",
            translated("this is more than the customer owes: {open} were open").format(
                open=amount(advised.open_amount, advised.currency)
            ),
        )
    return minor


def _disputed(said: str | None, advised: Advised) -> tuple[str, ...]:
    """The ids of the disputed invoices in the ledger: those named, else all that were overdue."""
    if said is None:
        if not advised.overdue:
            raise Impossible("disputed_invoices", translated("nothing was overdue; name the disputed invoices"))
        return advised.overdue
    try:
        return invoices_named(said, advised.invoices)
    except NotOpen as error:
        raise Impossible(
            "disputed_invoices",
            translated("{invoice} was not open for the customer on that night; open were: {open}").format(
                invoice=error, open=", ".join(list(advised.invoices)[:10]) or translated("none")
            ),
        ) from None
