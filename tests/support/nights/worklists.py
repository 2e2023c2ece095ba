"""A worklist and hand-overs of two rows, plain but for what a test says, and rows with the promise that they were made
of."""

import pandas as pd

from ledger.declarations import Table
from worklists.score_db.tables import HANDOVERS, WORKLIST

NIGHT = pd.Timestamp("2024-03-01")


def worklist(**changes: object) -> pd.DataFrame:
    """Two rows, the second rank first."""
    return _plain(WORKLIST).assign(**{"rank": [2, 1], "customer_id": ["C2", "C1"], **changes})


def handovers(**changes: object) -> pd.DataFrame:
    """Two rows, the smaller amount first."""
    return _plain(HANDOVERS).assign(**{"collectible_amount": [5_00, 7_00], "customer_id": ["C4", "C3"], **changes})


def _plain(table: Table) -> pd.DataFrame:
    plain = {"text": "a", "date": NIGHT, "money": 123450, "probability": 1 / 3, "number": 21.26, "whole": 7}
    return pd.DataFrame({column.name: [plain[column.kind]] * 2 for column in table.columns})


def with_promise(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of a worklist with the promise's state and day, as they are before promise_status is made of them."""
    status = rows["promise_status"].str.split(" ")
    day = pd.to_datetime(status.str[-1], format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    return rows.assign(promise_state=status.str[0], promise_day=day)
