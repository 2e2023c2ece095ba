"""A drafted mapping before it is written: values as YAML has them, each with what is unsure about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ledger.importing.cells.value_schema import column_parts

TO_FILL_IN = "TO FILL IN"


def fits_a_template(*names: str) -> bool:
    """Whether a mapping's template can name these columns."""
    try:
        return [name for _, name in column_parts("-".join(f"{{{name}}}" for name in names))] == list(names)
    except ValueError:
        return False


@dataclass
class Chosen:
    """Where a column of the ledger comes from, and the sentences that a reader has to decide about."""

    value: Any
    unsure: list[str] = field(default_factory=list)


@dataclass
class DraftRule:
    """A rule of a table. `query` goes instead of the rows of `file` as they are."""

    file: str
    columns: dict[str, Chosen]
    where: list[dict[str, Any]] = field(default_factory=list)
    distinct: bool = False
    query: str | None = None
    unsure: list[str] = field(default_factory=list)


@dataclass
class Draft:
    """Files and tables of a mapping; `missing` are needed columns that are not there, `not_used` what else is."""

    files: dict[str, Chosen] = field(default_factory=dict)
    tables: dict[str, list[DraftRule]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    not_used: list[str] = field(default_factory=list)

    def all_unsure(self) -> Iterator[tuple[str, str]]:
        """Each unsure sentence with its place."""
        for name, one in self.files.items():
            yield from ((f"files.{name}", sentence) for sentence in one.unsure)
        for table, rules in self.tables.items():
            for rule in rules:
                yield from ((table, sentence) for sentence in rule.unsure)
                for column, chosen in rule.columns.items():
                    yield from ((f"{table}.{column}", sentence) for sentence in chosen.unsure)


def among(column: str, several: list[str]) -> dict[str, Any]:
    """The condition that a column has one of some values."""
    return {"column": column, "equals": several[0]} if len(several) == 1 else {"column": column, "one_of": several}
