"""Time and memory of a night against the invoices of its ledger."""

from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

LIMIT_MINUTES, LIMIT_GIB = 20, 12


def night_plot(sizes: pd.DataFrame, path: Path) -> None:
    """Draw `sizes` of `night.measure` into a PNG, with the limits that were set for fifty million invoices."""
    with matplotlib.rc_context({"font.size": 9}):
        figure = Figure(figsize=(8, 3.4), layout="constrained")
        for place, (column, label, limit) in enumerate(
            (("minutes", "minutes", LIMIT_MINUTES), ("peak_gib", "GiB, all processes together", LIMIT_GIB)), start=1
        ):
            axes = figure.add_subplot(1, 2, place)
            ordered = sizes.sort_values("invoices")
            axes.loglog(ordered["invoices"], ordered[column], marker="o", color="#1f5fa8")
            axes.axhline(limit, color="#b03030", linewidth=0.8, linestyle="--")
            axes.annotate(
                f"limit at 50 million: {limit}", (ordered["invoices"].min(), limit), (0, 4), textcoords="offset points"
            )
            axes.set(xlabel="invoices of history", ylabel=label, title="Time" if place == 1 else "Memory")
            axes.grid(which="both", linewidth=0.3)
        figure.savefig(path, dpi=120, metadata={"Software": None})
