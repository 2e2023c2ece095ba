"""Does a contact bring what the model of the effect said? By the customers who were left alone at random."""

from collections.abc import Mapping

from models.monitoring.input_drift import Check
from models.monitoring.outcome_checks import ALL, NO_LIMIT

AS_EXPECTED = 1.0
FIGURE, SHRUNK = "gain_level", "gain_level_shrunk"


def level_check(level: float, low: float, high: float) -> Check:
    """The check of the extra cash that contacts brought over what was expected of them.

    `low` and `high` are the ends of an interval that may be looked at every night: it is out of its limits where it
    excludes 1. The limit is how far the level may be from 1 on its side.
    """
    limit = high - level if level < AS_EXPECTED else level - low
    return Check(FIGURE, ALL, level, AS_EXPECTED, limit, not low <= AS_EXPECTED <= high)


def shrunk_checks(levels: Mapping[str, float]) -> list[Check]:
    """Levels that are only reported, by what they are of."""
    return [Check(SHRUNK, of, level, AS_EXPECTED, NO_LIMIT, False) for of, level in levels.items()]
