"""Does a contact bring what the model of the effect said? By the customers who were left alone at random."""

from models.monitoring.input_drift import Check
from models.monitoring.outcome_checks import ALL

AS_EXPECTED = 1.0


def level_check(level: float, low: float, high: float) -> Check:
    """The check of the extra cash that contacts brought over what was expected of them.

    `low` and `high` are the ends of an interval that may be looked at every night: it is out of its limits where it
    excludes 1. The limit is how far the level may be from 1 on its side.
    """
    limit = high - level if level < AS_EXPECTED else level - low
    return Check("gain_level", ALL, level, AS_EXPECTED, limit, not low <= AS_EXPECTED <= high)
