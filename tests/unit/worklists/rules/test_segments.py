"""Segments: the first rule that fits decides, and a rule that contradicts itself is refused with a sentence."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.settings import SettingsError
from tests.support.view_from_rows import facts_of, view_of
from worklists.rules.segments import Segments, assign_segments, load_segments

REST = {"name": "rest", "reason": "Everybody else."}


def facts() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "risk_band": pd.Series(["E", "E", "A", None], dtype="str"),
            "overdue_amount": [600_000, 40_000, 600_000, 0],
            "late_share_all": [0.25, 0.75, np.nan, 0.0],
            "handed_over": [False, False, False, True],
        }
    ).set_axis([3, 5, 8, 9])


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(SettingsError) as refused:
        load_segments(written(tmp_path, text))
    return str(refused.value)


def one_rule(condition: str, reason: str = "x") -> str:
    return f"segments:\n  - {{name: one, when: [{condition}], reason: '{reason}'}}\n  - {{name: rest, reason: y}}\n"


def test_the_first_rule_whose_conditions_all_hold_decides_and_says_why_with_the_figures() -> None:
    rules = Segments.model_validate(
        {
            "segments": [
                {
                    "name": "large_at_risk",
                    "when": [{"fact": "risk_band", "in": ["D", "E"]}, {"fact": "overdue_amount", "at_least": 5000}],
                    "reason": "Band {risk_band}, {overdue_amount} overdue.",
                },
                {
                    "name": "at_risk",
                    "when": [{"fact": "risk_band", "in": ["D", "E"]}],
                    "reason": "Missed {late_share_all}.",
                },
                {"name": "with_agency", "when": [{"fact": "handed_over", "is": True}], "reason": "Gone: {risk_band}."},
                REST,
            ]
        }
    )
    assigned = assign_segments(facts(), rules)
    assert assigned.index.tolist() == [3, 5, 8, 9]
    assert assigned["segment"].tolist() == ["large_at_risk", "at_risk", "rest", "with_agency"]
    assert assigned["reason"].tolist() == [
        "Band E, 6,000 overdue.", "Missed 75%.", "Everybody else.", "Gone: unknown."
    ]  # fmt: skip


def test_a_missing_fact_fulfils_no_condition() -> None:
    rules = Segments.model_validate(
        {"segments": [{"name": "low", "when": [{"fact": "late_share_all", "less_than": 9}], "reason": "x"}, REST]}
    )
    assert assign_segments(facts(), rules)["segment"].tolist() == ["low", "low", "rest", "low"]


def test_bounds_are_at_least_and_less_than_and_amounts_are_currency_units() -> None:
    condition = {"fact": "overdue_amount", "at_least": 400, "less_than": 6000}
    rules = Segments.model_validate({"segments": [{"name": "mid", "when": [condition], "reason": "x"}, REST]})
    assert assign_segments(facts(), rules)["segment"].tolist() == ["rest", "mid", "rest", "rest"]


def test_every_customer_of_a_ledger_has_a_standard_segment_with_a_finished_sentence() -> None:
    view = view_of(
        "2024-03-01",
        invoices=[{"amount": 900_000}, {"amount": 10_000, "customer_id": "c2", "due_on": "2024-04-01"}],
        disputes=[],
    )
    assigned = assign_segments(facts_of(view, risk_band=["E", "A"]), load_segments("standard"))
    assert assigned["segment"].tolist() == ["large_at_risk", "up_to_date"]
    assert assigned["reason"].tolist() == [
        "Risk band E (probability of default 10%) with 9,000 overdue.",
        "Nothing is overdue; 100 is open.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (one_rule("{fact: overdue_amout, at_least: 1}"), "no fact 'overdue_amout'. The closest is 'overdue_amount'"),
        (one_rule("{fact: risk_band, in: [F]}"), "risk_band is never 'F'"),
        (one_rule("{fact: country, in: [NO]}"), 'put it in quotes, like "NO"'),
        (one_rule("{fact: risk_band, at_least: 3}"), "risk_band (text) is tested with in"),
        (one_rule("{fact: overdue_amount}"), "overdue_amount (currency) is tested with at_least or less_than"),
        (one_rule("{fact: p_default, at_least: 0.5, less_than: 0.5}"), "no customer would ever fit"),
        (one_rule("{fact: p_default, atleast: 0.5}"), "no key 'atleast' here. The closest is 'at_least'"),
        (one_rule("{fact: p_default, at_least: 0.5}", "{p_defalt}"), "no fact 'p_defalt'. The closest is 'p_default'"),
        (one_rule("{fact: p_default, at_least: 0.5}", "{p_default"), "write facts in braces"),
        ("segments:\n  - {name: a, when: [{fact: p_default, at_least: 1}], reason: x}\n", "leave out its `when`"),
        ("segments:\n  - {name: a, reason: x}\n  - {name: b, reason: x}\n", "the segments after it stay empty"),
        ("segments: []\n", "segments"),
        ("segments: [\n", "this is not YAML"),
        ("segments: []\nsegments: []\n", "the key 'segments' is there twice"),
        ("", "expected the keys segments"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in refusal(tmp_path, text)


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SettingsError, match=r"no segments 'standart'\. The closest is 'standard'"):
        load_segments("standart")


def test_a_file_that_is_not_there_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load_segments(str(tmp_path / "none.yaml"))
