"""worklist.xlsx: the worklist for a spreadsheet program, a sheet per collector, with columns for what came of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from configs.language import DAY, translated
from ledger.declarations import Column, Kind
from worklists.call_sheet.gather import CallSheet
from worklists.call_sheet.words import spoken_sheets
from worklists.decide.handovers import largest_first
from worklists.pages.outcome_columns import OUTCOME_COLUMNS, OUTCOME_NAMES
from worklists.pages.report_words import words as head_words
from worklists.pages.workbook_cells import Formats, cell_formats, write_cell
from worklists.pages.workbook_open_items import MOST_BLOCKS, SHEET, block_starts, write_open_items
from worklists.rules.fact_words import words
from worklists.rules.promise_state import promise_words
from worklists.score_db.schema import as_arrow
from worklists.score_db.tables import HANDOVERS, WORKLIST

EVERYBODY = "Worklist"
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
LONGEST_NAME = 31  # a spreadsheet program's limit
MOST_ROWS = 100_000  # no one works more in a day, and a spreadsheet program would crawl; worklist.csv has them all
WIDTHS: dict[Kind, int] = {"date": 10, "money": 11, "probability": 9, "number": 8, "whole": 7, "text": 10}
# What is read as a sentence, or a name, needs room; what is only quoted when something is asked, none.
WIDE = {
    "customer_name": 20, "reason_1": 42, "reason_2": 36, "reason_3": 36, "offer": 24, "what_changed": 32,
    "contact_history": 36, "action": 14, "promise_status": 18, "due_today": 16,
}  # fmt: skip
FILLED_WIDE = {"outcome": 13, "note": 20}
LINE_HEIGHT = 15  # points
ZOOM = 90  # percent: what is filled in is on a screen that is 1,920 pixels wide
CODES = ("segment", "action", "channel", "tone", "gain_basis")
FOR_QUESTIONS = ("as_of", "run_id", "model_versions")
QUEUE = "Hand-overs"
QUEUE_WIDE = {"customer_name": 26, "action": 18, "last_step": 16, "text": 70}
QUEUE_CODES = ("action", "last_step")
HUNDREDTHS = ("value_per_minute", "weight")
# In the order of the work: whom, what to do, how much, why; then what came of it; then what is looked up.
FIRST = (
    "rank", "customer_name", "customer_id", "action", "channel", "collectible_amount", "days_past_due", "expected_gain",
    "weight", "minutes", "value_per_minute", "reason_1",
)  # fmt: skip
AFTER = (
    "due_today", "reason_2", "reason_3", "what_changed", "tone", "offer", "contact_history", "last_contact_on",
    "promise_status",
)  # fmt: skip


def write_workbook(worklist: pd.DataFrame, handovers: pd.DataFrame, sheet: CallSheet, path: Path) -> None:
    """The first `MOST_ROWS` by rank, with the outcome columns, empty, the queue of the hand-overs, and the open items
    of both; the same worklist gives the same bytes.

    `worklist` as in `write_worklist`, `handovers` as declared, `sheet` the call sheet of both. Amounts and dates are
    cells of their type. No text becomes a formula or a link to outside. Heads and codes are words in the language that
    is spoken, which are understood in every language when they are read back.
    """
    frame = _in_words(as_arrow(WORKLIST, worklist).to_pandas(date_as_object=True).head(MOST_ROWS))
    waiting = largest_first(as_arrow(HANDOVERS, handovers).to_pandas(date_as_object=True)).head(MOST_ROWS)
    sheets = spoken_sheets(sheet, pd.concat([frame["customer_id"], waiting["customer_id"]]).head(MOST_BLOCKS))
    starts = block_starts(sheets)
    with _workbook(path) as book:
        if len(frame):
            night = pd.Timestamp(frame["as_of"].iloc[0])
            title = translated("Worklist of {day}").format(day=night.strftime(translated(DAY)))
            book.set_properties({"title": title, "created": night.to_pydatetime()})
        formats = cell_formats(book)
        for name, rows in _sheets(frame):
            _write_sheet(book.add_worksheet(name), rows, starts, formats)
        if len(waiting):
            _write_queue(book.add_worksheet(translated(QUEUE)), waiting, starts, formats)
        if sheets:
            both = pd.concat([frame, waiting])
            named = dict(zip(both["customer_id"], both["customer_name"].fillna(""), strict=True))
            write_open_items(book, sheets, named, formats)


@contextmanager
def _workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """A new workbook in `path`. OSError where it cannot be written."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(path, {**options, "constant_memory": True})
    try:
        with book:
            yield book
    except FileCreateError as error:
        book.fileclosed = True  # else it tries again when it is forgotten
        raise error.args[0] from None  # the OSError that it hides: no room on the disk, say


def _in_words(frame: pd.DataFrame) -> pd.DataFrame:
    status = frame["promise_status"]
    words_of_status = {each: promise_words(each) for each in status.unique()}
    return frame.assign(**{name: words(frame[name]) for name in CODES}, promise_status=status.map(words_of_status))


def _sheets(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """A sheet per collector in the order of their best rows; one for all where no one is assigned."""
    collectors = frame["collector_id"].fillna("")
    if not len(frame) or (collectors == "").all():
        yield translated(EVERYBODY), frame
        return
    taken = {translated(name).casefold() for name in (SHEET, QUEUE)}
    for collector in collectors.drop_duplicates():
        yield _sheet_name(collector or translated("anyone"), taken), frame[collectors == collector]


def _sheet_name(collector: str, taken: set[str]) -> str:
    """A name that no other sheet has, whatever the case; what programs do not allow in it is left out."""
    plain = "".join(letter for letter in collector.translate(FORBIDDEN_IN_NAMES) if letter.isprintable()).strip()
    plain = plain or "collector"
    name, number = plain[:LONGEST_NAME], 1
    while name.casefold() in taken or name.casefold() == "history":  # a name that Excel keeps for itself
        number += 1
        name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]} {number}"
    taken.add(name.casefold())
    return name


def _write_sheet(sheet: Worksheet, rows: pd.DataFrame, starts: Mapping[str, int], formats: Formats) -> None:
    declared = {column.name: column for column in WORKLIST.columns}
    names = [*FIRST, *OUTCOME_NAMES, *AFTER, *(name for name in declared if name not in (*FIRST, *AFTER))]
    for place, name in enumerate(names):
        if name in declared:
            hidden = {"hidden": True} if name in FOR_QUESTIONS else {}
            width = WIDE.get(name) or WIDTHS[declared[name].kind]
            sheet.set_column(place, place, width, formats[_form(declared[name])], hidden)
            sheet.write_string(0, place, head_words(name), formats["head"])
    for place, filled in enumerate(OUTCOME_COLUMNS, start=len(FIRST)):
        sheet.set_column(place, place, FILLED_WIDE.get(filled.name, 10), formats.get(filled.kind, formats["text"]))
        sheet.write_string(0, place, head_words(filled.name), formats["fill_in"])
        _help(sheet, place, filled, len(rows))
    sheet.set_row(0, 3 * LINE_HEIGHT)
    _lay_out_paper(sheet, len(rows))
    sheet.set_zoom(ZOOM)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
    written = [(place, name) for place, name in enumerate(names) if name in declared]
    cells = [rows[name].astype(object).where(rows[name].notna(), None).tolist() for _, name in written]
    lines = _lines(rows)
    for number, values in enumerate(zip(*cells, strict=True), start=1):
        sheet.set_row(number, LINE_HEIGHT * lines[number - 1])  # not every program fits rows to wrapped text itself
        for (place, name), value in zip(written, values, strict=True):
            if name == "customer_id" and value in starts:
                _link(sheet, number, place, value, starts, formats)
            elif value is not None:
                write_cell(sheet, number, place, value, formats[_form(declared[name])])


def _write_queue(sheet: Worksheet, rows: pd.DataFrame, starts: Mapping[str, int], formats: Formats) -> None:
    """The queue of the hand-overs, the largest amount first."""
    columns = [column for column in HANDOVERS.columns if column.name not in FOR_QUESTIONS]
    for place, column in enumerate(columns):
        width = QUEUE_WIDE.get(column.name) or WIDTHS[column.kind]
        sheet.set_column(place, place, width, formats["sentence" if column.name == "text" else column.kind])
        sheet.write_string(0, place, head_words(column.name), formats["head"])
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for number, row in enumerate(rows.to_dict("records"), start=1):
        for place, column in enumerate(columns):
            value = row[column.name]
            if column.name == "customer_id" and value in starts:
                _link(sheet, number, place, value, starts, formats)
            elif not pd.isna(value):
                said = translated(value) if column.name in QUEUE_CODES else value
                write_cell(sheet, number, place, said, formats["sentence" if column.name == "text" else column.kind])


def _link(sheet: Worksheet, row: int, place: int, customer: str, starts: Mapping[str, int], formats: Formats) -> None:
    """A customer's id that leads to the block of its open items."""
    target = f"internal:'{translated(SHEET)}'!A{starts[customer] + 1}"
    # What a link shows is an attribute, in which a character that XML has not spoils the workbook; a cell can write it.
    shown = "".join(letter for letter in customer if letter.isprintable())
    sheet.write_url(row, place, target, formats["link"], string=shown or None)
    sheet.write_string(row, place, customer, formats["link"])


def _form(column: Column) -> str:
    if column.name in HUNDREDTHS:
        return "hundredths"
    return "sentence" if column.name in WIDE else column.kind


def _lines(rows: pd.DataFrame) -> list[int]:
    """How many lines each row needs for its longest sentence of those that are printed."""
    needed = [-(-rows[name].fillna("").str.len() // (WIDE[name] - 2)) for name in FIRST if name in WIDE]
    most: list[int] = pd.concat(needed, axis=1).max(axis=1).clip(lower=1).astype(int).to_list()
    return most


def _lay_out_paper(sheet: Worksheet, rows: int) -> None:
    """In print the columns of the work go across one page; a row's other columns are for the screen."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.print_area(0, 0, rows, len(FIRST) - 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.5)
    sheet.set_footer("&L&A&R&P / &N")


def _help(sheet: Worksheet, place: int, filled: Column, rows: int) -> None:
    """What may be filled in, shown where the collector types it."""
    title, message = head_words(filled.name), translated(filled.meaning)
    rule: dict[str, Any] = {"validate": "any", "input_title": title, "input_message": message}
    if filled.choices:
        options = [translated(choice).replace("_", " ") for choice in filled.choices]
        rule |= {"validate": "list", "source": options}
    sheet.data_validation(1, place, max(rows, 1), place, rule)
