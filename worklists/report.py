"""The night's report: one HTML page without scripts or outside resources, made from the score tables."""

import re
from dataclasses import dataclass
from typing import Any

import jinja2
import numpy as np
import pandas as pd

ROWS_SHOWN = 25
# The columns that the page needs of tables which are too long to hold whole.
SEEN = {
    "customer_scores": ["segment", "open_amount", "overdue_amount", "collectible_amount", "expected_gain"],
    "suppressions": ["reason", "customer_id", "amount"],
}
WIDTH, HEIGHT, LEFT, BOTTOM = 760, 240, 78, 26  # of the forecast's drawing, in SVG units
NONE = "–"

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("worklists"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True)
class Drawing:
    """A line with a band as SVG points, and labels of the axes as (position, text)."""

    line: str
    band: str
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]


def render_report(frames: dict[str, pd.DataFrame], currency: str, notes: list[str]) -> str:
    """The page for the frames that `publish` takes (cents, datetime64): same frames, same text.

    `currency` is the code that amounts are shown with; `notes` are remarks for the reader, such as that a naive rule
    was used. Every text of the ledger is escaped.
    """
    run = frames["runs"].iloc[0]
    worklist = frames["worklist"].sort_values("rank", kind="stable")
    return TEMPLATES.get_template("report.html").render(
        as_of=run["as_of"].date().isoformat(),
        run=run,
        currency=currency,
        notes=notes,
        models=[part.strip() for part in run["model_versions"].split(";") if part.strip()],
        totals=_totals(frames["customer_scores"], frames["cash_forecast"]),
        figures=_figures(frames["key_figures"]),
        worklist=worklist.head(ROWS_SHOWN).to_dict("records"),
        rows_in_all=len(worklist),
        ageing=_ageing(frames["key_figures"]),
        segments=_segments(frames["customer_scores"]),
        suppressions=_suppressions(frames["suppressions"]),
        forecast=_forecast(frames["cash_forecast"]),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        bottom=BOTTOM,
    )


def _shown(value: Any, form: str) -> str:
    """A figure for a reader, a dash where there is none; `round` is cents shown without decimals."""
    if pd.isna(value):
        return NONE
    if form == "cents":
        return f"{value / 100:,.2f}"
    if form == "round":
        return f"{value / 100:,.0f}"
    if form == "percent":
        return f"{100 * value:.0f} %"
    return str(value) or NONE


TEMPLATES.filters["shown"] = _shown


def _words(name: str) -> str:
    """A name of the tables in words: best_possible_dso -> Best possible DSO, roll_1_30_to_91_up -> Roll 1–30 to 91+."""
    ranges = re.sub(r"(\d+)_up\b", r"\1+", re.sub(r"(\d+)_(\d+)", r"\1–\2", name))
    words = re.sub(r"\bdso\b", "DSO", ranges.replace("_", " "))
    return words[:1].upper() + words[1:]


TEMPLATES.filters["words"] = _words


def _totals(customers: pd.DataFrame, forecast: pd.DataFrame) -> list[tuple[str, int]]:
    sums = [(name, int(customers[f"{name}_amount"].sum())) for name in ("open", "overdue", "collectible")]
    return [*sums, (f"expected in {len(forecast)} days", int(forecast["expected"].sum()))]


def _figures(figures: pd.DataFrame) -> list[dict[str, str]]:
    """Key figures but the ageing, which is drawn: label, value with unit, formula."""
    shown = figures[~figures["name"].str.startswith("ageing_")]
    return [
        {"label": _words(row["name"]), "value": _with_unit(row["value"], row["unit"]), "formula": row["formula"]}
        for row in shown.to_dict("records")
    ]


def _with_unit(value: float, unit: str) -> str:
    if pd.isna(value):
        return NONE
    if unit == "share":
        return f"{100 * value:.0f} %"
    if unit == "percent":
        return f"{value:.0f} %"
    return f"{value:,.0f}" if unit in ("currency", "count") else f"{value:,.1f} {unit}"


def _ageing(figures: pd.DataFrame) -> list[dict[str, Any]]:
    """Ageing buckets from the youngest: label, amount in currency units, share of the largest bucket."""
    buckets = figures[figures["name"].str.startswith("ageing_")]
    amounts = dict(zip(buckets["name"].str.removeprefix("ageing_"), buckets["value"].fillna(0.0), strict=True))
    largest = max([*amounts.values(), 1.0])
    return [
        {"label": _bucket_words(name), "amount": f"{amounts[name]:,.0f}", "share": round(amounts[name] / largest, 4)}
        for name in sorted(amounts, key=_first_day)
    ]


def _first_day(bucket: str) -> int:
    number = re.match(r"\d+", bucket)
    return int(number.group()) if number else 0


def _bucket_words(bucket: str) -> str:
    if bucket.endswith("_up"):
        return f"{_first_day(bucket)} days and more"
    return bucket.replace("_", " to ") + " days" if _first_day(bucket) else "not past due"


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


def _forecast(forecast: pd.DataFrame) -> Drawing | None:
    """The forecast in SVG units; None where there are fewer than two days to draw a line through."""
    if len(forecast) < 2:
        return None
    rows = forecast.sort_values("day", kind="stable")
    top = _round_up(float(rows[["expected", "p90"]].to_numpy().max()) / 100)
    x = np.linspace(LEFT, WIDTH - 8, len(rows))

    def y(cents: Any) -> Any:
        return (HEIGHT - BOTTOM) - np.asarray(cents, dtype=np.float64) / 100 / top * (HEIGHT - BOTTOM - 10)

    def points(across: Any, up: Any) -> str:
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, up, strict=True))

    band_x, band_y = np.concatenate([x, x[::-1]]), np.concatenate([y(rows["p90"]), y(rows["p10"])[::-1]])
    ticks = np.unique(np.linspace(0, len(rows) - 1, 6).astype(int))
    return Drawing(
        line=points(x, y(rows["expected"])),
        band=points(band_x, band_y),
        across=[(round(float(x[tick]), 1), rows["day"].iloc[tick].strftime("%d %b")) for tick in ticks],
        up=[(round(float(y(100 * top * part)), 1), f"{top * part:,.0f}") for part in (0, 0.25, 0.5, 0.75, 1)],
    )


def _round_up(amount: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten, so that the axis has round labels."""
    if amount <= 1:
        return 4.0
    power = 10.0 ** np.floor(np.log10(amount))
    return float(next(step * power for step in (1, 2, 4, 8, 10) if step * power >= amount))
