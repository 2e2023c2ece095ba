"""The twelve questions of docs/analyst.md, on nights written by hand, against figures computed by hand."""

import re
from collections.abc import Iterator

import pandas as pd
import pytest
import sqlalchemy as sa

from ledger.declarations import Table
from ledger.minor_units import minor_units
from ledger.sources.connections import open_engine
from tests.support.repository import ROOT
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES

GUIDE = (ROOT / "docs" / "analyst.md").read_text("utf-8")
SECTION = re.findall(r"\n## Twelve questions\n(.*?)\n## ", GUIDE, flags=re.DOTALL)[0]
QUESTIONS = dict(re.findall(r"\*\*(\d+)\. .*?```sql\n(.*?);\n```", SECTION, flags=re.DOTALL))

# Monday 6 May, Tuesday 7 May; Wednesday 19 and Thursday 20 June 2024. Amounts are units; `-` is empty.
WRITTEN = """
    as_of      | runs: invoices_scored
    2024-05-06 | 3
    2024-05-07 | 3
    2024-06-19 | 3
    2024-06-20 | 3

    as_of      | worklist: rank | collector_id | customer_id | customer_name | collectible_amount | expected_gain
    2024-05-06 | 1 | ida | c1 | Alder | 400 | 50
    2024-05-06 | 2 | ida | c2 | Birch | 200 | 40
    2024-05-06 | 3 | bob | c3 | Cedar | 100 | 10
    2024-05-07 | 1 | ida | c2 | Birch | 200 | 40
    2024-06-20 | 1 | ida | c2 | Birch | 180 | 30
    2024-06-20 | 2 | bob | c3 | Cedar | 100 | 20

    as_of      | contact_log: customer_id | recommended | held_out | propensity | period | collectible_amount
    2024-05-06 | c1 | 1 | 0 | 0.95 | 2024-05-01 | 400
    2024-05-06 | c2 | 1 | 0 | 0.95 | 2024-05-01 | 200
    2024-05-06 | c4 | 0 | 1 | 0.05 | 2024-05-01 | 160
    2024-05-07 | c2 | 1 | 0 | 0.95 | 2024-05-01 | 200
    2024-05-07 | c4 | 0 | 1 | 0.05 | 2024-05-01 | 160

    as_of      | contacts_made: contact_id | customer_id | contacted_on | channel | collector_id | list_of
    2024-05-07 | k1 | c1 | 2024-05-06 | call  | ida | 2024-05-06
    2024-06-19 | k2 | c2 | 2024-05-08 | email | bob | 2024-05-07
    2024-06-19 | k3 | c4 | 2024-06-10 | email | bob | 2024-05-07
    2024-06-20 | k4 | c2 | 2024-06-19 | call  | ida | 2024-06-19

    as_of      | receipts: payment_id | customer_id | paid_on | amount
    2024-06-19 | r1 | c1 | 2024-05-10 | 290
    2024-06-19 | r2 | c4 | 2024-05-20 | 40
    2024-06-19 | r3 | c2 | 2024-05-09 | 50
    2024-06-19 | r4 | c1 | 2024-06-05 | 77
    2024-06-20 | r1 | c1 | 2024-05-10 | 300
    2024-06-20 | r5 | c2 | 2024-06-19 | 70
    2024-06-20 | r6 | c9 | 2024-06-19 | 5

    as_of      | promises_tracked: promise_id | customer_id | promised_on | amount | paid | state | collector_id
    2024-05-07 | p1 | c1 | 2024-05-13 | 300 | 0   | open   | ida
    2024-06-19 | p1 | c1 | 2024-05-13 | 300 | 310 | kept   | ida
    2024-06-19 | p2 | c2 | 2024-05-15 | 100 | 50  | broken | bob
    2024-06-19 | p3 | c3 | 2024-05-17 | 20  | 0   | broken | ida
    2024-06-20 | p4 | c3 | 2024-06-21 | 80  | 30  | open   | ida
    2024-06-20 | p5 | c2 | 2024-06-24 | 10  | 0   | open   | ida

    as_of      | outcomes: scored_on | measure | entity | customer_id | expected | actual | amount
    2024-06-19 | 2024-05-06 | late       | i1 | c1 | 0.8 | 1    | 100
    2024-06-19 | 2024-05-06 | late       | i2 | c2 | 0.3 | 0    | 300
    2024-06-19 | 2024-05-06 | unpaid_30d | c1 | c1 | 0.5 | 0.25 | 400
    2024-06-19 | 2024-05-07 | unpaid_30d | c2 | c2 | 0.6 | 0.75 | 200

    as_of      | customers_dim: customer_id | customer_name | country | industry | credit_limit
    2024-05-06 | c1 | Alder | DE | steel | 1000
    2024-05-06 | c2 | Birch | FR | food  | 500
    2024-05-06 | c3 | Cedar | IT | wood  | -
    2024-06-20 | c2 | Birch | FR | food  | 400

    as_of      | customer_scores: customer_id | segment | open_amount | overdue_amount
    2024-06-19 | c1 | good | 10  | 0
    2024-06-19 | c2 | good | 250 | 180
    2024-06-20 | c2 | late | 300 | 180
    2024-06-20 | c3 | good | 100 | 100

    as_of      | segments: customer_id | segment
    2024-06-19 | c2 | good

    as_of      | cash_forecast_parts: part | segment | day | expected
    2024-05-06 | open | good | 2024-05-06 | 100
    2024-05-06 | open | good | 2024-05-07 | 100
    2024-05-06 | open | good | 2024-05-08 | 40
    2024-05-06 | open | good | 2024-05-09 | 40
    2024-05-06 | open | good | 2024-05-10 | 40
    2024-05-06 | open | good | 2024-05-11 | 0
    2024-05-06 | open | good | 2024-05-12 | 0
    2024-05-06 | not_yet_issued | good | 2024-05-12 | 100
    2024-06-19 | open | good | 2024-06-19 | 60
    2024-06-19 | not_yet_issued | late | 2024-06-19 | 8
    2024-06-19 | open | good | 2024-06-20 | 1000

    as_of      | key_figures: name | value
    2024-05-06 | dso | 41
    2024-05-06 | ageing_current | 500
    2024-05-06 | ageing_1_30 | 90
    2024-06-20 | dso | 44
"""

MAY_6, MAY_7, JUNE_20 = "2024-05-06", "2024-05-07", "2024-06-20"
ANSWERS: dict[str, list[tuple[object, ...]]] = {
    "1": [(1, "ida", "Birch", None, 180, 30, 50), (2, "bob", "Cedar", None, 100, 20, 50)],
    "2": [(MAY_6, 41, 500, 90, None, None, None), (JUNE_20, 44, None, None, None, None, None)],
    # of ida's three promises one is not due yet
    "3": [("ida", 2, 1, 0.5, 320, 300), ("bob", 1, 0, 0, 100, 50)],
    # c1 on the day, c2 on the third; of the list of the 7th, c2 on the second
    "4": [
        (MAY_6, "bob", 1, 0, 0, 0, 33),
        (MAY_6, "ida", 2, 1, 2, 1, 33),
        (MAY_7, "ida", 1, 0, 1, 1, 32),
        (JUNE_20, "bob", 1, 0, 0, 0, 0),
        (JUNE_20, "ida", 1, 0, 0, 0, 0),
    ],
    # r4 came on the 31st day after the call; k3 was asked for by no list, k4 is not 30 days ago
    "5": [("call", 1, 1, 400, 300, 0.75), ("email", 1, 1, 200, 50, 0.25), ("held out", 1, 1, 160, 40, 0.25)],
    # of the first night 300 + 50 within 7 days; no other night has a forecast of so many days
    "6": [(7, 1, 420, 350, 0.2)],
    "7": [("2024-05", 2, 0.55, 0.5, -0.05)],
    "8": [("(none)", 0, 5), ("good", 60, 70), ("late", 8, 0)],
    "9": [("c2", "Birch", "FR", "food", 300, 180, 0.75), ("c3", "Cedar", "IT", "wood", 100, 100, None)],
    "10": [("2024-06-21", "c3", "Cedar", "ida", 50)],
    "11": [(JUNE_20, "good", "late", 1, 180)],
    # c1: 400 x 0.5 and 400 x 0.75; c2 of the second list: 200 x 0.4 and 200 x 0.25
    "12": [(2, 600, 280, 90, 350)],
}  # fmt: skip


def written() -> dict[str, pd.DataFrame]:
    """The rows by table, as texts, with the columns that are written."""
    tables = {}
    for block in WRITTEN.strip().split("\n\n"):
        head, *lines = [[cell.strip() for cell in line.split("|")] for line in block.strip().splitlines()]
        name, first = head[1].split(": ")
        tables[name] = pd.DataFrame(lines, columns=["as_of", first, *head[2:]], dtype="str")
    return tables


def typed(table: Table, rows: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """The rows of a night with every column of the table: what is not written is empty, or nothing."""
    rows = rows[rows["as_of"] == as_of].assign(run_id=as_of)
    frame = {}
    for column in table.columns:
        nothing = {"text": "", "date": "2024-01-01"}.get(column.kind, "0")
        cells = rows.get(column.name, pd.Series("-" if column.optional else nothing, rows.index, dtype="str"))
        cells = cells.where(cells != "-")
        if column.kind == "text":
            frame[column.name] = cells.astype("str")
        elif column.kind == "date":
            frame[column.name] = pd.to_datetime(cells).astype("datetime64[s]")
        else:
            numbers = pd.to_numeric(cells) * (minor_units() if column.kind == "money" else 1)
            frame[column.name] = numbers.astype(column.dtype)
    return pd.DataFrame(frame)


def published(url: str) -> Iterator[sa.Engine]:
    tables = written()
    for as_of in tables["runs"]["as_of"]:
        nothing = pd.DataFrame({"as_of": pd.Series(dtype="str")})
        publish({name: typed(table, tables.get(name, nothing), as_of) for name, table in SCORE_TABLES.items()}, url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    yield from published(f"sqlite:///{tmp_path_factory.mktemp('questions') / 'duerank.db'}")


@pytest.fixture(scope="module")
def postgres(postgresql_server: sa.URL) -> Iterator[sa.Engine]:
    yield from published(postgresql_server.render_as_string(hide_password=False))


def answer(engine: sa.Engine, question: str) -> list[list[object]]:
    with engine.connect() as connection:
        return [[plain(value) for value in row] for row in connection.execute(sa.text(QUESTIONS[question]))]


def plain(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else pytest.approx(float(str(value)))


def expected(question: str) -> list[list[object]]:
    return [list(row) for row in ANSWERS[question]]


def test_there_are_twelve() -> None:
    assert list(QUESTIONS) == list(ANSWERS) == [str(number) for number in range(1, 13)]


@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_is_answered_on_sqlite(sqlite: sa.Engine, question: str) -> None:
    assert answer(sqlite, question) == expected(question)


@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_is_answered_on_postgresql(postgres: sa.Engine, question: str) -> None:
    assert answer(postgres, question) == expected(question)
