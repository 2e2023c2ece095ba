"""What several queries of a source need is a view, which is written, and run, once."""

import re

import pytest

from ledger.importing.shipped_sources import SOURCES

PART = re.compile(r"^(?:with )?(\w+) as \(\n(.*?)^\)", re.MULTILINE | re.DOTALL | re.IGNORECASE)


@pytest.mark.parametrize("source", sorted(path.parent.name for path in SOURCES.glob("*/mapping.yaml")))
def test_no_part_of_a_query_is_written_again_in_another(source: str) -> None:
    written: dict[str, list[str]] = {}
    for query in sorted((SOURCES / source).glob("*.sql")):
        for name, text in PART.findall(query.read_text("utf-8")):
            written.setdefault(" ".join(text.split()), []).append(f"{query.name}: {name}")
    assert written
    assert [places for places in written.values() if len(places) > 1] == []
