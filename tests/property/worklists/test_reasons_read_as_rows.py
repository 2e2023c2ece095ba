"""Reasons are published a row a score, and are read a row a reason: the very rows that were published at first."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.language import LANGUAGES
from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import rows
from tests.support.nights.random_reasons import random_night
from worklists.score_db.publish import publish

NIGHT = "2024-03-02"
EVERY = "select * from reasons_latest order by model, entity, position"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A database of its own kind, with an earlier night of other reasons."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('reasons') / 'duerank.db'}"
    else:
        url = request.getfixturevalue("postgresql_server").render_as_string(hide_password=False)
    publish(random_night("2024-03-01", "before", 1, 20, 3, "en").frames, url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def address(database: sa.Engine) -> str:
    return database.url.render_as_string(hide_password=False)


@settings(max_examples=8)
@given(
    seed=st.integers(0, 2**32 - 1),
    scores=st.integers(0, 40),
    most=st.integers(1, 3),
    language=st.sampled_from(LANGUAGES),
)
def test_every_reason_is_read_as_it_was_when_each_was_a_row(
    published: sa.Engine, seed: int, scores: int, most: int, language: str
) -> None:
    night = random_night(NIGHT, "tonight", seed, scores, most, language)
    publish(night.frames, address(published))
    found = rows(published, EVERY)
    assert [row[2:] for row in found] == night.reasons
    assert {(row[0], str(row[1])) for row in found} <= {("tonight", NIGHT)}


def test_one_customers_reasons_are_found_without_reading_those_of_others(published: sa.Engine) -> None:
    night = random_night(NIGHT, "tonight", 7, 500, 3, "en")
    publish(night.frames, address(published))
    asked = "select * from reasons_latest where entity = 'E77' order by model, entity, position"
    assert [row[2:] for row in rows(published, asked)] == [row for row in night.reasons if row[0] == "E77"]
    explain = "explain query plan" if published.dialect.name == "sqlite" else "explain"
    with published.begin() as connection:
        if published.dialect.name == "postgresql":
            connection.exec_driver_sql("analyze")
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {asked}"))
    assert "as_of=? AND entity=?" in plan or "explanations_pkey" in plan, plan
