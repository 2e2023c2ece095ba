"""What the rules between columns, rows and tables look at, and the vectorised conditions that they are made of."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ledger.currencies import billed_currencies
from ledger.frames import Tables, empty
from ledger.hashing import NOT_FOUND, Positions, TextIndex, find_texts
from ledger.tables import TABLES
from ledger.validation.key_hashes import key_hashes

BILLED = ("invoice_id", "customer_id")


@dataclass(frozen=True)
class JudgedRows:
    """What a condition may look at; every frame has a plain index 0, 1, 2 …

    `came` holds every row that was read, `accepted` the tables of earlier stages without their refused rows,
    `unreadable` the keys of rows refused at reading, by table, `without_rate` the currencies that cannot be converted,
    `rates` the accepted rates, and `reporting_currency` the one that needs none. Where the rows are a part of a ledger,
    `abroad` says, by table, which of them name an invoice of another part. `places` remembers what `place_of` has
    looked up, and `indexes` in what; evidence on the same rows may share them.
    """

    came: Tables
    accepted: Tables
    unreadable: dict[str, pd.Series]
    without_rate: frozenset[str] = frozenset()
    rates: pd.DataFrame = field(default_factory=lambda: empty(TABLES["fx_rates"]))
    reporting_currency: str | None = None
    abroad: dict[str, pd.Series] = field(default_factory=dict)
    places: dict[tuple[str, str], Positions] = field(default_factory=dict)
    indexes: dict[str, TextIndex] = field(default_factory=dict)

    def place_of(self, target: str, table: str) -> Positions:
        """Where the row of `target` that each row of the table names is found in `came`; -1 where it has not come."""
        if (target, table) not in self.places:
            (key,) = TABLES[target].key
            if target not in self.indexes:
                self.indexes[target] = TextIndex(self.came[target][key])
            self.places[target, table] = self.indexes[target].find(self.came[table][key])
        return self.places[target, table]

    def names_one_abroad(self, table: str, target: str) -> pd.Series:
        """Whether each row of the table names a row of `target` that another part of the ledger holds."""
        nowhere = pd.Series(False, index=self.came[table].index)
        return self.abroad.get(table, nowhere) if target == "invoices" else nowhere


Condition = Callable[[JudgedRows], pd.Series]
"""Whether each row of the rule's table, as it was read, is fine: booleans in the table's row order."""


def first_of_its_copies(table: str) -> Condition:
    """A later row is not the same in every column; copies being equal, it does not matter which one is kept."""

    def fine(evidence: JudgedRows) -> pd.Series:
        rows = evidence.came[table]
        alike = pd.Series(key_hashes(TABLES[table], rows), index=rows.index).duplicated(keep=False)
        return ~rows[alike].duplicated(keep="first").reindex(rows.index, fill_value=False)

    return fine


def names_a_row_of(target: str, table: str, column: str) -> Condition:
    """The row that `column` names has come, even if it was refused."""

    def fine(evidence: JudgedRows) -> pd.Series:
        ids = evidence.came[table][column]
        return ids.isna() | _came_in(target, table, column, evidence) | evidence.names_one_abroad(table, target)

    return fine


def names_an_accepted_row_of(target: str, table: str, column: str) -> Condition:
    """The row that `column` names, if it has come, was not refused."""

    def fine(evidence: JudgedRows) -> pd.Series:
        ids = evidence.came[table][column]
        if len(evidence.accepted[target]) == len(evidence.came[target]) and evidence.unreadable[target].empty:
            return pd.Series(True, index=ids.index)
        return are_known(evidence.accepted[target][column], ids) | ~_came_in(target, table, column, evidence)

    return fine


def same_customer_as_its_invoice(table: str) -> Condition:
    """The invoice, refused or not, came with the row's customer; one that has not come is no matter of this."""

    def fine(evidence: JudgedRows) -> pd.Series:
        rows, invoices = evidence.came[table], evidence.came["invoices"]
        owner = _taken(invoices["customer_id"], evidence.place_of("invoices", table), rows.index)
        same = owner.isna() | rows["customer_id"].isna() | (owner == rows["customer_id"])
        if not same.all():  # the same invoice_id may have come with several customers
            doubted = rows.loc[~same, list(BILLED)]
            asked = invoices.loc[are_known(doubted["invoice_id"], invoices["invoice_id"]), list(BILLED)]
            same[~same] = pd.MultiIndex.from_frame(doubted).isin(pd.MultiIndex.from_frame(asked))
        return same & ~evidence.names_one_abroad(table, "invoices")  # all of one customer is in one part

    return fine


def is_one_of(table: str, column: str, codes: Collection[str]) -> Condition:
    """The column has one of the codes, or nothing."""

    def fine(evidence: JudgedRows) -> pd.Series:
        stated = evidence.came[table][column]
        return stated.isna() | stated.isin(codes)

    return fine


def not_before(table: str, later: str, earlier: str) -> Condition:
    return lambda evidence: ~(evidence.came[table][later] < evidence.came[table][earlier])


def paid_once_issued(evidence: JudgedRows) -> pd.Series:
    """Of accepted rows only: what came is what was accepted."""
    payments, issued_on = evidence.came["payments"], evidence.came["invoices"]["issued_on"]
    return ~(payments["paid_on"] < _taken(issued_on, evidence.place_of("invoices", "payments"), payments.index))


def sign_fits_kind(evidence: JudgedRows) -> pd.Series:
    invoices = evidence.came["invoices"]
    return (invoices["amount"] >= 0).where(invoices["kind"] != "credit_note", invoices["amount"] <= 0)


def has_a_rate(evidence: JudgedRows) -> pd.Series:
    if not evidence.without_rate:
        return pd.Series(True, index=evidence.came["invoices"].index)
    billed = billed_currencies({"invoices": evidence.came["invoices"], "customers": evidence.accepted["customers"]})
    return ~billed.isin(evidence.without_rate)


def own_currency_has_a_rate(table: str, on: str) -> Condition:
    """A currency of the row's own, other than its invoice's or else its customer's, has a rate by the day `on`."""

    def fine(evidence: JudgedRows) -> pd.Series:
        rows = evidence.came[table]
        known = rows["currency"].isna() | (rows["currency"] == evidence.reporting_currency)
        if known.all():  # as in most ledgers: no need to look for the invoices
            return known
        others = rows[~known]
        first_on = evidence.rates.groupby("currency")["on"].min().reindex(others["currency"]).set_axis(others.index)
        account = _currency_of_account(others, evidence.place_of("invoices", table)[~known], evidence)
        known[~known] = account.isna() | (others["currency"] == account) | (first_on <= others[on])
        return known

    return fine


def names_a_customer_or_an_invoice(evidence: JudgedRows) -> pd.Series:
    holds = evidence.came["holds"]
    return holds["customer_id"].notna() | holds["invoice_id"].notna()


def not_reduced_below_zero(evidence: JudgedRows) -> pd.Series:
    """What is left of an invoice is not negative, and of a credit note not positive."""
    invoices = evidence.came["invoices"]
    left = invoices["amount"].to_numpy(dtype=np.int64).copy()
    for name in ("payments", "adjustments"):
        place = evidence.place_of("invoices", name)
        rows = evidence.came[name]
        cents = rows["amount"].to_numpy(dtype=np.float64)  # exact below 2**53
        named = place != NOT_FOUND
        stated = np.flatnonzero(rows["currency"].notna())
        if len(stated):  # an amount in another currency is no part of the invoice's as it stands
            own = rows.iloc[stated]
            foreign = own["currency"] != _currency_of_account(own, place[stated], evidence)
            named[stated[foreign]] = False
        left -= np.bincount(place[named], weights=cents[named], minlength=len(left)).astype(np.int64)
    return pd.Series(left * np.sign(invoices["amount"].to_numpy()) >= 0, index=invoices.index)


def planned_within_the_amount(evidence: JudgedRows) -> pd.Series:
    """What the instalments of an invoice add up to; one without any is within it."""
    invoices, plan = evidence.came["invoices"], evidence.came["instalments"]
    place = evidence.place_of("invoices", "instalments")
    named = place != NOT_FOUND
    cents = plan["amount"].to_numpy(dtype=np.float64)[named]  # exact below 2**53
    planned = np.bincount(place[named], weights=cents, minlength=len(invoices))
    return pd.Series((planned == 0) | (planned <= invoices["amount"].to_numpy(dtype=np.int64)), index=invoices.index)


def parent_exists(evidence: JudgedRows) -> pd.Series:
    customers = evidence.came["customers"]
    return customers["parent_id"].isna() | are_known(customers["customer_id"], customers["parent_id"])


def parents_end(evidence: JudgedRows) -> pd.Series:
    """Following `parent_id` upwards ends somewhere. Keys must be unique."""
    customers = evidence.came["customers"]
    nobody = len(customers)
    parent = pd.Index(customers["customer_id"]).get_indexer(customers["parent_id"])
    above = np.append(np.where(customers["parent_id"].isna() | (parent < 0), nobody, parent), nobody)
    for _ in range(nobody.bit_length()):  # each step doubles the distance: a chain without a circle has ended by then
        above = above[above]
    return pd.Series(above[:nobody] == nobody, index=customers.index)


def _currency_of_account(rows: pd.DataFrame, places: Positions, evidence: JudgedRows) -> pd.Series:
    """The currency that an amount without one of its own is in: the invoice's, else the customer's or the books'.

    `places` are those of the invoices that the rows name."""
    invoices, customers = evidence.came["invoices"], evidence.accepted["customers"]
    billed = billed_currencies({"invoices": invoices, "customers": customers})
    of_invoice = _taken(billed, places, rows.index)
    loose = rows["invoice_id"].isna()
    if loose.any() and "customer_id" in rows:
        own = rows["customer_id"].map(customers.set_index("customer_id")["currency"]).astype("str")
        of_invoice = of_invoice.fillna(own.where(loose))
    return of_invoice.fillna(evidence.reporting_currency) if evidence.reporting_currency else of_invoice


def _came_in(target: str, table: str, column: str, evidence: JudgedRows) -> pd.Series:
    came = evidence.place_of(target, table) != NOT_FOUND
    known: pd.Series = are_known(evidence.unreadable[target], evidence.came[table][column]) | came
    return known


def are_known(known: pd.Series, ids: pd.Series) -> pd.Series:
    """Which ids are known."""
    if known.empty:
        return pd.Series(False, index=ids.index)
    return pd.Series(find_texts(known, ids) != NOT_FOUND, index=ids.index)


def _taken(values: pd.Series, places: Positions, index: pd.Index) -> pd.Series:
    """The value at each place, missing at -1."""
    return pd.Series(pd.api.extensions.take(values.array, places, allow_fill=True), index=index)
