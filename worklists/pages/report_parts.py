"""The report's tables and drawings, as its template reads them."""

from typing import Any

import pandas as pd

from configs.language import number, translated
from ledger.minor_units import in_hundredths
from models.evaluation.rolling_origin import BASELINES
from models.night_models import Models
from worklists.figures.cash_forecast import NOT_YET_ISSUED, OPEN
from worklists.figures.experiments import EXPERIMENTS
from worklists.pages import svg
from worklists.pages.report_words import bucket_words, first_day, with_unit, words

MONTH = pd.Timedelta(days=28)  # a trend compares with the night a month ago, of the same weekday


def totals(customers: pd.DataFrame, forecast: pd.DataFrame) -> list[tuple[str, int]]:
    sums = [(name, int(customers[f"{name}_amount"].sum())) for name in ("open", "overdue", "collectible")]
    return [*sums, (translated("expected in {days} days").format(days=len(forecast)), int(forecast["expected"].sum()))]


def figures(figures: pd.DataFrame, earlier: pd.DataFrame, as_of: pd.Timestamp) -> list[dict[str, Any]]:
    """Key figures with their trend over nights: label, value with unit, formula, a line, a month before.

    Without the ageing, which is drawn, and what an experiment says of contacts as long as it says nothing.
    """
    drawn = figures["name"].str.startswith("ageing_")
    shown = figures[~drawn & ~_says_nothing(figures)]
    tonight = shown[["name", "value"]].assign(as_of=as_of)
    nights = pd.concat([earlier[earlier["as_of"] < as_of], tonight]) if len(earlier) else tonight
    over_nights = nights.pivot(index="as_of", columns="name", values="value").sort_index()
    return [
        {
            "label": words(row["name"]),
            "value": with_unit(row["value"], row["unit"]),
            "formula": translated(row["formula"]),
            "line": svg.sparkline(pd.DatetimeIndex(over_nights.index), over_nights[row["name"]].to_numpy()),
            "before": _a_month_before(over_nights[row["name"]], row["unit"]),
        }
        for row in shown.to_dict("records")
    ]


def _says_nothing(figures: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a figure is of an experiment that has counts at most."""
    unsaid = pd.Series(False, index=figures.index)
    for experiment in EXPERIMENTS:
        own = figures["name"].isin([figure.name for figure in experiment])
        measured = figures.loc[own & (figures["unit"] != "count"), "value"].notna().any()
        unsaid |= own & (not measured)
    return unsaid


def _a_month_before(over_nights: "pd.Series[float]", unit: str) -> tuple[pd.Timestamp, str] | None:
    """The night a month ago with its figure, or the oldest since; None where none is known."""
    known = over_nights.iloc[:-1].dropna()
    if known.empty:
        return None
    of_old = known[known.index <= over_nights.index[-1] - MONTH]
    night = of_old.index[-1] if len(of_old) else known.index[0]
    return night, with_unit(known[night], unit)


def ageing(figures: pd.DataFrame) -> list[dict[str, Any]]:
    """Ageing buckets from the youngest: label, amount in currency units, share of the largest bucket."""
    buckets = figures[figures["name"].str.startswith("ageing_")]
    amounts = dict(zip(buckets["name"].str.removeprefix("ageing_"), buckets["value"].fillna(0.0), strict=True))
    largest = max([*amounts.values(), 1.0])
    return [
        {"label": bucket_words(name), "amount": number(amounts[name]), "share": round(amounts[name] / largest, 4)}
        for name in sorted(amounts, key=first_day)
    ]


def segments(customers: pd.DataFrame) -> list[dict[str, Any]]:
    """Segments by what can be collected: segment, customers, and sums in cents."""
    groups = customers.groupby("segment", observed=True)
    sums = groups[["open_amount", "overdue_amount", "collectible_amount", "expected_gain"]].sum()
    sums.insert(0, "customers", groups.size())
    ordered = sums.reset_index().sort_values(["collectible_amount", "segment"], ascending=[False, True])
    return records(ordered)


def suppressions(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Held back by reason: reason, customers, rows, amount in cents."""
    groups = rows.groupby("reason", observed=True)
    sums = groups.agg(customers=("customer_id", "nunique"), rows=("reason", "size"), amount=("amount", "sum"))
    return records(sums.reset_index().sort_values(["amount", "reason"], ascending=[False, True]))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def weeks(parts: pd.DataFrame) -> list[dict[str, Any]]:
    """Expected receipts by week from the night on: first day, open and not yet issued, together (cents)."""
    if parts.empty:
        return []
    week = (parts["day"] - parts["day"].min()).dt.days // 7
    sums = _by_part(parts, week)
    return records(sums.assign(first=parts["day"].min() + pd.to_timedelta(7 * sums.index, unit="D")))


def sources(parts: pd.DataFrame) -> list[dict[str, Any]]:
    """Where the cash will come from: by segment what is expected in all, open and not yet issued (cents)."""
    sums = _by_part(parts, "segment").reset_index()
    return records(sums.sort_values(["together", "segment"], ascending=[False, True]))


def _by_part(parts: pd.DataFrame, group: "pd.Series[int] | str") -> pd.DataFrame:
    """Expected cents of each group: open, later (not yet issued), together."""
    sums = parts.pivot_table(index=group, columns="part", values="expected", aggfunc="sum", fill_value=0)
    sums = sums.reindex(columns=[OPEN, NOT_YET_ISSUED], fill_value=0).set_axis(["open", "later"], axis=1)
    return sums.assign(together=sums["open"] + sums["later"])


def health(models: Models, as_of: pd.Timestamp) -> list[dict[str, Any]]:
    """Each model: version, age in days, and how it did on nights that it had not seen, compared with the naive rule."""
    risk = (models.late_payment, models.default)
    return [
        {
            "name": model.card.name,
            "version": model.version,
            "rule": model.card.why if model.card.kind == "rule" else "",
            "age": (as_of - pd.Timestamp(model.card.trained_on)).days,
            "auc": model.card.metrics.get("auc"),
            "naive_auc": max((model.card.metrics.get(f"{name}_auc", 0.0) for name in BASELINES), default=0.0) or None,
            "brier": model.card.metrics.get("brier"),
            "calibration_error": model.card.metrics.get("calibration_error"),
        }
        for model in risk
    ]


def drawn(forecast: pd.DataFrame) -> pd.DataFrame:
    """The forecast as it is drawn: its amounts in hundredths, whatever the ledger is held with."""
    return forecast.assign(**{name: in_hundredths(forecast[name]) for name in ("expected", "p10", "p90")})
