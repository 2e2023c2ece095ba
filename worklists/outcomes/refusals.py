"""What of a filled-in worklist was refused: where it is in the file, whose row it is, what is wrong, what would do."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from configs.language import DAY, number, translated
from ledger.minor_units import minor_units, written_decimals


@dataclass(frozen=True)
class Place:
    """A row of a filled-in worklist: the sheet, empty where the file has none, the row as a spreadsheet program counts,
    run_id-rank, and the customer's id and name."""

    sheet: str
    row: int
    record: str
    customer: str

    def words(self) -> str:
        """The place in the language that is spoken."""
        template = translated("sheet {sheet}, row {row}") if self.sheet else translated("row {row}")
        return template.format(sheet=self.sheet, row=self.row)


@dataclass(frozen=True)
class Refusal:
    """A cell because of which its whole row was refused.

    `column` is the worklist's, `head` its head in the file, `value` what is in the cell, None where nothing is.
    """

    place: Place
    column: str
    head: str
    value: str | None
    why: str

    def sentence(self) -> str:
        """All of it, in the language that is spoken."""
        where = self.place.words()
        whom = f", {self.place.customer}" if self.place.customer else ""
        value = translated("empty") if self.value is None else f"'{self.value}'"
        return f"{where[:1].upper()}{where[1:]}{whom}, {self.head} = {value}: {self.why}"


def shown(value: Any) -> str | None:
    """A cell as a spreadsheet program would show it; None where it is empty."""
    if value is None:
        return None
    if isinstance(value, datetime | date):
        return value.strftime(translated(DAY))
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return text if len(text) <= 60 else f"{text[:60]}…"


def day(value: date) -> str:
    return value.strftime(translated(DAY))


def amount(minor: float, currency: str) -> str:
    """Minor units with their currency: '1,250.00 EUR'."""
    return f"{number(minor / minor_units(), written_decimals(currency))} {currency}"
