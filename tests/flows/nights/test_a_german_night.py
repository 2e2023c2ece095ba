"""A night in German through the command line: its files are German, and what was filled in comes back."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.support.nights.flow_runs import FOUR, NIGHT, ONE_PROCESS, TWO_WORKERS, TrainedHome, duerank, nightly
from tests.support.nights.published_nights import digests, in_order

GERMAN = ("--set", "worklist.language=de")


def test_a_german_night_comes_back_from_its_workbook(unworked: Path, night: Path, tmp_path: Path) -> None:
    out = tmp_path / "nights"
    nightly(unworked, out, NIGHT, *GERMAN)
    folder = out / f"as_of={NIGHT}"
    german, english = (pd.read_csv(one / f"as_of={NIGHT}" / "worklist.csv") for one in (out, night))
    assert list(german) == list(english)
    pd.testing.assert_frame_equal(german.select_dtypes("number"), english.select_dtypes("number"))
    codes = ["customer_id", "segment", "action", "channel", "promise_status", "last_contact_on"]
    pd.testing.assert_frame_equal(german[codes], english[codes])
    assert german["reason_1"].str.contains("zahlt meist|hat noch keine Rechnung bezahlt").all()
    facts = german["reason_2"].dropna()
    assert len(facts) and facts.str.endswith(("(erhöht das Risiko)", "(senkt das Risiko)")).all()

    book = openpyxl.load_workbook(folder / "worklist.xlsx")
    sheet = book.worksheets[0]
    place = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, place["Ergebnis"]).value = "Zahlungszusage"
    sheet.cell(2, place["Zugesagt bis"]).value = "1.2.2024"
    sheet.cell(3, place["Ergebnis"]).value = "nicht erreicht"
    book.save(folder / "worklist.xlsx")
    done = duerank(
        "import-outcomes",
        folder / "worklist.xlsx",
        "--ledger",
        unworked,
        "--database",
        f"sqlite:///{out / 'duerank.db'}",
    )
    assert done.exit_code == 0, done.output
    assert "2 Kontakte, 1 Zahlungszusage, " in done.output


@pytest.mark.slow
def test_workers_speak_the_language_of_the_night(trained: TrainedHome, tmp_path: Path) -> None:
    alone, side_by_side = tmp_path / "alone", tmp_path / "side by side"
    nightly(trained.ledger, alone, NIGHT, *FOUR, *ONE_PROCESS, *GERMAN)
    nightly(trained.ledger, side_by_side, NIGHT, *FOUR, *TWO_WORKERS, *GERMAN)
    assert digests(alone) == digests(side_by_side)
    assert in_order(alone) == in_order(side_by_side)
    reasons = pd.read_csv(side_by_side / f"as_of={NIGHT}" / "worklist.csv")["reason_2"].dropna()
    assert reasons.str.endswith(("(erhöht das Risiko)", "(senkt das Risiko)")).all()
