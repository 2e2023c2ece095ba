"""The cash forecast of a replayed night, naive ones and actual receipts, week by week."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from features.calendar import weekday
from features.labels import outcomes
from features.window_kernels import Floats
from ledger.as_of.view import View
from ledger.clock import day_number, day_numbers, in_window
from ledger.minor_units import minor_units
from ledger.portfolio import NOBODY, Positions
from models.backtesting import Replayed
from models.cash.cash_correction import IDLE_WEEKDAY, WEEKS, CashCorrection, correction_from_json
from models.cash.cash_spread import deviation
from models.cash.value_dates import cash_by_value_date
from models.curves.portfolio_curve import curve_of, delay_counts
from worklists.figures.cash_forecast import NOT_YET_ISSUED, OPEN, Receipts, corrected, forecast_of, receipts
from worklists.figures.future_invoices import billing, not_yet_issued

ALL = "all"
OURS, AVERAGE_DELAY, THIRTEEN_WEEKS, LAST_YEAR = "duerank", "average delay", "last 13 weeks", "same weeks last year"
COLUMNS = [
    "as_of", "part", "method", "week", "expected", "actual", "error", "p10", "p90", "inside", "days_inside",
]  # fmt: skip
DAYS, YEAR = 7 * WEEKS, 364  # a year of whole weeks, so that weekdays meet
NOTHING = np.full(WEEKS, np.nan)


def forecast_night(night: Replayed, whole: View) -> pd.DataFrame:
    """One row per part, method and week ahead, amounts in currency units; `whole` is the view that knows everything.

    `part` is open, not_yet_issued, or all receipts; `error` is expected - actual. p10, p90 and inside (1 where what
    came lies between them) are of the week, days_inside is the share of its days whose receipts lay between the
    published p10 and p90, days on which no one pays left out. NaN where it is not known yet, or not said.
    """
    view = night.night.view
    came = _came(night, whole)
    learned = correction_from_json(night.night.models.late_payment.card.cash)
    opened, ranges = _ranged(_open(night), view.as_of, learned, came[OPEN])
    later, later_ranges = _ranged(_later(view), view.as_of, learned.of_any_invoice(), came[NOT_YET_ISSUED])
    rows = [
        _rows(OPEN, OURS, opened, came, ranges),
        _rows(OPEN, AVERAGE_DELAY, _by_average_delay(night), came),
        _rows(NOT_YET_ISSUED, OURS, later, came, later_ranges),
        _rows(ALL, OURS, opened + later, came),
        *(_rows(ALL, name, weeks, came) for name, weeks in _repeated(view)),
    ]
    return pd.concat(rows, ignore_index=True).assign(as_of=str(view.as_of.date()))[COLUMNS].round(4)


def forecast_errors(table: pd.DataFrame) -> pd.DataFrame:
    """By part and method: weeks that are known, error as a share of what came, and duerank's in the same weeks.

    The error is the sum of absolute errors of single weeks; also inside and days_inside, each its mean.
    """
    known = table[table["actual"].notna()].assign(absolute=table["error"].abs())
    key = ["as_of", "part", "week"]
    ours = known.loc[known["method"] == OURS, [*key, "absolute"]].rename(columns={"absolute": "ours"})
    groups = known.merge(ours, on=key).groupby(["part", "method"], sort=False)
    sums = groups[["absolute", "ours", "actual"]].sum()
    errors = pd.DataFrame(
        {
            "weeks": groups.size(),
            "error_share": sums["absolute"] / sums["actual"],
            "duerank_error_share": sums["ours"] / sums["actual"],
            "inside": groups["inside"].mean(),
            "days_inside": groups["days_inside"].mean(),
        }
    )
    return errors.reset_index()


def _rows(
    part: str, method: str, expected: Floats, came: dict[str, Floats], more: dict[str, Floats] | None = None
) -> pd.DataFrame:
    expected, actual = expected / minor_units(), _weeks(came[part]) / minor_units()
    frame = pd.DataFrame({"week": np.arange(1, WEEKS + 1), "expected": expected, "actual": actual})
    said = more or dict.fromkeys(("p10", "p90", "inside", "days_inside"), NOTHING)
    return frame.assign(part=part, method=method, error=frame["expected"] - frame["actual"], **said)


def _came(night: Replayed, whole: View) -> dict[str, Floats]:
    """Cents by value date of each part: on invoices that were open, on those not known yet, and on any or none."""
    as_of, invoices = day_number(night.night.view.as_of), whole.invoices
    new = invoices.loc[invoices["known_on"] >= night.night.view.as_of, "invoice"].to_numpy()
    everything = np.append(invoices["invoice"].to_numpy(), NOBODY)
    return {
        OPEN: cash_by_value_date(whole, as_of, night.night.scores.invoices["invoice"].to_numpy(), DAYS),
        NOT_YET_ISSUED: cash_by_value_date(whole, as_of, new, DAYS),
        ALL: cash_by_value_date(whole, as_of, everything, DAYS),
    }


def _open(night: Replayed) -> Receipts:
    scores = night.night.scores
    unpaid = np.pad(scores.unpaid, ((0, 0), (0, max(DAYS + 1 - scores.unpaid.shape[1], 0))), mode="edge")
    return receipts(unpaid, scores.invoices["to_come"].to_numpy(), [""] * len(scores.invoices), DAYS)


def _later(view: View) -> Receipts:
    curve = curve_of([delay_counts(outcomes(view))])
    return not_yet_issued(billing(view, pd.Series("", index=range(view.customers))), curve, DAYS)


def _ranged(
    whole: Receipts, as_of: pd.Timestamp, correction: CashCorrection, came: Floats
) -> tuple[Floats, dict[str, Floats]]:
    """Expected cents of each week, and p10, p90, inside and days_inside of `forecast_night`; shapes (13,)."""
    mean, uncertain, variance = (figures.sum(axis=0) for figures in corrected(whole, as_of, correction))
    expected = _weeks(mean)
    width = deviation(_weeks(uncertain), _weeks(variance), correction.shock[1])
    low, high = (expected + np.array(getattr(correction, name)) * width for name in ("week_low", "week_high"))
    low, high = np.clip(low, 0.0, None), np.clip(high, None, whole.most.sum())
    by_day = forecast_of(whole, as_of, correction)
    within = (came >= by_day["p10"].to_numpy()) & (came <= by_day["p90"].to_numpy())
    idle = np.array(correction.weekday)[weekday(day_number(as_of) + np.arange(DAYS))] < IDLE_WEEKDAY
    judged = np.where(idle | np.isnan(came), np.nan, within).reshape(WEEKS, 7)
    actual, counted = _weeks(came), (~np.isnan(judged)).sum(axis=1)
    share = np.nansum(judged, axis=1) / np.maximum(counted, 1)
    inside = np.where(np.isnan(actual), np.nan, (actual >= np.rint(low)) & (actual <= np.rint(high)))
    days_inside = np.where((counted == 0) | np.isnan(actual), np.nan, share)
    low, high = low / minor_units(), high / minor_units()
    return expected, {"p10": low, "p90": high, "inside": inside, "days_inside": days_inside}


def _by_average_delay(night: Replayed) -> Floats:
    """Every open invoice in full, as late as the customer's invoices of a year were on average (or everyone's).

    An invoice that is later than that is expected at once.
    """
    view, scored = night.night.view, night.night.scores.invoices
    settled = view.invoices[view.invoices["settled_on"].notna()]
    settled = settled[in_window(settled["settled_on"], view.as_of, YEAR)]
    late = (settled["settled_on"] - settled["due_on"]).dt.days
    own = scored["customer"].map(late.groupby(settled["customer"]).mean()).fillna(late.mean()).fillna(0.0)
    ahead = np.clip(np.rint((own - scored["days_past_due"]).to_numpy(dtype=np.float64)), 0, None).astype(np.int64)
    soon = ahead < DAYS
    cents = scored["open_amount"].to_numpy(dtype=np.float64)
    return _weeks(_sums(ahead[soon], cents[soon], DAYS))


def _repeated(view: View) -> Iterator[tuple[str, Floats]]:
    """All receipts as the mean of the last 13 weeks, weekday by weekday, and as a year ago where that is known."""
    payments, as_of = view.tables["payments"], day_number(view.as_of)
    on, cents = day_numbers(payments["paid_on"]), payments["reporting_amount"].to_numpy(dtype=np.float64)
    recent = (on >= as_of - DAYS) & (on < as_of)
    yield THIRTEEN_WEEKS, np.full(WEEKS, cents[recent].sum() / WEEKS)
    if len(on) and on.min() <= as_of - YEAR:
        week = (on - (as_of - YEAR)) // 7
        known = (week >= 0) & (week < WEEKS)
        yield LAST_YEAR, _sums(week[known], cents[known], WEEKS)


def _sums(place: Positions, cents: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(place, weights=cents, minlength=size), dtype=np.float64)


def _weeks(by_day: Floats) -> Floats:
    return np.asarray(by_day.reshape(WEEKS, 7).sum(axis=1))
