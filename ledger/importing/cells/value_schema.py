"""What a mapping may say about where a column's value comes from."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StrictBool, StrictInt, StrictStr, Tag, model_validator

from ledger.declarations import Column
from ledger.importing.cells.condition_schema import Formats, RowCondition
from ledger.importing.cells.date_formats import require_date_formats
from ledger.strict_yaml import StrictPart
from ledger.templates import template_parts

LONGEST_TERM = 3_660  # days
LONGEST_ID = 50
MOST_FALLBACKS = 20
ORIGINS = ("column", "constant", "template", "difference", "first_of", "days_after", "currency_of")
# What may be said with each origin.
WITH_ORIGIN = {
    "values": ("column", "currency_of"),
    "format": ("column",),
    "negate": ("column", "difference"),
    "invert": ("column",),
    "strip_zeros": ("column", "template"),
    "pad_zeros": ("column", "template"),
    "days": ("days_after",),
    "end_of_month": ("days_after",),
}


def as_value(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _as_days(value: Any) -> Any:
    """A number of days is a constant; behind the codes of terms, numbers need no quotes."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= LONGEST_TERM:
            raise ValueError(f"days: {value} is no term of payment; write 0 to {LONGEST_TERM}")
        return {"constant": str(value)}
    if isinstance(value, dict) and isinstance(value.get("values"), dict):
        terms = {
            code: str(days) if isinstance(days, int) and not isinstance(days, bool) else days
            for code, days in value["values"].items()
        }
        return {**value, "values": terms}
    return as_value(value)


def _negate_form(value: Any) -> str:
    return "condition" if isinstance(value, dict | RowCondition) else "flag"


class Value(StrictPart):
    """Where a column's value comes from: exactly one of `ORIGINS`, and what is done with it."""

    column: StrictStr | None = None
    constant: StrictStr | None = None
    template: StrictStr | None = None
    difference: Annotated[list[StrictStr], Field(min_length=2, max_length=2)] | None = None
    first_of: (
        Annotated[list[Annotated["Value", BeforeValidator(as_value)]], Field(min_length=2, max_length=MOST_FALLBACKS)]
        | None
    ) = None
    days_after: Annotated["Value | None", BeforeValidator(as_value)] = None
    currency_of: StrictStr | None = None
    values: dict[StrictStr, StrictStr] = Field(default_factory=dict)
    format: Formats | None = None
    negate: Annotated[
        Annotated[StrictBool, Tag("flag")] | Annotated[RowCondition, Tag("condition")], Discriminator(_negate_form)
    ] = False
    invert: bool = False
    strip_zeros: bool = False
    pad_zeros: Annotated[StrictInt, Field(ge=1, le=LONGEST_ID)] | None = None
    days: Annotated["Value | None", BeforeValidator(_as_days)] = None
    end_of_month: Literal["before_days", "after_days"] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Value":
        origins = [name for name in ORIGINS if getattr(self, name) is not None]
        if len(origins) != 1:
            raise ValueError(f"write exactly one of {', '.join(ORIGINS)}")
        for key, fitting in WITH_ORIGIN.items():
            if getattr(self, key) not in (None, False, {}) and origins[0] not in fitting:
                raise ValueError(f"{key} goes with {' or '.join(fitting)}, not with {origins[0]}")
        if self.format is not None:
            require_date_formats(self.format)
        if self.template is not None and not self.source_columns:
            raise ValueError(f"template {self.template!r} names no column; write it like 'pay-{{DocNumber}}'")
        if self.strip_zeros and self.pad_zeros is not None:
            raise ValueError("write one of strip_zeros and pad_zeros")
        self._require_a_term()
        return self

    def _require_a_term(self) -> None:
        if self.days_after is None:
            return
        if self.days is None and self.end_of_month is None:
            raise ValueError("days_after needs days or end_of_month, like {days_after: DocDate, days: 30}")
        if self.days is not None and self.days.column is None and self.days.constant is None:
            raise ValueError("days: write a number, a column, or {column: Terms, values: {N30: 30}}")

    @property
    def source_columns(self) -> list[str]:
        """The columns of the export that this value needs."""
        names = [self.column, self.currency_of, *(self.difference or [])]
        if self.template is not None:
            names += [name for _, name in column_parts(self.template)]
        inner = [*(self.first_of or []), self.days_after, self.days]
        if isinstance(self.negate, RowCondition):
            names += self.negate.source_columns
        return [name for name in names if name is not None] + [
            name for value in inner if value is not None for name in value.source_columns
        ]


def column_parts(template: str) -> list[tuple[str, str | None]]:
    """The parts of a template of columns."""
    return template_parts(template, "column names", "{DocNumber}")


def require_fitting(place: str, column: Column, value: Value) -> None:
    """ValueError, with the place, where a value says what its column's kind has no use for."""
    amounts, dates, texts = ("money", "number"), ("date",), ("text",)
    for key, kinds, what in (
        ("format", dates, "dates"),
        ("days_after", dates, "dates"),
        ("negate", amounts, "amounts and numbers"),
        ("difference", amounts, "amounts and numbers"),
        ("invert", ("number",), "numbers"),
        ("strip_zeros", texts, "ids and other texts"),
        ("pad_zeros", texts, "ids and other texts"),
    ):
        if getattr(value, key) not in (None, False) and column.kind not in kinds:
            raise ValueError(f"{place}: {key} is for {what}; {column.name} is {column.kind}")
    if value.currency_of is not None and column.name != "currency":
        raise ValueError(f"{place}: currency_of is for currency, not for {column.name}")
    for position, one in enumerate(value.first_of or []):
        require_fitting(f"{place}.first_of[{position}]", column, one)
    if value.days_after is not None:
        require_fitting(f"{place}.days_after", column, value.days_after)
