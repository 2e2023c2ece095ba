"""Key figures of the whole portfolio, each declared with its formula and where that comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from features.sources import real_invoices
from ledger.clock import in_window
from ledger.exchange import convert
from ledger.promises import due
from ledger.view import View, invoices_as_of

BILLING_DAYS = 90
MONTH = 30
BUCKETS = {"current": (None, 0), "1_30": (1, 30), "31_60": (31, 60), "61_90": (61, 90), "91_up": (91, None)}
BUCKET_STARTS = [low for low, _ in BUCKETS.values() if low is not None]
ROLLS = list(zip(list(BUCKETS), list(BUCKETS)[1:], strict=False))


@dataclass(frozen=True)
class KeyFigure:
    """A figure of the portfolio; the value is missing where the formula divides by nothing."""

    name: str
    unit: Literal["days", "percent", "share", "currency", "count"]
    formula: str


def _days_of(bucket: str) -> str:
    low, high = BUCKETS[bucket]
    if low is None:
        return "not past due"
    return f"{low} to {high} days past due" if high else f"{low} or more days past due"


# Receivables are the open amounts of invoices; credit that is not yet applied to an invoice is not taken off.
KEY_FIGURES: tuple[KeyFigure, ...] = (
    KeyFigure(
        "dso", "days",
        f"receivables / billed in the last {BILLING_DAYS} days x {BILLING_DAYS} (days sales outstanding; "
        "Credit Research Foundation)",
    ),
    KeyFigure(
        "best_possible_dso", "days",
        f"receivables not past due / billed in the last {BILLING_DAYS} days x {BILLING_DAYS} "
        "(Credit Research Foundation)",
    ),
    KeyFigure("average_days_delinquent", "days", "dso - best_possible_dso (Credit Research Foundation)"),
    KeyFigure(
        "collection_effectiveness_index", "percent",
        f"(receivables {MONTH} days ago + billed since - receivables) / (receivables {MONTH} days ago + billed since - "
        "receivables not past due) x 100; write-offs and credits count as collected (Credit Research Foundation)",
    ),
    *(KeyFigure(f"ageing_{bucket}", "currency", f"receivables {_days_of(bucket)}") for bucket in BUCKETS),
    *(
        KeyFigure(
            f"roll_{earlier}_to_{later}", "share",
            f"of the receivables that were {_days_of(earlier)} {MONTH} days ago, the part of the same invoices that is "
            f"still open and {_days_of(later)} (roll rate of a migration analysis)",
        )
        for earlier, later in ROLLS
    ),
    KeyFigure(
        "promise_kept_rate", "share",
        f"promises due in the last {BILLING_DAYS} days that were paid in full by their day / all promises due then",
    ),
)  # fmt: skip


def key_figures(view: View) -> pd.DataFrame:
    """The figures of the night in declared order; see `figures_of`."""
    return figures_of([figure_sums(view)])


def figure_sums(view: View) -> "pd.Series[int]":
    """The whole cents and counts that the figures are made of; those of the parts of a portfolio add up.

    "30 days ago" is what that night knew, valued at tonight's rates; "billed since" is every invoice that became known
    after it. So a late record is counted once, and a change of exchange rates collects nothing.
    """
    month_ago = view.as_of - pd.Timedelta(days=MONTH)
    invoices = real_invoices(view)
    now = _receivables(view.invoices, view.rates)
    then = _receivables(invoices_as_of(view.portfolio, month_ago, view.reporting_currency), view.rates)
    then = then[then.index.isin(invoices["invoice"])]  # what was withdrawn since was never there to collect
    real = now[now.index.isin(invoices["invoice"])]
    billed, amount = in_window(invoices["issued_on"], view.as_of, BILLING_DAYS), invoices["reporting_amount"]
    passed = due(view)
    recent = passed.loc[in_window(passed["promised_on"], view.as_of, BILLING_DAYS), "kept"]
    sums = {
        "billed": amount[billed].sum(),
        "billed_since": amount[invoices["known_on"] >= month_ago].sum(),
        "then": then["cents"].sum(),
        "real": real["cents"].sum(),
        "real_current": _sum(real, "current"),
        "promises": len(recent),
        "kept": recent.sum(),
    }
    sums |= {f"now_{bucket}": _sum(now, bucket) for bucket in BUCKETS}
    for earlier, later in ROLLS:
        before = then[then["bucket"] == earlier]
        after = now[now["bucket"] == later].reindex(before.index)["cents"].fillna(0)
        # a reversal may have reopened more than was open then: that part did not roll
        sums[f"rolled_{earlier}"] = np.minimum(after, before["cents"]).sum()
        sums[f"before_{earlier}"] = before["cents"].sum()
    return pd.Series({name: int(value) for name, value in sums.items()}, dtype="int64")


def figures_of(parts: Sequence["pd.Series[int]"]) -> pd.DataFrame:
    """The figures from the sums of all parts of a portfolio: name, value, unit, formula.

    Values of unit currency are units of the reporting currency, not cents; shares run from 0 to 1; NaN where undefined.
    """
    sums = pd.concat(parts, axis=1).sum(axis=1)
    receivables = sum(sums[f"now_{bucket}"] for bucket in BUCKETS)
    dso = _ratio(receivables, sums["billed"]) * BILLING_DAYS
    best = _ratio(sums["now_current"], sums["billed"]) * BILLING_DAYS
    to_collect = sums["then"] + sums["billed_since"]
    values = {
        "dso": dso,
        "best_possible_dso": best,
        "average_days_delinquent": dso - best,
        "collection_effectiveness_index": 100 * _ratio(to_collect - sums["real"], to_collect - sums["real_current"]),
        "promise_kept_rate": _ratio(sums["kept"], sums["promises"]),
    }
    values |= {f"ageing_{bucket}": sums[f"now_{bucket}"] / 100 for bucket in BUCKETS}
    for earlier, later in ROLLS:
        values[f"roll_{earlier}_to_{later}"] = _ratio(sums[f"rolled_{earlier}"], sums[f"before_{earlier}"])
    return pd.DataFrame(
        {
            "name": pd.Series([figure.name for figure in KEY_FIGURES], dtype="str"),
            "value": [float(values[figure.name]) for figure in KEY_FIGURES],
            "unit": pd.Series([figure.unit for figure in KEY_FIGURES], dtype="str"),
            "formula": pd.Series([figure.formula for figure in KEY_FIGURES], dtype="str"),
        }
    )


def _receivables(invoices: pd.DataFrame, rates: pd.Series) -> pd.DataFrame:
    """Open invoices of a night by position, at the given rates: cents, bucket."""
    opened = invoices[(invoices["kind"] == "invoice") & (invoices["open_amount"] > 0)]
    bucket = np.array(list(BUCKETS), dtype="object")[np.digitize(opened["days_past_due"], BUCKET_STARTS)]
    cents = convert(opened["open_amount"], opened["currency"], rates)
    return pd.DataFrame({"cents": cents, "bucket": bucket}).set_axis(opened["invoice"].to_numpy(), axis=0)


def _sum(receivables: pd.DataFrame, bucket: str) -> int:
    return int(receivables.loc[receivables["bucket"] == bucket, "cents"].sum())


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
