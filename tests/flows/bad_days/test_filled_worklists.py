"""What collectors filled in inside a night's own folder can be imported after the night was run again."""

from pathlib import Path

import openpyxl

from ledger.tables import FILLED_IN
from tests.support.judged_in_memory import read_ledger
from tests.support.nights.flow_runs import NIGHT, duerank, nightly
from tests.support.nights.published_nights import folder
from worklists.outcomes.filled_files import HEADS, plain_head


def test_a_worklist_that_was_filled_in_is_kept_by_another_run_of_its_night_and_still_imported(
    unworked: Path, tmp_path: Path
) -> None:
    out = tmp_path / "nights"
    nightly(unworked, out)
    book = openpyxl.load_workbook(folder(out) / "worklist.xlsx")
    sheet = book.worksheets[0]
    place = {HEADS[plain_head(cell.value)]: cell.column for cell in sheet[1]}
    sheet.cell(2, place["outcome"], "reached")
    customer = sheet.cell(2, place["customer_id"]).value
    book.save(folder(out) / "worklist.xlsx")
    again = nightly(unworked, out, NIGHT, "--set", "holdout.share=0")
    kept = folder(out) / "worklist-filled-1.xlsx"
    assert f"kept, since people saved it there before this run: {kept}" in again.output
    done = duerank("import-outcomes", kept, "--ledger", unworked)
    assert done.exit_code == 0 and "1 row is of an earlier run of its night" in done.output, done.output
    contacts = read_ledger(unworked).tables["contacts"]
    assert contacts["customer_id"][contacts["contact_id"].str.contains(FILLED_IN)].tolist() == [customer]
