"""The night's report: one HTML page without scripts or outside resources, made from the score tables."""

import re
from dataclasses import dataclass
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from configs.language import DAY, number, spoken_language, translated
from models.night_models import Models
from models.training import BASELINES
from worklists import drawings
from worklists.forecast import NOT_YET_ISSUED, OPEN
from worklists.reasons import UNPAID_30D
from worklists.trends import Trends

ROWS_SHOWN = 25
MOVES_SHOWN = 8
MONTH = pd.Timedelta(days=28)  # a trend is told against the night a month ago, of the same weekday
# The columns that the page needs of tables which are too long to hold whole.
SEEN = {
    "customer_scores": ["segment", "open_amount", "overdue_amount", "collectible_amount", "expected_gain"],
    "suppressions": ["reason", "customer_id", "amount"],
    "reasons": ["entity", "model", "text", "contribution", "position"],
}
NONE = "–"

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("worklists"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True)
class Beside:
    """What the page tells beside the night's own tables: earlier nights, the models, and what was refused by rule.

    `refused` has table, rule and rows.
    """

    trends: Trends
    models: Models
    refused: pd.DataFrame


def render_report(frames: dict[str, pd.DataFrame], beside: Beside) -> str:
    """The page for the frames that `publish` takes (cents, datetime64), in the language that is spoken: same frames,
    same text.

    Every text of the ledger is escaped. Of `reasons` those of the customers in `top_rows` are enough.
    """
    run = frames["runs"].iloc[0]
    listed = top_rows(frames["worklist"])
    parts = frames["cash_forecast_parts"]
    later = parts[parts["part"] == NOT_YET_ISSUED].groupby("day")["expected"].sum()
    return TEMPLATES.get_template("report.html").render(
        language=spoken_language(),
        as_of=run["as_of"].strftime(translated(DAY)),
        run=run,
        currency=run["reporting_currency"],
        notes=run["notes"].splitlines() if isinstance(run["notes"], str) else [],
        totals=_totals(frames["customer_scores"], frames["cash_forecast"]),
        figures=_figures(frames["key_figures"], beside.trends.figures, run["as_of"]),
        worklist=listed.to_dict("records"),
        reasons=_reasons(frames["reasons"], listed["customer_id"]),
        rows_in_all=len(frames["worklist"]),
        ageing=_ageing(frames["key_figures"]),
        segments=_segments(frames["customer_scores"]),
        moved=_records(beside.trends.moved.head(MOVES_SHOWN)),
        since=beside.trends.since,
        suppressions=_suppressions(frames["suppressions"]),
        fan=drawings.fan(frames["cash_forecast"], later),
        weeks=_weeks(parts),
        sources=_sources(parts),
        health=_health(beside.models, run["as_of"]),
        models=beside.models,
        last_watched=_day(beside.models.last_watched),
        refused=_records(beside.refused),
        size=drawings,
    )


def top_rows(worklist: pd.DataFrame) -> pd.DataFrame:
    """The rows of a worklist that the page lists."""
    return worklist.sort_values("rank", kind="stable").head(ROWS_SHOWN)


def _say(template: str, **parts: object) -> Markup:
    """A text of the page in the language that is spoken; what is filled in is escaped."""
    return Markup(translated(template)).format(**parts)


TEMPLATES.globals["_"] = _say
TEMPLATES.filters["told"] = translated


def _day(day: str | None) -> str | None:
    return None if day is None else pd.Timestamp(day).strftime(translated(DAY))


def _shown(value: Any, form: str) -> str:
    """A figure for a reader, a dash where there is none; `round` is cents shown without decimals."""
    if pd.isna(value):
        return NONE
    if form == "cents":
        return number(value / 100, 2)
    if form == "round":
        return number(value / 100)
    if form == "percent":
        return f"{number(100 * value)} %"
    if form == "day":
        day: str = value.strftime(translated("%d %b"))
        return day
    if form == "thousandths":
        return number(value, 3)
    if form == "count":
        return number(value)
    return str(value) or NONE


TEMPLATES.filters["shown"] = _shown


def _words(name: str) -> str:
    """A name of the tables in words: best_possible_dso -> Best possible DSO, roll_1_30_to_91_up -> Roll 1–30 to 91+."""
    words = translated(name)
    if words == name:
        ranges = re.sub(r"(\d+)_up\b", r"\1+", re.sub(r"(\d+)_(\d+)", r"\1–\2", name))
        words = re.sub(r"\bdso\b", "DSO", ranges.replace("_", " "))
    return words[:1].upper() + words[1:]


TEMPLATES.filters["words"] = _words


def _totals(customers: pd.DataFrame, forecast: pd.DataFrame) -> list[tuple[str, int]]:
    sums = [(name, int(customers[f"{name}_amount"].sum())) for name in ("open", "overdue", "collectible")]
    return [*sums, (translated("expected in {days} days").format(days=len(forecast)), int(forecast["expected"].sum()))]


def _figures(figures: pd.DataFrame, earlier: pd.DataFrame, as_of: pd.Timestamp) -> list[dict[str, Any]]:
    """Key figures but the ageing, which is drawn: label, value with unit, formula, and their trend over nights."""
    shown = figures[~figures["name"].str.startswith("ageing_")]
    tonight = shown[["name", "value"]].assign(as_of=as_of)
    nights = pd.concat([earlier[earlier["as_of"] < as_of], tonight]) if len(earlier) else tonight
    over_nights = nights.pivot(index="as_of", columns="name", values="value").sort_index()
    return [
        {
            "label": _words(row["name"]),
            "value": _with_unit(row["value"], row["unit"]),
            "formula": translated(row["formula"]),
            "line": drawings.sparkline(pd.DatetimeIndex(over_nights.index), over_nights[row["name"]].to_numpy()),
            "before": _a_month_before(over_nights[row["name"]], row["unit"]),
        }
        for row in shown.to_dict("records")
    ]


def _a_month_before(over_nights: "pd.Series[float]", unit: str) -> tuple[pd.Timestamp, str] | None:
    """The night a month ago with its figure, or the oldest since; None where none is known."""
    known = over_nights.iloc[:-1].dropna()
    if known.empty:
        return None
    of_old = known[known.index <= over_nights.index[-1] - MONTH]
    night = of_old.index[-1] if len(of_old) else known.index[0]
    return night, _with_unit(known[night], unit)


def _reasons(reasons: pd.DataFrame, customers: "pd.Series[str]") -> dict[str, list[dict[str, Any]]]:
    """By customer: what moves the expected unpaid share, in words, with the bar of its contribution."""
    told = reasons[(reasons["model"] == UNPAID_30D) & reasons["entity"].isin(customers)]
    told = told[told["text"].fillna("") != ""].sort_values(["entity", "position"])
    largest = float(told["contribution"].abs().max()) if len(told) else 0.0
    bars = [drawings.push(contribution, largest) for contribution in told["contribution"]]
    rows = told.assign(start=[bar[0] for bar in bars], width=[bar[1] for bar in bars])
    return {str(customer): _records(own) for customer, own in rows.groupby("entity")}


def _with_unit(value: float, unit: str) -> str:
    if pd.isna(value):
        return NONE
    if unit == "share":
        return f"{number(100 * value)} %"
    if unit == "percent":
        return f"{number(value)} %"
    return number(value) if unit in ("currency", "count") else f"{number(value, 1)} {translated(unit)}"


def _ageing(figures: pd.DataFrame) -> list[dict[str, Any]]:
    """Ageing buckets from the youngest: label, amount in currency units, share of the largest bucket."""
    buckets = figures[figures["name"].str.startswith("ageing_")]
    amounts = dict(zip(buckets["name"].str.removeprefix("ageing_"), buckets["value"].fillna(0.0), strict=True))
    largest = max([*amounts.values(), 1.0])
    return [
        {"label": _bucket_words(name), "amount": number(amounts[name]), "share": round(amounts[name] / largest, 4)}
        for name in sorted(amounts, key=_first_day)
    ]


def _first_day(bucket: str) -> int:
    number = re.match(r"\d+", bucket)
    return int(number.group()) if number else 0


def _bucket_words(bucket: str) -> str:
    if bucket.endswith("_up"):
        return translated("{days} days and more").format(days=_first_day(bucket))
    if not _first_day(bucket):
        return translated("not past due")
    first, last = bucket.split("_")
    return translated("{first} to {last} days").format(first=first, last=last)


def _segments(customers: pd.DataFrame) -> list[dict[str, Any]]:
    """Segments by what can be collected: segment, customers, and sums in cents."""
    groups = customers.groupby("segment", observed=True)
    sums = groups[["open_amount", "overdue_amount", "collectible_amount", "expected_gain"]].sum()
    sums.insert(0, "customers", groups.size())
    ordered = sums.reset_index().sort_values(["collectible_amount", "segment"], ascending=[False, True])
    return _records(ordered)


def _suppressions(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Held back by reason: reason, customers, rows, amount in cents."""
    groups = rows.groupby("reason", observed=True)
    sums = groups.agg(customers=("customer_id", "nunique"), rows=("reason", "size"), amount=("amount", "sum"))
    return _records(sums.reset_index().sort_values(["amount", "reason"], ascending=[False, True]))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _weeks(parts: pd.DataFrame) -> list[dict[str, Any]]:
    """Expected receipts by week from the night on: first day, open and not yet issued, together (cents)."""
    if parts.empty:
        return []
    week = (parts["day"] - parts["day"].min()).dt.days // 7
    by_week = parts.pivot_table(index=week, columns="part", values="expected", aggfunc="sum", fill_value=0)
    by_week = by_week.reindex(columns=[OPEN, NOT_YET_ISSUED], fill_value=0)
    first = parts["day"].min() + pd.to_timedelta(7 * by_week.index, unit="D")
    frame = pd.DataFrame(
        {"first": first, "open": by_week[OPEN].to_numpy(), "later": by_week[NOT_YET_ISSUED].to_numpy()}
    )
    return _records(frame.assign(together=frame["open"] + frame["later"]))


def _sources(parts: pd.DataFrame) -> list[dict[str, Any]]:
    """Where the cash will come from: by segment what is expected in all, open and not yet issued (cents)."""
    sums = parts.pivot_table(index="segment", columns="part", values="expected", aggfunc="sum", fill_value=0)
    sums = sums.reindex(columns=[OPEN, NOT_YET_ISSUED], fill_value=0).set_axis(["open", "later"], axis=1).reset_index()
    sums = sums.assign(together=sums["open"] + sums["later"])
    return _records(sums.sort_values(["together", "segment"], ascending=[False, True]))


def _health(models: Models, as_of: pd.Timestamp) -> list[dict[str, Any]]:
    """Each model: version, age in days, and how it did on nights that it had not seen, beside the naive rule."""
    risk = (models.late_payment, models.default)
    return [
        {
            "name": model.card.name,
            "version": model.version,
            "rule": model.card.why if model.card.kind == "rule" else "",
            "trained_on": model.card.trained_on,
            "age": (as_of - pd.Timestamp(model.card.trained_on)).days,
            "rows": model.card.rows,
            "auc": model.card.metrics.get("auc"),
            "naive_auc": max((model.card.metrics.get(f"{name}_auc", 0.0) for name in BASELINES), default=0.0) or None,
            "brier": model.card.metrics.get("brier"),
            "calibration_error": model.card.metrics.get("calibration_error"),
        }
        for model in risk
    ]
