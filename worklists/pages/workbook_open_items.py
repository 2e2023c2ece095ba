"""The sheet "open items" of worklist.xlsx: a block for each listed customer, to which its row links."""

from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from configs.language import translated
from ledger.minor_units import minor_units
from worklists.call_sheet.words import SpokenSheet
from worklists.pages.report_words import not_asked
from worklists.pages.workbook_cells import Formats, money_form, write_cell

SHEET = "Open items"
MOST_BLOCKS = 2_000  # more customers than a team calls in a week; the score table open_items has all of them
HEADS = ("Invoice", "Issued", "Due", "Currency", "Amount", "Open", "Days past due", "Dunning level", "Not asked for")
FIELDS = ("invoice_id", "issued_on", "due_on", "currency", "amount", "open_amount", "days_past_due", "dunning_level")
KINDS = ("text", "date", "date", "text", "money", "money", "whole", "whole", "text")
WIDTHS = (16, 11, 11, 9, 13, 13, 9, 9, 60)


def block_starts(sheets: Sequence[SpokenSheet]) -> dict[str, int]:
    """The row (from 0) on which the block of each customer begins."""
    starts, row = {}, 0
    for sheet in sheets[:MOST_BLOCKS]:
        starts[sheet.customer_id] = row
        row += _length(sheet)
    return starts


def write_open_items(
    book: xlsxwriter.Workbook, sheets: Sequence[SpokenSheet], names: Mapping[str, str], formats: Formats
) -> None:
    """Add the sheet to the workbook; `names` are the customers' names by id."""
    page = book.add_worksheet(translated(SHEET))
    for place, width in enumerate(WIDTHS):
        page.set_column(place, place, width, formats[KINDS[place]])
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    row = 0
    for sheet in sheets[:MOST_BLOCKS]:
        _write_block(page, row, sheet, names.get(sheet.customer_id, ""), formats)
        row += _length(sheet)


def _length(sheet: SpokenSheet) -> int:
    """Rows of a block: its title, the heads and the items, the lines, and an empty row."""
    return 3 + len(sheet.items) + sum(len(lines) for _, lines in sheet.parts)


def _write_block(page: Worksheet, row: int, sheet: SpokenSheet, name: str, formats: Formats) -> None:
    page.write_string(row, 0, f"{sheet.customer_id}  {name}".strip(), formats["title"])
    for place, head in enumerate(HEADS):
        page.write_string(row + 1, place, translated(head), formats["head"])
    row += 2
    for item in sheet.items:
        values = [*(item[field] for field in FIELDS), not_asked(item)]
        for place, (value, kind) in enumerate(zip(values, KINDS, strict=True)):
            if kind == "money":
                write_cell(page, row, place, value / minor_units(), formats[money_form(item["currency"])])
            else:
                write_cell(page, row, place, value, formats[kind])
        row += 1
    for head, lines in sheet.parts:
        for number, line in enumerate(lines):
            page.write_string(row, 0, head if number == 0 else "", formats["text"])
            page.write_string(row, 1, line, formats["text"])
            row += 1
