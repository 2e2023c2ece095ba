"""What a minute of each collector is worth: prices that sum up the competition for their time, and bound what is left.

Whatever the prices, no assignment within the collectors' minutes brings more than the minutes at their prices and, for
every customer, the most that one option brings above the price of its minutes (weak duality of the relaxed problem:
Fisher, The Lagrangian relaxation method, Management Science 27, 1981). The best prices make this bound lowest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

SMOOTHING = (0.3, 0.1, 0.03, 0.01, 0.003)  # shares of the typical price; each is started from the one before


@dataclass(frozen=True)
class Market:
    """Who competes for the collectors' minutes.

    One row per option, rows of a customer together: gain (> 0), minutes (> 0), and `circle`, the row of `may_take` that
    says which collectors may take it (at least one). `first` has every customer's first row, `capacity` every
    collector's minutes (> 0).
    """

    first: Places
    gain: Floats
    minutes: Floats
    circle: Places
    may_take: NDArray[np.bool_]
    capacity: Floats

    def bound(self, prices: Floats) -> float:
        """What no assignment can exceed, by the prices (>= 0) of a minute of every collector."""
        lowest = np.where(self.may_take, prices, np.inf).min(axis=1)
        surplus = self.gain - self.minutes * lowest[self.circle]
        most = np.maximum.reduceat(surplus, self.first) if len(surplus) else surplus
        return float(prices @ self.capacity + np.maximum(most, 0.0).sum())


def fair_prices(market: Market) -> Floats:
    """The price of a minute of every collector at which the bound is (nearly) lowest; 0 where time is left over.

    The bound has edges wherever a customer changes its mind. It is smoothed, less and less, so that a quasi-Newton
    method finds the valley; two collectors with the same customers get the same price.
    """
    scale = _pooled_price(market)
    contact = float(np.median(market.minutes))
    prices = np.full(len(market.capacity), scale)
    for share in SMOOTHING:
        solution = minimize(
            _smoothed,
            prices / scale,
            args=(market, scale, contact, share),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, None)] * len(prices),
            options={"maxiter": 60},
        )
        prices = solution.x * scale
    return np.round(prices, 2)


def _pooled_price(market: Market) -> float:
    """Gain per minute of the last customer served, if anyone could serve anyone: the scale of all prices."""
    density = market.gain / market.minutes
    best = np.maximum.reduceat(density, market.first)
    order = np.argsort(-density, kind="stable")
    served = np.searchsorted(np.cumsum(market.minutes[order]), market.capacity.sum())
    return float(max(density[order][min(served, len(order) - 1)], np.median(best) * 1e-3))


def _smoothed(scaled: Floats, market: Market, scale: float, contact: float, share: float) -> tuple[float, Floats]:
    """The smoothed bound and its slope, both in units that are near 1; `contact` is the minutes of a usual contact."""
    lowest, weight = _soft_lowest(scaled, market.may_take, share)
    temperature = share * scale * contact
    surplus = (market.gain - market.minutes * lowest[market.circle] * scale) / temperature
    most = np.maximum(np.maximum.reduceat(surplus, market.first), 0.0)
    rows = np.diff(np.append(market.first, len(surplus)))
    chance = np.exp(surplus - np.repeat(most, rows))
    total = np.exp(-most) + np.add.reduceat(chance, market.first)
    chance /= np.repeat(total, rows)
    asked = np.bincount(market.circle, chance * market.minutes, minlength=len(lowest))
    unit = scale * market.capacity.sum()
    value = scale * scaled @ market.capacity + temperature * (most + np.log(total)).sum()
    return value / unit, (market.capacity - asked @ weight) * scale / unit


def _soft_lowest(prices: Floats, may_take: NDArray[np.bool_], share: float) -> tuple[Floats, Floats]:
    """Every circle's lowest price, smoothed, and its slope by price; exact where a circle's prices are equal."""
    lowest = np.where(may_take, prices, np.inf).min(axis=1)
    weight = np.where(may_take, np.exp(-(prices - lowest[:, None]).clip(min=0.0) / share), 0.0)
    total = weight.sum(axis=1)
    return lowest - share * np.log(total / may_take.sum(axis=1)), weight / total[:, None]
