"""A day of all collectors, filled up: at the prices of their minutes first, then with whatever still fits.

Placing is one after the other by nature, since each placed customer takes minutes from the next; only those are looked
at one by one who have a chance to be placed.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.settings import CapacitySettings
from ledger.portfolio import NOBODY
from ledger.tables import CHANNELS
from worklists.assign.minute_prices import Market, fair_prices
from worklists.rules.roster import Roster


class DayPlan:
    """The collectors' day while it is filled; customers and rows by their place in the frames given."""

    def __init__(self, who: pd.DataFrame, rows: pd.DataFrame, roster: Roster, settings: CapacitySettings) -> None:
        self.settings = settings
        self.gain = rows["gain"].to_numpy(dtype=np.float64)
        self.minutes = rows["minutes"].to_numpy(dtype=np.float64)
        self.customer = pd.factorize(rows["customer"])[0].astype(np.int64)
        self.own = pd.Index(roster.ids).get_indexer(pd.Index(who["collector_id"])).astype(np.int64)
        self.room = roster.minutes
        self._find_circles(roster.may_serve(who), rows["channel"], roster)
        self.row = np.full(len(who), NOBODY, dtype=np.int64)
        self.collector = np.full(len(who), NOBODY, dtype=np.int64)
        self.expected = np.zeros(len(self.room))
        self.prices = np.zeros(len(self.room))
        self._find_prices()
        share = roster.minutes / max(roster.minutes.sum(), 1.0)
        self.target = np.maximum(self.upper_bound * share, 1.0)

    def _find_circles(self, may_serve: NDArray[np.bool_], channels: pd.Series, roster: Roster) -> None:
        """Customers are many, sets of collectors who may take an option are few: the circle of every row."""
        width = may_serve.shape[1]
        alike, kind = np.unique(np.packbits(may_serve, axis=1), axis=0, return_inverse=True)
        may = np.unpackbits(alike, axis=1, count=width) == 1
        by_channel = [may & roster.may_use(name) for name in CHANNELS]
        self.may_take = np.stack(by_channel, axis=1).reshape(-1, width)
        place = pd.Index(CHANNELS).get_indexer(pd.Index(channels))
        self.circle = (kind.reshape(-1)[self.customer] * len(CHANNELS) + place).astype(np.int64)
        self.members = [np.flatnonzero(taken) for taken in self.may_take]
        self.servable = np.zeros(len(may_serve), dtype=np.bool_)
        somebody = np.array([len(members) > 0 for members in self.members], dtype=np.bool_)
        self.servable[self.customer[somebody[self.circle]]] = True
        longest = np.where(self.may_take, self.room, 0.0).max(axis=1)
        self.fits = self.minutes <= longest[self.circle]

    def _find_prices(self) -> None:
        """The prices with the bonus of continuity decide who is placed; the bound is on the gain alone."""
        free, plain = self._market(0.0)
        self.upper_bound = 0.0
        if not len(plain.gain):
            return
        prices = fair_prices(plain)
        self.upper_bound = plain.bound(prices)
        if self.settings.continuity_bonus:
            prices = fair_prices(self._market(self.settings.continuity_bonus)[1])
            self.upper_bound = min(self.upper_bound, plain.bound(prices))
        self.prices[free] = prices

    def _market(self, bonus: float) -> tuple[NDArray[np.int64], Market]:
        """The collectors with minutes, and who competes for them; who spoke last is a circle of one, with the bonus."""
        free = np.flatnonzero(self.room > 0)
        rows = np.flatnonzero((self.gain > 0) & self.fits)
        own = self.own[self.customer[rows]]
        keeps = rows[(own != NOBODY) & self.may_take[self.circle[rows], own] & (self.room[own] > 0) & (bonus > 0)]
        every = np.concatenate([rows, keeps])
        order = np.argsort(self.customer[every], kind="stable")
        every = every[order]
        gain = np.concatenate([self.gain[rows], self.gain[keeps] * (1 + bonus)])[order]
        alone = len(self.may_take) + np.searchsorted(free, self.own[self.customer[keeps]])
        circle = np.concatenate([self.circle[rows], alone])[order]
        may_take = np.concatenate([self.may_take[:, free], np.eye(len(free), dtype=np.bool_)])
        used, circle = np.unique(circle, return_inverse=True)
        first = np.flatnonzero(np.diff(self.customer[every], prepend=-1))
        return free, Market(first, gain, self.minutes[every], circle, may_take[used], self.room[free])

    def _best(self, row: int) -> tuple[float, int]:
        """What the row is worth above its price, and with whom; NOBODY where no one has the minutes."""
        members = self.members[self.circle[row]]
        members = members[self.room[members] >= self.minutes[row]]
        if not len(members):
            return -np.inf, NOBODY
        gain, own = self.gain[row], self.own[self.customer[row]]
        ahead = self.expected[members] / self.target[members]
        worth = gain - self.prices[members] * self.minutes[row]
        worth -= self.settings.fairness * gain * (ahead - ahead.min())
        keeps = members == own
        worth[keeps] += self.settings.continuity_bonus * gain
        # among equals: who spoke with the customer last, then who is furthest behind
        best = np.lexsort((ahead, ~keeps, -worth))[0]
        return float(worth[best]), int(members[best])

    def serve_first(self, due: NDArray[np.bool_]) -> None:
        """Place those to whom a contact was promised, whatever it brings, the most valuable first."""
        rows = np.flatnonzero(due[self.customer] & self.fits)
        self._fill(rows[np.argsort(-self.gain[rows], kind="stable")])

    def place_at_prices(self) -> None:
        """Place whoever is worth more than the minutes at their prices, by that worth per minute."""
        lowest = np.where(self.may_take, self.prices, np.inf).min(axis=1)[self.circle]
        own = self.own[self.customer]
        keeps = (own != NOBODY) & self.may_take[self.circle, own]
        worth = self.gain - self.minutes * lowest
        kept = self.gain * (1 + self.settings.continuity_bonus) - self.minutes * self.prices[own]
        worth = np.where(keeps, np.maximum(worth, kept), worth)
        rows = np.flatnonzero((self.gain > 0) & self.fits & (worth > 0))
        rows = rows[np.argsort(-worth[rows] / self.minutes[rows], kind="stable")]
        first = np.searchsorted(self.customer, np.arange(len(self.row) + 1))
        for customer in pd.unique(self.customer[rows[self.row[self.customer[rows]] == NOBODY]]):
            choices = [(*self._best(row), row) for row in range(first[customer], first[customer + 1])]
            worth_of_it, collector, row = max(choices, key=lambda choice: choice[0])
            if worth_of_it > 0:
                self._put(row, collector)

    def fill(self) -> None:
        """Give minutes that are left to those who are not placed, by gain per minute."""
        rows = np.flatnonzero((self.gain > 0) & (self.row[self.customer] == NOBODY))
        self._fill(rows[np.argsort(-self.gain[rows] / self.minutes[rows], kind="stable")])

    def remind(self, value: NDArray[np.float64]) -> None:
        """Give minutes that are left to options without gain, by the customers' `value`."""
        rows = np.flatnonzero((self.gain == 0) & (self.row[self.customer] == NOBODY))
        self._fill(rows[np.argsort(-value[self.customer[rows]], kind="stable")])

    def upgrade(self) -> None:
        """Give minutes that are left to a better channel for customers who are placed, by gain per minute more."""
        placed = self.row[self.customer]
        more = self.gain - self.gain[placed]
        rows = np.flatnonzero((placed != NOBODY) & (more > 0) & self.fits)
        longer = np.maximum(self.minutes[rows] - self.minutes[placed[rows]], 1e-9)
        for row in rows[np.argsort(-more[rows] / longer, kind="stable")]:
            before = int(self.row[self.customer[row]])
            if self.gain[row] <= self.gain[before]:
                continue
            spoke = int(self.collector[self.customer[row]])
            self._take_back(before, spoke)
            collector = self._best(row)[1]
            if collector == NOBODY:
                self._put(before, spoke)
            else:
                self._put(row, collector)

    def _fill(self, rows: NDArray[np.int64]) -> None:
        longest = np.where(self.may_take, self.room, 0.0).max(axis=1)
        for row in rows[self.minutes[rows] <= longest[self.circle[rows]]]:
            if self.row[self.customer[row]] == NOBODY:
                collector = self._best(row)[1]
                if collector != NOBODY:
                    self._put(row, collector)

    def _put(self, row: int, collector: int) -> None:
        self.row[self.customer[row]], self.collector[self.customer[row]] = row, collector
        self.room[collector] -= self.minutes[row]
        self.expected[collector] += self.gain[row]

    def _take_back(self, row: int, collector: int) -> None:
        self.row[self.customer[row]] = self.collector[self.customer[row]] = NOBODY
        self.room[collector] += self.minutes[row]
        self.expected[collector] -= self.gain[row]
