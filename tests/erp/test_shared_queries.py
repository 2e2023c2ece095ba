"""A query of a source stands alone: what several of one source need is written in each, and must be the same in all."""

import re

import pytest

from ledger.importing.shipped_sources import SOURCES

PART = re.compile(r"^(\w+) as \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("source", "shared"),
    [
        ("tryton", {"lines", "grouped", "measured", "placed", "met", "pairs"}),
        ("odoo", {"partials", "entries", "nominal", "lines", "pairs"}),
        ("erpnext", {"entries", "journals", "vouchers", "days", "documents", "applied", "short", "settled"}),
    ],
)
def test_what_queries_of_a_source_share_is_written_alike(source: str, shared: set[str]) -> None:
    found: dict[str, set[str]] = {}
    uses: dict[str, int] = {}
    for query in (SOURCES / source).glob("*.sql"):
        for name, text in PART.findall(query.read_text("utf-8")):
            found.setdefault(name, set()).add(text)
            uses[name] = uses.get(name, 0) + 1
    assert {name for name, times in uses.items() if times > 1} == shared
    assert [name for name, texts in found.items() if len(texts) > 1] == []
