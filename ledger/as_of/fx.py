"""Currencies as they were known on a night: which currency an account is in, and what it is worth."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.errors import LedgerError
from ledger.frames import Tables
from ledger.hashing import find_texts
from ledger.tables import LARGEST_AMOUNT

LARGEST_EXCHANGED = 1_000 * LARGEST_AMOUNT  # in minor units; thousands of them are summed in an int64


def latest_rates(known: Tables, reporting_currency: str | None) -> pd.Series:
    """Reporting currency units for one unit, by currency, from the latest rate known; 1 for the reporting currency."""
    rates = known["fx_rates"].sort_values(["currency", "on"]).groupby("currency")["rate"].last()
    if reporting_currency is not None:
        rates[reporting_currency] = 1.0
    return rates


def account_currencies(known: Tables, size: int, reporting_currency: str | None) -> pd.Series:
    """The currency of every customer's account, by position: the customer's own, else the reporting currency."""
    customers = known["customers"]
    stated = pd.Series(pd.NA, index=range(size), dtype="str")
    stated.loc[customers["customer"]] = customers["currency"].to_numpy()
    return stated.fillna(reporting_currency) if reporting_currency is not None else stated


def convert(cents: pd.Series, currency: pd.Series, rates: pd.Series) -> pd.Series:
    """Whole minor units of the reporting currency, rounded half to even; a missing currency counts as that one."""
    return at_rate(cents, rate_of(currency, rates), currency)


def at_rate(cents: pd.Series, rate: npt.NDArray[np.float64], currency: pd.Series | None = None) -> pd.Series:
    """`convert` where the rate of each row is known; an amount that is too large is named by its currency, if given."""
    if (rate == 1.0).all():
        return cents
    of = pd.Series(rate, copy=False) if currency is None else currency
    return pd.Series(rounded(cents.to_numpy(dtype=np.float64) * rate, of), index=cents.index)


def exchanged(cents: pd.Series, currency: pd.Series, into: pd.Series, rates: pd.Series) -> npt.NDArray[np.int64]:
    """Whole minor units of another currency each, row by row: exact where it is the same, else rounded half to even."""
    target = rate_of(into, rates)
    ratio = np.divide(rate_of(currency, rates), target, out=np.zeros(len(target)), where=target > 0)
    amount = cents.to_numpy(dtype=np.int64)
    if (ratio == 1.0).all():
        return amount
    return rounded(amount * ratio, currency)


def rounded(exchanged: npt.NDArray[np.float64], of: pd.Series) -> npt.NDArray[np.int64]:
    """Exchanged amounts as whole minor units, half to even, shape (rows,); `of` has each row's currency, or its rate.

    LedgerError where one is larger than an amount can be: it would not fit, and its rate is a typing error.
    """
    large = np.abs(exchanged) > LARGEST_EXCHANGED
    if large.any():
        currency = of.iloc[int(large.argmax())]
        named = currency if isinstance(currency, str) else f"a currency of the rate {currency:g}"
        raise LedgerError(
            f"fx_rates: an amount in {named} comes to {exchanged[large][0]:.3g} minor units by its exchange rate, and "
            f"at most {LARGEST_EXCHANGED:.0e} can be: correct the rate, or the amount."
        )
    return np.asarray(np.rint(exchanged), dtype=np.int64)


def rate_of(currency: pd.Series, rates: pd.Series) -> npt.NDArray[np.float64]:
    """The rate of each row's currency: 0 where none is known, so that its amounts count for nothing rather than one for
    one; a missing currency counts as the reporting one."""
    if (rates == 1.0).all() and currency.isin([*rates.index, None]).all():
        return np.ones(len(currency))  # one currency only, as in most ledgers: no need to look at every row
    known = np.append(rates.to_numpy(dtype=np.float64), 0.0)  # the last place is that of a currency without one
    rate = known[find_texts(rates.index, currency)]
    return np.where(currency.isna(), 1.0, rate)
