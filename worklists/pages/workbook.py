"""worklist.xlsx: the worklist for a spreadsheet program, a sheet per collector, with columns for what came of it."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from configs.language import DAY, translated
from ledger.declarations import Column, Kind
from ledger.minor_units import decimals
from worklists.pages.outcome_columns import OUTCOME_COLUMNS, OUTCOME_NAMES
from worklists.rules.fact_words import words
from worklists.rules.promise_state import promise_words
from worklists.score_db.schema import as_arrow
from worklists.score_db.tables import WORKLIST

EVERYBODY = "Worklist"
FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
LONGEST_NAME = 31  # a spreadsheet program's limit
LONGEST_CELL = 32_767
MOST_ROWS = 100_000  # no one works more in a day, and a spreadsheet program would crawl; worklist.csv has them all
FORMATS: dict[Kind, str] = {
    "date": "yyyy-mm-dd",
    "money": "#,##0.",  # and the decimals of the ledger
    "probability": "0.0%",
    "number": "#,##0.0",
    "whole": "#,##0",
    "text": "@",
}
WIDTHS: dict[Kind, int] = {"date": 11, "money": 13, "probability": 9, "number": 9, "whole": 8, "text": 14}
# What is read as a sentence, or a name, needs room; what is only quoted when something is asked, none.
WIDE = {
    "customer_name": 26, "reason_1": 44, "reason_2": 40, "reason_3": 40, "offer": 24, "what_changed": 36,
    "contact_history": 40, "action": 18, "promise_status": 22,
}  # fmt: skip
LINE_HEIGHT = 15  # points
CODES = ("segment", "action", "channel", "tone", "gain_basis")
FOR_QUESTIONS = ("as_of", "run_id", "model_versions")
# In the order of the work: whom, what to do, how much, why, what happened before; then what came of it; then the rest.
FIRST = (
    "rank", "customer_name", "customer_id", "action", "channel", "tone", "collectible_amount", "days_past_due",
    "expected_gain", "minutes", "value_per_minute", "reason_1", "what_changed", "offer", "contact_history",
    "last_contact_on", "promise_status",
)  # fmt: skip


def write_workbook(worklist: pd.DataFrame, path: Any) -> None:
    """The first `MOST_ROWS` by rank, with the outcome columns, empty; the same worklist gives the same bytes.

    `worklist` as in `write_worklist`. Amounts and dates are cells of their type. No text becomes a formula or a link.
    Heads and codes are in the language that is spoken; `outcomes.read_filled` understands them in every language.
    """
    frame = _in_words(as_arrow(WORKLIST, worklist).to_pandas(date_as_object=True).head(MOST_ROWS))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, {**options, "constant_memory": True}) as book:
        if len(frame):
            night = pd.Timestamp(frame["as_of"].iloc[0])
            title = translated("Worklist of {day}").format(day=night.strftime(translated(DAY)))
            book.set_properties({"title": title, "created": night.to_pydatetime()})
        formats: dict[str, Any] = {
            kind: book.add_format({"num_format": translated(form), "valign": "top"})
            for kind, form in (FORMATS | {"money": FORMATS["money"] + "0" * decimals()}).items()
        }
        sentence = {"num_format": "@", "valign": "top", "text_wrap": True, "align": "left", "indent": 1}
        formats["sentence"] = book.add_format(sentence)
        formats["head"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats["fill_in"] = book.add_format({"bold": True, "bottom": 1, "bg_color": "#FFF2CC", "valign": "top"})
        for name, rows in _sheets(frame):
            _write_sheet(book.add_worksheet(name), rows, formats)


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
    taken: set[str] = set()
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


def _write_sheet(sheet: Worksheet, rows: pd.DataFrame, formats: dict[str, Any]) -> None:
    declared = {column.name: column for column in WORKLIST.columns}
    rest = [name for name in declared if name not in FIRST]
    names = [*FIRST, *OUTCOME_NAMES, *rest]
    for place, name in enumerate(names):
        if name in declared:
            kind = declared[name].kind
            hidden = {"hidden": True} if name in FOR_QUESTIONS else {}
            head = translated(name)
            width = WIDE.get(name) or max(WIDTHS[kind], len(head) + 1)
            sheet.set_column(place, place, width, formats[_form(declared[name])], hidden)
            sheet.write_string(0, place, head, formats["head"])
    for place, filled in enumerate(OUTCOME_COLUMNS, start=len(FIRST)):
        sheet.set_column(place, place, 16, formats.get(filled.kind, formats["text"]))
        sheet.write_string(0, place, translated(filled.name), formats["fill_in"])
        _help(sheet, place, filled, len(rows))
    sheet.set_row(0, 2 * LINE_HEIGHT)
    _lay_out_paper(sheet, len(rows))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
    written = [(place, name) for place, name in enumerate(names) if name in declared]
    cells = [rows[name].astype(object).where(rows[name].notna(), None).tolist() for _, name in written]
    lines = _lines(rows)
    for number, values in enumerate(zip(*cells, strict=True), start=1):
        sheet.set_row(number, LINE_HEIGHT * lines[number - 1])  # not every program fits rows to wrapped text itself
        for (place, name), value in zip(written, values, strict=True):
            if value is not None:
                _write_cell(sheet, number, place, value, formats[_form(declared[name])])


def _form(column: Column) -> str:
    return "sentence" if column.name in WIDE else column.kind


def _lines(rows: pd.DataFrame) -> list[int]:
    """How many lines each row needs for its longest sentence."""
    needed = [-(-rows[name].fillna("").str.len() // (WIDE[name] - 3)) for name in FIRST if name in WIDE]
    most: list[int] = pd.concat(needed, axis=1).max(axis=1).clip(lower=1).astype(int).to_list()
    return most


def _lay_out_paper(sheet: Worksheet, rows: int) -> None:
    """In print the columns of the work go across one page; a row's other columns are for the screen."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.print_area(0, 0, rows, len(FIRST) - 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.set_footer("&L&A&R&P / &N")


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, form: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(row, place, value[:LONGEST_CELL], form)
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, place, value, form)
    else:
        sheet.write_number(row, place, float(value), form)


def _help(sheet: Worksheet, place: int, filled: Column, rows: int) -> None:
    """What may be filled in, shown where the collector types it."""
    title, message = translated(filled.name), translated(filled.meaning)
    rule: dict[str, Any] = {"validate": "any", "input_title": title, "input_message": message}
    if filled.choices:
        rule |= {"validate": "list", "source": [translated(choice) for choice in filled.choices]}
    sheet.data_validation(1, place, max(rows, 1), place, rule)
