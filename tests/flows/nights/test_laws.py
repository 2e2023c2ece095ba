"""Law 2 over the whole night, from the ledger's files to the published rows: nothing from the future."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.frames import Tables
from ledger.importing.write_ledger import write_ledger
from ledger.tables import TABLES
from models.champions import champions
from tests.support.nights.flow_runs import FAST, NIGHT, TrainedHome, nightly
from tests.support.nights.in_this_process import night_of_tables
from tests.support.nights.published_nights import digests, everything
from worklists.pages.worklist_csv import write_worklist

AS_OF = pd.Timestamp(NIGHT)
WATCHED = (
    "runs", "worklist", "invoice_scores", "customer_scores", "explanations", "reason_sentences",
    "suppressions", "cash_forecast", "cash_forecast_parts",
)  # fmt: skip


def scrambled(tables: Tables, table: str) -> Tables:
    """Later records with money drawn anew, their dates moved, and their other values shuffled."""
    frame = tables[table].copy()
    rows = frame.index[frame["known_on"] >= AS_OF]
    draw = np.random.default_rng(1)
    for column in TABLES[table].columns:
        if column.name in (*TABLES[table].key, "known_on"):
            continue
        if column.kind == "money":
            frame.loc[rows, column.name] = draw.integers(1, 10**8, len(rows))
        elif column.kind == "date":
            days = pd.to_timedelta(draw.integers(0, 400, len(rows)), unit="D")
            frame.loc[rows, column.name] = (AS_OF + days).astype("datetime64[s]")
        else:
            frame.loc[rows, column.name] = frame.loc[draw.permutation(rows), column.name].array
    return {**tables, table: frame}


def without_later(tables: Tables, table: str) -> Tables:
    frame = tables[table]
    return {**tables, table: frame[frame["known_on"] < AS_OF]}


def with_more(tables: Tables, table: str) -> Tables:
    """Copies of records under new identifiers, known on the night itself or later."""
    frame = tables[table].head(200)
    late = AS_OF + pd.to_timedelta(np.arange(len(frame)) % 30, unit="D")
    more = frame.assign(known_on=late.astype("datetime64[s]"))
    if "known_on" not in TABLES[table].names:  # in the files, the record's own date says when it was known
        more[TABLES[table].dated_by] = more["known_on"]
    if table != "fx_rates":
        more[TABLES[table].key[0]] = "A" + frame[TABLES[table].key[0]]
    return {**tables, table: pd.concat([more, tables[table]], ignore_index=True)}


@pytest.fixture(scope="module")
def tables(trained: TrainedHome) -> Tables:
    """The trained ledger with a rate, so that no table is empty."""
    rates = trained.tables["fx_rates"]
    days = pd.to_datetime(["2023-01-01", "2024-01-08", "2024-01-20"]).astype("datetime64[s]")
    added = pd.DataFrame({"on": days, "currency": "USD", "rate": [0.9, 0.8, 0.7], "known_on": days})
    return {**trained.tables, "fx_rates": pd.concat([rates, added.astype(rates.dtypes.to_dict())], ignore_index=True)}


def tables_of_the_night(tables: Tables, folder: Path) -> dict[str, bytes]:
    """The night from written files, without Prefect and data docs around it: worklist.csv and the tables, as bytes."""
    settings = load_settings(FAST)
    night = night_of_tables(tables, folder, AS_OF, champions(AS_OF, settings), settings)
    write_worklist(night["worklist"], folder / "worklist.out")
    found = {name: night[name].to_csv(index=False, float_format="%.17g").encode() for name in WATCHED}
    return {**found, "worklist.csv": (folder / "worklist.out").read_bytes()}


@pytest.fixture(scope="module")
def unchanged(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return tables_of_the_night(tables, tmp_path_factory.mktemp("unchanged"))


@pytest.mark.parametrize("table", TABLES)
def test_scrambling_and_adding_what_is_known_later_leaves_the_night_as_it_is(tables, unchanged, tmp_path, table):
    found = tables_of_the_night(with_more(scrambled(tables, table), table), tmp_path)
    assert [name for name in unchanged if found[name] != unchanged[name]] == []


def test_deleting_what_is_known_later_leaves_the_night_as_it_is(tables, unchanged, tmp_path):
    for table in TABLES:
        tables = without_later(tables, table)
    found = tables_of_the_night(tables, tmp_path)
    assert [name for name in unchanged if found[name] != unchanged[name]] == []


def test_whether_an_invoice_that_is_named_too_early_ever_comes_changes_nothing(tables, tmp_path):
    later = tables["invoices"].loc[tables["invoices"]["known_on"] >= AS_OF, "invoice_id"].iloc[0]
    named = dict(tables)
    for table in ("payments", "adjustments", "disputes", "promises", "contacts"):
        frame = tables[table]
        early = frame[frame["known_on"] < AS_OF].tail(1)
        early = early.assign(**{"invoice_id": later, TABLES[table].key[0]: "too early"})
        named[table] = pd.concat([frame, early], ignore_index=True)
    never = {**named, "invoices": tables["invoices"][tables["invoices"]["invoice_id"] != later]}
    comes, stays_away = (tables_of_the_night(one, tmp_path / str(at)) for at, one in enumerate((named, never)))
    differing = [name for name in comes if comes[name] != stays_away[name]]
    assert differing == []


def test_what_is_known_earlier_does_change_the_night(tables, unchanged, tmp_path):
    payments = tables["payments"]
    known = payments.index[payments["known_on"] < AS_OF]
    found = tables_of_the_night({**tables, "payments": payments.drop(known[-1])}, tmp_path)
    assert [name for name in ("runs", "invoice_scores", "worklist.csv") if found[name] == unchanged[name]] == []


def test_the_whole_flow_sees_nothing_of_a_future_that_changed_in_every_table(
    trained: TrainedHome, night: Path, tmp_path: Path
):
    changed = trained.tables
    for table in TABLES:
        if len(changed[table]):
            changed = with_more(scrambled(changed, table), table)
    write_ledger(changed, tmp_path / "ledger")
    nightly(tmp_path / "ledger", tmp_path / "out")
    assert digests(tmp_path / "out") == digests(night)
    assert everything(tmp_path / "out") == everything(night)


def test_the_order_of_rows_in_the_files_changes_nothing(trained: TrainedHome, night: Path, tmp_path: Path):
    shuffled = {table: frame.sample(frac=1, random_state=4) for table, frame in trained.tables.items()}
    write_ledger(shuffled, tmp_path / "ledger")
    nightly(tmp_path / "ledger", tmp_path / "out")
    assert digests(tmp_path / "out") == digests(night)
    assert everything(tmp_path / "out") == everything(night)


def test_nothing_phones_home(home: Path):
    assert os.environ["DO_NOT_TRACK"] == "true"
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
