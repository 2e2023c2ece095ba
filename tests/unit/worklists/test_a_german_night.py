"""A night in German decides what it decides in English, says it in German, and its workbook comes back."""

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from configs.language import speaking
from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.filled_worklists import filled_row, outcomes, outcomes_in, plain
from tests.support.nights.nights_with_effects import FIRST, SECOND, night_of, random_effects
from tests.support.nights.rendered_report import RenderedPage, everything_beside, night
from tests.support.nights.worklists import handovers, worklist
from worklists.pages.outcome_columns import OUTCOME_COLUMNS
from worklists.pages.report import render_report
from worklists.pages.workbook import write_workbook
from worklists.score_db.publish import publish

Tables = dict[str, pd.DataFrame]

# What is said in sentences. The notes are checked separately: what a training reported is kept as written.
TOLD = {
    "worklist": ["reason_1", "reason_2", "reason_3", "offer", "what_changed", "contact_history", "due_today"],
    "why_ranked": ["caps", "text"],
    "reason_sentences": ["sentence"],
    "segments": ["reason"],
    "suppressions": ["text"],
    "handovers": ["text"],
    "early_warnings": ["text", "suggestion"],
    "runs": ["notes"],
}
# What differs with the sentences, and says nothing by itself.
NUMBERED = {
    "explanations": [f"{what}_{place}" for place in (1, 2, 3) for what in ("sentence", "figure")],
    "reason_sentences": ["number", "feature"],
}
OF_THE_RUN = ["run_id", "settings_hash"]
ENGLISH = re.compile(
    r"\b(the|of|on|is|were|days?|late|early|paid|average|by|with|and|not|risk|overdue|promises?|may|offer|since|"
    r"new|call|letter|change|waits?|reminder)\b",
    re.IGNORECASE,
)
ENGLISH_FIGURE = re.compile(r"\d{4}-\d{2}-\d{2}|\d,\d{3}\b|\d\.\d{1,2}(?![\d.])")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Tables]]:
    """By language two nights one after the other, with a hold-out, and too little time for everyone."""
    found = {}
    for language in ("en", "de"):
        url = f"sqlite:///{tmp_path_factory.mktemp(language) / 'duerank.db'}"
        settings = (f"worklist.language={language}", "holdout.share=0.2", "capacity.most_rank_jump=2")
        first = night_of(FIRST, random_effects(1), url, 300, *settings)
        publish(first, url)
        found[language] = [first, night_of(SECOND, random_effects(2), url, 300, *settings)]
    return found


def test_the_language_changes_sentences_and_nothing_else(nights: dict[str, list[Tables]]) -> None:
    for english, german in zip(nights["en"], nights["de"], strict=True):
        for name, rows in english.items():
            same = [
                column for column in rows if column not in (*TOLD.get(name, ()), *NUMBERED.get(name, ()), *OF_THE_RUN)
            ]
            pd.testing.assert_frame_equal(german[name][same], rows[same])
            for column in TOLD.get(name, ()):
                assert ((german[name][column] == "") == (rows[column] == "")).all()
                assert (german[name][column].isna() == rows[column].isna()).all()


def test_all_that_is_told_is_german_and_so_are_its_figures(nights: dict[str, list[Tables]]) -> None:
    told = set()
    for tables in nights["de"]:
        for name, columns in TOLD.items():
            for column in columns:
                told |= {(name, column, text) for text in tables[name][column].dropna() if text and name != "runs"}
    assert {(name, column) for name, column, _ in told} >= {("worklist", "what_changed"), ("why_ranked", "caps")}
    for name, column, text in sorted(told):
        assert not ENGLISH.search(text) and not ENGLISH_FIGURE.search(text), (name, column, text)
    reasons = nights["de"][0]["reason_sentences"]["sentence"]
    assert reasons.str.endswith((" (erhöht das Risiko)", " (senkt das Risiko)")).all()


def test_the_notes_that_the_night_itself_makes_are_german(nights: dict[str, list[Tables]]) -> None:
    notes = nights["de"][0]["runs"]["notes"].iloc[0]
    assert "Reihenfolge: erwarteter zusätzlicher Zahlungseingang in 30 Tagen je Sachbearbeiterminute" in notes
    assert "werden zufällig nicht kontaktiert" in notes and "passen in die Minuten der Sachbearbeiter" in notes


def test_the_report_has_german_labels_and_figures() -> None:
    beside = everything_beside("key")
    with speaking("de"):
        page = render_report(night(), beside, call_sheet_of("C1"))
    seen = RenderedPage(re.sub("<style>.*?</style>", "", page, flags=re.DOTALL))
    labels = [label for _, attributes in seen.tags for name in ("aria-label", "title", "data-label")
              if (label := attributes.get(name))]  # fmt: skip
    told = " ".join([seen.text, *labels])
    for model in (beside.models.late_payment, beside.models.default):
        told = told.replace(model.card.why, "")
    assert ("html", {"lang": "de"}) in seen.tags and "Arbeitsliste" in told
    for expected in ("Arbeitsliste vom 01.03.2024", "1.234,56", "41,3 Tage", "1 bis 30 Tage", "31.01.", "Offen"):
        assert expected in told
    assert not ENGLISH.search(told), ENGLISH.search(told)


def german_workbook(path: Path) -> Path:
    frame = worklist(
        run_id=["a", "a"], action="payment_reminder", channel="call", promise_status="open until 2024-03-05"
    )
    with speaking("de"):
        write_workbook(frame, handovers().head(0), call_sheet_of(), path / "worklist.xlsx")
    return path / "worklist.xlsx"


def test_the_workbook_has_german_heads_choices_help_and_formats(tmp_path: Path) -> None:
    (sheet,) = openpyxl.load_workbook(german_workbook(tmp_path)).worksheets
    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (cells["Maßnahme"].value, cells["Kanal"].value) == ("Zahlungserinnerung", "Anruf")
    assert cells["Stand der Zahlungszusage"].value == "offen bis 05.03.2024"
    assert cells["Letzter Kontakt"].number_format == "dd.mm.yyyy" and cells["Offen"].value == 1234.5
    offered = {rule.promptTitle: rule for rule in sheet.data_validations.dataValidation}
    assert offered["Ergebnis"].formula1.startswith('"nicht erreicht,erreicht,Zahlungszusage,Reklamation,')
    assert "leer: der Tag der Arbeitsliste" in offered["Kontaktiert am"].prompt
    assert sheet.title == "a" and not {column.name for column in OUTCOME_COLUMNS} & set(cells)


def test_a_german_workbook_comes_back_with_german_choices(tmp_path: Path) -> None:
    path = german_workbook(tmp_path)
    book = openpyxl.load_workbook(path)
    (sheet,) = book.worksheets
    place = {cell.value: cell.column for cell in sheet[1]}
    filled = {
        "Ergebnis": "Zahlungszusage", "Kontaktiert per": "Brief", "Zugesagt bis": "20.3.2024",
        "Zugesagter Betrag": 12.5,
    }  # fmt: skip
    for head, value in filled.items():
        sheet.cell(2, place[head]).value = value
    book.save(path)
    found = outcomes_in(path)
    assert not found.refused
    assert plain(found.tables["contacts"], "contact_id", "channel", "outcome") == [("a-1", "letter", "promise")]
    assert plain(found.tables["promises"], "promised_on", "amount") == [("2024-03-20", 1_250)]


def test_german_words_in_a_csv_say_the_same_and_words_of_no_language_are_refused(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        filled_row(1, outcome="Nicht erreicht", contacted_by="Anruf"),
        filled_row(2, outcome="verärgert"),
    )
    assert plain(found.tables["contacts"], "contact_id", "channel", "outcome") == [("a-1", "call", "no_answer")]
    assert [(one.place.record, one.value) for one in found.refused] == [("a-2", "verärgert")]


def test_what_is_refused_of_a_german_workbook_is_said_in_german(tmp_path: Path) -> None:
    path = german_workbook(tmp_path)
    book = openpyxl.load_workbook(path)
    (sheet,) = book.worksheets
    place = {cell.value: cell.column for cell in sheet[1]}
    for head, value in {"Ergebnis": "Zusage", "Zugesagt bis": "1.10.", "Zugesagter Betrag": "7.000,00 €"}.items():
        sheet.cell(2, place[head]).value = value
    sheet.cell(3, place["Ergebnis"]).value = "verweigerd"
    book.save(path)
    with speaking("de"):
        said = [one.sentence() for one in outcomes_in(path).refused]
    assert said == [
        "Blatt a, Zeile 2, C1 Miller Ltd, Zugesagter Betrag = '7.000,00 €': das ist mehr, als der Kunde schuldet: "
        "offen waren 6.000,00 EUR",
        "Blatt a, Zeile 3, C2 Oak & Sons, Ergebnis = 'verweigerd': dieses Wort ist hier nicht bekannt; gemeint ist "
        "vielleicht verweigert? möglich sind: nicht erreicht, erreicht, Zahlungszusage, Reklamation, verweigert, "
        "unzustellbar, bezahlt, Rückruf, falscher Kontakt, Nachricht hinterlassen, nicht bearbeitet",
    ]
