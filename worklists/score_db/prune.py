"""Old nights made small: their details go; what later nights, key figures and the proof of the effect read stays."""

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from worklists.score_db.audit import record
from worklists.score_db.connection import changing, compact
from worklists.score_db.earlier_facts import BOOKED_AFTER
from worklists.score_db.earlier_nights import MEMORY
from worklists.score_db.migrate import bring_to_head
from worklists.score_db.schema import metadata
from worklists.score_db.tables import RUNS

# What a night said of each invoice and customer, and why. All other tables stay: runs, key figures, the log of who
# could be contacted, and the tables to which a night adds only what is new, whose oldest rows may be the current ones.
DETAILS = (
    "invoice_scores", "customer_scores", "segments", "worklist", "why_ranked", "open_items", "explanations",
    "reason_sentences", "suppressions", "handovers", "cash_forecast", "cash_forecast_parts", "early_warnings",
)  # fmt: skip


@dataclass(frozen=True)
class Pruned:
    """The day before which nights have no details any more, and how many rows of each table went."""

    before: pd.Timestamp
    rows: dict[str, int]


def shortest_memory(default_horizon_days: int) -> int:
    """The days for which later nights read the details of earlier ones."""
    return max(MEMORY.days, default_horizon_days + BOOKED_AFTER)


def prune(url: str, days: int) -> Pruned | None:
    """Take the details of nights that are more than `days` older than the latest one out of the database at `url`.

    None where there is no night. PublishError where the database cannot be changed; it is then as it was.
    """
    with changing(url, "nothing was taken out") as connection:
        bring_to_head(connection)
        tables = metadata().tables
        latest = connection.execute(sa.select(sa.func.max(tables[RUNS.name].c.as_of))).scalar()
        if latest is None:
            return None
        before = pd.Timestamp(latest) - pd.Timedelta(days=days)
        rows = {}
        for name in DETAILS:
            old = tables[name].c.as_of < before.date()
            rows[name] = connection.execute(sa.delete(tables[name]).where(old)).rowcount
        record(connection, "prune")
    compact(url)
    return Pruned(before, rows)
