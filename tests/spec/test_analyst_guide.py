"""Every query in docs/analyst.md runs, and finds something, on the databases that it is for; and its code runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.importing.write_ledger import write_ledger
from ledger.simulator import simulate
from ledger.sources.connections import open_engine
from tests.support.repository import ROOT
from tests.support.small_nights import NIGHTS, small_nights
from worklists.score_db.publish import publish

GUIDE = (ROOT / "docs" / "analyst.md").read_text("utf-8")
# test_twelve_questions.py asks the twelve, of nights that answer them.
OTHERS = re.sub(r"\n## Twelve questions\n.*?(?=\n## )", "", GUIDE, flags=re.DOTALL)
QUERIES = re.findall(r"(?:<!-- (sqlite|postgresql) -->\n)?```sql\n(.*?)```", OTHERS, flags=re.DOTALL)
SNIPPETS = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
MAY_BE_EMPTY = "was.risk_band <> now.risk_band"


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    yield from published(f"sqlite:///{tmp_path_factory.mktemp('analyst') / 'duerank.db'}")


@pytest.fixture(scope="module")
def postgres(postgresql_server: sa.URL) -> Iterator[sa.Engine]:
    yield from published(postgresql_server.render_as_string(hide_password=False))


def published(url: str) -> Iterator[sa.Engine]:
    for night in small_nights():
        publish(night, url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def run(engine: sa.Engine, query: str) -> None:
    with engine.connect() as connection:
        for statement in filter(str.strip, query.split(";")):
            result = connection.execute(sa.text(statement))
            if result.returns_rows and MAY_BE_EMPTY not in statement:
                assert result.first() is not None, statement


@pytest.mark.parametrize("query", [query for database, query in QUERIES if database != "postgresql"])
def test_a_query_runs_on_sqlite(sqlite: sa.Engine, query: str) -> None:
    run(sqlite, query)


@pytest.mark.parametrize("query", [query for database, query in QUERIES if database != "sqlite"])
def test_a_query_runs_on_postgresql(postgres: sa.Engine, query: str) -> None:
    run(postgres, query)


def test_what_is_overdue_is_collectible_or_has_its_reason(sqlite: sa.Engine) -> None:
    query = next(query for _, query in QUERIES if "UNION ALL" in query)
    with sqlite.connect() as connection:
        parts = sum(round(100 * row.amount) for row in connection.execute(sa.text(query)))
        overdue = connection.execute(sa.text("SELECT SUM(overdue_amount) FROM customer_scores_latest")).scalar_one()
        nights = connection.execute(sa.text("SELECT as_of FROM runs ORDER BY as_of")).scalars().all()
    assert parts == round(100 * overdue)
    assert nights == list(NIGHTS)


def test_the_guides_python_tells_the_key_figures_of_past_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_ledger(simulate(40, 540, 3).tables, tmp_path / "trial" / "ledger")
    monkeypatch.chdir(tmp_path)
    (snippet,) = SNIPPETS
    exec(compile(snippet, "docs/analyst.md", "exec"), {})
    told = capsys.readouterr().out.splitlines()
    assert told[0].split() == ["name", "dso", "best_possible_dso", "ageing_91_up"]
    assert [line.split()[0] for line in told[-6:]] == [f"2024-0{month}-01" for month in range(1, 7)]
    assert all(float(cell) >= 0 for line in told[-6:] for cell in line.split()[1:])
