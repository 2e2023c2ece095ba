"""worklist.xlsx has types, filters and a sheet per collector, and no text of it is ever a formula or a link."""

import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest

from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.worklists import NIGHT, handovers, worklist
from worklists.pages.outcome_columns import OUTCOME_COLUMNS, OUTCOME_NAMES
from worklists.pages.report_words import words
from worklists.pages.workbook import FIRST, write_workbook
from worklists.score_db.tables import WORKLIST

SHEET = call_sheet_of("C1", "C2")
NOBODY = handovers().head(0)


def written(path: Path, **changes: object) -> openpyxl.Workbook:
    write_workbook(worklist(**changes), NOBODY, call_sheet_of(), path / "worklist.xlsx")
    return openpyxl.load_workbook(path / "worklist.xlsx")


def test_cells_have_types_in_the_order_of_the_work(tmp_path: Path) -> None:
    book = written(tmp_path, collector_id=[None, None], open_amount=[5, 123450], last_contact_on=[NIGHT, pd.NaT])
    (sheet,) = book.worksheets
    head, first, second = ({cell.value: cell for cell in sheet[1]}, *(sheet[row] for row in (2, 3)))
    assert [cell.value for cell in sheet[1]][: len(FIRST) + len(OUTCOME_NAMES)] == [
        words(name) for name in (*FIRST, *OUTCOME_NAMES)
    ]
    assert set(head) == {words(name) for name in (*WORKLIST.names, *OUTCOME_NAMES)}
    place = {name: head[words(name)].column - 1 for name in (*WORKLIST.names, *OUTCOME_NAMES)}
    assert [row[place["customer_id"]].value for row in (first, second)] == ["C1", "C2"]
    assert (first[place["open_amount"]].value, second[place["open_amount"]].value) == (1234.5, 0.05)
    assert first[place["open_amount"]].number_format == "#,##0.00"
    assert (
        second[place["last_contact_on"]].value == datetime(2024, 3, 1) and first[place["last_contact_on"]].value is None
    )
    assert all(first[place[name]].value is None for name in OUTCOME_NAMES)


def test_the_header_is_frozen_the_columns_are_filtered_and_choices_are_offered(tmp_path: Path) -> None:
    (sheet,) = written(tmp_path, collector_id=[None, None]).worksheets
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(3, sheet.max_column).coordinate}"
    offered = {rule.promptTitle: rule for rule in sheet.data_validations.dataValidation}
    assert set(offered) == {words(name) for name in OUTCOME_NAMES}
    for column in OUTCOME_COLUMNS:
        if column.choices:
            spoken = ",".join(choice.replace("_", " ") for choice in column.choices)
            assert offered[words(column.name)].formula1 == f'"{spoken}"'


def test_each_collector_has_a_sheet_with_a_name_that_programs_allow(tmp_path: Path) -> None:
    book = written(tmp_path, collector_id=["Ann/Bob [1]", "ann bob  1"])
    assert book.sheetnames == ["ann bob  1", "Ann Bob  1 2"]
    assert [sheet["C2"].value for sheet in book.worksheets] == ["C1", "C2"]
    assert written(tmp_path, collector_id=["x" * 40, "History"]).sheetnames == ["History 2", "x" * 31]


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(1)", "https://example.org", "=HYPERLINK(1)", "12"])
def test_no_text_becomes_a_formula_a_link_or_a_number(tmp_path: Path, text: str) -> None:
    texts = [column.name for column in WORKLIST.columns if column.kind == "text" and column.name != "collector_id"]
    heads = [words(name) for name in texts]
    (sheet,) = written(tmp_path, collector_id=[None, None], **dict.fromkeys(texts, text)).worksheets
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            assert cell.hyperlink is None and cell.data_type != "f"
            if sheet.cell(1, cell.column).value in heads:
                assert (cell.value, cell.data_type) == (text, "s")


@pytest.mark.parametrize("text", ["C\x019", "\x1b[2J", "C\ufffe9", "C\uffff", "\x00", "a\nb", "C_x0001_9"])
def test_a_character_that_xml_has_not_spoils_no_part_of_the_workbook(tmp_path: Path, text: str) -> None:
    rows = worklist(customer_id=[text, "C2"], customer_name=[text, text], collector_id=[text, "ann"], reason_1=text)
    write_workbook(rows, NOBODY, call_sheet_of(text, "C2"), tmp_path / "worklist.xlsx")
    with zipfile.ZipFile(tmp_path / "worklist.xlsx") as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))


def test_the_same_worklist_gives_the_same_bytes(tmp_path: Path) -> None:
    write_workbook(worklist(), handovers(), SHEET, tmp_path / "a.xlsx")
    write_workbook(worklist().iloc[::-1], handovers(), SHEET, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_full_disk_is_an_error_of_the_disk() -> None:
    with pytest.raises(OSError, match="No space left"):
        write_workbook(worklist(), handovers(), SHEET, Path("/dev/full"))


def test_an_empty_worklist_is_a_workbook_with_a_heading(tmp_path: Path) -> None:
    write_workbook(worklist().head(0), NOBODY, SHEET, tmp_path / "worklist.xlsx")
    (sheet,) = openpyxl.load_workbook(tmp_path / "worklist.xlsx").worksheets
    assert sheet.max_row == 1 and sheet["A1"].value == "Rank"


def test_a_row_links_to_the_block_of_its_open_items_and_contacts(tmp_path: Path) -> None:
    write_workbook(worklist(collector_id=[None, None]), NOBODY, SHEET, tmp_path / "worklist.xlsx")
    book = openpyxl.load_workbook(tmp_path / "worklist.xlsx")
    assert book.sheetnames == ["Worklist", "Open items"]
    page = book["Open items"]
    for row in (2, 3):
        cell = book["Worklist"].cell(row, FIRST.index("customer_id") + 1)
        assert cell.hyperlink.target is None and cell.hyperlink.location.startswith("'Open items'!A")
        assert page[cell.hyperlink.location.split("!")[1]].value.startswith(f"{cell.value}  ")
    texts = {cell.value for row in page.iter_rows() for cell in row}
    assert {"I1", 1000.0, "Ida Nordmark, accounts payable, +49 555 1, ida@c.example, de"} <= texts


def test_what_is_filled_in_is_on_a_screen_of_1920_pixels_and_print_is_readable(tmp_path: Path) -> None:
    """A character of Calibri 11 is 7 pixels wide; A4 in landscape is 1,070 pixels wide."""
    (sheet,) = written(tmp_path, collector_id=[None, None]).worksheets
    shown = len(FIRST) + len(OUTCOME_NAMES)
    width_of = {
        place: 7 * columns.width
        for columns in sheet.column_dimensions.values()
        for place in range(columns.min, columns.max + 1)
    }
    widths = [width_of[place] for place in range(1, shown + 1)]
    assert sum(widths) * sheet.sheet_view.zoomScale / 100 < 1_880  # beside the row numbers
    assert 11 * 1_070 / sum(widths[: len(FIRST)]) > 8  # points
