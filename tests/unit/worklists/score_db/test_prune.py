"""Old nights lose their details, and nothing that a later night or a question about the past reads."""

import pandas as pd
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from pipelines.cli import main
from tests.support.nights.fake_score_tables import content, night, rows
from worklists.score_db.earlier_facts import earlier_facts
from worklists.score_db.earlier_nights import look_back
from worklists.score_db.prune import DETAILS, prune, shortest_memory
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES

DEFAULT_DAYS = 180
TONIGHT = pd.Timestamp("2024-03-02")


@pytest.fixture
def nights(url: str, database: sa.Engine) -> str:
    """Four nights: two that are too old, one on the last day that is kept, and the latest."""
    for as_of in ("2022-01-01", "2023-03-01", "2023-03-02", "2024-03-01"):
        publish(night(as_of, as_of), url)
    return url


def test_the_details_of_old_nights_go_and_all_else_stays(nights: str, database: sa.Engine) -> None:
    before = content(database)
    done = prune(nights, shortest_memory(DEFAULT_DAYS))
    assert done is not None and done.before == pd.Timestamp("2023-03-02")
    assert done.rows == dict.fromkeys(DETAILS, 6)
    after = content(database)
    too_old = {"2022-01-01", "2023-03-01"}
    for name in SCORE_TABLES:
        kept = [row for row in before[name] if name not in DETAILS or too_old.isdisjoint(row)]
        assert after[name] == kept, name
    assert rows(database, "select command from audit order by at")[-1:] == [("prune",)]


def test_a_later_night_reads_the_same_before_and_after(nights: str) -> None:
    def read() -> list[pd.DataFrame]:
        earlier = look_back(nights, TONIGHT)
        facts = earlier_facts(nights, TONIGHT, DEFAULT_DAYS)
        return [earlier.previous.worklist, earlier.previous.customers, earlier.log, earlier.line, earlier.figures,
                *facts.rows.values()]  # fmt: skip

    before = read()
    prune(nights, shortest_memory(DEFAULT_DAYS))
    for frame, same in zip(read(), before, strict=True):
        pd.testing.assert_frame_equal(frame, same)


def test_the_command_refuses_to_take_what_nights_still_read_and_says_what_went(nights: str) -> None:
    refused = CliRunner().invoke(main, ["database", "prune", nights, "--older-than", "30"])
    assert refused.exit_code == 2 and "the details of 365 days" in refused.output
    done = CliRunner().invoke(main, ["database", "prune", nights, "--older-than", "365"])
    assert done.exit_code == 0, done.output
    assert "Nights before 2023-03-02" in done.output and "6 rows of invoice_scores" in done.output


def test_every_table_that_names_its_rows_by_what_they_are_about_is_kept() -> None:
    assert not {name for name, table in SCORE_TABLES.items() if table.about} & set(DETAILS)
    assert set(DETAILS) <= set(SCORE_TABLES)
