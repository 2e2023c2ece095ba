"""Parts that are merged batch by batch give what sorting all of their rows at once would."""

import random

import pyarrow as pa
import pytest

from worklists.score_db.merge_sorted import in_order, merged

KEY = ["model", "entity", "position"]
TEXTS = ["", "a", "A", "a b", "é", "\U0001f600", "\ue000", "zz", None, "Zoë", "10", "9"]


def some_rows(draw: random.Random) -> list[tuple[str | None, str | None, int]]:
    """Rows of distinct keys, those of one pair of texts beside each other in several positions."""
    pairs = {(draw.choice(TEXTS), f"{draw.choice(TEXTS)}{draw.randint(0, 30)}") for _ in range(draw.randint(0, 60))}
    return [(*pair, position) for pair in sorted(pairs, key=str) for position in range(draw.randint(1, 9))]


def oracle(rows: list[tuple[str | None, str | None, int]]) -> list[tuple[str | None, str | None, int]]:
    def place(row: tuple[str | None, str | None, int]) -> tuple[object, ...]:
        return tuple((value is not None, value.encode() if isinstance(value, str) else value or 0) for value in row)

    return sorted(rows, key=place)


@pytest.mark.parametrize("seed", range(60))
def test_merged_parts_come_in_the_order_of_the_key_with_every_row_once(seed: int) -> None:
    draw = random.Random(seed)
    rows = some_rows(draw)
    parts: list[list[tuple[str | None, str | None, int]]] = [[] for _ in range(draw.randint(1, 5))]
    for pair in sorted({row[:2] for row in rows}, key=str):
        draw.choice(parts).extend(row for row in rows if row[:2] == pair)
    schema = pa.schema([("model", pa.string()), ("entity", pa.string()), ("position", pa.int64())])
    sources = []
    for part in parts:
        draw.shuffle(part)
        table = pa.table([list(column) for column in zip(*part, strict=True)] or [[], [], []], schema=schema)
        sources.append(iter(in_order(table, KEY).to_batches(max_chunksize=draw.randint(1, 7))))
    found = [tuple(row.values()) for table in merged(sources, KEY) for row in table.to_pylist()]
    assert found == oracle(rows)
