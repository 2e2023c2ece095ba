"""Promises to pay as a night knows them: not yet due, kept, or broken."""

import pandas as pd


def not_yet_due(promises: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Promises whose day has not passed, with `remaining`: the promised cents that payments since have not met."""
    current = promises[promises["promised_on"] >= as_of]
    return current.assign(remaining=(current["amount"] - current["paid"].clip(lower=0)).clip(lower=0))


def due(promises: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Promises whose day has passed, with `kept`: whether the promised amount came in by that day."""
    passed = promises[promises["promised_on"] < as_of]
    return passed.assign(kept=passed["paid"] >= passed["amount"])
