"""What a mapping may say about the rows that it takes."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, StrictStr, model_validator

from ledger.importing.cells.date_formats import require_date_formats
from ledger.strict_yaml import StrictPart

MOST_CONDITIONS = 50


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _as_bound(value: Any) -> float | date:
    """A number, or a day, which YAML knows by itself or writes as text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, int | float | date) and not isinstance(value, bool):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{str(value)[:100]!r} is neither a number nor a day; write 100 or 2024-01-31") from None


Bound = Annotated[float | date, PlainValidator(_as_bound)]
Formats = Annotated[list[StrictStr], BeforeValidator(as_list)]


class RowCondition(StrictPart):
    """What a source row must fulfil: one test of a column, the opposite of a condition, or one of several.

    Bounds compare amounts in the file's form, or days in `format`; an empty cell is within none.
    """

    column: StrictStr | None = None
    equals: StrictStr | None = None
    one_of: list[StrictStr] | None = None
    not_empty: Literal[True] | None = None
    above: Bound | None = None
    at_least: Bound | None = None
    below: Bound | None = None
    at_most: Bound | None = None
    format: Formats | None = None
    opposite: "RowCondition | None" = Field(None, alias="not")
    some: Annotated[list["RowCondition"], Field(min_length=1, max_length=MOST_CONDITIONS)] | None = Field(
        None, alias="any"
    )

    @model_validator(mode="after")
    def _one_test(self) -> "RowCondition":
        tests = [self.equals, self.one_of, self.not_empty, self.bounds or None]
        if sum(form is not None for form in (self.column, self.opposite, self.some)) != 1:
            raise ValueError("write exactly one of column, not, any")
        if sum(test is not None for test in tests) != (self.column is not None):
            raise ValueError(
                "write exactly one of equals, one_of, not_empty with column, or bounds: above, at_least, below, at_most"
            )
        if len({isinstance(bound, date) for bound in self.bounds.values()}) > 1:
            raise ValueError("write bounds that are all numbers, or all days")
        if self.format is not None:
            if not self.compares_days:
                raise ValueError("format goes with bounds that are days, like {above: 2024-01-31}")
            require_date_formats(self.format)
        return self

    @property
    def bounds(self) -> dict[str, float | date]:
        """The bounds that are stated, by their key."""
        stated = {"above": self.above, "at_least": self.at_least, "below": self.below, "at_most": self.at_most}
        return {key: bound for key, bound in stated.items() if bound is not None}

    @property
    def can_be_unknown(self) -> bool:
        """Whether a cell that cannot be read leaves open if a row fulfils this."""
        inner = [*([self.opposite] if self.opposite else []), *(self.some or [])]
        return bool(self.bounds) or any(condition.can_be_unknown for condition in inner)

    @property
    def compares_days(self) -> bool:
        return any(isinstance(bound, date) for bound in self.bounds.values())

    @property
    def source_columns(self) -> list[str]:
        """The columns of the export that this condition needs."""
        inner = [*([self.opposite] if self.opposite else []), *(self.some or [])]
        own = [] if self.column is None else [self.column]
        return own + [name for condition in inner for name in condition.source_columns]
