"""Do the first of a list stay the first on the next night? What moves without news costs the collectors' trust."""

import pandas as pd

from models.evaluation.list_overlap import TOP, jaccard
from worklists.score_db.listed_nights import ListedNights

COLUMNS = ["before", "night", "first", "again", "gone", "jaccard"]


def list_stability(published: ListedNights, every_days: int) -> pd.DataFrame:
    """A row for each of the nights that are `every_days` apart, with the night published before it; the latest last.

    `first` is how many are the head of the earlier list: a twentieth of the customers whom it could have listed. Of
    these, `again` are among as many first of the later one, and `gone` are not on it at all. `jaccard` is the share of
    those in both heads among those in either. Where one of the two lists is empty there is no row.
    """
    found = []
    for night in published.apart(every_days):
        earlier = [one for one in published.nights if one < night]
        row = _compared(published, earlier[-1], night) if earlier else None
        if row is not None:
            found.append(row)
    return pd.DataFrame(found, columns=COLUMNS)


def _compared(
    published: ListedNights, before: pd.Timestamp, night: pd.Timestamp
) -> tuple[pd.Timestamp, pd.Timestamp, int, int, int, float] | None:
    size = max(round(TOP * published.could_be_listed(before)), 1)
    one, whole = published.listed(before, size), published.listed(night)
    if one.empty or whole.empty:
        return None
    again = int(one.isin(whole[:size]).sum())
    gone = int((~one.isin(whole)).sum())
    return before, night, len(one), again, gone, jaccard(again, len(one), min(size, len(whole)))


def in_words(stability: pd.DataFrame) -> list[str]:
    """The latest row in a sentence, and the usual one; a sentence of one night where there is nothing to compare."""
    if stability.empty:
        return ["Whether the list is steady is not known: no two nights with a list are published."]
    last = stability.iloc[-1]
    down = last["first"] - last["again"] - last["gone"]
    said = [
        f"Of the first {last['first']:,} customers of {last['before'].date()}, {last['again']:,} are again among the "
        f"first on {last['night'].date()}; not on the list any more: {last['gone']:,}, further down: {down:,} "
        f"(Jaccard {last['jaccard']:.2f})."
    ]
    if len(stability) > 1:
        said.append(
            f"  From one published night to the next the Jaccard index of the first {TOP:.0%} is usually "
            f"{stability['jaccard'].median():.2f}, {stability['jaccard'].min():.2f} at the lowest "
            f"({len(stability)} pairs of nights)."
        )
    return said
