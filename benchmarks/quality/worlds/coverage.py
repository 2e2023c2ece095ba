"""Do the intervals of the effect hold the truth, of groups of customers, and is its level right?

A group's interval is the mean of its customers' `low` and `high`, and its effects, predicted and true, are means of
theirs, all weighted by the collectible amount. The true effect of a customer is the cash that a contact would really
bring, as a share of what it really owes overdue; none where it owes nothing, as where its cash waits to be matched.
"""

import numpy as np
import pandas as pd

from benchmarks.quality.worlds.night import CHANNELS, JudgedNight
from models.effect import judgement

FIFTHS, AGES, EVERYONE = "fifths of the gain", "ages of the debt", "everyone"
AGE_STARTS = [low for low, _ in judgement.AGES]  # days past due of the oldest debt that is asked for
LEAST = 5  # customers: the mean of fewer is no group's


def groups(night: JudgedNight) -> list[dict[str, object]]:
    """One row per group and channel: grouping, group, channel, customers, amount (cents), effect, low, high, true."""
    amount = night.facts["collectible_amount"].to_numpy(dtype=np.float64)
    age = night.facts["collectible_days_past_due"].to_numpy()
    share = night.true / np.where(night.owed > 0, night.owed, np.inf)[:, None]
    rows: list[dict[str, object]] = []
    for place, channel in enumerate(CHANNELS):
        said = np.flatnonzero(~np.isnan(night.effect[:, place]))
        gain = night.effect[said, place] * amount[said]
        groupings = {
            FIFTHS: pd.Series(gain).rank(method="first", pct=True).mul(5).apply(np.ceil).to_numpy(),
            AGES: np.searchsorted(AGE_STARTS, age[said], side="right"),
            EVERYONE: np.ones(len(said)),
        }
        for grouping, of in groupings.items():
            for group in np.unique(of):
                here = said[of == group]
                if len(here) < LEAST:
                    continue
                means = {
                    name: float(np.average(values[here, place], weights=amount[here]))
                    for name, values in (
                        ("effect", night.effect), ("low", night.low), ("high", night.high), ("true", share),
                    )
                }  # fmt: skip
                about = {"grouping": grouping, "group": int(group), "channel": channel, "customers": len(here)}
                rows.append(about | {"amount": float(amount[here].sum())} | means)
    return rows


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """By world, night and grouping: how many groups, the share whose interval holds the truth, how wide they are on
    average, and the share whose interval is all above or all below zero."""
    holds = (rows["low"] <= rows["true"]) & (rows["true"] <= rows["high"])
    beside_zero = (rows["low"] > 0) | (rows["high"] < 0)
    judged = rows.assign(holds=holds, wide=rows["high"] - rows["low"], beside_zero=beside_zero)
    by = judged.groupby(["world", "night", "grouping"], sort=False)
    return by.agg(
        groups=("holds", "size"),
        holds=("holds", "mean"),
        wide=("wide", "mean"),
        beside_zero=("beside_zero", "mean"),
    ).reset_index()


def levels(rows: pd.DataFrame) -> pd.DataFrame:
    """By world, night and channel: the mean effect of all customers, predicted and true, and the first as a share of
    the second; means over the ledgers."""
    everyone = rows[rows["grouping"] == EVERYONE]
    by = everyone.groupby(["world", "night", "channel"], sort=False)
    means = by[["effect", "true"]].mean().reset_index()
    return means.assign(of_true=means["effect"] / means["true"].where(means["true"] > 0))
