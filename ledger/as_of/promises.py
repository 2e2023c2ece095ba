"""Promises to pay as a night knows them: not yet due, kept, or broken."""

import pandas as pd

from ledger.as_of.view import View


def not_yet_due(view: View) -> pd.DataFrame:
    """Promises whose day has not passed, with `remaining`: the promised cents that payments since have not met."""
    promises = view.tables["promises"]
    current = promises[promises["promised_on"] >= view.as_of]
    return current.assign(remaining=(current["amount"] - current["paid"]).clip(lower=0))


def due(view: View) -> pd.DataFrame:
    """Promises whose day has passed, with `kept`: whether the promised amount came in by that day."""
    promises = view.tables["promises"]
    passed = promises[promises["promised_on"] < view.as_of]
    return passed.assign(kept=passed["paid"] >= passed["amount"])
