"""How a workbook's cells look, and a cell with the type of what is in it."""

from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from configs.language import translated
from ledger.declarations import Kind
from ledger.minor_units import decimals, written_decimals

LONGEST_CELL = 32_767
NUMBER_FORMATS: dict[Kind, str] = {
    "date": "yyyy-mm-dd",
    "money": "#,##0",  # and the decimals of its currency
    "probability": "0.0%",
    "number": "#,##0.0",
    "whole": "#,##0",
    "text": "@",
}
Formats = dict[str, Any]


def money_form(currency: str | None = None) -> str:
    """The format of an amount in a currency; the reporting one where none is given."""
    return f"money {written_decimals(currency)}"


def cell_formats(book: xlsxwriter.Workbook) -> Formats:
    """A format for each kind of column, and for heads, titles, sentences and what is to be filled in."""
    plain = NUMBER_FORMATS["money"]
    money = {f"money {digits}": f"{plain}.{'0' * digits}".rstrip(".") for digits in range(decimals() + 1)}
    forms = NUMBER_FORMATS | money | {"money": money[money_form()]}
    formats: Formats = {
        kind: book.add_format({"num_format": translated(form), "valign": "top"}) for kind, form in forms.items()
    }
    sentence = {"num_format": "@", "valign": "top", "text_wrap": True, "align": "left", "indent": 1}
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    return formats | {
        "hundredths": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "sentence": book.add_format(sentence),
        "head": book.add_format(head),
        "fill_in": book.add_format(head | {"bg_color": "#FFF2CC"}),
        "title": book.add_format({"bold": True, "top": 2, "font_size": 12}),
        "link": book.add_format({"font_color": "#1F6F8B", "underline": 1, "valign": "top"}),
    }


def write_cell(sheet: Worksheet, row: int, place: int, value: Any, form: Any) -> None:
    """Write a text, a day or a number, in currency units where it is money."""
    if isinstance(value, str):
        sheet.write_string(row, place, value[:LONGEST_CELL], form)
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, place, value, form)
    else:
        sheet.write_number(row, place, float(value), form)
