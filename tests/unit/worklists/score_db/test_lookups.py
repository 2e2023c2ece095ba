"""Facts of ten years are found by an index: no question reads all of them once for each row of another table."""

from collections.abc import Iterator

import pandas as pd
import pytest
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import night, rows
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES

ABOUT = {name: table for name, table in SCORE_TABLES.items() if table.about}
NIGHTS = (("2024-03-01", 5), ("2024-03-02", 3), ("2024-03-03", 4))


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """Three nights, of which later ones have some of the facts of earlier ones anew."""
    url = f"sqlite:///{tmp_path_factory.mktemp('lookups') / 'duerank.db'}"
    for as_of, size in NIGHTS:
        frames = night(as_of, as_of, size)
        outcomes = frames["outcomes"].assign(scored_on=pd.Timestamp("2024-01-24").as_unit("s"))
        publish({**frames, "outcomes": outcomes}, url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("name", ABOUT)
def test_the_current_rows_are_the_latest_of_what_they_are_about(sqlite: sa.Engine, name: str) -> None:
    about = [ABOUT[name].names.index(column) for column in (*ABOUT[name].about, "as_of")]
    latest: dict[tuple[object, ...], tuple[object, ...]] = {}
    for row in sorted(rows(sqlite, f"select * from {name}"), key=lambda row: str(row[about[-1]])):
        latest[tuple(row[place] for place in about[:-1])] = row
    assert sorted(rows(sqlite, f"select * from {name}_current"), key=str) == sorted(latest.values(), key=str)
    assert len(latest) < sum(size for _, size in NIGHTS)


@pytest.mark.parametrize(
    ("view", "index"),
    [
        ("worklist_worked", "contacts_made_customer_id_contacted_on (customer_id=? AND contacted_on>?"),
        ("worklist_worked", "contacts_made_contact_id_as_of (contact_id=? AND as_of>?)"),
        ("cash_after_contact", "receipts_customer_id_paid_on (customer_id=? AND paid_on>?"),
    ],
)
def test_a_question_looks_facts_up_by_their_customer_and_day(sqlite: sa.Engine, view: str, index: str) -> None:
    plan = "\n".join(str(row[-1]) for row in rows(sqlite, f"explain query plan select * from {view}"))
    assert index in plan, plan
