"""Interest and a fee on what is overdue, by the strategy's rate: stated apart from what is owed, never booked."""

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field, StrictInt

from ledger.minor_units import minor_units
from ledger.strict_yaml import StrictPart

DAYS_A_YEAR = 365  # actual/365: as courts reckon where the contract says nothing


class Interest(StrictPart):
    """`rate_a_year` in percent, from `from_day` past due on, and `fee_once` for the whole demand in currency units.

    EU directive 2011/7 (Germany: section 288 BGB, nine) gives businesses eight points above the base rate and 40
    euros; against consumers other rates hold, and no such fee.
    """

    rate_a_year: Annotated[float, Field(gt=0, le=100)]
    from_day: Annotated[StrictInt, Field(ge=1, le=3_650)] = 1
    fee_once: Annotated[float, Field(ge=0, le=1_000)] = 0.0

    def on(self, amount: pd.Series, days_past_due: pd.Series) -> pd.Series:
        """Interest in minor units on each amount (minor units), simple, for the days from `from_day` to the night.

        amount x rate x days / 365, rounded half-even; day 1 is the first day after the due date.
        """
        days = (days_past_due - self.from_day + 1).clip(lower=0)
        interest = np.rint(amount.clip(lower=0) * self.rate_a_year * days / (100 * DAYS_A_YEAR))
        whole: pd.Series = interest.astype("int64")
        return whole

    @property
    def fee(self) -> int:
        """The fee in minor units."""
        return round(self.fee_once * minor_units())
