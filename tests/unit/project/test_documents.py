"""The reference pages say what the declarations say."""

from pathlib import Path

import pytest

from features.catalogue import BY_NAME
from ledger.tables import TABLES
from tests.support.repository import ROOT
from worklists.decide.suppression_reasons import REASONS
from worklists.figures.key_figures import KEY_FIGURES
from worklists.reference.docs_pages import documents, write_documents
from worklists.score_db.tables import SCORE_TABLES

PAGES = documents()


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_committed_page_is_what_the_declarations_give(path: Path) -> None:
    committed = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
    assert committed == PAGES[path], (
        f"{path} differs from the declarations: run `python -m worklists.reference.docs_pages`."
    )


def test_writing_gives_the_pages(tmp_path: Path) -> None:
    write_documents(tmp_path)
    assert {path: (tmp_path / path).read_text(encoding="utf-8") for path in PAGES} == PAGES


def test_every_declared_name_is_in_its_page() -> None:
    for page, tables in (("docs/ledger.md", TABLES), ("docs/data-dictionary.md", SCORE_TABLES)):
        for table in tables.values():
            section = PAGES[Path(page)].split(f"\n## {table.name}\n")[1].split("\n## ")[0]
            assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == [*table.names]
    for named in (*(figure.name for figure in KEY_FIGURES), *REASONS):
        assert f"| `{named}` |" in PAGES[Path("docs/data-dictionary.md")]
    features = [line.split("`")[1] for line in PAGES[Path("docs/features.md")].splitlines() if line.startswith("| `")]
    assert sorted(features) == sorted(BY_NAME)


def test_every_row_of_a_grid_has_as_many_cells_as_its_head() -> None:
    for text in PAGES.values():
        for section in text.split("\n## ")[1:]:
            rows = [line.replace("\\|", "") for line in section.splitlines() if line.startswith("|")]
            assert len({row.count("|") for row in rows}) <= 1
