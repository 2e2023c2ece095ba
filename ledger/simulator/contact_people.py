"""Whom the simulated collectors speak with: the people at each customer, and what was written down of a contact."""

import numpy as np
import pandas as pd

from ledger.simulator.collectors import DISPUTE, NO_ANSWER, PROMISE, REACHED, REFUSED
from ledger.simulator.names import person_names
from ledger.simulator.worlds import FIRST_DAY
from ledger.tables import CHANNELS, OUTCOMES

ROLES = ("accounts payable", "managing director")
_SECOND = 0.3  # share of the businesses of which a second person is known
_BOUNCED = 0.02
_CALLED_BACK = 0.05  # share of those who were reached and ask to be called again
_HAS_PAID = 0.05  # share of those who were reached and say that the money is on its way
_MESSAGE_LEFT, _WRONG = 0.2, 0.03  # shares of those who did not pick up
_LANGUAGE = {"DE": "de", "AT": "de", "CH": "de"}
_SPOKEN = (CHANNELS.index("call"), CHANNELS.index("visit"))
_NOTES = {
    NO_ANSWER: ("no one picked up", "engaged", "switchboard closed"),
    REACHED: ("will look into it", "invoice is with the head of purchasing", "next payment run on Thursday"),
    PROMISE: ("will be in the next payment run", "pays as soon as their own customer does"),
    DISPUTE: ("says the delivery was incomplete", "price differs from the order"),
    REFUSED: ("will not say when", "asks for everything in writing"),
}


def people_of(rng: np.random.Generator, customers: pd.DataFrame, businesses: bool, days: int) -> pd.DataFrame:
    """A frame of the table `people`: the customer itself where it is a person, else one or two who work there.

    `customers` is the frame of the table `customers`. Of a few a message came back on one of the simulated `days`.
    """
    count = len(customers)
    both = np.flatnonzero(businesses & (rng.random(count) < _SECOND))
    at = np.concatenate([np.arange(count), both])
    role = np.repeat([0, 1], [count, len(both)])
    rows = customers.iloc[at].reset_index(drop=True)
    invented = pd.Series(person_names(rng, len(at)))
    back = pd.Series(FIRST_DAY + rng.integers(0, days, len(at))).astype("datetime64[s]")
    return pd.DataFrame(
        {
            "person_id": rows["customer_id"] + "-" + pd.Series(role + 1).astype("str"),
            "customer_id": rows["customer_id"],
            "name": invented if businesses else rows["name"],
            "role": np.array(ROLES, dtype=object)[role] if businesses else None,
            "phone": rows["phone"],
            "email": _addresses(invented, rows["customer_id"]) if businesses else rows["email"],
            "language": rows["country"].map(_LANGUAGE),
            "bounced_on": back.where(rng.random(len(at)) < _BOUNCED),
        }
    )


def written_down(rng: np.random.Generator, contacts: dict[str, np.ndarray], people: pd.DataFrame) -> pd.DataFrame:
    """outcome (in finer words than the journal has), spoke_with, note and next_contact_on of every contact of it."""
    count = len(contacts["day"])
    spoken = np.isin(contacts["channel"], _SPOKEN)
    outcome, draw = contacts["outcome"], rng.integers(0, 2**31, count)
    finer, share = np.array(OUTCOMES, dtype=object)[outcome], rng.random(count)
    note = np.full(count, None, dtype=object)
    for code, notes in _NOTES.items():
        own = spoken & (outcome == code)
        note[own] = np.array(notes, dtype=object)[draw[own] % len(notes)]
    with_whom = people["name"].to_numpy()[contacts["customer"]]  # the first people are in the order of the customers
    reached, missed = spoken & (outcome == REACHED), spoken & (outcome == NO_ANSWER)
    again = reached & (share < _CALLED_BACK)
    finer[again] = "call_back"
    finer[reached & (share > 1 - _HAS_PAID)] = "paid"
    finer[missed & (share < _MESSAGE_LEFT)] = "left_message"
    finer[missed & (share > 1 - _WRONG)] = "wrong_contact"
    day = pd.Series(FIRST_DAY + contacts["day"] + rng.integers(3, 11, count)).astype("datetime64[s]")
    return pd.DataFrame(
        {
            "outcome": finer,
            "spoke_with": pd.Series(with_whom).where(spoken & (outcome != NO_ANSWER)),
            "note": note,
            "next_contact_on": day.where(again),
        }
    )


def _addresses(names: pd.Series, customer_ids: pd.Series) -> pd.Series:
    plain = names.str.lower().replace({"ä": "ae", "ö": "oe", "ü": "ue", " ": "."}, regex=True)
    return plain + "@" + customer_ids.str.lower() + ".example"
