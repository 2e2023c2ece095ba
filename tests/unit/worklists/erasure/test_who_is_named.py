"""A customer is forgotten wherever a night, its copies, its notes or a traceback names it; words alone name no one."""

from pathlib import Path

import pandas as pd
import pytest

from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import content, night
from worklists.erasure.forget_customer import UnknownCustomer, forget
from worklists.erasure.person import Person
from worklists.score_db.connection import PublishError
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES


def test_what_collectors_wrote_goes_too_and_members_of_its_group_lose_its_id(tmp_path: Path) -> None:
    url, frames = f"sqlite:///{tmp_path / 'duerank.db'}", night("2024-03-01", "a", size=2)
    frames["contacts_made"] = frames["contacts_made"].assign(
        customer_id=["gone", "member"], note=["promised by Mrs Gone", "rang twice"]
    )
    frames["customers_dim"] = frames["customers_dim"].assign(
        customer_id=["gone", "member"], customer_name=["Gone & Sons", "Member"], head_id="gone"
    )
    publish(frames, url)
    done = forget("gone", tmp_path, url)
    assert (done.rows["contacts_made"], done.rows["customers_dim"]) == (1, 2)
    engine = open_engine(url)
    found = content(engine, names=(*SCORE_TABLES, "audit"))
    engine.dispose()
    assert not [name for name, rows in found.items() if "gone" in str(rows).casefold().replace("a forgotten", "")]
    assert "a forgotten customer" in found["customers_dim"][0]


def test_copied_moved_and_linked_nights_notes_remains_and_the_latest_fault_name_no_one_any_more(tmp_path: Path) -> None:
    url, frames = f"sqlite:///{tmp_path / 'duerank.db'}", night("2024-03-01", "a", size=2)
    frames["customers_dim"] = frames["customers_dim"].assign(customer_id=["C-1", "C-2"], customer_name=["Ann", "Bob"])
    frames["runs"] = frames["runs"].assign(notes="2 rows of C-1 (Ann) were refused.\nC-10 was not.")
    publish(frames, url)
    out, elsewhere = tmp_path / "nights", tmp_path / "elsewhere"
    folders = [
        out / "as_of=2024-03-01", out / "as_of=2024-03-01 (copy)", out / "old" / "as_of=2024-02-01", elsewhere,
        out / ".as_of=2024-03-02-tmp-abc",
    ]  # fmt: skip
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "worklist.csv").write_text("rank,customer_id,customer_name\n1,C-1,Ann\n2,C-2,Bob\n")
    (out / "as_of=linked").symlink_to(elsewhere)
    faults = tmp_path / "last-fault.txt", tmp_path / "other-fault.txt"
    for fault, text in zip(faults, ("ValueError: Ann", "ValueError: Bob"), strict=True):
        fault.write_text(text)
    done = forget("C-1", out, url, faults=faults)
    left = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".db"}
    assert [path for path, text in left.items() if "C-1" in text or "Ann" in text] == []
    assert sum(path.name == "worklist.csv" and "2,C-2,Bob\n" in text for path, text in left.items()) == 4
    assert [fault.exists() for fault in faults] == [False, True]
    assert done.rows["runs"] == 1 and done.left == {}
    engine = open_engine(url)
    (run,) = content(engine)["runs"]
    engine.dispose()
    assert "2 rows of (forgotten) ((forgotten)) were refused.\nC-10 was not." in run


def test_words_of_a_note_alone_make_no_one_known(tmp_path: Path) -> None:
    url, frames = f"sqlite:///{tmp_path / 'duerank.db'}", night("2024-03-01", "a", size=2)
    frames["runs"] = frames["runs"].assign(notes="2 rows were refused.")
    publish(frames, url)
    (tmp_path / "as_of=2024-03-01").mkdir()
    (tmp_path / "as_of=2024-03-01" / "worklist.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 has a password")
    with pytest.raises(
        UnknownCustomer, match=r"nothing was changed.* Look yourself: .*worklist\.xlsx: it cannot be read"
    ):
        forget("refused", tmp_path, url)
    assert "2 rows were refused." in str(pd.read_sql("select notes from runs", url))


def test_a_database_that_is_not_there_is_a_clear_no(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="there is no such SQLite file"):
        forget("anybody", tmp_path, f"sqlite:///{tmp_path / 'misspelt.db'}")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("C-1", True), ("ask C-1.", True), ("C-10", False), ("XC-1", False), ("C-1-2", False), ("Müller KG", True),
        ("Dr. Müller KG?", True), ("Müller", False), ("12", True), ("12 days", False), ("", False),
    ],
)  # fmt: skip
def test_words_name_a_person_and_numbers_only_where_they_stand_alone(text: str, named: bool) -> None:
    assert Person("C-1", frozenset({"Müller KG"}), frozenset({"12"})).is_named_by(text) is named
