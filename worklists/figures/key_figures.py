"""Key figures of the whole portfolio, each declared with its formula and where that comes from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ledger.as_of.balances import shared_out
from ledger.as_of.fx import convert
from ledger.as_of.view import View, invoices_as_of, view_as_of
from ledger.clock import in_window
from ledger.minor_units import held_with, minor_units
from ledger.partitioned.load import Loaded
from ledger.portfolio import sum_by

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
    source: str


def _days_of(bucket: str) -> str:
    low, high = BUCKETS[bucket]
    if low is None:
        return "not past due"
    return f"{low} to {high} days past due" if high else f"{low} or more days past due"


FOUNDATION = "Credit Research Foundation"

# Receivables are the open amounts of invoices; credit that is not yet applied to an invoice is not taken off.
KEY_FIGURES: tuple[KeyFigure, ...] = (
    KeyFigure(
        "dso", "days", f"days sales outstanding: receivables / billed in the last {BILLING_DAYS} days x {BILLING_DAYS}",
        FOUNDATION,
    ),
    KeyFigure(
        "best_possible_dso", "days",
        f"receivables not past due / billed in the last {BILLING_DAYS} days x {BILLING_DAYS}", FOUNDATION,
    ),
    KeyFigure("average_days_delinquent", "days", "dso - best_possible_dso", FOUNDATION),
    KeyFigure(
        "collection_effectiveness_index", "percent",
        f"(receivables {MONTH} days ago + billed since - receivables) / (receivables {MONTH} days ago + billed since - "
        "receivables not past due) x 100; write-offs and credits count as collected", FOUNDATION,
    ),
    *(
        KeyFigure(
            f"ageing_{bucket}", "currency", f"receivables {_days_of(bucket)}",
            "ageing schedule of receivables, in buckets of 30 days as usual",
        )
        for bucket in BUCKETS
    ),
    *(
        KeyFigure(
            f"roll_{earlier}_to_{later}", "share",
            f"of the receivables that were {_days_of(earlier)} {MONTH} days ago, the part of the same invoices that is "
            f"still open and {_days_of(later)}",
            "roll rates between ageing buckets: Cyert, Davidson and Thompson 1962",
        )
        for earlier, later in ROLLS
    ),
    KeyFigure(
        "promise_kept_rate", "share",
        f"promises due in the last {BILLING_DAYS} days that were paid in full by their day / all promises due then",
        "collection practice: share of promises to pay that are kept",
    ),
)  # fmt: skip


def key_figures(view: View) -> pd.DataFrame:
    """The figures of the night in declared order; see `figures_of`."""
    return figures_of([figure_sums(view)])


def key_figures_as_of(loaded: Loaded, nights: Iterable[pd.Timestamp]) -> pd.DataFrame:
    """The figures of past nights (one at least) from a ledger that knows more by now.

    Columns: as_of, and those of `figures_of`, in the ledger's reporting currency. They are what each night published,
    to the cent, as long as the ledger still holds its records of then: each night sees only what was known before it.
    """
    nights = list(nights)
    with held_with(loaded.decimals):
        by_night = [key_figures(view_as_of(loaded.portfolio, night, loaded.reporting_currency)) for night in nights]
    return pd.concat(by_night, keys=pd.DatetimeIndex(nights, name="as_of")).reset_index("as_of").reset_index(drop=True)


def figure_sums(view: View) -> "pd.Series[int]":
    """The whole cents and counts that the figures are made of; those of the parts of a portfolio add up.

    "30 days ago" is what that night knew, valued at tonight's rates; "billed since" is every invoice that became known
    after it. So a late record is counted once, and a change of exchange rates collects nothing.
    """
    month_ago = view.as_of - pd.Timedelta(days=MONTH)
    invoices = view.real_invoices
    now = _receivables(view.invoices, view.rates)
    before = invoices_as_of(view.portfolio, month_ago, view.reporting_currency)
    then = _receivables(_without_withdrawn_since(before, view), view.rates)
    real = now[now.index.isin(invoices["invoice"])]
    billed, amount = in_window(invoices["issued_on"], view.as_of, BILLING_DAYS), invoices["reporting_amount"]
    passed = view.promises_due
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
        started = then[then["bucket"] == earlier]
        after = now[now["bucket"] == later].reindex(started.index)["cents"].fillna(0)
        # a reversal may have reopened more than was open then: that part did not roll
        sums[f"rolled_{earlier}"] = np.minimum(after, started["cents"]).sum()
        sums[f"before_{earlier}"] = started["cents"].sum()
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
    values |= {f"ageing_{bucket}": sums[f"now_{bucket}"] / minor_units() for bucket in BUCKETS}
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


def _without_withdrawn_since(before: pd.DataFrame, view: View) -> pd.DataFrame:
    """The invoices of an earlier night without what was withdrawn since: that was never there to collect. The part
    that is due last is withdrawn first."""
    size = len(view.portfolio.invoice_ids)
    now, then = (sum_by(frame["document"], frame["withdrawn"], size) for frame in (view.invoices, before))
    since = np.maximum(now - then, 0)
    opened = before["open_amount"].clip(lower=0)
    left = np.maximum(sum_by(before["document"], opened, size) - since, 0)
    return before.assign(open_amount=shared_out(before, left, opened.to_numpy()))


def _sum(receivables: pd.DataFrame, bucket: str) -> int:
    return int(receivables.loc[receivables["bucket"] == bucket, "cents"].sum())


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
