"""Statistics over a list of events (day, value, weight), as a textbook has them. None where they say nothing."""

import math
import statistics
from datetime import date
from fractions import Fraction
from itertools import pairwise

Event = tuple[date, int, int]


def statistic(name: str, events: list[Event], as_of: date) -> float | None:
    """One statistic of the events, which come in any order."""
    if not events:
        return None
    ordered = sorted(events, key=lambda event: (event[0], event[1]))
    days = [day for day, _, _ in ordered]
    values = [value for _, value, _ in ordered]
    match name:
        case "count":
            return len(events)
        case "total":
            return sum(values)
        case "mean":
            return _mean(values)
        case "weighted_mean":
            weights = sum(weight for _, _, weight in events)
            return float(Fraction(sum(value * weight for _, value, weight in events), weights)) if weights else None
        case "spread":
            return _spread(values)
        case "largest":
            return max(values)
        case "last":
            return values[-1]
        case "last_mean":
            return _mean(values[-3:])
        case "streak":
            return next((count for count, value in enumerate(reversed(values)) if value != 1), len(values))
        case "days_since_last":
            return (as_of - days[-1]).days
        case "days_since_first":
            return (as_of - days[0]).days
        case "gap_mean":
            return _mean(_gaps(days))
        case "gap_spread":
            return _spread(_gaps(days))
        case "active_months":
            return len({(day.year, day.month) for day in days})
    raise KeyError(f"the oracle has no statistic {name}")


def _mean(values: list[int]) -> float | None:
    return float(Fraction(sum(values), len(values))) if values else None


def _spread(values: list[int]) -> float | None:
    return math.sqrt(statistics.pvariance([Fraction(value) for value in values])) if len(values) >= 2 else None


def _gaps(days: list[date]) -> list[int]:
    distinct = sorted(set(days))
    return [(after - before).days for before, after in pairwise(distinct)]
