"""A frame as it is written, to files or to a database: money in currency units with all decimals, dates as days."""

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.declarations import Column, Table
from ledger.minor_units import decimals


def as_arrow(table: Table, frame: pd.DataFrame) -> pa.Table:
    """The declared columns in the types that they are written in."""
    return pa.table({column.name: _arrow_column(column, frame[column.name]) for column in table.columns})


def _arrow_column(column: Column, values: pd.Series) -> pa.Array:
    written = column.written
    if not values.notna().any():  # pandas has no type for a column without values
        return pa.nulls(len(values), written)
    if column.kind == "money":
        amounts = pa.array(values.astype("Int64"), pa.int64()).cast(pa.decimal128(19, 0))
        one = pa.scalar(Decimal(1).scaleb(-decimals()), pa.decimal128(decimals(), decimals()))
        return pc.multiply(amounts, one).cast(written)
    if column.dtype == "str":
        values = values.astype("str")
    return pa.array(values, from_pandas=True).cast(written)
