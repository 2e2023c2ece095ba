"""The key figures of a night, added up invoice by invoice."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from tests.oracle.book import Book, Record

ROLLS = ["current", "1_30", "31_60", "61_90", "91_up"]


def key_figures(tables: Mapping[str, pd.DataFrame], as_of: date, currency: str | None) -> dict[str, float | None]:
    """The figures by name; None where a formula divides by nothing."""
    now, month_ago = Book(tables, as_of, currency, 0), as_of - timedelta(days=30)
    before = Book(tables, month_ago, currency, 0)
    real = {key: row for key, row in now.invoices.items() if row["kind"] == "invoice" and not row["cancelled"]}
    owed, owed_then = _receivables(now, now), _receivables(before, now)
    owed_then = {key: cents for key, cents in owed_then.items() if key in real}

    ageing = dict.fromkeys(ROLLS, 0)
    for key, cents in owed.items():
        ageing[_bucket(now.invoices[key])] += cents
    billed = sum(row["billed"] for row in real.values() if as_of - timedelta(days=90) <= row["issued_on"] < as_of)
    since = sum(row["billed"] for row in real.values() if row["known_on"] >= month_ago)
    left = sum(cents for key, cents in owed.items() if key in real)
    not_due = sum(cents for key, cents in owed.items() if key in real and _bucket(real[key]) == "current")
    to_collect = sum(owed_then.values()) + since
    promises = [row for row in now.promises if as_of - timedelta(days=90) <= row["promised_on"] < as_of]
    kept = [row for row in promises if now.paid_toward(row) >= row["amount"]]

    dso, best = _share(sum(ageing.values()) * 90, billed), _share(ageing["current"] * 90, billed)
    figures = {
        "dso": dso,
        "best_possible_dso": best,
        "average_days_delinquent": None if dso is None or best is None else dso - best,
        "collection_effectiveness_index": _share(100 * (to_collect - left), to_collect - not_due),
        "promise_kept_rate": _share(len(kept), len(promises)),
    }
    figures |= {f"ageing_{bucket}": cents / 100 for bucket, cents in ageing.items()}
    for earlier, later in pairwise(ROLLS):
        rolled = whole = 0
        for key, cents in owed_then.items():
            if _bucket(before.invoices[key]) == earlier:
                whole += cents
                if key in owed and _bucket(now.invoices[key]) == later:
                    rolled += min(cents, owed[key])
        figures[f"roll_{earlier}_to_{later}"] = _share(rolled, whole)
    return figures


def _receivables(book: Book, at_rates_of: Book) -> dict[str, int]:
    return {
        key: at_rates_of.reporting(row["open"], row["currency"])
        for key, row in book.invoices.items()
        if row["kind"] == "invoice" and row["open"] > 0
    }


def _bucket(invoice: Record) -> str:
    days = invoice["past_due"]
    return next(name for name, last in zip(ROLLS, (0, 30, 60, 90, 10**9), strict=True) if days <= last)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
