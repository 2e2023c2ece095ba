"""What accounts in another currency than the reporting one were worth on earlier nights: what a night said is in the
reporting currency, and a ledger's promises are in that of the account."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from ledger.clock import rows_known_before
from ledger.partitioned.added_rows import rows_of
from ledger.sources.chunks import opened
from ledger.tables import TABLES

Whom = tuple[date, str]


def account_rates(asked: pd.DataFrame, ledger: Path) -> Mapping[Whom, float]:
    """Reporting units for one unit of the account's currency, by night and customer_id; only of accounts in another.

    `asked` has as_of, customer_id and currency (the reporting one of that night). Rates and accounts are those that
    the night knew; an account in a currency without a rate then has none here. LedgerError where the ledger cannot be
    read.
    """
    with opened(ledger) as source:
        customers = rows_of(source, TABLES["customers"], {"customer_id": asked["customer_id"].drop_duplicates()})[0]
        rates = rows_of(source, TABLES["fx_rates"], {})[0]
    found: dict[Whom, float] = {}
    for night in asked["as_of"].drop_duplicates():
        known, latest = (rows_known_before(frame, night) for frame in (customers, rates))
        worth = latest.sort_values("on").groupby("currency")["rate"].last()
        some = asked[asked["as_of"] == night]
        account = some["customer_id"].map(known.set_index("customer_id")["currency"])
        rate = account.where(account != some["currency"]).map(worth)
        found |= {(night.date(), whom): one for whom, one in zip(some["customer_id"], rate, strict=True) if one > 0}
    return found
