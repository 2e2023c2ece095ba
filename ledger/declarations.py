"""How a table is declared, in the ledger as in what a night writes: its columns, each of a kind, and what a kind is.

In memory a table is a pandas frame that has every declared column, in declared order: `text` and `choice` are pandas
strings, `date` is datetime64[s] (midnight), `money` is whole minor units (`ledger.minor_units`: cents in most ledgers)
and `whole` a whole number (int64, or Int64 where the column may be empty), `number` and `probability` are float64,
`flag` is bool. Written, money is currency units with the decimals of the ledger.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import sqlalchemy as sa

from ledger.minor_units import HUNDREDTHS, decimals, minor_units

Kind = Literal["text", "choice", "date", "money", "number", "probability", "whole", "flag"]


class Types(NamedTuple):
    """What a kind of column is in pandas, as Arrow between two steps of a run and as it is written, and in SQL.

    Money is written with the decimals of the ledger: see `Column.written`.
    """

    pandas: str
    held: pa.DataType
    written: pa.DataType
    sql: sa.types.TypeEngine[Any]


# PostgreSQL rounds to a scale, SQLite keeps what it is given.
AMOUNT = sa.Numeric(18, 2).with_variant(sa.Numeric(), "postgresql")
TYPES: dict[Kind, Types] = {
    "text": Types("str", pa.large_string(), pa.string(), sa.Text()),
    "choice": Types("str", pa.large_string(), pa.string(), sa.Text()),
    "date": Types("datetime64[s]", pa.timestamp("s"), pa.date32(), sa.Date()),
    "money": Types("int64", pa.int64(), pa.decimal128(18, 2), AMOUNT),
    "number": Types("float64", pa.float64(), pa.float64(), sa.Double()),
    "probability": Types("float64", pa.float64(), pa.float64(), sa.Double()),
    "whole": Types("int64", pa.int64(), pa.int64(), sa.BigInteger()),
    "flag": Types("bool", pa.bool_(), pa.bool_(), sa.Boolean()),
}


@dataclass(frozen=True)
class Column:
    """One column. `optional` where it may be empty; `low` and `high` are inclusive, in cents where it is money: see
    `bounds`."""

    name: str
    kind: Kind
    meaning: str
    optional: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def types(self) -> Types:
        return TYPES[self.kind]

    @property
    def written(self) -> pa.DataType:
        """The type that this column is written in: money with the decimals that the ledger is held with."""
        return pa.decimal128(18, decimals()) if self.kind == "money" else self.types.written

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        """The least and the largest value as it is held; None where there is no bound."""
        if self.kind != "money" or minor_units() == HUNDREDTHS:
            return self.low, self.high
        low, high = (None if bound is None else bound * minor_units() / HUNDREDTHS for bound in (self.low, self.high))
        return low, high

    @property
    def dtype(self) -> str:
        """The pandas dtype that this column has in memory."""
        return "Int64" if self.optional and self.types.pandas == "int64" else self.types.pandas


@dataclass(frozen=True)
class Table:
    """One table. `key` identifies a row, and a log has none; `dated_by` is the own date of a record of the ledger.

    `about` is of a table of which each night writes only what is new or has changed: the columns that identify what its
    rows are about, of which the latest row counts. `looked_up_by` are columns by which rows are found beside the key.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    dated_by: str = ""
    required: bool = False
    about: tuple[str, ...] = ()
    looked_up_by: tuple[str, ...] = ()

    @property
    def indexes(self) -> list[tuple[str, ...]]:
        """The columns of each index beside that of the key."""
        return [columns for columns in ((*self.about, "as_of") if self.about else (), self.looked_up_by) if columns]

    def column(self, name: str) -> Column:
        """The declaration of one column; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} declares no column {name}")

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def text(name: str, meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "text", meaning, optional)


def choice(name: str, choices: tuple[str, ...], meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "choice", meaning, optional, choices=choices)


def day(name: str, meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "date", meaning, optional, "date")


def money(
    name: str, meaning: str, *, unit: str, optional: bool = False, low: float | None = None, high: float | None = None
) -> Column:
    return Column(name, "money", meaning, optional, unit, low=low, high=high)


def number(
    name: str, meaning: str, unit: str, *, optional: bool = False, low: float | None = None, high: float | None = None
) -> Column:
    return Column(name, "number", meaning, optional, unit, low=low, high=high)


def probability(name: str, meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "probability", meaning, optional, "0 to 1")


def whole(name: str, meaning: str, unit: str = "count", *, optional: bool = False) -> Column:
    return Column(name, "whole", meaning, optional, unit)


def flag(name: str, meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "flag", meaning, optional)
