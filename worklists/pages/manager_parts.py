"""What the manager's page shows, as its template reads it: results, promises due, debtors, warnings, month and list."""

from typing import Any

import numpy as np
import pandas as pd

from configs.language import counted
from ledger.minor_units import minor_units
from worklists.figures.cash_forecast import NOT_YET_ISSUED
from worklists.manager.by_name import until
from worklists.manager.cash_so_far import USUAL_GAP, Cash, first_of_month, same_days_before, working_days_since
from worklists.manager.of_night import ForTheManager
from worklists.manager.since_last_night import Results
from worklists.pages.report_parts import records
from worklists.score_db.earlier_nights import Expected

ONE_DAY = pd.Timedelta(days=1)


def shown_to_the_manager(
    manager: ForTheManager, frames: dict[str, pd.DataFrame], as_of: pd.Timestamp
) -> dict[str, Any]:
    """By name of the part; a part of which nothing is known is None, and those of customers may be empty."""
    results = manager.results
    return {
        "since": None if results is None else results.since,
        "last_day": as_of - ONE_DAY,
        "collectors": [] if results is None else by_collector(results.by_collector),
        "cash": None if results is None else cash_by_segment(results, manager.expected),
        "complete": complete_days(manager),
        "lag": counted("{count} day", "{count} days", manager.lag) if manager.lag else None,
        "feed": bank_feed(manager.cash, as_of),
        "due": records(manager.by_name.due),
        "due_sums": manager.by_name.due_sums.to_dict(),
        "due_count": counted("{count} promise", "{count} promises", int(manager.by_name.due_sums["promises"])),
        "due_until": until(as_of),
        "debtors": records(manager.by_name.debtors),
        "debtors_share": share_of_debtors(manager.by_name.debtors, frames["customer_scores"]),
        "warned": records(manager.by_name.warned),
        "warned_in_all": manager.by_name.warned_in_all,
        "month": month(manager, frames, as_of),
        "list": None if results is None else stability(results, manager.listed_before, frames["worklist"]),
    }


def by_collector(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """A row per collector, and the sums of all in the last row, where there is any; with the share of promises kept."""
    if rows.empty:
        return []
    whole = pd.concat([rows.sort_index(), rows.sum().to_frame().T.set_axis([None])])
    ended = whole["kept"] + whole["broken"]
    share = whole["kept"].div(ended.where(ended > 0))
    return records(whole.assign(kept_share=share).rename_axis("collector_id").reset_index())


def cash_by_segment(results: Results, expected: Expected) -> dict[str, Any]:
    """Cents booked since the night before, and of the days since it next to what it expected of them, by segment."""
    rows = results.by_segment.join(expected.parts.groupby("segment")["expected"].sum(), how="outer")
    if len(expected.parts):
        rows["expected"] = rows["expected"].fillna(0)
    rows = rows.fillna({"booked": 0, "of_these_days": 0})
    ordered = rows.reset_index(names="segment").sort_values(["booked", "segment"], ascending=[False, True])
    return {
        "segments": records(ordered),
        "booked": int(rows["booked"].sum()),
        "of_these_days": int(rows["of_these_days"].sum()),
        "expected": forecast_of(expected),
    }


def forecast_of(expected: Expected) -> dict[str, Any] | None:
    """What a night expected of some days together, in cents, with the range of eight cases in ten; None where that is
    not known.

    It is what open invoices bring and those that were not issued yet. The range of one day is that of the forecast,
    shifted by the latter; of several days, the distances from the mean are added as those of independent days: the root
    of the sum of squares.
    """
    together, parts = expected.together, expected.parts
    if together.empty:
        return None
    later = int(parts.loc[parts["part"] == NOT_YET_ISSUED, "expected"].sum())
    low, high = (float(np.sqrt(((together["expected"] - together[side]) ** 2).sum())) for side in ("p10", "p90"))
    mean = int(together["expected"].sum()) + later
    return {
        "first": expected.night,
        "last": expected.until - ONE_DAY,
        "mean": mean,
        "p10": max(mean - low, 0.0),
        "p90": mean + high,
    }


def complete_days(manager: ForTheManager) -> dict[str, Any] | None:
    """The cash of the latest days whose payments are booked, and what an earlier night expected of them; None where no
    night did, or where these are the days since the night before."""
    forecast = forecast_of(manager.complete) if manager.lag else None
    return None if forecast is None else {"received": manager.cash.of_complete_days, **forecast}


def share_of_debtors(debtors: pd.DataFrame, customers: pd.DataFrame) -> float | None:
    """What the debtors owe of all that customers owe; None where that is nothing."""
    owed = int(customers["open_amount"].clip(lower=0).sum())
    return int(debtors["open_amount"].sum()) / owed if owed else None


def bank_feed(cash: Cash, as_of: pd.Timestamp) -> dict[str, Any] | None:
    """The latest booking and how many working days ago it was; None without any payment."""
    if cash.booked_on is None:
        return None
    days = working_days_since(cash.booked_on, as_of)
    ago = counted("{count} working day ago", "{count} working days ago", days)
    return {"booked_on": cash.booked_on, "valued_on": cash.valued_on, "ago": ago, "old": days > USUAL_GAP}


def month(manager: ForTheManager, frames: dict[str, pd.DataFrame], as_of: pd.Timestamp) -> dict[str, Any]:
    """Cash of the calendar month in cents: received, expected until its end (None where the forecast does not reach
    it), together, the target and what lies between; and the same days of the month before."""
    first = first_of_month(as_of)
    last = first_of_month(first + 31 * ONE_DAY) - ONE_DAY
    parts = frames["cash_forecast_parts"]
    reaches = len(parts) > 0 and parts["day"].max() >= last
    ahead = int(parts.loc[parts["day"] <= last, "expected"].sum()) if reaches else None
    together = None if ahead is None else manager.cash.received + ahead
    target = None if manager.target is None else round(manager.target * minor_units())
    then_first, then = same_days_before(as_of)
    return {
        "first": first,
        "last": last,
        "begun": as_of > first,
        "received": manager.cash.received,
        "ahead": ahead,
        "together": together,
        "target": target,
        "beyond": None if target is None or together is None else together - target,
        "distance": None if target is None or together is None else abs(together - target),
        "share": None if target is None else manager.cash.received / target,
        "before": manager.cash.month_before,
        "then_first": then_first,
        "then_last": then - ONE_DAY,
    }


def stability(results: Results, before: "pd.Series[str]", worklist: pd.DataFrame) -> dict[str, Any] | None:
    """How much of the list of the night before is on tonight's again, and was worked; None where it was empty."""
    if before.empty:
        return None
    again, worked = before.isin(worklist["customer_id"]), before.isin(results.contacted)
    return {
        "before_count": customers(len(before)),
        "again": int(again.sum()),
        "again_share": again.mean(),
        "worked": int(worked.sum()),
        "worked_share": worked.mean(),
        "left_unworked": int((~again & ~worked).sum()),
        "fresh": int((~worklist["customer_id"].isin(before)).sum()),
        "tonight_count": customers(len(worklist)),
    }


def customers(count: int) -> str:
    return counted("{count} customer", "{count} customers", count)
