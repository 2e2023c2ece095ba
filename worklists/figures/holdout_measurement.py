"""What a contact brought, measured on the hold-out: customers left alone at random compared with those who were not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from configs.language import translated
from configs.settings import HoldoutSettings
from features.labels import cash_collected_within, contacts_within
from features.window_kernels import Floats
from ledger.as_of.view import View
from ledger.clock import day_numbers
from ledger.hashing import find_texts
from ledger.minor_units import minor_units
from worklists.figures.key_figures import KeyFigure

OUTCOME_DAYS = 30
LEAST_CUSTOMERS = 50  # in each arm: with fewer, single large payments decide the figure, and its interval is too short
# Ratios mislead where the divisor is uncertain: the usual rule for instruments (Staiger and Stock 1997) wants F > 10.
LEAST_CERTAINTY = 10**0.5
CONFIDENCE = 0.95

MEASURED = (
    f"cash of {OUTCOME_DAYS} days on what was overdue, of customers let through less of those held out at random, / "
    "the same difference of the contacts made; each customer's first night of a hold-out period, weighted by "
    "1 / propensity and adjusted for the collectible amount of that night"
)
INTERVAL = f"end of the {CONFIDENCE:.0%} interval of extra_cash_per_contact, with the customer as the unit"
COUNTED = "customers counted in extra_cash_per_contact that were {}"
RANDOMISED = "randomised trial; the ratio is Wald's estimate (Imbens and Angrist 1994)"
CONTACT_FIGURES: tuple[KeyFigure, ...] = (
    KeyFigure("extra_cash_per_contact", "currency", MEASURED, RANDOMISED),
    KeyFigure("extra_cash_per_contact_low", "currency", f"lower {INTERVAL}", RANDOMISED),
    KeyFigure("extra_cash_per_contact_high", "currency", f"upper {INTERVAL}", RANDOMISED),
    KeyFigure("held_out_customers", "count", COUNTED.format("held out at random"), RANDOMISED),
    KeyFigure("let_through_customers", "count", COUNTED.format("let through by the same draws"), RANDOMISED),
)


@dataclass(frozen=True)
class Measured:
    """The rows of `CONTACT_FIGURES` as in `key_figures`, and why the cash is missing ('' where it is measured)."""

    rows: pd.DataFrame
    note: str


@dataclass(frozen=True)
class Difference:
    """A mean of those let through less that of the held out; `rest` is what each row has beyond its arm's mean."""

    value: float
    rest: Floats

    def less(self, other: "Difference", factor: float) -> "Difference":
        return Difference(self.value - factor * other.value, self.rest - factor * other.rest)


def contact_measure(view: View, log: pd.DataFrame, settings: HoldoutSettings) -> Measured:
    """The measure of a night from the contact log of earlier nights (columns of `holdout.CONTACT_LOG`, cents)."""
    return measured([watched(view, log, settings)])


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


def measured(parts: Sequence[pd.DataFrame]) -> Measured:
    """The measure from the rows of `watched`, of all parts of a portfolio."""
    rows = pd.concat(parts).sort_values(["as_of", "customer_id"], ignore_index=True)
    return extra_cash_per_contact(rows, rows["cash"].to_numpy(), rows["contacts"].to_numpy())


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
    held_out = rows["held_out"].to_numpy() == 1
    customer, _ = pd.factorize(rows["customer_id"])
    held, through = (len(np.unique(customer[arm])) for arm in (held_out, ~held_out))
    if min(held, through) < LEAST_CUSTOMERS:
        return _figures(
            [np.nan] * 3, held, through,
            translated(
                "extra cash per contact is not measured yet: {days} days have been watched of {held} customers held "
                "out and of {through} let through; at least {least} of each are needed"
            ).format(days=OUTCOME_DAYS, held=held, through=through, least=LEAST_CUSTOMERS),
        )  # fmt: skip
    draws = _Draws(held_out, rows["propensity"], rows["collectible_amount"], customer)
    money, made = draws.difference(cash), draws.difference(contacts)
    if made.value <= LEAST_CERTAINTY * draws.error(made):
        return _figures(
            [np.nan] * 3, held, through,
            translated(
                "extra cash per contact cannot be measured: by the ledger's contacts, customers who were held out "
                "were contacted about as often as the others; see whether collectors keep to the worklist and record "
                "contacts"
            ),
        )  # fmt: skip
    effect = money.value / made.value
    low, high = draws.interval(money.less(made, effect))
    cents = [effect, effect + low / made.value, effect + high / made.value]
    return _figures([amount / minor_units() for amount in cents], held, through, "")


class _Draws:
    """The rows as an experiment: differences between its arms, and how far chance alone may move them."""

    def __init__(
        self,
        held_out: npt.NDArray[np.bool_],
        propensity: pd.Series,
        collectible: pd.Series,
        customer: npt.NDArray[np.intp],
    ) -> None:
        weight = 1 / propensity.to_numpy(dtype=np.float64)
        self.held_out = held_out
        self.customer = customer
        self.owed = collectible.to_numpy(dtype=np.float64)
        self.share: Floats = np.where(held_out, weight / weight[held_out].sum(), weight / weight[~held_out].sum())
        self.least = len(np.unique(customer[held_out]))
        self.chance = self._plain(self.owed)

    def difference(self, values: Floats) -> Difference:
        """The difference of weighted means (Hajek), less what the draw brought about by who owes how much.

        The draw cannot have changed what was owed that night: a difference there is chance, and so is what follows it.
        """
        plain = self._plain(values)
        together = np.sum(self.share**2 * plain.rest * self.chance.rest)
        alone = np.sum(self.share**2 * self.chance.rest**2)
        return plain.less(self.chance, float(together / alone)) if alone > 0 else plain

    def error(self, of: Difference) -> float:
        """The standard error, with the customer as the unit.

        The few who are held out may lack the largest debtors, who make most of the spread of cash; so their spread is
        taken to be no less than it would be, in proportion to what is owed, with the debts of those let through.
        """
        squares, held = self.share * of.rest**2, self.held_out
        seen = float(np.sum(self.share[held] * squares[held]))
        owed, owed_by_others = (float(np.sum((self.share * self.owed**2)[arm])) for arm in (held, ~held))
        expected = float(np.sum(self.share[held] ** 2) * np.sum(squares[held])) * owed_by_others / owed
        spread = max(seen, expected) * self.least / (self.least - 1)
        return float(np.sqrt(np.sum(self._influence(of) ** 2) + spread - seen))

    def interval(self, of: Difference) -> tuple[float, float]:
        """Lower and upper end, from the value 0.

        A few pay much, most nothing: where those few are missing, mean and error are both too small. Hall's
        transformation (1992, Journal of the Royal Statistical Society B 54) takes that skewness into account.
        """
        influence, error = self._influence(of), self.error(of)
        quantile = float(student.ppf((1 + CONFIDENCE) / 2, self.least - 1))
        spread = float(np.sum(influence**2))
        skewness = float(np.sum(influence**3)) / spread**1.5 if spread > 0 else 0.0
        return -error * _unskewed(quantile, skewness), -error * _unskewed(-quantile, skewness)

    def _plain(self, values: Floats) -> Difference:
        held, weighted = self.held_out, self.share * values
        of_held, of_others = float(weighted[held].sum()), float(weighted[~held].sum())
        return Difference(of_others - of_held, values - np.where(held, of_held, of_others))

    def _influence(self, of: Difference) -> Floats:
        """What each customer's deviation does to the difference."""
        signed = np.where(self.held_out, -1, 1) * self.share * of.rest
        return np.bincount(self.customer, weights=signed).astype(np.float64)


def _unskewed(quantile: float, skewness: float) -> float:
    """The quantile of a mean whose error has this skewness; Hall's inverse."""
    if abs(skewness) < 1e-6:
        return quantile
    return float(3 / skewness * (np.cbrt(1 + skewness * (quantile - skewness / 6)) - 1))


def _figures(cash: list[float], held: int, through: int, note: str) -> Measured:
    rows = pd.DataFrame(
        {
            "name": pd.Series([figure.name for figure in CONTACT_FIGURES], dtype="str"),
            "value": [*cash, float(held), float(through)],
            "unit": pd.Series([figure.unit for figure in CONTACT_FIGURES], dtype="str"),
            "formula": pd.Series([figure.formula for figure in CONTACT_FIGURES], dtype="str"),
        }
    )
    return Measured(rows, note)
