"""Tables for Parquet whose columns have every type that Arrow knows, but for the one that is expected."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from ledger.tables import TABLES

DAY = date(2024, 1, 5)
MOMENT = datetime(2024, 1, 5, 23, 59, 59)


def _arrays() -> list[pa.Array]:
    """Three values each."""
    timestamps = [
        pa.array([0, 2**62 // (1_000 if unit == "s" else 1), None], pa.timestamp(unit, zone))
        for unit in ("s", "ms", "us", "ns")
        for zone in (None, "UTC", "America/New_York", "+05:30")
    ]
    return [
        *timestamps,
        pa.array([MOMENT, None, datetime(9999, 12, 31)], pa.timestamp("us", "Europe/Vienna")),
        pa.array([-(2**62), 2**62, -1], pa.timestamp("us")),
        *(pa.array([1, None, 127], kind) for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())),
        *(pa.array([1, None, 255], kind) for kind in (pa.uint8(), pa.uint16(), pa.uint32())),
        pa.array([2**64 - 1, None, 0], pa.uint64()),
        pa.array([-(2**63), 2**63 - 1, 0], pa.int64()),
        *(pa.array([float("nan"), float("-inf"), 1.5], kind) for kind in (pa.float16(), pa.float32(), pa.float64())),
        pa.array([1e300, -0.0, None], pa.float64()),
        *(pa.array([Decimal(1), None, Decimal(-9)], pa.decimal128(38, scale)) for scale in (0, 2, 5, 30)),
        pa.array([Decimal(10) ** 37, None, Decimal(-1)], pa.decimal128(38, 0)),
        pa.array([Decimal(10) ** 70, None, Decimal(-1)], pa.decimal256(76, 2)),
        pa.array([Decimal(1), None, Decimal(2)], pa.decimal32(7, 2)),
        pa.array([Decimal(1), None, Decimal(2)], pa.decimal64(15, 3)),
        pa.array([True, None, False], pa.bool_()),
        pa.nulls(3),
        *(pa.array(["x", None, ""], kind) for kind in (pa.string(), pa.large_string(), pa.string_view())),
        *(pa.array([b"x", b"\xff\xfe", None], kind) for kind in (pa.binary(), pa.large_binary(), pa.binary_view())),
        pa.array([b"1234", None, b"\x00\x01\x02\x03"], pa.binary(4)),
        pa.array(["email", None, "email"]).dictionary_encode(),
        pa.array([12.5, None, 12.5]).dictionary_encode(),
        pa.array([DAY, None, date(1, 1, 1)], pa.date32()),
        pa.array([DAY, None, date(9999, 12, 31)], pa.date64()),
        pa.array([-(2**31), 2**31 - 1, 0], pa.date32()),
        pa.array([time(1, 2), None, time(23, 59)], pa.time32("s")),
        pa.array([time(1, 2), None, time(23, 59)], pa.time64("us")),
        *(pa.array([timedelta(1), None, timedelta(-1)], pa.duration(unit)) for unit in ("s", "ns")),
        pa.array([[1, None], [], None], pa.list_(pa.int64())),
        pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int32(), 2)),
        pa.array([[["x"]], None, []], pa.list_(pa.list_(pa.string()))),
        pa.array([{"a": 1, "b": [None]}, None, {"a": None, "b": []}]),
        pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
        pa.array(["2024-01-05", "12.50", "1"]),
        pa.array(["x" * 1_001, "a\x00b", "\u202e"]),
    ]


ARRAYS = st.sampled_from(_arrays())
NAMES = st.sampled_from(["", "amount", "Amount", "a.b", "customer_id", "x" * 300, "\x00", "naïve", "index"])


@st.composite
def odd_tables(draw: st.DrawFn) -> tuple[str, pa.Table, bool]:
    """A table's name, the declared columns in odd types (sometimes one less, or some more), and old timestamps."""
    name = draw(st.sampled_from(list(TABLES)))
    columns: list[tuple[str, Any]] = [(column, draw(ARRAYS)) for column in TABLES[name].names]
    columns += [(draw(NAMES), draw(ARRAYS)) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.integers(0, 5)) == 0:
        columns.pop(draw(st.integers(0, len(columns) - 1)))
    rows = draw(st.integers(0, 3))
    table = pa.Table.from_arrays([array for _, array in columns], names=[column for column, _ in columns])
    return name, table.slice(0, rows), draw(st.booleans())
