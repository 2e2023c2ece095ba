"""Lines, bands and bars of the report as SVG coordinates; the template draws them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

WIDTH, HEIGHT, LEFT, BOTTOM = 760, 240, 78, 26  # of the forecast's drawing, in SVG units
SPARK_WIDTH, SPARK_HEIGHT = 100.0, 24.0


@dataclass(frozen=True)
class Fan:
    """Expected receipts as SVG points: a line with its band, the line with what is not issued yet, axis labels."""

    line: str
    band: str
    with_later: str
    across: list[tuple[float, pd.Timestamp]]
    up: list[tuple[float, float]]


def fan(opened: pd.DataFrame, later: "pd.Series[int]") -> Fan | None:
    """The forecast of a portfolio; None where there are fewer than two days to draw a line through.

    `opened` has day, expected, p10, p90 (cents) of the invoices that are open; `later`, by day, the cents expected of
    those not issued yet. `up` are heights with their amounts in currency units.
    """
    if len(opened) < 2:
        return None
    rows = opened.sort_values("day", kind="stable")
    together = rows["expected"].to_numpy() + later.reindex(rows["day"], fill_value=0).to_numpy()
    top = _round_up(float(max(rows["p90"].max(), together.max())) / 100)
    x = np.linspace(LEFT, WIDTH - 8, len(rows))

    def y(cents: Any) -> Any:
        return (HEIGHT - BOTTOM) - np.asarray(cents, dtype=np.float64) / 100 / top * (HEIGHT - BOTTOM - 10)

    band_x, band_y = np.concatenate([x, x[::-1]]), np.concatenate([y(rows["p90"]), y(rows["p10"])[::-1]])
    ticks = np.unique(np.linspace(0, len(rows) - 1, 6).astype(int))
    return Fan(
        line=_points(x, y(rows["expected"])),
        band=_points(band_x, band_y),
        with_later=_points(x, y(together)) if later.any() else "",
        across=[(round(float(x[tick]), 1), rows["day"].iloc[tick]) for tick in ticks],
        up=[(round(float(y(100 * top * part)), 1), top * part) for part in (0, 0.25, 0.5, 0.75, 1)],
    )


def sparkline(nights: pd.DatetimeIndex, values: np.ndarray) -> str:
    """SVG points of a figure over nights, each at its date; empty where fewer than two nights have it."""
    known = ~np.isnan(values)
    if known.sum() < 2:
        return ""
    days = (nights[known] - nights[known][0]).days.to_numpy(dtype=np.float64)
    seen = values[known]
    spread = np.ptp(seen) or 1.0
    return _points(days / days[-1] * SPARK_WIDTH, SPARK_HEIGHT - 3 - (seen - seen.min()) / spread * (SPARK_HEIGHT - 6))


def _points(across: Any, up: Any) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, up, strict=True))


def _round_up(amount: float) -> float:
    """The next of 1, 2, 4, 8 times a power of ten, so that the axis has round labels."""
    if amount <= 1:
        return 4.0
    power = 10.0 ** np.floor(np.log10(amount))
    return float(next(step * power for step in (1, 2, 4, 8, 10) if step * power >= amount))
