"""Every source that comes with duerank reads an export without rows, and its page says what it reads."""

from pathlib import Path

import pyarrow.parquet
import pytest

from ledger.importing.export_files import Found
from ledger.importing.feeds import feeds_of
from ledger.importing.mapping_schema import load_mapping
from ledger.importing.querying.source_views import ORIGIN
from ledger.importing.shipped_sources import shipped_sources
from ledger.tables import TABLES

FOLDERS = {name: path for name, path in shipped_sources().items() if path.name == "mapping.yaml"}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_query_of_a_source_runs_over_empty_tables_and_gives_columns_of_the_ledger(
    name: str, tmp_path: Path
) -> None:
    mapping = load_mapping(FOLDERS[name])
    found = {file: Found(file, form) for file, form in mapping.files.items()}
    feeds = feeds_of(FOLDERS[name], mapping, found, tmp_path)
    assert [feed.rules[0].table for feed in feeds] == [table for table, rules in mapping.tables.items() for _ in rules]
    for feed in feeds:
        table = TABLES[feed.rules[0].table]
        columns = set(pyarrow.parquet.read_schema(feed.path).names)
        needed = {column.name for column in table.columns if not column.optional}
        assert needed <= columns <= {*table.names, ORIGIN}, table.name


@pytest.mark.parametrize("name", FOLDERS)
def test_the_page_of_a_source_names_every_file_and_says_what_is_not_known(name: str) -> None:
    page = (FOLDERS[name].parent / "README.md").read_text("utf-8")
    assert [file for file in load_mapping(FOLDERS[name]).files if file not in page] == []
    assert "**known_on** is" in page
    assert "annot know." in page


@pytest.mark.parametrize("name", FOLDERS)
def test_every_query_file_of_a_source_is_used(name: str) -> None:
    mapping = load_mapping(FOLDERS[name])
    used = {*mapping.views.values(), *(rule.query for rules in mapping.tables.values() for rule in rules)}
    assert {path.name for path in FOLDERS[name].parent.glob("*.sql")} <= used
