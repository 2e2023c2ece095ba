"""What a contact brought, measured on the hold-out: customers left alone at random compared with those who were not."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from configs.language import translated
from configs.settings import HoldoutSettings
from features.labels import cash_collected_within, contacts_within
from features.window_kernels import Floats
from ledger.as_of.view import View
from ledger.clock import day_numbers
from ledger.hashing import find_texts
from ledger.minor_units import minor_units
from worklists.figures.key_figures import KeyFigure
from worklists.figures.measured import Measured
from worklists.figures.random_draw import CONFIDENCE, RandomDraw, customers_of

OUTCOME_DAYS = 30
LEAST_CUSTOMERS = 50  # in each arm: with fewer, single large payments decide the figure, and its interval is too short

MEASURED = (
    f"cash of {OUTCOME_DAYS} days on what was overdue, of customers let through less of those held out at random, / "
    "the same difference of the contacts made; each customer's first night of a hold-out period, weighted by "
    "1 / propensity and adjusted for the collectible amount of that night and the cash expected without a contact"
)
INTERVAL = (
    f"end of the {CONFIDENCE:.0%} interval of extra_cash_per_contact, with the customer as the unit, for a look on one "
    "night that was fixed beforehand"
)
ALWAYS = f"end of the {CONFIDENCE:.0%} interval of extra_cash_per_contact that may be looked at every night"
COUNTED = "customers counted in extra_cash_per_contact that were {}"
RANDOMISED = "randomised trial; the ratio is Wald's estimate (Imbens and Angrist 1994)"
SEQUENCE = "asymptotic confidence sequence: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024"
CONTACT_FIGURES: tuple[KeyFigure, ...] = (
    KeyFigure("extra_cash_per_contact", "currency", MEASURED, RANDOMISED),
    KeyFigure("extra_cash_per_contact_low", "currency", f"lower {INTERVAL}", RANDOMISED),
    KeyFigure("extra_cash_per_contact_high", "currency", f"upper {INTERVAL}", RANDOMISED),
    KeyFigure("extra_cash_per_contact_always_low", "currency", f"lower {ALWAYS}", SEQUENCE),
    KeyFigure("extra_cash_per_contact_always_high", "currency", f"upper {ALWAYS}", SEQUENCE),
    KeyFigure("held_out_customers", "count", COUNTED.format("held out at random"), RANDOMISED),
    KeyFigure("let_through_customers", "count", COUNTED.format("let through by the same draws"), RANDOMISED),
)
MISSING = [np.nan] * 5  # the cash and its intervals


def contact_measure(view: View, log: pd.DataFrame, settings: HoldoutSettings) -> Measured:
    """The measure of a night from the contact log of earlier nights (columns of `holdout.CONTACT_LOG`, cents)."""
    return measured(whole([watched(view, log, settings)]))


def watched(view: View, log: pd.DataFrame, settings: HoldoutSettings, lag: int | None = None) -> pd.DataFrame:
    """The rows of `first_nights` of the view's customers, with cash (cents) and contacts of the days that followed.

    `lag` is the portfolio's usual booking lag, where the view shows a part of it.
    """
    rows = first_nights(log, settings)
    customer = find_texts(view.portfolio.customer_ids, rows["customer_id"])
    rows, customer = rows[customer >= 0], customer[customer >= 0]
    nights = day_numbers(rows["as_of"])
    return rows.assign(
        cash=cash_collected_within(view, nights, customer, OUTCOME_DAYS, lag),
        contacts=contacts_within(view, nights, customer, OUTCOME_DAYS, lag),
    )


def measured(rows: pd.DataFrame) -> Measured:
    """The measure from the rows of `whole`."""
    return extra_cash_per_contact(rows, rows["cash"].to_numpy(), rows["contacts"].to_numpy())


def whole(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of `watched` of all parts of a portfolio, in one order whatever the parts are."""
    return pd.concat(parts).sort_values(["as_of", "customer_id"], ignore_index=True)


def first_nights(log: pd.DataFrame, settings: HoldoutSettings) -> pd.DataFrame:
    """Of every customer and hold-out period, the first night with a draw, where the outcome ends within the period.

    Later nights depend on the draw: whoever was contacted may have paid. In a window that runs on into the next period
    the held out may be contacted, and others left alone. As periods begin on a random day, this leaves out customers
    at random. Nights on which a customer was above the value limit (propensity 1) had no draw.
    """
    drawn = log[log["propensity"] < 1].sort_values(["as_of", "customer_id"])
    first = drawn.drop_duplicates(["customer_id", "period"])
    return first[(first["as_of"] - first["period"]).dt.days <= settings.days - OUTCOME_DAYS]


def extra_cash_per_contact(rows: pd.DataFrame, cash: Floats, contacts: Floats) -> Measured:
    """Extra cash of `OUTCOME_DAYS` per contact, from the rows of `first_nights`.

    `cash` (cents) and `contacts` (made, by anyone) in those days are by row, NaN where not known yet. The draw changes
    cash only by the contacts that it lets happen, so the difference in cash over that in contacts is the mean
    effect of a contact, also where capacity or collectors chose among those let through. Nothing is reported with fewer
    than `LEAST_CUSTOMERS` in an arm, or where the arms hardly differ in contacts.
    """
    known = ~(np.isnan(cash) | np.isnan(contacts))
    rows, cash, contacts = rows[known], cash[known], contacts[known]
    held, through = customers_of(rows)
    counts = [float(held), float(through)]
    if min(held, through) < LEAST_CUSTOMERS:
        return Measured.of(
            CONTACT_FIGURES, [*MISSING, *counts],
            translated(
                "extra cash per contact is not measured yet: {days} days have been watched of {held} customers held "
                "out and of {through} let through; at least {least} of each are needed"
            ).format(days=OUTCOME_DAYS, held=held, through=through, least=LEAST_CUSTOMERS),
        )  # fmt: skip
    found = RandomDraw(rows).ratio(cash, contacts)
    if found is None:
        return Measured.of(
            CONTACT_FIGURES, [*MISSING, *counts],
            translated(
                "extra cash per contact cannot be measured: by the ledger's contacts, customers who were held out "
                "were contacted about as often as the others; see whether collectors keep to the worklist and record "
                "contacts"
            ),
        )  # fmt: skip
    cents = [found.value, *found.one_night, *found.always]
    return Measured.of(CONTACT_FIGURES, [*(amount / minor_units() for amount in cents), *counts], "")
