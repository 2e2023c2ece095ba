"""How all cells of a file are written: said once for the file, never guessed from a cell."""

from typing import Annotated, Literal

from babel.localedata import exists
from pydantic import Field, StrictStr, model_validator

from ledger.reading.iso_codes import CURRENCIES
from ledger.strict_yaml import StrictPart

MOST_SIGNS = 20


class CellForm(StrictPart):
    """Decimal mark, thousands separator, letters for signs, and the language of month names."""

    decimal_comma: bool = False
    thousands: Literal[".", ",", " ", "'", "any"] | None = None
    signs: Annotated[dict[StrictStr, Literal["+", "-"]], Field(max_length=MOST_SIGNS)] = Field(default_factory=dict)
    language: StrictStr | None = None

    @model_validator(mode="after")
    def _readable(self) -> "CellForm":
        if self.thousands == ("," if self.decimal_comma else "."):
            raise ValueError(f"thousands: {self.thousands!r} is the decimal mark too; see decimal_comma")
        for letters in self.signs:
            if not letters.isalpha() or len(letters) > 4 or letters.upper() in CURRENCIES:
                raise ValueError(f"signs: {letters!r} is no mark of a sign; write up to four letters, such as CR or H")
        if len({letters.upper() for letters in self.signs}) < len(self.signs):
            raise ValueError("signs: the same letters are there twice; capital and small letters count as the same")
        if self.language is not None and not (self.language.isalpha() and exists(self.language)):
            raise ValueError(f"there is no language {self.language!r}; write de, fr or es, by ISO 639")
        return self
