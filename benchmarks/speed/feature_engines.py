"""The same feature values by ours, pandas, polars, DuckDB and featuretools, each in its idiom.

Of polars and DuckDB it is the faster idiom: all windows of a night in one query, by filters of its aggregates, took
twice (polars) and nearly three times (DuckDB) as long.

Every engine is a function from the events (`draw_events`), in whatever form it likes best, to a function that is timed,
and from what that gives to figures of shape (nights, windows, figures, customers), which is not timed. Days count from
1970-01-01; NaN is where a window holds no invoice, but for counts and sums, which are zero there.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.core.accessor import Accessor

Figures = npt.NDArray[np.float64]
Timed = tuple[Callable[[], Any], Callable[[Any], Figures]]

THREADS = 2
WINDOWS: tuple[int | None, ...] = (30, 90, 180, 365, None)
FIGURES = ("count", "sum", "mean", "spread", "largest", "late_share")
COUNT, SPREAD = 0, 3
FIRST_DAY, DAYS = 18_262, 1_096  # three years from 2020-01-01
INVOICES_EACH = 50


def draw_events(invoices: int) -> pd.DataFrame:
    """Invoices in the order of their days: customer (position), day, amount (cents), late."""
    draw = np.random.default_rng(20)
    return pd.DataFrame(
        {
            "customer": draw.integers(0, invoices // INVOICES_EACH, invoices),
            "day": np.sort(draw.integers(FIRST_DAY, FIRST_DAY + DAYS, invoices)),
            "amount": draw.integers(100, 1_000_000, invoices),
            "late": draw.random(invoices) < 0.3,
        }
    )


def monthly_nights(number: int) -> list[int]:
    """Day numbers 30 days apart, the last on the day after the last event."""
    return [FIRST_DAY + DAYS - 30 * back for back in reversed(range(number))]


def ours(events: pd.DataFrame, nights: list[int]) -> Timed:
    """The compiled kernel: the sort on one thread, and all windows of all nights on every core."""
    from features.windows import sorted_events, windowed

    size = events["customer"].max() + 1
    owner, day = events["customer"].to_numpy(), events["day"].to_numpy()
    amount, late = (events[name].to_numpy(dtype=np.float64) for name in ("amount", "late"))
    of_amount = [(name, window) for window in WINDOWS for name in ("count", "total", "mean", "spread", "largest")]

    def run() -> tuple[Figures, Figures]:
        ordered = sorted_events(owner, day, size)
        amounts = windowed(ordered, amount, None, np.array(nights), of_amount)
        return amounts, windowed(ordered, late, None, np.array(nights), [("mean", window) for window in WINDOWS])

    def figures(found: tuple[Figures, Figures]) -> Figures:
        amounts, lates = (part.reshape(size, len(WINDOWS), -1, len(nights)) for part in found)
        return np.concatenate([amounts, lates], axis=2).transpose(3, 1, 2, 0)

    return run, figures


def pandas_groupby(events: pd.DataFrame, nights: list[int]) -> Timed:
    """One groupby for every window and night."""

    def run() -> list[pd.DataFrame]:
        return [of_window(night, window) for night in nights for window in WINDOWS]

    def of_window(night: int, window: int | None) -> pd.DataFrame:
        inside = (events["day"] < night) & (True if window is None else events["day"] >= night - window)
        groups = events[inside].groupby("customer")
        found = groups["amount"].agg(["count", "sum", "mean", "max"])
        return found.assign(spread=groups["amount"].std(ddof=0), late_share=groups["late"].mean())

    order = ["count", "sum", "mean", "spread", "max", "late_share"]
    return run, lambda found: _aligned([(part.index, part[order]) for part in found], events, nights)


def _aligned(parts: list[tuple[Any, pd.DataFrame]], events: pd.DataFrame, nights: list[int]) -> Figures:
    """Frames by window and night, in that order, with the customers they are about, as one array."""
    size = events["customer"].max() + 1
    result = np.full((len(nights) * len(WINDOWS), len(FIGURES), size), np.nan)
    result[:, :2] = 0
    for place, (customers, frame) in enumerate(parts):
        result[place][:, np.asarray(customers)] = frame.to_numpy(dtype=np.float64).T
    result[:, SPREAD][result[:, COUNT] < 2] = np.nan  # ours says nothing of the spread of one
    return result.reshape(len(nights), len(WINDOWS), len(FIGURES), size)


def polars_group_by(events: pd.DataFrame, nights: list[int]) -> Timed:
    """One lazy group_by for every window and night, collected together."""
    import polars

    frame = polars.from_pandas(events)
    amount = polars.col("amount")

    def run() -> list[Any]:
        return polars.collect_all([of_window(night, window) for night in nights for window in WINDOWS])

    def of_window(night: int, window: int | None) -> Any:
        rows = frame.lazy().filter(polars.col("day") < night)
        if window is not None:
            rows = rows.filter(polars.col("day") >= night - window)
        return rows.group_by("customer").agg(
            count=polars.len(), sum=amount.sum(), mean=amount.mean(), spread=amount.std(ddof=0), largest=amount.max(),
            late_share=polars.col("late").mean(),
        )  # fmt: skip

    def figures(found: list[Any]) -> Figures:
        parts = [(part["customer"].to_numpy(), part.select(FIGURES).to_pandas()) for part in found]
        return _aligned(parts, events, nights)

    return run, figures


def duckdb_group_by(events: pd.DataFrame, nights: list[int]) -> Timed:
    """One GROUP BY for every window and night, over a table of DuckDB's own."""
    database = _duckdb(events)

    def run() -> list[Any]:
        return [of_window(night, window) for night in nights for window in WINDOWS]

    def of_window(night: int, window: int | None) -> Any:
        return database.sql(
            "SELECT customer, count(*) AS count, sum(amount)::BIGINT AS sum, avg(amount) AS mean, "
            "stddev_pop(amount) AS spread, max(amount) AS largest, avg(late::INT) AS late_share "
            "FROM events WHERE day < ? AND day >= ? GROUP BY customer",
            params=[night, 0 if window is None else night - window],
        ).to_arrow_table()

    def figures(found: list[Any]) -> Figures:
        parts = [(part["customer"].to_numpy(), part.select(list(FIGURES)).to_pandas()) for part in found]
        return _aligned(parts, events, nights)

    return run, figures


def _duckdb(events: pd.DataFrame) -> Any:
    import duckdb

    database = duckdb.connect(config={"threads": THREADS})
    database.execute("CREATE TABLE events AS SELECT * FROM events")
    return database


def featuretools_dfs(events: pd.DataFrame, nights: list[int]) -> Timed:
    """One deep feature synthesis for every window, with the customers at every night as cutoff times."""
    featuretools = _featuretools()
    size = events["customer"].max() + 1
    dated = events.assign(invoice=np.arange(len(events)), day=_dates(events["day"]))
    ledger = featuretools.EntitySet("ledger")
    ledger.add_dataframe(
        dataframe_name="customers", dataframe=pd.DataFrame({"customer": np.arange(size)}), index="customer"
    )
    ledger.add_dataframe(
        dataframe_name="invoices", dataframe=dated, index="invoice", time_index="day", logical_types={"late": "Boolean"}
    )
    ledger.add_relationship("customers", "customer", "invoices", "customer")
    cutoffs = pd.DataFrame({"customer": np.tile(np.arange(size), len(nights)), "time": np.repeat(_dates(nights), size)})
    order = [
        "COUNT(invoices)", "SUM(invoices.amount)", "MEAN(invoices.amount)", "STD(invoices.amount)",
        "MAX(invoices.amount)", "PERCENT_TRUE(invoices.late)",
    ]  # fmt: skip

    def run() -> list[pd.DataFrame]:
        return [of_window(window) for window in WINDOWS]

    def of_window(window: int | None) -> pd.DataFrame:
        return featuretools.dfs(
            entityset=ledger, target_dataframe_name="customers", cutoff_time=cutoffs, cutoff_time_in_index=True,
            include_cutoff_time=False, training_window=None if window is None else f"{window} days", max_depth=1,
            agg_primitives=["count", "sum", "mean", "std", "max", "percent_true"], trans_primitives=[],
        )[0]  # fmt: skip

    def figures(found: list[pd.DataFrame]) -> Figures:
        nightly = [part.xs(night, level="time")[order] for night in _dates(nights) for part in found]
        return _aligned([(part.index, part.astype(np.float64)) for part in nightly], events, nights)

    return run, figures


def _dates(days: Any) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.asarray(days).astype("datetime64[D]").astype("datetime64[ns]"))


def _featuretools() -> Any:
    """featuretools 1.31, which needs two things that newer releases took away: `pkg_resources`, kept accessors."""
    resources: Any = ModuleType("pkg_resources")
    resources.iter_entry_points = lambda *_: iter(())
    sys.modules["pkg_resources"] = resources
    fresh = Accessor.__get__

    def kept(self: Any, frame: Any, cls: Any) -> Any:
        found = fresh(self, frame, cls)
        if frame is not None and self._name == "ww":
            object.__setattr__(frame, "ww", found)
        return found

    Accessor.__get__ = kept
    import featuretools

    return featuretools
