"""A ledger of many days' imports: each import can be had again, the newest state is right, and the past stays."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from ledger.as_of.view import view_as_of
from ledger.errors import LedgerError
from ledger.frames import Tables, complete, with_known_on
from ledger.importing.checking.check_import import open_by_customer
from ledger.importing.history.kept_imports import changes_of, import_of, imported_days, keep_import, written_history
from ledger.minor_units import minor_units
from ledger.portfolio import number
from ledger.simulator import simulate
from ledger.tables import TABLES
from ledger.written_rows import as_arrow
from tests.support.at_random.seeds import seeds
from tests.support.judged_in_memory import read_ledger

FIRST = date(2023, 5, 1)
NIGHTS = [FIRST + timedelta(days=days) for days in (0, 1, 2, 5, 6, 9)]
Files = dict[str, tuple[Path, ...]]


def written(tables: Tables, folder: Path) -> Files:
    folder.mkdir()
    for name, frame in tables.items():
        pyarrow.parquet.write_table(
            as_arrow(TABLES[name], with_known_on(TABLES[name], frame)), folder / f"{name}.parquet"
        )
    return {name: (folder / f"{name}.parquet",) for name in tables}


def states(seed: int) -> Iterator[tuple[date, Tables]]:
    """What an ERP shows before each night: rows come, are taken away and come back, and amounts change."""
    draw = np.random.default_rng(seed)
    whole = simulate(12, 500, seed, "untidy").tables
    for name in ("payments", "adjustments", "invoices"):
        whole[name] = whole[name].copy()
    hidden: dict[str, set[str]] = {name: set() for name in ("payments", "adjustments", "invoices")}
    for night in NIGHTS:
        state = {}
        for name, frame in whole.items():
            day = TABLES[name].dated_by
            state[name] = frame[(frame[day] < pd.Timestamp(night)).to_numpy()] if day and day in frame else frame
        for name, gone in hidden.items():
            (key,) = TABLES[name].key
            rows = state[name]
            gone ^= set(draw.choice(rows[key], size=min(3, len(rows)), replace=False)) if night != FIRST else set()
            state[name] = rows[~rows[key].isin(gone)]
            changed = draw.choice(whole[name].index[whole[name][day_of(name)] < pd.Timestamp(night)], size=2)
            whole[name].loc[changed, "amount"] += 100 * draw.integers(1, 50, size=2)
        for name in ("payments", "adjustments"):  # what belongs to an invoice goes with it
            of = state[name]["invoice_id"]
            state[name] = state[name][of.isna() | of.isin(state["invoices"]["invoice_id"])]
        yield night, complete(state)


def day_of(name: str) -> str:
    return TABLES[name].dated_by


def of_folder(files: Files, folder: Path) -> Tables:
    folder.mkdir()
    for name, (path,) in files.items():
        (folder / f"{name}.parquet").write_bytes(path.read_bytes())
    return read_ledger(folder).tables


def known(tables: Tables, night: date) -> tuple[list, list]:
    """What a night knows of money, in plain Python: open by invoice, and receipts."""
    view = view_as_of(number(tables), pd.Timestamp(night), "EUR")
    ids = view.portfolio.customer_ids
    balances = view.balances.assign(customer=ids[view.balances.index])
    receipts = tables["payments"].query("known_on < @night")[["payment_id", "paid_on", "amount"]]
    return balances.to_numpy().tolist(), sorted(receipts.astype("str").to_numpy().tolist())


@pytest.mark.parametrize("seed", seeds([0], [1, 2, 3]))
def test_on_random_days_of_a_system_that_changes_its_past(tmp_path: Path, seed: int) -> None:
    history, seen, as_it_was = tmp_path / "history", {}, {}
    for night, state in states(seed):
        files = written(state, tmp_path / f"import-{night}")
        keep_import(history, night, files)
        (tmp_path / f"out-{night}").mkdir()
        ledger = written_history(history, tmp_path / f"out-{night}")
        seen[night], as_it_was[night] = files, known(of_folder(ledger, tmp_path / f"ledger-{night}"), night)
        owing, imported = (open_by_customer(some).query("open_amount != 0") for some in (ledger, files))
        columns = ["customer_id", "currency", "open_amount"]
        assert owing[columns].to_numpy().tolist() == imported[columns].to_numpy().tolist()
    assert imported_days(history) == NIGHTS
    last = of_folder(ledger, tmp_path / "last")
    for night in NIGHTS:
        assert known(last, night) == as_it_was[night], night
        for name, table in import_of(history, night).items():
            (path,) = seen[night][name]
            same = pyarrow.parquet.read_table(path).to_pandas()
            assert sorted(map(str, table.to_pandas().to_numpy().tolist())) == sorted(
                map(str, same.drop_duplicates().to_numpy().tolist())
            ), name
    for name, frame in last.items():
        assert not frame.duplicated(list(TABLES[name].key)).any(), name


def test_an_import_for_the_same_night_replaces_the_one_before_and_an_earlier_one_is_refused(tmp_path: Path) -> None:
    days = dict(states(1))
    wrong = written(days[NIGHTS[3]], tmp_path / "wrong")
    first, second = (written(days[night], tmp_path / str(night)) for night in NIGHTS[:2])
    for history, imports in (("once", [first, second]), ("twice", [first, wrong, second])):
        for night, files in zip([NIGHTS[0], *[NIGHTS[1]] * (len(imports) - 1)], imports, strict=True):
            keep_import(tmp_path / history, night, files)
    for name in TABLES:
        once, twice = (pyarrow.parquet.read_table(tmp_path / one / f"{name}.parquet") for one in ("once", "twice"))
        assert once.equals(twice), name
    with pytest.raises(LedgerError, match=r"has an import for 2023-05-02, and this one is for 2023-05-01"):
        keep_import(tmp_path / "once", NIGHTS[0], first)


def test_a_payment_that_is_gone_is_turned_around_and_one_that_changed_is_booked_anew(tmp_path: Path) -> None:
    days = dict(states(2))
    state = days[NIGHTS[0]]
    payments = state["payments"].head(3).reset_index(drop=True)
    gone, changed, kept = payments["payment_id"]
    later = payments[payments["payment_id"] != gone].assign(
        amount=lambda rows: rows["amount"] + (rows["payment_id"] == changed) * minor_units()
    )
    for night, rows in ((NIGHTS[0], payments), (NIGHTS[3], later)):
        keep_import(tmp_path / "h", night, written(state | {"payments": rows}, tmp_path / str(night)))
    assert changes_of(tmp_path / "h", NIGHTS[0]) == []
    lost = f"{int(payments['amount'][0]) / minor_units():,.2f}"
    assert changes_of(tmp_path / "h", NIGHTS[3]) == [
        f"payments: since the import for {NIGHTS[0]} 1 rows of {lost} are gone, such as {gone!r}, 1 have changed, such "
        f"as {changed!r}; booked from that day on."
    ]
    (tmp_path / "out").mkdir()
    found = pyarrow.parquet.read_table(written_history(tmp_path / "h", tmp_path / "out")["payments"][0]).to_pandas()
    cents = dict(zip(found["payment_id"], (found["amount"].astype(float) * 100).round().astype(int), strict=True))
    amount = dict(zip(payments["payment_id"], payments["amount"], strict=True))
    night = NIGHTS[3]
    assert cents == {
        gone: amount[gone],
        f"{gone}~gone-{night}": -amount[gone],
        changed: amount[changed],
        f"{changed}~gone-{night}": -amount[changed],
        f"{changed}~{night}": amount[changed] + minor_units(),
        kept: amount[kept],
    }
    assert set(found.loc[found["payment_id"].str.contains("~"), "known_on"]) == {NIGHTS[0]}
