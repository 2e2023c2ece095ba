"""How the simulated collectors work: old and large debts first, step by step, and a few contacts at random.

The choice is confounded on purpose, as in a real ledger: who is contacted pays worse. Each working day every
customer who may be contacted also enters a lottery: with `TRIAL_SHARE` it gets a contact in one of four channels,
each as likely. Only these contacts have a `propensity`, that of the contact in its channel. All others follow a
ladder: a letter or a visit comes only after an earlier contact since the oldest debt fell due, however old that is.
"""

import numpy as np

from ledger.simulator.back_office import Office
from ledger.simulator.habits import REACH
from ledger.simulator.open_items import Journal, OpenItems
from ledger.simulator.paying import Boosts
from ledger.simulator.population import Population
from ledger.simulator.worlds import Bools, Calendar, Floats, Ints, World

TRIAL_SHARE = 0.01
_TRIAL_CHANNELS = 4  # all but the visit
_CUSTOMERS_PER_CONTACT = 80  # a working day's contacts are this fraction of the customers
_CUSTOMERS_PER_COLLECTOR = 600
_QUIET_DAYS = 7
_STAGES = (10, 30, 60)
_LETTER = 3  # this channel and those after it come after an earlier contact only
# Shares of email, sms, call, letter, visit by stage of the oldest debt: by its age, but no higher than the number of
# contacts that arrived since it fell due.
_CHANNELS_BY_STAGE = np.array(
    [
        [0.60, 0.20, 0.20, 0.00, 0.000],
        [0.35, 0.10, 0.50, 0.05, 0.000],
        [0.15, 0.05, 0.60, 0.19, 0.010],
        [0.10, 0.02, 0.48, 0.37, 0.030],
    ]
)
_MINUTES = np.array([2.0, 1.0, 8.0, 5.0, 75.0])
_ANSWERED = np.array([0.35, 0.35, 1.0, 0.2, 1.0])  # share of the contacts that got through that get an answer
_BOUNCED = np.array([0.2, 0.2, 0.0, 0.3, 0.0])  # share of the contacts that did not get through that come back
NO_ANSWER, REACHED, PROMISE, DISPUTE, REFUSED, BOUNCED = range(6)


class Collectors:
    """Chooses, makes and logs the contacts of each working day."""

    def __init__(
        self, rng: np.random.Generator, people: Population, book: OpenItems, when: Calendar, journal: Journal,
        world: World,
    ) -> None:  # fmt: skip
        self._rng, self._people, self._book, self._when, self._journal = rng, people, book, when, journal
        self._world = world
        count = len(people.habit)
        self._last_contact = np.full(count, -1_000, dtype=np.int64)
        self._daily = count / _CUSTOMERS_PER_CONTACT
        self._contacts = np.zeros(len(book.amount), dtype=np.int64)  # since each invoice fell due
        self._collectors = max(2, count // _CUSTOMERS_PER_COLLECTOR)

    def work(self, day: int, boosts: Boosts, office: Office) -> tuple[Ints, Ints]:
        """Contact customers about what is overdue on a day; the customers, and the channel of each."""
        if not self._when.working[day]:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        book, rng = self._book, self._rng
        live = book.live(day)
        overdue = live[(book.due[live] < day) & ~book.parked[live] & (book.disputed_until[live] < day)]
        overdue = overdue[np.argsort(-book.due[overdue], kind="stable")]
        owner = book.customer[overdue]
        count = len(self._people.habit)
        owed = np.bincount(owner, weights=book.open[overdue], minlength=count)
        oldest = np.full(count, -1, dtype=np.int64)
        oldest[owner] = overdue  # from the latest to the earliest due date: the earliest stays

        quiet = day - self._last_contact >= _QUIET_DAYS
        eligible = np.flatnonzero((owed > 0) & quiet & ~self._people.do_not_contact)
        in_trial = rng.random(len(eligible)) < TRIAL_SHARE
        trial, others = eligible[in_trial], eligible[~in_trial]
        age = day - book.due[oldest[others]]
        urgency = 0.5 * np.log(owed[others]) + 0.03 * np.minimum(age, 90) + rng.gumbel(0, 1, len(others))
        capacity = int(self._daily) + int(rng.random() < self._daily % 1)
        chosen = others[np.argsort(-urgency, kind="stable")[:capacity]]
        customers = np.concatenate([trial, chosen])
        channel = np.concatenate(
            [rng.integers(0, _TRIAL_CHANNELS, len(trial)), self._channel(chosen, day, oldest[chosen])]
        )
        propensity = np.full(len(customers), np.nan)
        propensity[: len(trial)] = TRIAL_SHARE / _TRIAL_CHANNELS
        arrived = self._contact(day, customers, channel, propensity, oldest[customers], owed[customers], boosts, office)
        late = live[book.due[live] < day]
        self._contacts[late] += np.isin(book.customer[late], customers[arrived])
        return customers, channel

    def _channel(self, customers: Ints, day: int, oldest: Ints) -> Ints:
        by_age = np.searchsorted(_STAGES, day - self._book.due[oldest], side="right")
        stage = np.minimum(by_age, self._contacts[oldest])
        ladder = np.cumsum(_CHANNELS_BY_STAGE[stage], axis=1)
        drawn = (self._rng.random(len(customers))[:, None] > ladder[:, :-1]).sum(axis=1)
        preferred = self._people.preferred_channel[customers]
        asked_for = (self._rng.random(len(customers)) < 0.3) & ((preferred < _LETTER) | (stage > 0))
        return np.where(asked_for, preferred, drawn)

    def _contact(
        self, day: int, customers: Ints, channel: Ints, propensity: Floats, invoice: Ints, owed: Floats,
        boosts: Boosts, office: Office,
    ) -> Bools:  # fmt: skip
        """Make and log the contacts; which of them arrived."""
        rng, people, count = self._rng, self._people, len(customers)
        self._last_contact[customers] = day
        through = rng.random(count) < np.array(REACH)[channel]
        boosts.add(day, customers[through], people.contact_effect[customers[through], channel[through]])

        answered = through & (rng.random(count) < _ANSWERED[channel])
        promises, refuses = people.trait("promises")[customers], people.trait("refuses")[customers]
        # A dispute that comes to light by a contact would be an effect of it: the invoice is not paid meanwhile.
        disputes = people.trait("disputes")[customers] * self._world.contacts_work
        mood = rng.random(count)
        answer = np.select(
            [mood < promises, mood < promises + refuses, mood < promises + refuses + disputes],
            [PROMISE, REFUSED, DISPUTE],
            REACHED,
        )
        returned = ~through & (rng.random(count) < _BOUNCED[channel] * self._world.books.returned)
        outcome = np.where(answered, answer, np.where(returned, BOUNCED, NO_ANSWER))
        minutes = np.round(np.maximum(_MINUTES[channel] * rng.gamma(4, 0.25, count), 0.5), 1)
        # Most customers have their own collector; a colleague steps in for one in ten.
        stand_in = rng.integers(0, self._collectors, count)
        collector = np.where(rng.random(count) < 0.1, stand_in, customers % self._collectors)
        about_account = rng.random(count) < 0.2
        about = np.where(about_account, -1, invoice)
        self._journal.add(
            "contacts", customer=customers, invoice=about, day=day, channel=channel, outcome=outcome,
            collector=collector, minutes=minutes, propensity=propensity,
        )  # fmt: skip
        office.dispute_tomorrow(day, invoice[outcome == DISPUTE])
        whole = np.where(about_account, owed.astype(np.int64), self._book.open[invoice])
        self._promise(day, customers, about, whole, outcome == PROMISE)
        arrived: Bools = outcome != BOUNCED
        return arrived

    def _promise(self, day: int, customers: Ints, about: Ints, whole: Ints, made: np.ndarray) -> None:
        rng, count = self._rng, int(made.sum())
        in_parts = rng.random(count) < self._people.trait("pays_in_parts")[customers[made]]
        amount = np.where(in_parts, np.maximum(whole[made] // 2, 1), whole[made])
        promised = day + rng.integers(5, 15, count)
        self._journal.add(
            "promises", customer=customers[made], invoice=about[made], day=day, promised=promised, amount=amount
        )
