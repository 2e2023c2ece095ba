"""The cash forecast: receipts per day, from invoices that are open now and, separately, from those not issued yet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.window_kernels import Floats
from ledger.clock import day_number
from ledger.portfolio import Positions
from models.cash.cash_correction import CashCorrection
from models.cash.cash_spread import deviation
from models.risk.scoring import expected_cash

OPEN, NOT_YET_ISSUED = "open", "not_yet_issued"
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Receipts:
    """What is expected of each day ahead, by segment, in cents: mean and variance of the receipts.

    `expected`, `variance` and `certain` have a row per segment and a column per day; `most` is what can come in of each
    segment. `certain` is money that is known to come on its day, beyond what is expected.
    """

    expected: pd.DataFrame
    variance: pd.DataFrame
    most: "pd.Series[float]"
    certain: pd.DataFrame


def receipts(unpaid: Floats, open_amount: Positions, segment: Sequence[str], days: int) -> Receipts:
    """The receipts of some invoices, taken as independent.

    `unpaid` is the probability of being unpaid at the end of so many days, shape (invoices, at least days + 1), first
    column 1 and never rising; `open_amount` is the cents that each invoice brings when paid, `segment` its customer's,
    shapes (invoices,). ValueError where the shapes or probabilities are not as said.
    """
    _check(unpaid, open_amount, days)
    of, cents = np.asarray(segment, dtype=object), open_amount.astype(np.float64)
    names = sorted(set(segment))
    sums = [expected_cash(unpaid[of == name], cents[of == name], days) for name in names]
    most = [float(cents[of == name].sum()) for name in names]
    return receipts_of(names, [mean for mean, _ in sums], [variance for _, variance in sums], most, days)


def receipts_of(
    names: Sequence[str], expected: Sequence[Floats], variance: Sequence[Floats], most: Sequence[float], days: int
) -> Receipts:
    """The receipts of some segments from their figures, in the same order."""
    index = pd.Index(list(names), dtype="str")
    frames = (np.reshape(np.array(figures, dtype=np.float64), (len(index), days)) for figures in (expected, variance))
    mean, spread = (pd.DataFrame(frame, index=index) for frame in frames)
    return Receipts(mean, spread, pd.Series(list(most), index=index, dtype="float64"), mean * 0.0)


def with_coming(whole: Receipts, coming: pd.DataFrame, segment: "pd.Series[str]", as_of: pd.Timestamp) -> Receipts:
    """The receipts with the money of `View.coming` on its day; `segment` is by customer position."""
    days = whole.expected.shape[1]
    ahead = (coming["paid_on"] - as_of).dt.days
    soon = coming[ahead < days].assign(segment=coming["customer"].map(segment), ahead=ahead)
    soon = soon[soon["segment"].notna()]
    if soon.empty:
        return whole
    known = soon.groupby(["segment", "ahead"])["reporting_amount"].sum().unstack(fill_value=0)
    names = whole.expected.index.union(known.index)
    known = known.reindex(index=names, columns=range(days), fill_value=0).astype("float64")
    expected, variance, certain = (
        frame.reindex(names, fill_value=0.0) for frame in (whole.expected, whole.variance, whole.certain)
    )
    most = whole.most.reindex(names, fill_value=0.0) + known.sum(axis=1)
    return Receipts(expected, variance, most, certain + known.set_axis(certain.columns, axis=1))


def added_up(parts: Sequence[Receipts]) -> Receipts:
    """The receipts of all parts of a portfolio; segments in the order of their names."""

    def together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
        return pd.concat(frames).groupby(level=0).sum()

    return Receipts(
        together([part.expected for part in parts]),
        together([part.variance for part in parts]),
        together([part.most.to_frame() for part in parts]).iloc[:, 0],
        together([part.certain for part in parts]),
    )


def forecast_of(whole: Receipts, as_of: pd.Timestamp, correction: CashCorrection) -> pd.DataFrame:
    """The forecast of a portfolio: day, expected, p10, p90 (whole cents).

    A day's receipts are those of its value date: what moved before the night and is not booked yet is at the bank, and
    no day brings it. Each week's receipts are shared out by the weekday and the month's end (the first week's by the
    day ahead, too) and brought to the level that past forecasts of that horizon met. p10 and p90 lie so many deviations
    (`cash_spread.deviation`) from the mean as 10 and 90 % of past days of that horizon did, kept between zero and all
    that can come in: good for a portfolio, rough for a few invoices. The expected cents add up to the rounded total of
    all days.
    """
    mean, expected, variance = corrected(whole, as_of, correction)
    width = deviation(expected.sum(axis=0), variance.sum(axis=0), correction.shock[0])
    figures = _figures(_cents(mean, whole), mean.sum(axis=0), width, float(whole.most.sum()), correction)
    return pd.DataFrame({"day": _days(as_of, mean.shape[1]), **figures})


def forecast_by_segment(part: str, whole: Receipts, as_of: pd.Timestamp, correction: CashCorrection) -> pd.DataFrame:
    """The same by segment: part, segment, day, expected, p10, p90; each day's expected adds up to `forecast_of`."""
    mean, expected, variance = corrected(whole, as_of, correction)
    # The day's cents are shared out along the running sum of its segments: none is lost, and none falls below zero.
    running = np.cumsum(mean, axis=0)
    share = np.divide(running, running[-1:], out=np.ones_like(running), where=running[-1:] > 0)
    cents = np.diff(np.rint(share * _cents(mean, whole)), axis=0, prepend=0.0)
    most = np.asarray(whole.most, dtype=np.float64)[:, None]
    figures = _figures(cents, mean, deviation(expected, variance, correction.shock[0]), most, correction)
    segments, days = whole.expected.index.to_numpy(), _days(as_of, mean.shape[1])
    frame = pd.DataFrame({"segment": np.repeat(segments, len(days)), "day": np.tile(days, len(segments))})
    frame.insert(0, "part", part)
    return frame.astype({"part": "str", "segment": "str"}).assign(**{k: v.ravel() for k, v in figures.items()})


def corrected(whole: Receipts, as_of: pd.Timestamp, correction: CashCorrection) -> tuple[Floats, Floats, Floats]:
    """Mean of each segment and day, in cents; the part of it that is expected, beside what is known to come; and the
    variance of independent invoices; shapes (segments, days)."""
    days, night = whole.expected.shape[1], day_number(as_of)
    expected = correction.over_days(whole.expected.to_numpy(), night) * correction.of_days("level", days)
    variance = correction.over_days(whole.variance.to_numpy(), night)
    return expected + whole.certain.to_numpy(), expected, variance


def _cents(mean: Floats, whole: Receipts) -> Floats:
    """Whole cents of each day: of the running total, so that what is rounded away on one day comes on the next."""
    running = np.minimum(np.cumsum(mean.sum(axis=0)), whole.most.sum())
    return np.asarray(np.diff(np.rint(running), prepend=0.0))


def _figures(
    cents: Floats, mean: Floats, width: Floats, most: Floats | float, correction: CashCorrection
) -> dict[str, Positions]:
    """expected, p10 and p90 in whole cents; shapes (..., days) as `mean`, and `most` of (..., 1)."""
    low, high = (mean + correction.of_days(name, mean.shape[-1]) * width for name in ("day_low", "day_high"))
    figures = {
        "expected": cents,
        "p10": np.minimum(np.rint(np.maximum(low, 0.0)), cents),
        "p90": np.maximum(np.rint(np.minimum(high, most)), cents),
    }
    return {name: values.astype(np.int64) for name, values in figures.items()}


def _days(as_of: pd.Timestamp, days: int) -> pd.DatetimeIndex:
    return pd.date_range(as_of, periods=days, unit="s")


def _check(unpaid: Floats, open_amount: Positions, days: int) -> None:
    if unpaid.ndim != 2 or unpaid.shape[0] != len(open_amount) or unpaid.shape[1] < days + 1:
        raise ValueError(f"unpaid has shape {unpaid.shape}; expected ({len(open_amount)}, at least {days + 1}).")
    if (np.abs(unpaid[:, 0] - 1) > TOLERANCE).any():
        raise ValueError("unpaid must be 1 in its first column: every invoice is open on the night.")
    if (np.diff(unpaid, axis=1) > TOLERANCE).any() or (unpaid < -TOLERANCE).any():
        raise ValueError("unpaid must never rise from day to day, and never fall below zero.")
