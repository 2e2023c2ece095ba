"""A night in the score tables is whole or absent, in SQLite and in PostgreSQL alike."""

import stat
import threading
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.nights.fake_score_tables import content, night, rows
from worklists.score_db.connection import PublishError
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES


def test_every_table_and_view_is_read_by_plain_sql(url: str, database: sa.Engine) -> None:
    publish(night("2024-03-01", "a"), url)
    publish(night("2024-03-02", "b", size=2), url)
    for name in SCORE_TABLES:
        expected = 1 if name == "runs" else 2
        assert rows(database, f"select count(*), max(run_id) from {name}_latest") == [(expected, "b")]
        assert rows(database, f"select count(*) from {name}") == [(2 if name == "runs" else 5,)]
    assert rows(database, "select cast(sum(open_amount) as varchar) from worklist_latest") == [("3.03",)]
    assert rows(database, "select customer_id from worklist where collector_id is null and as_of = '2024-03-02'") == [
        ('customer_id 2, "ü"\n\\N',)
    ]


def test_values_come_out_as_they_went_in(url: str, database: sa.Engine) -> None:
    publish(night("2024-03-01", "a"), url)
    scores = sa.Table("invoice_scores", sa.MetaData(), autoload_with=database)
    columns = (scores.c.due_on, sa.cast(scores.c.open_amount, sa.String), scores.c.days_past_due, scores.c.p_late)
    with database.connect() as connection:
        found = connection.execute(sa.select(*columns).order_by(scores.c.invoice_id)).all()
    assert [tuple(row) for row in found] == [
        (date(2024, 3, 1), "1.01", 101, 1 / 3),
        (date(2024, 3, 2), "2.02", 202, 1 / 4),
        (date(2024, 3, 3), "3.03", 303, 1 / 5),
    ]


def test_an_amount_is_the_nearest_number_in_sqlite_and_the_exact_one_in_postgresql(url: str, database: sa.Engine):
    frames = night("2024-03-01", "a", size=2000)
    frames["invoice_scores"]["open_amount"] = cents = [50115, *range(10_000_019, 400_000_000, 195_097)][:2000]
    publish(frames, url)
    found = rows(database, "select open_amount from invoice_scores")
    assert sorted(float(amount) for (amount,) in found) == sorted(cent / 100 for cent in cents)


def test_the_same_night_again_gives_the_same_rows_in_the_same_order(url: str, database: sa.Engine) -> None:
    frames = night("2024-03-01", "a")
    publish(frames, url)
    first = content(database)
    publish({name: frame.iloc[::-1] for name, frame in frames.items()}, url)
    assert content(database) == first


def test_another_run_of_the_night_replaces_it_and_older_nights_stay(url: str, database: sa.Engine) -> None:
    publish(night("2024-03-01", "a"), url)
    older = content(database)
    publish(night("2024-03-02", "b"), url)
    publish(night("2024-03-02", "c", size=1), url)
    assert content(database, "as_of = '2024-03-01'") == older
    assert all(
        {row[0] for row in rows(database, f"select run_id from {name} where as_of = '2024-03-02'")} == {"c"}
        for name in SCORE_TABLES
    )


def test_replaying_an_older_night_leaves_the_latest_views_on_the_newest(url: str, database: sa.Engine) -> None:
    publish(night("2024-03-02", "b"), url)
    publish(night("2024-03-01", "a"), url)
    assert rows(database, "select distinct run_id from worklist_latest") == [("b",)]


def forbid_a_second_forecast(database: sa.Engine) -> None:
    """Make the last table refuse rows, so that the database fails after it took all the others."""
    with database.begin() as connection:
        if database.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "create trigger no before insert on cash_forecast begin select raise(abort, 'the disk says no'); end"
            )
        else:
            connection.exec_driver_sql("alter table cash_forecast add constraint no check (run_id = 'a')")


def test_a_failure_in_the_middle_leaves_the_old_night(url: str, database: sa.Engine) -> None:
    publish(night("2024-03-01", "a"), url)
    before = content(database)
    forbid_a_second_forecast(database)
    with pytest.raises(PublishError, match="the night was not published, the earlier one is unchanged"):
        publish(night("2024-03-01", "b", size=2), url)
    assert content(database) == before


def test_a_failure_of_the_first_night_leaves_nothing(url: str, database: sa.Engine) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("create table cash_forecast (colour text)")
    with pytest.raises(PublishError, match="table cash_forecast has the columns colour, expected run_id, as_of"):
        publish(night("2024-03-01", "a"), url)
    assert sa.inspect(database).get_table_names() == ["cash_forecast"]
    assert sa.inspect(database).get_view_names() == []


def test_a_reader_sees_only_whole_nights_while_nights_are_published(url: str, database: sa.Engine) -> None:
    sizes = {"a": 400, "b": 300}
    publish(night("2024-03-01", "a", sizes["a"]), url)
    # a score of such a night has three reasons, all other features and the base
    query = sa.text(
        "select min(run_id), max(run_id), count(*), (select count(*) / 5 from reasons_latest), "
        "(select max(run_id) from runs_latest) from worklist_latest"
    )
    seen: set[tuple[object, ...]] = set()
    failed: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                with database.connect() as connection:
                    seen.add(tuple(connection.execute(query).one()))
        except Exception as error:
            failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for run_id in "bababa":
        publish(night("2024-03-01", run_id, sizes[run_id]), url)
    done.set()
    reader.join()
    assert failed == []
    assert seen <= {(run_id, run_id, size, size, run_id) for run_id, size in sizes.items()}
    assert len(seen) == 2


def test_two_nights_at_once_into_an_empty_database_both_arrive_whole(url: str, database: sa.Engine) -> None:
    failed: list[Exception] = []

    def write(run_id: str) -> None:
        try:
            publish(night("2024-03-01", run_id, 200), url)
        except Exception as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(run_id,)) for run_id in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    found = content(database)
    assert len({row[0] for name in ("runs", "explanations", "segments") for row in found[name]}) == 1
    assert [len(found[name]) for name in ("runs", "explanations", "worklist")] == [1, 200, 200]


def test_nobody_but_owner_and_group_reads_an_sqlite_file(tmp_path: Path) -> None:
    publish(night("2024-03-01", "a"), f"sqlite:///{tmp_path / 'out' / 'duerank.db'}")
    assert stat.S_IMODE((tmp_path / "out" / "duerank.db").stat().st_mode) & 0o027 == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:s3cret@127.0.0.1:1/duerank", "127.0.0.1/duerank: the night was not published"),
        ("sqlite://", "in memory"),
        ("mysql://me:s3cret@localhost/duerank", "sqlite"),
        ("nonsense with s3cret", "the database URL cannot be read"),
        ("sqlite:////dev/null/duerank.db", "the database file cannot be made"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_clear_no_without_the_password(url: str, said: str) -> None:
    with pytest.raises(PublishError, match=said) as caught:
        publish(night("2024-03-01", "a"), url)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_frames_of_two_nights_or_runs_are_refused(tmp_path: Path) -> None:
    frames = night("2024-03-01", "a")
    url = f"sqlite:///{tmp_path / 'duerank.db'}"
    with pytest.raises(ValueError, match="score table worklist: run_id b in a night whose run has a"):
        publish(frames | {"worklist": night("2024-03-01", "b")["worklist"]}, url)
    with pytest.raises(ValueError, match="score table explanations: as_of 2024-03-02"):
        publish(frames | {"explanations": night("2024-03-02", "a")["explanations"]}, url)
    with pytest.raises(ValueError, match="expected the score tables runs, invoice_scores"):
        publish({"runs": frames["runs"]}, url)
    assert not (tmp_path / "duerank.db").exists()


def test_a_night_of_no_rows_is_a_night(url: str, database: sa.Engine) -> None:
    publish(night("2024-03-01", "a"), url)
    publish(night("2024-03-02", "b", size=0) | {"runs": night("2024-03-02", "b")["runs"]}, url)
    assert rows(database, "select count(*) from worklist_latest") == [(0,)]
