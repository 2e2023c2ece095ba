"""Who is contacted at equal debt and equal expected gain: customers of a country or an industry, and others like them.

In every night customers are put into twentieths by what is collectible, and into twentieths by the expected gain; only
those who are in the same of both are compared. The difference between a group and the others is the mean of those of
the 400 cells, weighted so that it is as certain as it can be (Mantel and Haenszel; Greenland and Robins 1985).
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from features.window_kernels import Floats, Positions
from models.clustered_error import clustered_error

BANDS = 20  # by fifths a fair list was held to favour a country whose debts are four times as large
LEAST_CUSTOMERS = 50  # of the group, and of the others like them: with fewer the interval is too short
CONFIDENCE = 0.95
# The four-fifths rule: a share below it, or the other way round, is held to be unequal (US EEOC 1978, 29 CFR 1607.4).
FOUR_FIFTHS = 0.8
FIGURES = ("share", "share_of_like", "difference", "low", "high")
COLUMNS = ["field", "group", "customers", *FIGURES, "unequal"]
Bools = npt.NDArray[np.bool_]


def like_customers(rows: pd.DataFrame) -> Positions:
    """The cell of each row: rows of the same cell are of like debt and like expected gain.

    `rows` has night, amount and gain (of any unit). Bands are cut night by night, so that each night has as many rows
    in every band; equal amounts are in the same one.
    """
    band = {}
    for name in ("amount", "gain"):
        among = rows.groupby("night")[name].rank(method="average", pct=True).to_numpy(dtype=np.float64)
        band[name] = np.minimum((among * BANDS).astype(np.int64), BANDS - 1)
    return np.asarray(band["amount"] * BANDS + band["gain"], dtype=np.int64)


def fairness(rows: pd.DataFrame, reached: Floats, groups: pd.DataFrame, deviations: float) -> pd.DataFrame:
    """A row for each group of each column of `groups` (in the rows of `rows`): `COLUMNS`, by field and group.

    `rows` has customer, night, amount and gain; `reached` is 1 where the customer was listed, or contacted, 0 where
    not, NaN where it is not known (and left out). `share` is of the group, `share_of_like` of others in the same
    cells, `low` and `high` the ends of the 95% interval of their `difference`, in which a customer's nights go
    together. `unequal` where one share is less than four fifths of the other, by more than `deviations` standard
    errors. Where the group, or the others like it, have fewer than `LEAST_CUSTOMERS`, nothing is judged: figures are
    missing.
    """
    known = ~np.isnan(reached)
    rows, groups, reached = rows[known], groups[known], reached[known]
    cell = like_customers(rows)
    customer = rows["customer"].to_numpy()
    found = []
    for field in groups:
        names = groups[field].to_numpy()
        for group in sorted(set(names)):
            figures = _compared(names == group, cell, customer, reached, deviations)
            found.append((field, group, len(np.unique(customer[names == group])), *figures))
    return pd.DataFrame(found, columns=COLUMNS).astype(dict.fromkeys(FIGURES, "float64") | {"unequal": bool})


def _compared(
    own: Bools, cell: Positions, customer: Positions, reached: Floats, deviations: float
) -> tuple[float, float, float, float, float, bool]:
    nothing = (np.nan, np.nan, np.nan, np.nan, np.nan, False)
    cells = int(cell.max()) + 1 if len(cell) else 0
    count, own_count = np.bincount(cell, minlength=cells), np.bincount(cell[own], minlength=cells)
    both = (own_count > 0) & (own_count < count)
    here = both[cell]
    if min(len(np.unique(customer[here & side])) for side in (own, ~own)) < LEAST_CUSTOMERS:
        return nothing
    own, cell, customer, reached = own[here], cell[here], customer[here], reached[here]
    other_count = np.maximum(count - own_count, 1)
    own_share = np.bincount(cell[own], weights=reached[own], minlength=cells) / np.maximum(own_count, 1)
    other_share = np.bincount(cell[~own], weights=reached[~own], minlength=cells) / other_count
    weight = np.where(both, own_count * other_count / np.maximum(count, 1), 0.0)
    share, of_like = (float(np.average(of_cell, weights=weight)) for of_cell in (own_share, other_share))
    difference = share - of_like
    # Each row's part in it: how far the row is from its cell, beyond what the difference explains.
    beyond_cell = own - (own_count / np.maximum(count, 1))[cell]
    mean = np.bincount(cell, weights=reached, minlength=cells) / np.maximum(count, 1)
    rest = reached - mean[cell] - difference * beyond_cell
    error = clustered_error(beyond_cell * rest, customer) / float(weight.sum())
    away = float(norm.ppf(0.5 + CONFIDENCE / 2)) * error
    small = min(share, of_like) < FOUR_FIFTHS * max(share, of_like)
    unequal = bool(small and abs(difference) > deviations * error)
    return share, of_like, difference, difference - away, difference + away, unequal


def in_words(table: pd.DataFrame, what: str) -> list[str]:
    """What the rows of `fairness` say, in sentences; `what` is "listed" or "contacted"."""
    head = f"{what.capitalize()} at equal debt and equal expected gain"
    judged = table[table["difference"].notna()]
    if judged.empty:
        return [f"{head}: not judged, no country or industry has {LEAST_CUSTOMERS} customers and as many like them."]
    if (judged["share"] == 1).all() and (judged["share_of_like"] == 1).all():
        return [f"Everyone who could be listed was {what}, so that no one was preferred."]
    unequal = judged[judged["unequal"]]
    said = [f"{head}, unequal by more than chance: {told}." for told in _told(unequal)]
    if not said:
        (largest,) = _told(judged.loc[[judged["difference"].abs().idxmax()]])
        said.append(f"{head}: no group of {len(judged)} is treated unequally; the largest difference is {largest}.")
    small = table[table["difference"].isna()]
    if len(small):
        names = ", ".join(small["field"] + " " + small["group"])
        said.append(f"  Not judged, with fewer than {LEAST_CUSTOMERS} customers or as few like them: {names}.")
    return said


def _told(table: pd.DataFrame) -> list[str]:
    """Each group, compared with the others like it."""
    return [
        f"{row['field']} {row['group']} {row['share']:.0%}, others like them {row['share_of_like']:.0%} ("
        f"{_points(row['difference'])} points, {CONFIDENCE:.0%} interval {_points(row['low'])} to "
        f"{_points(row['high'])}, {row['customers']:,} customers)"
        for row in table.to_dict("records")
    ]


def _points(share: float) -> str:
    return f"{100 * share:+.0f}"
