"""Whether the ledger still grows: an export that has stopped lists customers who have paid since."""

import pandas as pd

from configs.language import DAY, counted, translated
from configs.settings import FreshnessSettings
from ledger.errors import LedgerError

NEWEST = {
    "payments": "the newest payment became known on {day}, {ago} before this night",
    "invoices": "the newest invoice became known on {day}, {ago} before this night",
    "contacts": "the newest contact became known on {day}, {ago} before this night",
}
NOTHING = {"payments": "no payment is known", "invoices": "no invoice is known", "contacts": "no contact is known"}
TOO_OLD = {
    "payments": "no payment became known for {ago} ({setting} = {limit}): whoever has paid since is "
    "asked again. Bring the ledger up to date",
    "invoices": "no invoice became known for {ago} ({setting} = {limit}): newer debts are not seen. "
    "Bring the ledger up to date",
    "contacts": "no contact became known for {ago} ({setting} = {limit}): whoever was contacted since "
    "may be contacted again. Import the outcomes, or bring the ledger up to date",
}


class StaleLedger(LedgerError):
    """The newest records of the ledger are older than the settings allow."""


def refuse_stale(newest: "pd.Series[pd.Timestamp]", as_of: pd.Timestamp, settings: FreshnessSettings) -> None:
    """StaleLedger where a table of `ledger.as_of.newest` is older than its setting allows."""
    for table, days in _ages(newest, as_of).items():
        most = settings.stop_days(table)
        if most is not None and days > most:
            raise StaleLedger(
                f"{table}: the newest record became known on {newest[table].date()}, {days:,} days before the night of "
                f"{as_of.date()}, and freshness.{table}_stop_days allows {most:,}, so the night stops and the worklist "
                f"before it stays in place. Bring the ledger up to date, or raise the setting."
            )


def stale_tables(newest: "pd.Series[pd.Timestamp]", as_of: pd.Timestamp, settings: FreshnessSettings) -> list[str]:
    """The tables whose newest record is older than `warn_days`; one without any record is not among them."""
    ages = _ages(newest, as_of)
    return [table for table, days in ages.items() if days > (settings.warn_days(table) or days)]


def stale_warnings(newest: "pd.Series[pd.Timestamp]", as_of: pd.Timestamp, settings: FreshnessSettings) -> list[str]:
    """A sentence for each of `stale_tables`."""
    ages = _ages(newest, as_of)
    return [
        translated(TOO_OLD[table]).format(
            ago=_days(ages[table]), setting=f"freshness.{table}_warn_days", limit=settings.warn_days(table)
        )
        for table in stale_tables(newest, as_of, settings)
    ]


def newest_in_words(newest: "pd.Series[pd.Timestamp]", as_of: pd.Timestamp) -> str:
    """How old the newest record of each table is."""
    ages = _ages(newest, as_of)
    said = [
        translated(NEWEST[table]).format(day=newest[table].strftime(translated(DAY)), ago=_days(ages[table]))
        if table in ages
        else translated(NOTHING[table])
        for table in NEWEST
    ]
    return "; ".join(said)


def _days(count: int) -> str:
    return counted("{count} day", "{count} days", count)


def _ages(newest: "pd.Series[pd.Timestamp]", as_of: pd.Timestamp) -> dict[str, int]:
    """Days from the newest record of each table that has any to the night."""
    return {str(table): (as_of - day).days for table, day in newest.dropna().items()}
