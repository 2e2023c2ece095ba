"""Staged rows of a night that SQLite copies from a file of their own are those that are bound one by one."""

from pathlib import Path

import pandas as pd
import pytest

from ledger.partitioned.shared_folder import SharedFolder
from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import Frames, content, night, rows
from worklists.score_db.publish import PublishError, packing, publish
from worklists.score_db.staged_rows import StagedRows, stage

OF_PARTS = ("invoice_scores", "explanations", "suppressions", "receipts", "customers_dim", "invoices_dim")
PARTS = 4


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'duerank.db'}"


def in_parts(frames: Frames, folder: Path) -> tuple[Frames, StagedRows]:
    """A night whose rows of `OF_PARTS` wait in parts, but for every fourth one of suppressions."""
    held = frames["suppressions"]
    waiting = {name: frames[name] for name in OF_PARTS} | {"suppressions": held.drop(index=held.index[::4])}
    folders = [SharedFolder(folder) / str(part) for part in range(PARTS)]
    for part, place in enumerate(folders):
        some = {name: frame[frame.index % PARTS == part] for name, frame in waiting.items()}
        stage(some, frames["runs"]["as_of"].iloc[0], place)
    whole = {name: frame for name, frame in frames.items() if name not in OF_PARTS}
    return whole | {"suppressions": held[::4]}, StagedRows(tuple(folders))


def large(frames: Frames) -> Frames:
    """The same with amounts that no float has exactly, and with whole numbers that none has at all."""
    amounts = pd.Series(range(50_115, 50_115 + 7 * len(frames["receipts"]), 7), dtype="int64")
    receipts = frames["receipts"].assign(amount=-amounts)
    return frames | {"receipts": receipts, "customers_dim": frames["customers_dim"].assign(content_hash=2**62 + 1)}


def published(url: str) -> dict[str, list[tuple[object, ...]]]:
    engine = open_engine(url)
    try:
        return content(engine)
    finally:
        engine.dispose()


def test_packed_rows_are_the_same_in_the_same_order(url: str, tmp_path: Path):
    whole, staged = in_parts(large(night("2024-03-01", "a", 250)), tmp_path / "parts")
    publish(whole, url, staged, packed=packing(staged, url, tmp_path / "packed.db"))
    other = f"sqlite:///{tmp_path / 'other.db'}"
    publish(whole, other, staged)
    assert published(url) == published(other)
    assert len(published(url)["suppressions"]) == 250
    assert {row[0] for row in published(url)["receipts"]} == {"a"}


def test_a_failure_in_the_middle_of_packed_rows_leaves_the_night_before(url: str, tmp_path: Path):
    publish(night("2024-03-01", "a"), url)
    before = published(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "create trigger no before insert on invoices_dim begin select raise(abort, 'the disk says no'); end"
        )
    whole, staged = in_parts(night("2024-03-01", "b", 8), tmp_path / "parts")
    with pytest.raises(PublishError, match="the night was not published, the earlier one is unchanged"):
        publish(whole, url, staged, packed=packing(staged, url, tmp_path / "packed.db"))
    assert published(url) == before
    with engine.begin() as connection:
        connection.exec_driver_sql("drop trigger no")
    engine.dispose()
    publish(whole, url, staged, packed=packing(staged, url, tmp_path / "packed.db"))
    assert {row[0] for row in rows(engine, "select run_id from invoices_dim")} == {"b"}


def test_few_rows_and_those_for_postgresql_are_not_packed(url: str, tmp_path: Path):
    _, staged = in_parts(night("2024-03-01", "a", 8), tmp_path / "parts")
    assert len(packing(staged, url, tmp_path / "packed.db")) == 1
    assert not packing(staged, "postgresql://me@localhost/duerank", tmp_path / "packed.db")
    assert not packing(StagedRows(staged.folders[:3]), url, tmp_path / "packed.db")
