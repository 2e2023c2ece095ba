"""The early-warning list: customers whose default score or habits worsened, so that their credit terms are reviewed
before more is lost.
"""

from typing import Annotated

import pandas as pd
from pydantic import Field, StrictInt

from configs.language import counted, translated
from features.declarations import Unit, figure
from features.engine import FeatureTables
from ledger.as_of.fx import convert
from ledger.as_of.view import View
from ledger.strict_yaml import StrictPart
from worklists.rules.fact_words import RISK_BANDS, filled

COLUMNS = ["customer_id", "trigger", "text", "credit_limit", "open_amount", "suggestion"]
TRIGGERS = {
    "score_worse": "the default score is worse than on an earlier night",
    "pays_later": "the average delay of the last 90 days is above the customer's own year",
    "promises_broken": "more promises were broken in the last 90 days than in the 90 days before",
    "credit_used_up": "most of the credit limit is in use",
}
HABITS = ["delay_mean_90d", "delay_mean_365d", "broken_promises_90d", "broken_promises_180d", "credit_use"]
SUGGESTION = "review the credit limit and payment terms"


class ReviewTerms(StrictPart):
    """From when on a customer's credit terms are reviewed.

    `bands_worse` and `points_fallen` compare the default score with an earlier night's; `days_later` is the mean delay
    of the last 90 days above that of the last 365; `broken_promises` are those of the last 90 days, where they are
    more than in the 90 days before; `credit_use` is the open amount over the credit limit.
    """

    bands_worse: Annotated[StrictInt, Field(ge=1, le=len(RISK_BANDS) - 1)]
    points_fallen: Annotated[float, Field(gt=0, le=1_000)]
    days_later: Annotated[float, Field(gt=0, le=365)]
    broken_promises: Annotated[StrictInt, Field(ge=1, le=90)]
    credit_use: Annotated[float, Field(gt=0, le=10)]


def early_warnings(
    view: View, facts: pd.DataFrame, features: FeatureTables, rules: ReviewTerms, earlier: pd.DataFrame
) -> pd.DataFrame:
    """One row per customer and trigger, in the order of customer_id and `TRIGGERS`; `COLUMNS`.

    `facts` is from `customer_facts`; `earlier` is an earlier night's scores (customer_id, score_points, risk_band; one
    row per customer) and may be empty: then no one's score is compared. credit_limit (missing where the ledger has
    none) and open_amount are cents of the reporting currency.
    """
    customers = facts[["customer_id", "score_points", "risk_band", "open_amount"]].join(features.customers[HABITS])
    customers = customers.astype({"score_points": "float64", "risk_band": "str"})
    customers["credit_limit"] = credit_limits(view).reindex(customers.index)
    before = earlier.set_index("customer_id")[["score_points", "risk_band"]].reindex(customers["customer_id"])
    before = before.set_axis(customers.index).astype({"score_points": "float64", "risk_band": "str"})
    warnings = [_score_worse(customers, before, rules), *_habits_worse(customers, rules)]
    rows = pd.concat(
        [
            customers.loc[text.index].assign(trigger=trigger, text=text, place=place)
            for place, (trigger, text) in enumerate(zip(TRIGGERS, warnings, strict=True))
        ]
    )
    rows = rows.sort_values(["customer_id", "place"], ignore_index=True).assign(suggestion=translated(SUGGESTION))
    return rows.astype({"trigger": "str", "text": "str", "suggestion": "str"})[COLUMNS]


def _score_worse(known: pd.DataFrame, before: pd.DataFrame, rules: ReviewTerms) -> pd.Series:
    order = {band: place for place, band in enumerate(RISK_BANDS)}
    now, was = (frame["risk_band"].map(order).astype("float64") for frame in (known, before))
    bands = now - was
    fallen = before["score_points"] - known["score_points"]
    worse = (bands >= rules.bands_worse) | (fallen >= rules.points_fallen)
    known, before = known[worse], before[worse]
    return filled(
        "Risk band {band} with {points} points; it was {band_before} with {points_before} points.", known.index,
        band=known["risk_band"], points=_whole(known["score_points"]),
        band_before=before["risk_band"], points_before=_whole(before["score_points"]),
    )  # fmt: skip


def _habits_worse(known: pd.DataFrame, rules: ReviewTerms) -> list[pd.Series]:
    """The sentences of pays_later, promises_broken and credit_used_up, each for the customers that it is about."""
    later = known[known["delay_mean_90d"] - known["delay_mean_365d"] >= rules.days_later]
    earlier_broken = known["broken_promises_180d"] - known["broken_promises_90d"]
    breaks = known["broken_promises_90d"]
    broken = known[(breaks >= rules.broken_promises) & (breaks > earlier_broken)]
    used = known[known["credit_use"] >= rules.credit_use]
    return [
        filled(
            "Paid {recent} on average in the last 90 days; {earlier} in the last year.", later.index,
            recent=_late(later["delay_mean_90d"]), earlier=_late(later["delay_mean_365d"]),
        ),
        filled(
            "Broke {promises} in the last 90 days; {earlier} in the 90 days before.", broken.index,
            promises=_promises(broken["broken_promises_90d"]), earlier=_whole(earlier_broken[broken.index]),
        ),
        filled(
            "Uses {share} of the credit limit of {limit}.", used.index,
            share=_told(used["credit_use"], "share"), limit=_told(used["credit_limit"], "currency"),
        ),
    ]  # fmt: skip


def _whole(values: pd.Series) -> pd.Series:
    return _told(values, "count")


def _promises(values: pd.Series) -> pd.Series:
    return values.map(lambda count: counted("{count} promise", "{count} promises", int(count))).astype("str")


def _late(values: pd.Series) -> pd.Series:
    return _told(values, "days late")


def _told(values: pd.Series, unit: Unit) -> pd.Series:
    """The figures as a collector says them; none of them is missing."""
    return values.map(lambda value: figure(value, unit)).astype("str")


def credit_limits(view: View) -> pd.Series:
    """Cents of the reporting currency by customer position, for customers with a limit."""
    customers = view.tables["customers"]
    stated = customers[customers["credit_limit"].notna()].set_index("customer")
    currency = view.accounts.reindex(stated.index)
    return convert(stated["credit_limit"].astype("int64"), currency, view.rates).astype("Int64")
