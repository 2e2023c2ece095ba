"""Parts that are merged batch by batch give what sorting all of their rows at once would."""

import random
from datetime import date

import pyarrow as pa
import pytest

from worklists.score_db.merge_sorted import in_order, merged

KEY = ["scored_on", "model", "entity", "position"]
DAYS = [None, date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 10)]
TEXTS = ["", "a", "A", "a b", "é", "\U0001f600", "\ue000", "zz", None, "Zoë", "10", "9"]


Key = tuple[date | None, str | None, str | None, int]


def some_rows(draw: random.Random) -> list[Key]:
    """Rows of distinct keys, those of one day and pair of texts beside each other in several positions."""
    alike = {
        (draw.choice(DAYS), draw.choice(TEXTS), f"{draw.choice(TEXTS)}{draw.randint(0, 30)}")
        for _ in range(draw.randint(0, 60))
    }
    return [(*one, position) for one in sorted(alike, key=str) for position in range(draw.randint(1, 9))]


def oracle(rows: list[Key]) -> list[Key]:
    def place(row: Key) -> tuple[object, ...]:
        return tuple((value is not None, value.encode() if isinstance(value, str) else value or 0) for value in row)

    return sorted(rows, key=place)


@pytest.mark.parametrize("seed", range(60))
def test_merged_parts_come_in_the_order_of_the_key_with_every_row_once(seed: int) -> None:
    draw = random.Random(seed)
    rows = some_rows(draw)
    parts: list[list[Key]] = [[] for _ in range(draw.randint(1, 5))]
    for alike in sorted({row[:3] for row in rows}, key=str):
        draw.choice(parts).extend(row for row in rows if row[:3] == alike)
    kinds = (pa.date32(), pa.string(), pa.string(), pa.int64())
    schema = pa.schema(list(zip(KEY, kinds, strict=True)))
    sources = []
    for part in parts:
        draw.shuffle(part)
        table = pa.table([list(column) for column in zip(*part, strict=True)] or [[], [], [], []], schema=schema)
        sources.append(iter(in_order(table, KEY).to_batches(max_chunksize=draw.randint(1, 7))))
    found = [tuple(row.values()) for table in merged(sources, KEY) for row in table.to_pylist()]
    assert found == oracle(rows)
