"""What came of the scores of earlier nights, as far as it is known tonight."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from configs.settings import LabelSettings
from features.labels import InvoiceOutcomes, cash_collected_within, defaults_within, outcomes, unpaid_through
from features.window_kernels import Positions
from ledger.as_of.view import View
from ledger.clock import day_numbers
from ledger.hashing import find_texts
from worklists.score_db.earlier_facts import BOOKED_AFTER, CASH_DAYS, EarlierFacts

LATE, PAID, UNPAID, DEFAULT = "late", "paid_30d", "unpaid_30d", "default"
COLUMNS = ["scored_on", "measure", "entity", "customer_id", "expected", "actual", "amount"]


def came_of(view: View, earlier: EarlierFacts, labels: LabelSettings, lag: int | None) -> pd.DataFrame:
    """Rows of `OUTCOMES` of the nights that are followed up now; `lag` is the portfolio's usual booking lag.

    A lag of more than `BOOKED_AFTER` days counts as that: a night is followed up once.
    """
    frames = [earlier.rows[name] for name in ("scored_invoices", "scored_customers", "scored_defaults")]
    if all(frame.empty for frame in frames):
        return _rows([])
    lag = BOOKED_AFTER if lag is None else min(lag, BOOKED_AFTER)
    known = outcomes(view, lag)
    scored_invoices, scored_customers, scored_defaults = frames
    return _rows(
        [
            *_of_invoices(view, scored_invoices, known, labels),
            _cash(view, scored_customers, lag),
            _defaults(view, scored_defaults, known, labels),
        ]
    )


def _of_invoices(
    view: View, scored: pd.DataFrame, known: InvoiceOutcomes, labels: LabelSettings
) -> Sequence[pd.DataFrame]:
    """Whether the invoices were late, of those whose day of being late lay ahead, and whether they were paid."""
    invoice = find_texts(view.portfolio.invoice_ids, scored["invoice_id"])
    scored, invoice = scored[invoice >= 0], invoice[invoice >= 0]
    night = day_numbers(scored["as_of"])
    rows = scored.assign(entity=scored["invoice_id"], amount=scored["open_amount"])
    end = night + CASH_DAYS - 1
    paid = rows.assign(measure=PAID, expected=rows["p_paid_30d"], actual=1 - unpaid_through(known, invoice, end))
    late_on = day_numbers(scored["due_on"]) + labels.grace_days
    late = rows.assign(measure=LATE, expected=rows["p_late"], actual=unpaid_through(known, invoice, late_on))
    return paid, late[(late_on >= night) & (late_on <= end)]


def _cash(view: View, scored: pd.DataFrame, lag: int) -> pd.DataFrame:
    """The share of the collectible amount that was unpaid after 30 days."""
    scored = scored[(scored["collectible_amount"] > 0) & scored["p_unpaid_30d"].notna()]
    scored, customer = _known(view, scored)
    cash = cash_collected_within(view, day_numbers(scored["as_of"]), customer, CASH_DAYS, lag)
    unpaid = np.clip(1 - cash / scored["collectible_amount"].to_numpy(), 0, 1)
    return scored.assign(
        measure=UNPAID,
        entity=scored["customer_id"],
        expected=scored["p_unpaid_30d"],
        actual=unpaid,
        amount=scored["collectible_amount"],
    )


def _defaults(view: View, scored: pd.DataFrame, known: InvoiceOutcomes, labels: LabelSettings) -> pd.DataFrame:
    """Whether the customers defaulted within the horizon."""
    scored, customer = _known(view, scored)
    night, actual = day_numbers(scored["as_of"]), np.full(len(scored), np.nan)
    for one in np.unique(night):
        actual[night == one] = defaults_within(known, customer[night == one], int(one), labels)
    return scored.assign(
        measure=DEFAULT,
        entity=scored["customer_id"],
        expected=scored["p_default"],
        actual=actual,
        amount=scored["open_amount"],
    )


def _known(view: View, scored: pd.DataFrame) -> tuple[pd.DataFrame, Positions]:
    customer = find_texts(view.portfolio.customer_ids, scored["customer_id"])
    return scored[customer >= 0], customer[customer >= 0]


def _rows(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows whose outcome is known."""
    typed = {"expected": "float64", "actual": "float64", "amount": "int64"}
    texts = dict.fromkeys(("measure", "entity", "customer_id"), "str")
    empty = pd.DataFrame(columns=COLUMNS).astype({**typed, **texts, "scored_on": "datetime64[s]"})
    filled = [frame.rename(columns={"as_of": "scored_on"})[COLUMNS] for frame in frames if len(frame)]
    rows = pd.concat(filled, ignore_index=True) if filled else empty
    return rows[rows["actual"].notna()].astype({**typed, **texts})
