"""An outcome is understood in any usual word, and never as another one."""

import pytest

from configs.language import LANGUAGES, speaking, translated
from worklists.outcomes.choice_words import USUAL_WORDS, choice_of, likely_choice, plain_word, words_of
from worklists.pages.outcome_columns import OUTCOME_COLUMNS

CHOICES = {column.name: column for column in OUTCOME_COLUMNS if column.kind == "choice"}
OUTCOMES = words_of(CHOICES["outcome"])


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("no answer", "no_answer"), ("NO_ANSWER", "no_answer"), ("nicht erreicht", "no_answer"), ("n.a.", "no_answer"),
        ("voicemail", "left_message"), ("AB besprochen", "left_message"), ("bezahlt", "paid"),
        ("Rückruf", "call_back"), ("Rueckruf", "call_back"), ("falsche Nummer", "wrong_contact"),
        ("wrong-contact", "wrong_contact"), (" Promise ", "promise"), ("zahlt", "promise"), ("zahlt nicht", "refused"),
        ("Reklamation", "dispute"), ("kam zurück", "bounced"), ("gesprochen", "reached"),
        ("nicht bearbeitet", "not_worked"), ("wrong row", "not_worked"),
        ("sent", "left_message"), ("Mail raus", "left_message"), ("versandt", "left_message"),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(text: str, outcome: str) -> None:
    assert choice_of(text, OUTCOMES) == outcome


@pytest.mark.parametrize(
    ("text", "meant"), [("no anwser", "no_answer"), ("promiss", "promise"), ("erreciht", "reached")]
)
def test_a_near_miss_is_suggested_and_not_taken(text: str, meant: str) -> None:
    assert choice_of(text, OUTCOMES) is None
    for language in LANGUAGES:
        with speaking(language):
            assert likely_choice(text, OUTCOMES) == translated(meant)


@pytest.mark.parametrize("column", CHOICES.values(), ids=lambda one: one.name)
def test_no_word_means_two_things(column: object) -> None:
    usual = USUAL_WORDS[column.name]
    written = [(plain_word(word), code) for code, words in usual.items() for word in words.split(",")]
    assert len({word for word, _ in written}) == len(set(written))
    assert set(usual) <= set(column.choices)
    known = words_of(column)
    assert all(known[word] == code for word, code in written)
