"""What came in on invoices that were open on a night, by the day on which the money moved."""

import numpy as np

from features.labels import cash_by_day
from features.window_kernels import Floats, Positions
from ledger.as_of.view import View
from ledger.clock import day_numbers
from ledger.portfolio import sum_by


def cash_by_value_date(view: View, as_of: int, invoice: Positions, days: int) -> Floats:
    """Reporting cents that moved on each of the days from the night on, on these invoices (positions); shape (days,).

    Money that moved before the night and was booked since is at the bank already: no day ahead brings it. NaN from the
    day on which payments may not all be booked yet.
    """
    came = cash_by_day(view, as_of, invoice, days)
    if days:
        came[0] -= booked_since(view, as_of, invoice)
    return came


def booked_since(view: View, as_of: int, invoice: Positions) -> float:
    """Reporting cents on these invoices (positions) that had moved before the night and were not in the books yet."""
    payments = view.tables["payments"]
    asked = np.zeros(len(view.portfolio.invoice_ids) + 1, dtype=bool)  # the last place is that of NOBODY
    asked[invoice] = True
    moved, known = day_numbers(payments["paid_on"]), day_numbers(payments["known_on"])
    waiting = asked[payments["invoice"]] & (moved < as_of) & (known >= as_of)
    return float(payments["reporting_amount"].to_numpy(np.float64)[waiting].sum())


def on_its_way(view: View, as_of: int, invoice: Positions) -> Floats:
    """Reporting cents of each of the invoices (positions) that were known before the night and moved on it or later."""
    payments = view.tables["payments"]
    moved, known = day_numbers(payments["paid_on"]), day_numbers(payments["known_on"])
    ahead = payments[(known < as_of) & (moved >= as_of) & (payments["amount"] > 0).to_numpy()]
    return sum_by(ahead["invoice"], ahead["reporting_amount"], len(view.portfolio.invoice_ids))[invoice].astype(float)
