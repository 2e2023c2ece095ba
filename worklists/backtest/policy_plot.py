"""The policies side by side in one picture."""

import os

import matplotlib

if "MPLBACKEND" not in os.environ:  # a notebook has its own, that shows pictures
    matplotlib.use("Agg")

import matplotlib.pyplot as pyplot
import pandas as pd
from matplotlib.figure import Figure


def policy_plot(policies: pd.DataFrame) -> Figure:
    """Risk captured by capacity, and the extra cash of a contact with its interval where it could be estimated.

    `policies` is what policies.csv holds.
    """
    figure, (risk, extra) = pyplot.subplots(1, 2, figsize=(11, 4.5))
    names = list(policies["policy"].unique())
    for place, name in enumerate(names):
        own = policies[policies["policy"] == name]
        style = {"linewidth": 2.5, "color": "black"} if name == "duerank" else {"linewidth": 1.2}
        risk.plot(own["capacity"], own["share_captured"], marker="o", label=name, **style)
        known = own[own["extra_cash_per_contact"].notna()]
        shifted = known["capacity"] * (1 + 0.04 * (place - len(names) / 2))  # side by side, not on top of each other
        mean = known["extra_cash_per_contact"]
        reach = [mean - known["extra_cash_low"], known["extra_cash_high"] - mean]
        color = risk.lines[-1].get_color()
        extra.errorbar(shifted, mean, yerr=reach, fmt="o", markersize=4, color=color, label=name, elinewidth=1)
    ticks = sorted(policies["capacity"].unique())
    for axes in (risk, extra):
        axes.set_xscale("log")
        axes.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel("customers contacted, share of those with something collectible")
    risk.set(ylabel="share of the money unpaid after 30 days", title="Risk captured")
    extra.axhline(0, color="grey", linewidth=0.8)
    extra.set(ylabel="extra cash of a contact, 90% interval", title="Estimated from logged contacts")
    if names:  # below both, so that it hides no line
        figure.legend(*risk.get_legend_handles_labels(), loc="lower center", ncol=len(names), fontsize=8)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    pyplot.close(figure)
    return figure
