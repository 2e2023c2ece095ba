"""The journal as the ledger's tables: identifiers, dates, declared columns and dtypes."""

import numpy as np
import pandas as pd

from ledger.frames import Tables, complete, with_known_on
from ledger.simulator.contact_people import people_of, written_down
from ledger.simulator.open_items import Journal, OpenItems
from ledger.simulator.population import Population
from ledger.simulator.worlds import FIRST_DAY, Ints, World
from ledger.tables import ADJUSTMENTS, CHANNELS, TABLES

METHODS = ("transfer", "direct_debit", "card", "cheque")
REASONS = ("price", "quality", "quantity", "delivery")
HOLD_REASONS = ("payment plan under negotiation", "sales is in talks", "goods to be exchanged")
DOLLAR = "USD"
_KINDS = ADJUSTMENTS.column("kind").choices


def ledger_tables(
    rng: np.random.Generator, people: Population, book: OpenItems, journal: Journal, days: int, world: World
) -> Tables:
    """The ledger as it is known at the end of the last day: what becomes known later is not in it."""
    customers = people.frame["customer_id"].to_numpy()
    notes = journal.columns("notes")
    documents = np.array(
        [f"I{number:07d}" for number in range(1, len(book.amount) + 1)]
        + [f"N{number:06d}" for number in range(1, len(notes.get("day", ())) + 1)],
        dtype=object,
    )

    def maybe(invoice: Ints) -> np.ndarray:
        return pd.Series(documents[invoice]).mask(invoice < 0).to_numpy()

    persons = people_of(rng, people.frame, world.businesses, days)
    frames = {
        "customers": people.frame, "people": persons, "invoices": _invoices(book, notes, customers, documents),
    }  # fmt: skip
    if payments := journal.columns("payments"):
        frames["payments"] = pd.DataFrame(
            {
                "payment_id": _ids("P", len(payments["day"])),
                "invoice_id": maybe(payments["invoice"]),
                "customer_id": customers[payments["customer"]],
                "paid_on": _date(payments["day"]),
                "amount": payments["amount"],
                "currency": pd.Series(DOLLAR, index=range(len(payments["day"]))).where(payments["in_dollars"]),
                "method": np.array(METHODS, dtype=object)[payments["method"]],
                "known_on": _date(payments["known"]),
            }
        )
    if adjustments := journal.columns("adjustments"):
        frames["adjustments"] = pd.DataFrame(
            {
                "adjustment_id": _ids("A", len(adjustments["day"])),
                "invoice_id": documents[adjustments["document"]],
                "kind": np.array(_KINDS, dtype=object)[adjustments["kind"]],
                "posted_on": _date(adjustments["day"]),
                "amount": adjustments["amount"],
                "known_on": _date(adjustments["known"]),
            }
        )
    if instalments := journal.columns("instalments"):
        frames["instalments"] = pd.DataFrame(
            {
                "invoice_id": documents[instalments["invoice"]],
                "due_on": _date(instalments["due"]),
                "amount": instalments["amount"],
                "known_on": _date(instalments["known"]),
            }
        )
    if disputes := journal.columns("disputes"):
        closed = np.where(disputes["closed"] < days, _date(disputes["closed"]), np.datetime64("NaT"))
        frames["disputes"] = pd.DataFrame(
            {
                "dispute_id": _ids("D", len(disputes["day"])),
                "invoice_id": documents[disputes["invoice"]],
                "opened_on": _date(disputes["day"]),
                "closed_on": closed,
                "reason": np.array(REASONS, dtype=object)[disputes["reason"]],
                "amount": pd.Series(disputes["amount"], dtype="Int64").mask(disputes["amount"] < 0),
            }
        )
    if holds := journal.columns("holds"):
        frames["holds"] = pd.DataFrame(
            {
                "hold_id": _ids("H", len(holds["day"])),
                "customer_id": pd.Series(customers[holds["customer"]]).mask(holds["customer"] < 0).to_numpy(),
                "invoice_id": maybe(holds["invoice"]),
                "from_on": _date(holds["day"]),
                "until_on": _date(holds["until"]),
                "reason": np.array(HOLD_REASONS, dtype=object)[holds["reason"]],
            }
        )
    if promises := journal.columns("promises"):
        frames["promises"] = pd.DataFrame(
            {
                "promise_id": _ids("M", len(promises["day"])),
                "customer_id": customers[promises["customer"]],
                "invoice_id": maybe(promises["invoice"]),
                "made_on": _date(promises["day"]),
                "promised_on": _date(promises["promised"]),
                "amount": promises["amount"],
            }
        )
    if contacts := journal.columns("contacts"):
        written = written_down(rng, contacts, persons)
        frames["contacts"] = pd.DataFrame(
            {
                "contact_id": _ids("K", len(contacts["day"])),
                "customer_id": customers[contacts["customer"]],
                "invoice_id": maybe(contacts["invoice"]),
                "contacted_on": _date(contacts["day"]),
                "channel": np.array(CHANNELS, dtype=object)[contacts["channel"]],
                "collector_id": [f"agent-{number + 1:02d}" for number in contacts["collector"]],
                "minutes": contacts["minutes"],
                "propensity": contacts["propensity"],
                **{name: written[name] for name in written},
            }
        )
    if rates := journal.columns("fx_rates"):
        frames["fx_rates"] = pd.DataFrame({"on": _date(rates["day"]), "currency": DOLLAR, "rate": rates["rate"]})
    return complete({name: _known_by(name, frame, days) for name, frame in frames.items()})


def _invoices(
    book: OpenItems, notes: dict[str, np.ndarray], customers: np.ndarray, documents: np.ndarray
) -> pd.DataFrame:
    none = np.empty(0, dtype=np.int64)
    note_day = notes.get("day", none)
    issued = _date(np.concatenate([book.issued, note_day]))
    frame = pd.DataFrame(
        {
            "invoice_id": documents,
            "customer_id": customers[np.concatenate([book.customer, notes.get("customer", none)])],
            "kind": np.repeat(np.array(["invoice", "credit_note"], dtype=object), [len(book.amount), len(note_day)]),
            "issued_on": issued,
            "due_on": _date(np.concatenate([book.due, note_day])),
            "amount": np.concatenate([book.amount, notes.get("amount", none)]),
            "currency": "EUR",
            "known_on": issued,
        }
    )
    return frame.sort_values(["issued_on", "invoice_id"], kind="stable")


def _known_by(name: str, frame: pd.DataFrame, days: int) -> pd.DataFrame:
    table = TABLES[name]
    whole = frame.reindex(columns=table.names)
    typed = with_known_on(table, whole.astype({column.name: column.dtype for column in table.columns}))
    return typed[typed["known_on"] < pd.Timestamp(FIRST_DAY + days)].reset_index(drop=True)


def _ids(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:07d}" for number in range(1, count + 1)]


def _date(day: Ints) -> np.ndarray:
    return (FIRST_DAY + day).astype("datetime64[s]")
