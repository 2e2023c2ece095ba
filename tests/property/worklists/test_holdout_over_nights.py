"""Night after night: draw, log, contact, pay. What the hold-out measures at the end is what contacts really brought."""

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.clock import day_numbers
from tests.support.at_random.seeds import seeds
from worklists.decide.holdout import contact_log, draw_holdout
from worklists.figures.holdout_measurement import OUTCOME_DAYS, extra_cash_per_contact, first_nights

FIRST = pd.Timestamp("2024-01-01")
NIGHTS = 150
CUSTOMERS = 2_000
REST = 7  # days between contacts
SETTINGS = load_settings(("holdout.share=0.2", "holdout.value_limit=1500")).holdout
IDS = pd.Series([f"c{place}" for place in range(CUSTOMERS)], dtype="str")
ALWAYS, NEVER = np.ones(CUSTOMERS, dtype=bool), np.zeros(CUSTOMERS, dtype=bool)


class Debtors:
    """Each owes one debt; a contact triples the daily chance that it is paid for ten days. A paid debt makes room for
    a new one, a month later. All chance is drawn beforehand, so that the same days can be lived again."""

    def __init__(self, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self.luck = chance.uniform(size=(NIGHTS + OUTCOME_DAYS, CUSTOMERS))
        self.habit = chance.uniform(0.005, 0.03, CUSTOMERS)
        self.owed = np.rint(50_000 * np.exp(chance.normal(0, 0.7, CUSTOMERS))).astype(np.int64)
        self.starts = chance.integers(-60, 60, CUSTOMERS)
        self.contacted_on = np.full(CUSTOMERS, -100)

    def copy(self) -> "Debtors":
        other = object.__new__(Debtors)
        other.__dict__ = {name: value.copy() for name, value in self.__dict__.items()}
        return other

    def eligible(self, night: int) -> np.ndarray:
        return (self.starts <= night) & (night - self.contacted_on >= REST)

    def live(self, night: int, contacted: np.ndarray) -> np.ndarray:
        """A day on which some are contacted; the cents that each pays."""
        self.contacted_on[contacted] = night
        raised = np.where(night - self.contacted_on < 10, 3, 1)
        pays = (self.starts <= night) & (self.luck[night] < self.habit * raised)
        self.starts[pays] = night + 30
        return np.where(pays, self.owed, 0)

    def next_month(self, night: int, let_through: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cash and contacts of the days from the night on, if so many were let through on all of them."""
        other, cash, contacts = self.copy(), np.zeros(CUSTOMERS), np.zeros(CUSTOMERS)
        for day in range(night, night + OUTCOME_DAYS):
            contacted = other.eligible(day) & let_through
            cash += other.live(day, contacted)
            contacts += contacted
        return cash, contacts


@pytest.mark.parametrize("seed", seeds([1, 2], [3, 4]))
def test_the_measure_is_what_the_same_nights_would_have_brought_with_and_without_contacts(seed: int) -> None:
    debtors = Debtors(seed)
    logs, paid, made, world = [], [], [], []
    for night in range(NIGHTS + OUTCOME_DAYS):
        if night < NIGHTS:
            world.append(debtors.copy())
        eligible = pd.DataFrame({"customer_id": IDS, "value": debtors.owed, "contact_due": False})[
            debtors.eligible(night)
        ]
        draw = draw_holdout(eligible, FIRST + pd.Timedelta(days=night), SETTINGS)
        listed = draw.index[~draw["held_out"]]
        known = eligible.assign(p_unpaid_30d=np.nan, expected_gain=0, days_past_due=1)
        unlimited = pd.Series(dtype="float64")
        rows = contact_log(known, draw, pd.DataFrame({"channel": "call"}, index=listed), unlimited)
        logs.append(rows.assign(as_of=FIRST + pd.Timedelta(days=night)))
        contacted = NEVER.copy()
        contacted[listed] = True
        paid.append(debtors.live(night, contacted))
        made.append(contacted)

    log = pd.concat(logs)
    rows = first_nights(log[log["as_of"] < FIRST + pd.Timedelta(days=NIGHTS)], SETTINGS)
    night, customer = day_numbers(rows["as_of"]) - day_numbers(pd.Series([FIRST]))[0], rows.index.to_numpy()
    of_month = [np.concatenate([np.zeros((1, CUSTOMERS)), np.cumsum(days, axis=0)]) for days in (paid, made)]
    cash, contacts = (sums[night + OUTCOME_DAYS, customer] - sums[night, customer] for sums in of_month)
    found = extra_cash_per_contact(rows, cash, contacts).rows.set_index("name")["value"]

    extra = np.zeros(2)
    for one in np.unique(night):
        here = customer[night == one]
        let, held = (world[one].next_month(one, arm) for arm in (ALWAYS, NEVER))
        assert (held[1] == 0).all()
        extra += [(let[part] - held[part])[here].sum() for part in (0, 1)]
        # what the ledger shows of each arm is what that arm's life would have been
        arm = np.where(rows["held_out"][night == one] == 1, held[0][here], let[0][here])
        assert (arm == cash[night == one]).all()
    truth = extra[0] / extra[1] / 100
    assert truth > 20
    assert found["extra_cash_per_contact_low"] < truth < found["extra_cash_per_contact_high"]
    assert found["extra_cash_per_contact_high"] - found["extra_cash_per_contact_low"] < truth / 2
