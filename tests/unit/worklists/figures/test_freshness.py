import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.as_of.newest import newest_records
from ledger.errors import LedgerError
from tests.support.view_from_rows import view_of
from worklists.figures.freshness import newest_in_words, refuse_stale, stale_tables, stale_warnings

NIGHT = pd.Timestamp("2025-01-10")
DAYS = {"payments": "2024-06-24", "invoices": "2025-01-09", "contacts": None}
NEWEST = pd.Series(DAYS, dtype="datetime64[s]")


def freshness(*overrides: str):
    return load_settings(tuple(f"freshness.{override}" for override in overrides)).freshness


def test_the_newest_record_of_a_night_is_the_latest_that_was_known_before_it() -> None:
    view = view_of(
        "2024-03-01",
        invoices=[{"amount": 10_000, "issued_on": "2024-01-05"}, {"amount": 500, "issued_on": "2024-03-01"}],
        payments=[
            {"amount": 100, "paid_on": "2024-02-20"},
            {"amount": 100, "paid_on": "2024-02-25", "known_on": "2024-03-02"},
            {"amount": 100, "paid_on": "2024-03-05", "known_on": "2024-02-27"},
        ],
    )
    newest = newest_records(view.portfolio, view.as_of)
    assert newest["payments"] == pd.Timestamp("2024-02-27")
    assert newest["invoices"] == pd.Timestamp("2024-01-05")
    assert pd.isna(newest["contacts"])


def test_a_table_whose_newest_record_is_older_than_its_setting_is_stale_and_one_without_records_is_not() -> None:
    assert stale_tables(NEWEST, NIGHT, freshness()) == ["payments"]
    assert stale_tables(NEWEST, NIGHT, freshness("payments_warn_days=200")) == []
    assert stale_tables(NEWEST, NIGHT, freshness("payments_warn_days=199")) == ["payments"]
    assert stale_tables(NEWEST, NIGHT, freshness("payments_warn_days=null")) == []


def test_the_notes_say_how_old_each_table_is_and_what_a_stale_one_means() -> None:
    (warning,) = stale_warnings(NEWEST, NIGHT, freshness())
    assert warning.startswith(
        "no payment became known for 200 days (freshness.payments_warn_days = 7): whoever has paid"
    )
    assert newest_in_words(NEWEST, NIGHT) == (
        "the newest payment became known on 2024-06-24, 200 days before this night; the newest invoice became known on "
        "2025-01-09, 1 day before this night; no contact is known"
    )


def test_a_night_stops_where_the_settings_say_so() -> None:
    refuse_stale(NEWEST, NIGHT, freshness())
    refuse_stale(NEWEST, NIGHT, freshness("payments_stop_days=200", "contacts_stop_days=1"))
    with pytest.raises(LedgerError, match="payments: the newest record became known on 2024-06-24, 200 days before"):
        refuse_stale(NEWEST, NIGHT, freshness("payments_stop_days=199"))
