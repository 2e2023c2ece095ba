"""Rows of many parts in one order, without all of them in memory: each part is sorted, and read batch by batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Below every character of a text, and below that again, so that joined texts sort as their columns do.
BETWEEN, BEFORE_TEXT = "\0", "\1"


def in_order(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    """The rows by the columns of the key, nulls first; texts by their UTF-8 bytes, as databases do."""
    together = rows.combine_chunks()
    order = pc.sort_indices(together, sort_keys=[(name, "ascending", "at_start") for name in key])
    return together.take(order)


def merged(parts: Sequence[Iterator[pa.RecordBatch]], key: Sequence[str]) -> Iterator[pa.Table]:
    """The rows of parts that are each `in_order`, as tables that follow each other in the same order.

    Only a batch of each part is in memory. Rows that agree in all texts and days of the key must be in one part, and
    its numbers come after these.
    """
    waiting = [batch for batch in (_next(part, key) for part in parts) if batch is not None]
    while waiting:
        limit = min(batch.texts[-1] for batch in waiting)
        ready, later = [], []
        for batch in waiting:
            below = int(np.searchsorted(batch.texts, limit, side="right"))
            ready.append(batch.rows.slice(0, below))
            rest = batch.after(below) if below < len(batch.texts) else _next(batch.part, key)
            later += [] if rest is None else [rest]
        waiting = later
        yield in_order(pa.Table.from_batches(ready), key)


@dataclass(frozen=True)
class Waiting:
    """A batch of a part that is not given out yet, with the joined texts, and days, of its rows' keys."""

    part: Iterator[pa.RecordBatch]
    rows: pa.RecordBatch
    texts: np.ndarray

    def after(self, given: int) -> "Waiting":
        return Waiting(self.part, self.rows.slice(given), self.texts[given:])


def _next(part: Iterator[pa.RecordBatch], key: Sequence[str]) -> Waiting | None:
    """The part's next batch that has rows; None where there is none."""
    for rows in part:
        if rows.num_rows:
            texts = [_above_null(rows[name]) for name in key if _is_text_or_day(rows[name].type)]
            joined = pc.binary_join_element_wise(*texts, BETWEEN, null_handling="replace", null_replacement="")
            return Waiting(part, rows, joined.to_numpy(zero_copy_only=False))
    return None


def _is_text_or_day(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_date(kind))


def _above_null(texts: pa.Array) -> pa.Array:
    """Texts, or days as ISO texts, which sort alike."""
    return pc.binary_join_element_wise(BEFORE_TEXT, texts.cast(pa.string()), "")
