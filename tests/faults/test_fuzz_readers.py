"""Whatever lies in a ledger's place is read or refused with a sentence, and every row that came is used or refused."""

import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import strategies as st

from configs.settings import load_settings
from ledger.errors import LedgerError
from ledger.partitioned.load import END_OF_TIME, load_ledger
from ledger.reading.read import Reading
from ledger.simulator import simulate
from ledger.tables import TABLES
from ledger.validation.judge import as_written
from tests.support.faults.file_mutations import IN_BYTES, IN_TEXT, Change, mutated
from tests.support.faults.fuzzing import SECONDS_IN_ALL, fuzz, fuzz_the_same
from tests.support.faults.odd_types import odd_tables
from tests.support.faults.written_files import lines_of, parquet_bytes
from tests.support.judged_in_memory import read_ledger

ANY_SHARE = load_settings(("ledger.max_quarantined_share=1",))
ROWS = 8
KINDS_OF_PARQUET = [
    {}, {"compression": "NONE"}, {"compression": "ZSTD", "data_page_version": "2.0"}, {"use_dictionary": False},
    {"compression": "NONE", "use_dictionary": False, "data_page_version": "2.0"}, {"row_group_size": 3},
]  # fmt: skip
SQL_TYPES = ["", "text", "integer", "real", "blob", "numeric(10,2)", "date", "datetime", "boolean", "json", "x y(1)"]
VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.binary(max_size=12),
    st.sampled_from(["2024-01-05", "12.50", "email", "invoice", "yes", 20240105, 1e300, "1" * 2_000, b"\xff\xfe"]),
)


@cache
def sound() -> dict[str, pd.DataFrame]:
    """A few sound rows of every table, as text."""
    tables = {name: as_written(TABLES[name], frame).head(ROWS) for name, frame in simulate(12, 400, 3).tables.items()}
    rates = pd.DataFrame({"on": ["2023-01-01"] * 2, "currency": ["USD", "CHF"], "rate": ["0.9", "1.04"]})
    texts = {
        name: frame.astype(object).where(frame.notna(), None) for name, frame in (tables | {"fx_rates": rates}).items()
    }
    return {name: frame.map(lambda cell: None if cell is None else str(cell)) for name, frame in texts.items()}


def csv_bytes(name: str) -> bytes:
    return sound()[name].to_csv(index=False).encode()


def written(folder: str, name: str, ending: str, content: bytes) -> Path:
    """The folder of a ledger whose required tables are sound but for the one given."""
    for required in ("invoices", "payments"):
        if required != name:
            (Path(folder) / f"{required}.csv").write_bytes(csv_bytes(required))
    (Path(folder) / f"{name}.{ending}").write_bytes(content)
    return Path(folder)


def came_of(reading: Reading, name: str) -> int:
    return len(reading.tables[name]) + int((reading.refused["table"] == name).sum())


def check_csv(example: tuple[str, list[Change]]) -> None:
    name, changes = example
    content = mutated(csv_bytes(name), changes)
    with tempfile.TemporaryDirectory() as folder:
        try:
            reading = read_ledger(written(folder, name, "csv", content))
        except LedgerError as error:
            assert name in str(error)
            return
    lines = lines_of(content)
    assert lines is None or came_of(reading, name) == lines


def check_judged_csv(example: tuple[str, list[Change]]) -> None:
    """The same up to the verdict of the validation."""
    name, changes = example
    content = mutated(csv_bytes(name), changes)
    with tempfile.TemporaryDirectory() as folder:
        try:
            loaded = load_ledger(str(written(folder, name, "csv", content)), END_OF_TIME, ANY_SHARE)
        except LedgerError:
            return
    counts = loaded.counts.loc[name]
    assert counts["came"] == counts["used"] + counts["refused"] + counts["refused_at_reading"]
    assert lines_of(content) in (None, counts["came"])


def check_parquet(example: tuple[str, dict[str, Any], list[Change]]) -> None:
    name, kind, changes = example
    content = parquet_bytes(pa.Table.from_pandas(sound()[name], preserve_index=False), **kind)
    check_parquet_file(name, mutated(content, changes))


def check_odd_types(example: tuple[str, pa.Table, bool]) -> None:
    name, table, old_timestamps = example
    try:
        content = parquet_bytes(table, use_deprecated_int96_timestamps=old_timestamps)
    except pa.ArrowException:
        return  # not to be had in Parquet
    check_parquet_file(name, content)


def check_parquet_file(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(folder, name, "parquet", content)
        try:
            reading = read_ledger(path)
        except LedgerError as error:
            assert name in str(error)
            return
        assert came_of(reading, name) == pa.parquet.read_metadata(path / f"{name}.parquet").num_rows


def check_database(example: tuple[str, list[str], list[list[Any]]]) -> None:
    """A table of odd types and values among sound ones."""
    name, types, rows = example
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        columns = TABLES[name].names
        with sqlite3.connect(path) as connection:
            for other in ("invoices", "payments"):
                if other != name:
                    sound()[other].to_sql(other, connection, index=False)
            told = ", ".join(f'"{column}" {kind}' for column, kind in zip(columns, types * 12, strict=False))
            connection.execute(f'create table "{name}" ({told})')
            values = [(row * 12)[: len(columns)] for row in rows]
            connection.executemany(f'insert into "{name}" values ({", ".join("?" * len(columns))})', values)
        connection.close()
        try:
            reading = read_ledger(f"sqlite:///{path}")
        except LedgerError as error:
            assert name in str(error)
            return
    assert came_of(reading, name) == len(rows)


@cache
def database_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        with sqlite3.connect(path) as connection:
            connection.execute("pragma page_size = 512")
            for name, frame in sound().items():
                frame.to_sql(name, connection, index=False)
        connection.close()
        return path.read_bytes()


def check_database_bytes(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        path.write_bytes(mutated(database_bytes(), changes))
        try:
            read_ledger(f"sqlite:///{path}")
        except LedgerError as error:
            assert str(error)


NAMES = st.sampled_from(list(TABLES))
SEVERAL_IN_TEXT = st.lists(IN_TEXT, min_size=1, max_size=4)
SEVERAL_IN_BYTES = st.lists(IN_BYTES, min_size=1, max_size=4)
TARGETS: dict[str, tuple[Any, Callable[[Any], None]]] = {
    "a CSV": (st.tuples(NAMES, SEVERAL_IN_TEXT), check_csv),
    "a CSV, judged": (st.tuples(NAMES, SEVERAL_IN_TEXT), check_judged_csv),
    "Parquet": (st.tuples(NAMES, st.sampled_from(KINDS_OF_PARQUET), SEVERAL_IN_BYTES), check_parquet),
    "Parquet of odd types": (odd_tables(), check_odd_types),
    "a database of odd values": (
        st.tuples(
            NAMES,
            st.lists(st.sampled_from(SQL_TYPES), min_size=1, max_size=12),
            st.lists(st.lists(VALUES, min_size=1, max_size=12), max_size=4),
        ),
        check_database,
    ),
    "a damaged database": (SEVERAL_IN_BYTES, check_database_bytes),
}
SHARE = 1 / 12  # of the time that all fuzzing takes; test_fuzz_mappings has the other half
BY_TARGET = pytest.mark.parametrize("target", TARGETS)


@BY_TARGET
def test_any_ledger_is_read_or_refused_with_a_sentence(target: str) -> None:
    fuzz_the_same(*TARGETS[target])


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@BY_TARGET
def test_any_ledger_is_read_or_refused_with_a_sentence_for_half_an_hour(
    target: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("examples", fuzz(SECONDS_IN_ALL * SHARE, *TARGETS[target]))
