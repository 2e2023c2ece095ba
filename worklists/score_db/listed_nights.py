"""Whom published nights listed, and whom they could have listed, read back: for what monitoring says of the lists."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from worklists.score_db.earlier_nights import Database, reading
from worklists.score_db.tables import CONTACT_LOG, RUNS, WORKLIST

LOGGED = ("as_of", "customer_id", "recommended", "held_out", "collectible_amount", "p_unpaid_30d", "expected_gain")


@dataclass(frozen=True)
class ListedNights:
    """The nights of some days up to `as_of` in a database, as one moment shows them."""

    database: Database
    nights: list[pd.Timestamp]
    """Ascending."""

    def apart(self, days: int) -> list[pd.Timestamp]:
        """The latest night, and of those before it such as are `days` apart at least, oldest first."""
        chosen: list[pd.Timestamp] = []
        for night in reversed(self.nights):
            if not chosen or night <= chosen[-1] - pd.Timedelta(days=days):
                chosen.append(night)
        return chosen[::-1]

    def log(self, nights: Iterable[pd.Timestamp], customer_ids: pd.Index) -> pd.DataFrame:
        """Of these customers, who could be listed on the nights (`LOGGED`, cents): with something collectible, and not
        held out at random."""
        found = [self.database.rows(CONTACT_LOG, LOGGED, None)]
        for night in nights:  # one at a time: of a million customers those asked for are few
            rows = self.database.rows(CONTACT_LOG, LOGGED, (night, night), needed=("expected_gain",))
            found.append(rows[rows["customer_id"].isin(customer_ids)])
        rows = pd.concat(found, ignore_index=True)
        return rows[(rows["held_out"] == 0) & (rows["collectible_amount"] > 0)].reset_index(drop=True)

    def could_be_listed(self, night: pd.Timestamp) -> int:
        """How many customers the list of a night chose from."""
        of_night = sa.column("as_of", sa.Date()) == night.date()
        query = sa.select(sa.func.count()).select_from(sa.table(CONTACT_LOG.name)).where(of_night)
        known = self.database.connection is not None and CONTACT_LOG.name in self.database.tables
        return int(self.database.connection.execute(query).scalar_one()) if known else 0  # type: ignore[union-attr]

    def listed(self, night: pd.Timestamp, most: int | None = None) -> "pd.Series[str]":
        """The customers of a night's list in the order of rank; all, or the first `most`."""
        only = None if most is None else sa.column("rank", sa.Integer()) <= most
        rows = self.database.rows(WORKLIST, ("rank", "customer_id"), (night, night), only)
        return rows.sort_values("rank", ignore_index=True)["customer_id"]


@contextmanager
def listed_nights(url: str, as_of: pd.Timestamp, days: int) -> Iterator[ListedNights]:
    """The nights of the `days` up to `as_of`, that included.

    What is missing counts as empty, and PublishError as in `earlier_nights.previous_night`.
    """
    with reading(url) as database:
        runs = database.rows(RUNS, ("as_of",), (as_of - pd.Timedelta(days=days), as_of))
        yield ListedNights(database, sorted(runs["as_of"].unique()))
