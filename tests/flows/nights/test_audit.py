"""Who ran a night on what is known afterwards; a customer is forgotten; neither changes what a night gives."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from tests.support.nights.fake_score_tables import content, rows
from tests.support.nights.flow_runs import NEXT_NIGHT, NIGHT, TrainedHome, duerank, nightly

SECRET = "s3cret"


@pytest.fixture
def with_password(postgresql: str) -> str:
    return sa.make_url(postgresql).set(password=SECRET).render_as_string(hide_password=False)


@pytest.fixture
def engine(with_password: str) -> Iterator[sa.Engine]:
    engine = open_engine(with_password)
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_a_night_that_runs_twice_is_in_the_audit_twice_and_its_rows_are_the_same(
    trained: TrainedHome, tmp_path: Path, with_password: str, engine: sa.Engine
) -> None:
    for name, frame in trained.tables.items():
        days = frame.select_dtypes("datetime").columns
        cents = [column for column in ("amount", "credit_limit") if column in frame]
        frame.assign(**{day: frame[day].dt.date for day in days}, **{name: frame[name] / 100 for name in cents}).to_sql(
            name, engine, index=False
        )
    nightly(with_password, tmp_path, NIGHT, "--database", with_password)
    first = content(engine)
    nightly(with_password, tmp_path, NIGHT, "--database", with_password)
    second = content(engine)
    assert {name: sorted(found, key=str) for name, found in second.items()} == {
        name: sorted(found, key=str) for name, found in first.items()
    }
    audit = pd.read_sql("select * from audit order by at", engine)
    assert len(audit) == 2
    ((run_id, data_hash, models),) = {(row[0], row[3], row[6]) for row in first["runs"]}
    for row in audit.to_dict("records"):
        assert (row["run_id"], row["data_hash"], row["model_versions"]) == (run_id, data_hash, models)
        assert (row["command"], row["as_of"]) == ("nightly", NIGHT)
        assert row["ledger"].startswith("postgresql+psycopg://") and row["login"] and row["host"]
    assert SECRET not in audit.to_string()
    journal = (trained.home / "audit.jsonl").read_text("utf-8")
    assert SECRET not in journal
    noted = json.loads(journal.splitlines()[-1])
    assert (noted["command"], noted["exit_code"]) == ("nightly", 0)
    assert str(tmp_path) in noted["arguments"]


@pytest.mark.slow
def test_a_customer_is_forgotten_by_a_command_and_the_next_night_comes(trained: TrainedHome, tmp_path: Path) -> None:
    out = tmp_path / "nights"
    nightly(trained.ledger, out)
    listed = pd.read_csv(out / f"as_of={NIGHT}" / "worklist.csv")
    customer, name = listed.loc[0, ["customer_id", "customer_name"]]
    result = duerank("forget", customer, "--out", out)
    assert result.exit_code == 0, result.output
    assert "1 in worklist" in result.output
    assert "the ledger: whoever is in it is in the next night again" in result.output
    for path in out.rglob("*"):
        assert not path.is_file() or not {customer.encode(), name.encode()} & {*path.read_bytes().split(b'"')}
    engine = open_engine(f"sqlite:///{out / 'duerank.db'}")
    assert rows(engine, "select command, ledger from audit") == [("nightly", str(trained.ledger)), ("forget", None)]
    engine.dispose()
    assert customer not in (trained.home / "audit.jsonl").read_text("utf-8")

    again = duerank("forget", customer, "--out", out)
    assert again.exit_code == 2
    assert "nothing was changed" in again.output
    nightly(trained.ledger, out, NEXT_NIGHT)
    engine = open_engine(f"sqlite:///{out / 'duerank.db'}")
    assert rows(engine, f"select count(*) from customer_scores_latest where customer_id = '{customer}'") == [(1,)]
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("forget", "nobody", "--out", "{missing}"), 2, "there is no folder"),
        (("forget", "nobody", "--out", "{out}"), 2, "there is no such SQLite file"),
        (("database", "upgrade", "sqlite:///{out}/missing.db"), 2, "there is no such SQLite file"),
        (("database", "roles", "sqlite:///{out}/missing.db"), 2, "SQLite knows no users"),
        (("database", "upgrade", "nonsense"), 2, "the database URL cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    home: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    result = duerank(*(one.format(out=tmp_path, missing=tmp_path / "missing") for one in arguments))
    assert (result.exit_code, told in result.output) == (code, True), result.output
    assert "Traceback" not in result.output


def test_a_database_is_prepared_and_gets_its_roles_by_commands(home: Path, postgresql: str) -> None:
    assert "(was none)" in duerank("database", "upgrade", postgresql).output
    assert "nothing to do" in duerank("database", "upgrade", postgresql).output
    for _ in range(2):
        result = duerank("database", "roles", postgresql)
        assert result.exit_code == 0, result.output
        assert "GRANT duerank_reader TO" in result.output
