"""Nights on ledgers that cannot show what a contact brings, or not of every channel: they run, and say so."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from ledger.frames import Tables
from ledger.importing.write_ledger import write_ledger
from models.effect.effect_model import OTHER_CHANNELS, UNKNOWN
from tests.support.nights.flow_runs import TRAINED_ON, TrainedHome, duerank, nightly, overrides
from worklists.decide.contact_gains import ASSUMED
from worklists.ranking.rank import FALLBACK, LEARNED


@dataclass(frozen=True)
class Published:
    """What a night published."""

    database: Path

    def table(self, name: str) -> pd.DataFrame:
        with sqlite3.connect(self.database) as connection:
            return pd.read_sql_query(f"select * from {name}", connection)

    @property
    def run(self) -> pd.Series:
        return self.table("runs").iloc[0]


def trained_and_run(tables: Tables, folder: Path, *without: str) -> Published:
    """A training and a night on a ledger in files, of which those `without` are left out."""
    write_ledger(tables, folder / "ledger")
    for name in without:
        (folder / "ledger" / f"{name}.parquet").unlink()
    result = duerank("train", folder / "ledger", "--as-of", TRAINED_ON, *overrides())
    assert result.exit_code == 0, result.output
    nightly(folder / "ledger", folder / "out")
    return Published(folder / "out" / "duerank.db")


def paid_two_days_after_contacts(tables: Tables) -> pd.DataFrame:
    """The payments, where those of the four months after a contact come on its second day: an effect beyond
    chance, even of few customers."""
    payments = tables["payments"].sort_values("paid_on")
    contacts = tables["contacts"][["customer_id", "contacted_on"]].sort_values("contacted_on")
    latest = pd.merge_asof(
        payments[["customer_id", "paid_on"]], contacts, left_on="paid_on", right_on="contacted_on", by="customer_id",
        tolerance=pd.Timedelta(days=120),
    )["contacted_on"].set_axis(payments.index)  # fmt: skip
    second = latest + pd.Timedelta(days=2)
    earlier = second < payments["paid_on"]
    return payments.assign(
        paid_on=payments["paid_on"].mask(earlier, second), known_on=payments["known_on"].mask(earlier, second)
    )


@pytest.mark.slow
def test_without_a_contacts_table_the_night_ranks_by_an_assumed_effect_and_says_so(
    trained: TrainedHome, other_home: Path, tmp_path: Path
) -> None:
    night = trained_and_run(trained.tables, tmp_path, "contacts")
    assert night.run["ranking"] == FALLBACK
    assert "the ledger has no contacts with customers that owed something overdue" in night.run["notes"]
    assert "nothing learned" in night.run["model_versions"]
    listed = night.table("worklist")
    assert len(listed) > 20
    assert set(listed["gain_basis"]) <= {ASSUMED, "nothing is overdue yet"}
    parts = night.table("why_ranked")
    assert parts["effect_low"].isna().all() and parts["effect_high"].isna().all()


@pytest.mark.slow
def test_with_contacts_by_one_channel_the_others_are_never_said_to_be_known(
    trained: TrainedHome, other_home: Path, tmp_path: Path
) -> None:
    contacts = trained.tables["contacts"]
    calls = contacts.assign(channel=pd.Series("call", index=contacts.index, dtype=contacts["channel"].dtype))
    paid = paid_two_days_after_contacts(trained.tables)
    night = trained_and_run(trained.tables | {"contacts": calls, "payments": paid}, tmp_path)
    notes, parts = night.run["notes"], night.table("why_ranked")
    assert night.run["ranking"] == LEARNED, notes
    by_others = parts[(parts["channel"] != "call") & (parts["collectible_amount"] > 0)]
    assert set(by_others["gain_basis"]) <= {OTHER_CHANNELS, UNKNOWN}
    unknown = by_others[by_others["gain_basis"] == OTHER_CHANNELS]
    assert len(unknown)
    assert f"the {len(unknown)} recommended ones count as much as those by the other channels" in notes
    assert all(channel in notes for channel in unknown["channel"])
