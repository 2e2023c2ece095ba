"""The roster: who may serve whom, and rules that contradict themselves are refused with a sentence."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import SettingsError
from worklists.rules.roster import Roster, load_roster
from worklists.rules.segments import load_segments

SEGMENTS = load_segments("standard")
GOOD = """
languages:
  de: [DE, AT, CH]
  fr: [FR, CH]
collectors:
  - {id: ann, minutes_a_day: 300, languages: [de], segments: [key_account]}
  - id: bob
    minutes_a_day: 0
    languages: [fr, de]
    channels: [email, letter]
    when: [{fact: overdue_amount, at_least: 10}, {fact: overdue_amount, less_than: 5000}]
  - {id: cleo, minutes_a_day: 60}
"""


def roster(tmp_path: Path, text: str = GOOD) -> Roster:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    return load_roster(str(path), SEGMENTS)


def test_country_segment_and_conditions_decide_whom_a_collector_may_serve(tmp_path: Path) -> None:
    customers = pd.DataFrame(
        [
            ("DE", "key_account", 100_000, [True, True, True]),
            ("CH", "key_account", 900_000, [True, False, True]),
            ("FR", "key_account", 100_000, [False, True, True]),
            ("FR", "forgetful", 999, [False, False, True]),
            ("JP", "key_account", 100_000, [True, True, True]),  # in no list: anyone's
            (None, "forgetful", 100_000, [False, True, True]),
        ],
        columns=["country", "segment", "overdue_amount", "expected"],
    )
    assert roster(tmp_path).may_serve(customers).tolist() == customers["expected"].tolist()


def test_a_collector_without_channels_may_use_them_all(tmp_path: Path) -> None:
    assert roster(tmp_path).may_use("call").tolist() == [True, False, True]
    assert roster(tmp_path).may_use("letter").tolist() == [True, True, True]
    assert roster(tmp_path).minutes.tolist() == [300, 0, 60]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("id: cleo", "id: ann", "'ann' is there twice"),
        ("id: cleo", "id: ''", "collectors.2.id"),
        ("id: cleo", "ident: cleo", "there is no key 'ident' here"),
        ("minutes_a_day: 60", "minutes_a_day: 2000", "collectors.2.minutes_a_day"),
        ("minutes_a_day: 60", "minutes_a_day: -1", "collectors.2.minutes_a_day"),
        ("[FR, CH]", "[FR, UK]", "languages.fr: there is no country 'UK'"),
        ("[FR, CH]", "[FR, NO]", 'put it in quotes, like "NO"'),
        ("[FR, CH]", "[]", "languages.fr"),
        ("languages: [de]", "languages: [du]", "ann: there is no language 'du'. The closest is 'de'"),
        ("languages: [de]", "languages: []", "collectors.0.languages"),
        ("segments: [key_account]", "segments: [key_acount]", "ann: there is no segment 'key_acount'. The closest is"),
        ("[email, letter]", "[email, leter]", "bob: there is no channel 'leter'. The closest is 'letter'"),
        ("fact: overdue_amount, at_least: 10", "fact: overdue, at_least: 10", "there is no fact 'overdue'"),
        ("at_least: 10", "at_least: 5000", "bob: the conditions on overdue_amount exclude each other"),
        ("[{fact: overdue_amount, at_least: 10}", "[{fact: country, in: [DE]}, {fact: country, in: [FR]}", "exclude"),
        ("[{fact: overdue_amount, at_least: 10}", "[{fact: has_email, is: true}, {fact: has_email, is: false}", "exc"),
        ("segments: [key_account]", "when: [{fact: country, in: [FR]}]", "ann: de is not spoken in FR"),
        (GOOD[GOOD.index("collectors:") :], "collectors: []", "collectors: List should have at least 1 item"),
        ("languages:\n", "languages:\n  it: [IT]\n", "refused"),
    ],
)
def test_a_roster_that_cannot_be_meant_is_refused_with_a_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if sentence == "refused":
        text = text.replace("  - {id: cleo, minutes_a_day: 60}\n", "")
        sentence = "languages.it: no collector speaks it, so that no one could serve IT"
    with pytest.raises(SettingsError) as refused:
        roster(tmp_path, text)
    assert sentence in str(refused.value)


def test_a_country_in_no_list_may_be_named_in_a_condition(tmp_path: Path) -> None:
    text = GOOD.replace("segments: [key_account]", "when: [{fact: country, in: [FR, JP]}]")
    assert roster(tmp_path, text).ids == ["ann", "bob", "cleo"]


def test_a_name_that_is_not_shipped_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="there are no collectors 'exampel'"):
        load_roster("exampel", SEGMENTS)


def test_the_roster_that_comes_along_fits_the_standard_segments() -> None:
    assert load_roster("example", SEGMENTS).ids == ["agent-01", "agent-02", "agent-03", "agent-04"]
