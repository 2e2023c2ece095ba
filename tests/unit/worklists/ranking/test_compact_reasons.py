"""Reasons as numbers and the few sentences they share, which have the same number in every part and night."""

import pandas as pd
import pytest

from configs.settings import SettingsError, load_settings
from features.declarations import GAP, apart
from models.risk.reason_words import reason_words
from tests.support.nights.random_reasons import random_night
from worklists.ranking.compact_reasons import each_once, sentence_numbers
from worklists.score_db.tables.reasons import PLACES


def told(feature: str, value: float, contribution: float = 0.3):
    return reason_words(feature, value, {}, contribution)


def test_figures_differ_and_the_sentence_is_one() -> None:
    one, other = told("delay_mean_90d", 21.0), told("delay_mean_90d", 1_234.0)
    assert one.text != other.text
    assert one.sentence == other.sentence and GAP in one.sentence
    assert (one.figure, other.figure) == ("21", "1,234")


def test_another_feature_direction_or_wording_is_another_sentence() -> None:
    words = [told("delay_mean_90d", 21.0), told("delay_mean_90d", 21.0, -0.3), told("delay_mean_90d", -21.0),
             told("delay_mean_90d", 0.0), told("delay_mean_180d", 21.0)]  # fmt: skip
    assert len(set(sentence_numbers(words))) == len(words)


def test_a_sentence_has_the_same_number_wherever_it_is() -> None:
    words = [told("delay_mean_90d", 21.0), told("open_amount", 5_00)]
    assert sentence_numbers(words)[1] == sentence_numbers(words[1:])[0]
    assert sentence_numbers(words).min() >= 0 and sentence_numbers(words).max() < 2**47


@pytest.mark.parametrize(
    ("figure", "words", "number"),
    [
        ("21 days late", "{figure} days late", "21"),
        ("1.250,50", "{figure}", "1.250,50"),
        ("in 3 working days", "in {figure} working days", "3"),
        ("-0", "{figure}", "-0"),
        ("35%", "{figure}%", "35"),
        ("on the due date", "on the due date", ""),
    ],
)
def test_a_figures_number_is_taken_out_of_its_words(figure: str, words: str, number: str) -> None:
    assert apart(figure) == (words, number)


def test_parts_that_say_the_same_have_one_sentence_together() -> None:
    parts = [random_night("2024-03-01", "a", 3, scores, 3, "en").frames["reason_sentences"] for scores in (30, 40)]
    together = each_once(parts)
    assert len(together) < sum(map(len, parts))
    assert together["number"].is_unique


def test_a_score_with_fewer_reasons_leaves_the_last_places_empty() -> None:
    rows = random_night("2024-03-01", "a", 3, 30, 2, "en").frames["explanations"]
    assert rows["places"].eq(2).all()
    assert rows[["sentence_3", "figure_3", "value_3", "contribution_3"]].isna().all(axis=None)
    empty = rows["sentence_1"].isna()
    assert 0 < empty.sum() < len(rows)
    pd.testing.assert_series_equal(empty, rows["contribution_1"].isna(), check_names=False)


def test_there_is_a_place_for_each_reason_that_the_settings_allow() -> None:
    assert load_settings([f"worklist.reasons={PLACES}"]).worklist.reasons == PLACES
    with pytest.raises(SettingsError):
        load_settings([f"worklist.reasons={PLACES + 1}"])
