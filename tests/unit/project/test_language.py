"""What people read is in their language: every sentence has its words, and numbers and days are written as they are."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from string import Formatter

import numpy as np
import pandas as pd
import pytest

from configs.language import (
    DAY,
    LANGUAGES,
    catalogue,
    counted,
    in_any_language,
    number,
    percent,
    speaking,
    spoken_language,
    translated,
)  # fmt: skip
from configs.settings import SettingsError, load_settings
from features import declarations
from features.catalogue import CATALOGUE
from features.declarations import figure, over_windows, spoken
from ledger.tables import CHANNELS
from models.risk.reason_words import reason_text
from tests.support.project import translatable_texts
from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.rules.fact_words import filled
from worklists.rules.promise_state import promise_words
from worklists.score_db.tables import WORKLIST

TRANSLATED = [language for language in LANGUAGES if language != "en"]
WITHOUT_FEATURES = (
    translatable_texts.in_code()
    | translatable_texts.codes()
    | translatable_texts.in_rules()
    | translatable_texts.of_key_figures()
)
MAY_WAIT = 5  # so many sentences of new features: whoever adds one need not speak every language
ENGLISH = re.compile(r"\b(the|of|on|is|was|were|days?|late|early|paid|average|by|with|and|not|risk)\b", re.IGNORECASE)


def keys(language: str) -> set[str]:
    """The templates that a language has words for, plural forms among them."""
    found = set()
    for message in catalogue(language):
        if message.id and all(message.string if isinstance(message.string, tuple) else (message.string,)):
            found |= set(message.id) if isinstance(message.id, tuple) else {message.id}
    return found


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_template_of_code_and_rules_has_words_in_every_language(language: str) -> None:
    missing = WITHOUT_FEATURES - keys(language)
    assert not missing, f"write these into configs/languages/{language}.po: {sorted(missing)}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_all_features_but_the_newest_have_words_in_every_language(language: str) -> None:
    missing = translatable_texts.of_features() - keys(language)
    assert len(missing) <= MAY_WAIT, f"write these into configs/languages/{language}.po: {sorted(missing)}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_words_are_kept_for_what_nobody_says(language: str) -> None:
    said = WITHOUT_FEATURES | translatable_texts.of_features()
    assert not keys(language) - said


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_figures_of_its_template(language: str) -> None:
    for message in catalogue(language):
        if message.id:
            ids, strings = (part if isinstance(part, tuple) else (part,) for part in (message.id, message.string))
            assert {frozenset(fields(text)) for text in strings} == {frozenset(fields(text)) for text in ids}, ids


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_heads_of_the_workbook_and_the_choices_mean_one_thing_each(language: str) -> None:
    with speaking(language):
        for words in ((*WORKLIST.names, *OUTCOME_NAMES), CHANNELS):
            assert len({translated(word).casefold() for word in words}) == len(words)
            assert {in_any_language(words)[translated(word).casefold()] for word in words} == set(words)


@pytest.mark.parametrize(
    ("value", "unit", "german"),
    [
        (125_000_000.0, "currency", "1.250.000"),
        (0.354, "share", "35 %"),
        (1.25, "ratio", "1,2"),
        (0.024, "ratio", "0,02"),
        (21.4, "days late", "21 Tage nach Fälligkeit"),
        (1.0, "days late", "1 Tag nach Fälligkeit"),
        (-1.0, "days late", "1 Tag vor Fälligkeit"),
        (0.0, "days late", "am Fälligkeitstag"),
        (1.0, "days", "1 Tag"),
        (1_250.0, "days", "1.250 Tage"),
        (1.0, "working days", "in 1 Arbeitstag"),
        (-3.0, "working days", "vor 3 Arbeitstagen"),
        (0.0, "weekday", "Montag"),
        (1.0, "flag", "ja"),
    ],
)
def test_figures_are_told_in_german(value: float, unit: declarations.Unit, german: str) -> None:
    with speaking("de"):
        assert figure(value, unit) == german


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    assert (number(1_234_567.891, 2), percent(0.1234, 1), date(2026, 11, 21).strftime(translated(DAY))) == (
        "1,234,567.89", "12.3%", "2026-11-21",
    )  # fmt: skip
    with speaking("de"):
        assert (number(-1_234_567.891, 2), percent(0.1234, 1)) == ("-1.234.567,89", "12,3 %")
        assert date(2026, 11, 21).strftime(translated(DAY)) == "21.11.2026"
        assert promise_words("open until 2026-11-21") == "offen bis 21.11.2026"
        assert promise_words("none") == "keine" and promise_words("=1+1") == "=1+1"


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda one: one.name)
def test_a_reason_is_german_from_its_figure_to_its_direction(feature: declarations.Feature) -> None:
    with speaking("de"):
        for value in (2_345.0, np.nan):
            sides = dict.fromkeys(feature.minus or (), value)
            told = reason_text(feature.name, 4.0 if feature.unit == "weekday" and value == value else value, sides, 0.2)
            assert told.endswith(" (erhöht das Risiko)") and not re.search(r"[{}]", told)
            assert not ENGLISH.search(told), told


def test_windows_are_translated_apart_from_what_is_said_of_them() -> None:
    with speaking("de"):
        assert reason_text("delay_trend", 0.0, {"delay_mean_90d": 21.0, "delay_mean_365d": -6.0}, -0.1) == (
            "Zahlte im Durchschnitt 21 Tage nach Fälligkeit in den letzten 90 Tagen; 6 Tage vor Fälligkeit in den "
            "letzten 365 Tagen (senkt das Risiko)"
        )
        assert spoken("sum of payments, in all history") == "Summe der Zahlungen, im gesamten Zeitraum"


def test_what_has_no_words_in_a_language_is_told_as_it_is() -> None:
    (feature,) = over_windows(
        CATALOGUE[0].__class__(**{**CATALOGUE[0].__dict__, "sentence": "Sang {value}"}), windows=(90,)
    )
    with speaking("de"):
        assert spoken(feature.sentence) == "Sang {value} in the last 90 days"
        assert filled("Sings.", pd.RangeIndex(2)).tolist() == ["Sings.", "Sings."]


def test_the_language_ends_where_it_ends_and_no_other_thread_speaks_it() -> None:
    with speaking("de"), ThreadPoolExecutor(1) as other:
        assert spoken_language() == "de" and other.submit(spoken_language).result() == "en"
        with speaking("en"):
            assert counted("{count} day", "{count} days", 1_000) == "1,000 days"
        assert counted("{count} day", "{count} days", 1_000) == "1.000 Tage"
    assert spoken_language() == "en"


def test_an_unknown_language_is_refused_with_those_that_there_are() -> None:
    assert load_settings(("worklist.language=de",)).worklist.language == "de"
    with pytest.raises(SettingsError, match=f"worklist.language = 'fr'.*choose one of {', '.join(LANGUAGES)}"):
        load_settings(("worklist.language=fr",))
