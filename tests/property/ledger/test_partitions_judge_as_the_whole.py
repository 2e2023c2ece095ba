"""A ledger in any number of partitions gives the verdict, the rows and the hash of the same ledger in one."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pytest

from configs.settings import Settings, load_settings
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.distribute import Layout
from ledger.partitioned.lay_out import lay_out
from ledger.partitioned.load import Loaded, load_ledger, load_partitions
from ledger.partitioned.partition_files import from_arrow, read_arrow
from ledger.partitioned.portfolio_files import POSITIONS
from ledger.partitioned.runner import InThisProcess, Item, Result, Scratch
from ledger.partitioned.scratch import LedgerRequest, LedgerScratch
from ledger.partitioned.shared_folder import SharedFolder
from ledger.reading.quarantine import spreadsheet_safe
from ledger.simulator.simulate import simulate
from ledger.sources.chunks import opened
from ledger.tables import TABLES
from ledger.validation.counts import TooManyRefused
from ledger.validation.rules import REPEATED
from tests.support.at_random.random_ledger import NIGHTS
from tests.support.at_random.seeds import seeds
from tests.support.faults.messy_ledger import Rows, messy_rows, write_messy

NIGHT = pd.Timestamp(NIGHTS[3])
SETTINGS = load_settings(("ledger.max_quarantined_share=1",))
REFUSED = ["table", "record", "column", "rule", "value", "row"]


class Repeated(InThisProcess):
    """A runner that takes every step so many times, as where workers are killed and their work is repeated."""

    def __init__(self, times: int) -> None:
        self.times = times

    def once(self, step: Callable[..., Result], *arguments: object) -> Result:
        return [step(*arguments) for _ in range(self.times)][-1]

    def each(self, step: Callable[[Scratch, Item], Result], scratch: Scratch, items: Iterable[Item]) -> list[Result]:
        return [self.once(step, scratch, item) for item in items]


def scratch_of(
    source: Path, folder: Path, partitions: int, night: pd.Timestamp = NIGHT, settings: Settings = SETTINGS
) -> LedgerScratch:
    """A scratch that stays, for a ledger in so many partitions, each file of which is a piece."""
    scratch = LedgerScratch(SharedFolder(folder))
    with opened(source) as found:
        scratch.request = LedgerRequest(found, partitions, night, settings)
    return scratch


def laid_out(source: Path, folder: Path, partitions: int, night: pd.Timestamp = NIGHT, times: int = 1) -> LedgerScratch:
    scratch = scratch_of(source, folder, partitions, night)
    lay_out(scratch, Repeated(times))
    return scratch


def in_partitions(
    source: Path, folder: Path, partitions: int, night: pd.Timestamp = NIGHT, settings: Settings = SETTINGS
) -> Loaded:
    scratch = scratch_of(source, folder, partitions, night, settings)
    lay_out(scratch, InThisProcess())
    return load_partitions(scratch, quarantine=folder / "quarantine")


def rows_of(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """The rows in an order of their own, without the positions that numbering gives."""
    columns = [name for name in frame.columns if name not in POSITIONS]
    return sorted(map(tuple, frame[columns].astype("str").fillna("").to_numpy().tolist()))


def quarantined(folder: Path) -> list[tuple[object, ...]]:
    found = [pd.read_csv(file, dtype="str", keep_default_na=False) for file in sorted(folder.glob("*.csv"))]
    return rows_of(pd.concat(found)[REFUSED]) if found else []  # of repaired cells in the folder within


def assert_same(found: Loaded, folder: Path, loaded: Loaded) -> None:
    """The verdict, the rows and the hash are those of the ledger in one partition, and so is the quarantine."""
    pd.testing.assert_frame_equal(found.counts, loaded.counts)
    assert found.reporting_currency == loaded.reporting_currency
    assert quarantined(folder / "quarantine") == rows_of(spreadsheet_safe(loaded.refused[REFUSED]))
    assert rows_of(found.refused) == rows_of(loaded.refused)
    assert quarantined(folder / "quarantine" / "repaired") == rows_of(spreadsheet_safe(loaded.repaired[REFUSED]))
    assert rows_of(found.repaired) == rows_of(loaded.repaired)
    assert set(found.notes) == set(loaded.notes)
    for name in TABLES:
        assert rows_of(found.portfolio.tables[name]) == rows_of(loaded.portfolio.tables[name]), name
    assert found.portfolio.customer_ids.equals(loaded.portfolio.customer_ids)
    assert found.portfolio.invoice_ids.equals(loaded.portfolio.invoice_ids)
    assert found.data_hash == loaded.data_hash


def groups(rows: Rows) -> dict[str, str]:
    """The group of every customer that has a parent or is one, however many rows of the customer say so."""
    group: dict[str, str] = {}
    for row in rows["customers"]:
        if row["customer_id"] is None or row["parent_id"] is None:
            continue
        one, other = row["customer_id"], row["parent_id"].removesuffix(".0")
        old, new = group.setdefault(one, one), group.setdefault(other, other)
        group = {member: new if head == old else head for member, head in group.items()}
    return group


def homes(layout: Layout) -> dict[str, set[int]]:
    """The partitions in which each customer has rows of any table; a payment for an invoice is not the payer's."""
    found: dict[str, set[int]] = {}
    for name in (name for name in TABLES if "customer_id" in TABLES[name].names):
        for file in sorted((layout.placed.folder / name).here.glob("*/*.arrow")):
            rows = from_arrow(TABLES[name], read_arrow(file))
            of_payer = rows["customer_id"] if name != "payments" else rows["customer_id"][rows["invoice_id"].isna()]
            for customer in of_payer.dropna().unique():
                found.setdefault(str(customer), set()).add(int(file.parent.name))
    return found


def files_in(folder: Path) -> dict[str, bytes]:
    """The partitions' files; not what steps hand over, which names the folder."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.parent.name != "fields")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("seed", seeds([2, 4], [0, 1, 3, 5]))
def test_a_messy_ledger_gives_the_verdict_of_the_whole_in_any_number_of_partitions(seed: int, tmp_path: Path) -> None:
    source = write_messy(messy_rows(seed), tmp_path / "ledger", seed)
    loaded = load_ledger(str(source), NIGHT, SETTINGS)
    for partitions in ((1, 8), (2, 32))[seed % 2]:
        assert_same(in_partitions(source, tmp_path / f"{partitions}", partitions), tmp_path / f"{partitions}", loaded)


@pytest.mark.slow
def test_a_messy_ledger_of_one_currency_without_rates_gives_the_verdict_of_the_whole(tmp_path: Path) -> None:
    rows = messy_rows(6)
    for row in rows["invoices"]:
        row["currency"] = "EUR"
    rows["fx_rates"] = []
    source = write_messy(rows, tmp_path / "ledger", seed=6)
    found = in_partitions(source, tmp_path / "scratch", 8)
    assert found.reporting_currency == "EUR"
    assert_same(found, tmp_path / "scratch", load_ledger(str(source), NIGHT, SETTINGS))


def test_a_clean_ledger_gives_the_verdict_of_the_whole(tmp_path: Path) -> None:
    tables = simulate(customers=60, days=200, seed=3).tables
    write_ledger(tables, tmp_path / "ledger")
    night = tables["invoices"]["issued_on"].max()
    found = in_partitions(tmp_path / "ledger", tmp_path / "scratch", 8, night)
    assert found.counts["refused"].sum() == 0
    assert_same(found, tmp_path / "scratch", load_ledger(str(tmp_path / "ledger"), night, SETTINGS))


@pytest.mark.parametrize(
    "seed",
    seeds([20, 22, 25, 27], [21, 23, 24, 26, 28, 29]),
)
def test_every_customer_lies_in_one_partition_and_all_of_its_group_with_it(seed: int, tmp_path: Path) -> None:
    rows = messy_rows(seed)
    scratch = laid_out(write_messy(rows, tmp_path / "ledger", seed), tmp_path / "scratch", 32)
    found = homes(scratch.layout)
    assert {len(places) for places in found.values()} == {1}
    group = groups(rows)
    of_group: dict[str, set[int]] = {}
    for customer, places in found.items():
        of_group.setdefault(group.get(customer, customer), set()).update(places)
    assert {len(places) for places in of_group.values()} == {1}
    assert len(set.union(*found.values())) > 3


@pytest.mark.parametrize("seed", range(2))
def test_placing_a_piece_again_leaves_every_file_as_it_was(seed: int, tmp_path: Path) -> None:
    source = write_messy(messy_rows(seed), tmp_path / "ledger", seed)
    laid_out(source, tmp_path / "once", 8)
    once = files_in(tmp_path / "once")
    laid_out(source, tmp_path / "twice", 8, times=2)
    assert files_in(tmp_path / "twice") == once
    laid_out(source, tmp_path / "twice", 8)
    assert files_in(tmp_path / "twice") == once


def test_the_data_docs_add_up_what_was_found_in_the_partitions(tmp_path: Path) -> None:
    rows = messy_rows(0)
    source = write_messy(rows, tmp_path / "ledger", seed=0)
    docs, quarantine = tmp_path / "docs", tmp_path / "quarantine"
    scratch = laid_out(source, tmp_path / "scratch", 8)
    found = load_partitions(scratch, docs=docs, quarantine=quarantine)
    refused = pd.concat([pd.read_csv(file, dtype="str") for file in quarantine.glob("*.csv")])
    broken = refused.value_counts(["table", "rule"])
    index = (docs / "index.html").read_text("utf-8")
    told = 0
    for name, count in found.counts.iterrows():
        judged = count["came"] - count["refused_at_reading"]
        assert f'"#{name}">{str(name).replace("_", " ")}</a></td><td>{judged:,}</td>' in index
        for rule in {rule for table, rule in broken.index if table == name} & {REPEATED}:
            [page] = (docs / "validations" / str(name)).rglob("*.html")
            text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.read_text("utf-8")))
            assert f" {broken[name, rule]} unexpected values found. " in text
            assert f"% of {judged} total rows" in text
            told += 1
    assert told > 2


@pytest.mark.slow
def test_too_many_refused_rows_stop_a_ledger_in_partitions_with_the_sentence_of_the_whole(tmp_path: Path) -> None:
    source = write_messy(messy_rows(0), tmp_path / "ledger", seed=0)
    strict = load_settings(("ledger.max_quarantined_share=0",))
    with pytest.raises(TooManyRefused) as in_parts:
        in_partitions(source, tmp_path / "scratch", 2, settings=strict)
    with pytest.raises(TooManyRefused) as whole:
        load_ledger(str(source), NIGHT, strict, quarantine=tmp_path / "scratch" / "quarantine")
    assert re.sub(r"for example.*?: ", "", str(in_parts.value)) == re.sub(r"for example.*?: ", "", str(whole.value))
