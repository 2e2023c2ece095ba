"""The strategy: the step of the day, the channel that reaches, and ladders that make no sense refused."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import SettingsError
from tests.small_books import Row, facts_of, invoice_scores_of, view_of
from worklists.reminders import due_soon
from worklists.segments import assign_segments, load_segments
from worklists.strategy import Strategy, load_strategy, recommend

SEGMENTS = load_segments("standard")
GOOD = """
days_between_contacts: 5
minutes: {email: 3, call: 12, letter: 8}
reminder: {days_before_due: 5, at_least_p_late: 0.4, channel: email}
ladders:
  default:
    - {from_day: 1, action: payment_reminder, channel: email}
    - {from_day: 7, action: follow_up, channel: call}
    - {from_day: 21, action: escalate_to_agency, channel: letter, preparation_minutes: 30}
"""


def strategy(tmp_path: Path, text: str = GOOD) -> Strategy:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    return load_strategy(str(path), SEGMENTS)


def actions(rules: Strategy, as_of: str, p_late: float = 0.5, **rows: list[Row]) -> pd.DataFrame:
    view = view_of(as_of, **rows)
    facts = facts_of(view)
    soon = due_soon(view, invoice_scores_of(view, p_late), rules.reminder.days_before_due)
    return recommend(facts, assign_segments(facts, SEGMENTS), rules, soon)


@pytest.mark.parametrize(
    ("as_of", "action", "channel", "minutes"),
    [
        ("2024-01-31", "", "", 0),
        ("2024-02-01", "payment_reminder", "email", 3),
        ("2024-02-06", "payment_reminder", "email", 3),
        ("2024-02-07", "follow_up", "call", 12),
        ("2024-02-20", "follow_up", "call", 12),
        ("2024-02-21", "escalate_to_agency", "letter", 38),
        ("2026-02-21", "escalate_to_agency", "letter", 38),
    ],
)
def test_a_step_stands_from_its_day_past_due_until_the_next_begins(
    tmp_path: Path, as_of: str, action: str, channel: str, minutes: int
) -> None:
    row = actions(strategy(tmp_path), as_of, p_late=0.1, invoices=[{"amount": 10_000}]).iloc[0]
    assert (row["action"], row["channel"], row["minutes"]) == (action, channel, minutes)


def test_a_wholly_disputed_old_invoice_does_not_escalate_a_fresh_one(tmp_path: Path) -> None:
    invoices: list[Row] = [{"amount": 10_000, "due_on": "2024-01-02"}, {"amount": 5_000, "due_on": "2024-02-28"}]
    rows = actions(strategy(tmp_path), "2024-03-01", invoices=invoices, disputes=[{"invoice_id": "i1"}])
    assert rows["action"].tolist() == ["payment_reminder"]


def test_a_segment_has_its_own_ladder_where_the_strategy_gives_one() -> None:
    facts = facts_of(view_of("2024-02-01", invoices=[{"amount": 10_000}, {"amount": 900_000, "customer_id": "c2"}]))
    facts["risk_band"] = ["A", "E"]
    segments = assign_segments(facts, SEGMENTS)
    soon = pd.DataFrame({"amount": [0, 0], "at_risk": [0, 0]})
    rows = recommend(facts, segments, load_strategy("b2b", SEGMENTS), soon)
    assert segments["segment"].tolist() == ["forgetful", "large_at_risk"]
    assert rows["action"].tolist() == ["payment_reminder", "follow_up"]


def channel_for(rules: Strategy, as_of: str, **customer: object) -> str:
    known = {"customer_id": "c2", "email": "a@b.example", "phone": "+49 30 1"}
    invoices: list[Row] = [{"amount": 10_000}, {"amount": 1, "customer_id": "c2"}]
    rows = actions(rules, as_of, customers=[{"customer_id": "c1", **customer}, known], invoices=invoices)
    return str(rows["channel"].iloc[0])


def test_the_customers_wish_counts_where_it_is_permitted_and_reaches(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    both = {"email": "x@y.example", "phone": "+49 30 2"}
    assert channel_for(rules, "2024-02-01", preferred_channel="call", **both) == "call"
    assert channel_for(rules, "2024-02-01", preferred_channel="call", email="x@y.example") == "email"
    assert channel_for(rules, "2024-02-01", preferred_channel="sms", **both) == "email"
    assert channel_for(rules, "2024-02-21", preferred_channel="email", **both) == "letter"


def test_without_the_needed_address_the_next_permitted_channel_is_taken(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    assert channel_for(rules, "2024-02-01", phone="+49 30 2") == "call"
    assert channel_for(rules, "2024-02-01") == "letter"
    no_letters = strategy(tmp_path, GOOD.replace(", letter: 8", "").replace("channel: letter", "channel: call"))
    assert channel_for(no_letters, "2024-02-01") == ""


def test_a_ledger_without_any_address_cannot_say_who_has_none(tmp_path: Path) -> None:
    assert actions(strategy(tmp_path), "2024-02-01", invoices=[{"amount": 1}])["channel"].tolist() == ["email"]


def test_a_reminder_goes_out_before_the_due_date_where_enough_is_likely_to_be_late(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    invoice: list[Row] = [{"amount": 10_001}]
    row = actions(rules, "2024-01-26", p_late=0.4, invoices=invoice).iloc[0]
    assert (row["action"], row["channel"], row["minutes"], row["reminder_value"]) == (
        "pre_due_reminder",
        "email",
        3,
        4000,
    )
    assert actions(rules, "2024-01-25", p_late=0.4, invoices=invoice)["action"].tolist() == [""]
    assert actions(rules, "2024-01-31", p_late=0.4, invoices=invoice)["action"].tolist() == ["pre_due_reminder"]
    assert actions(rules, "2024-01-31", p_late=0.39, invoices=invoice)["action"].tolist() == [""]


def test_nobody_is_reminded_of_what_is_disputed_promised_or_covered_by_credit(tmp_path: Path) -> None:
    rules, invoice = strategy(tmp_path), [{"amount": 10_000, "due_on": "2024-02-04"}]
    dispute: list[Row] = [{"invoice_id": "i1", "amount": 5}]
    promise: list[Row] = [{"invoice_id": "i1", "promised_on": "2024-02-04", "amount": 10_000}]
    cash: list[Row] = [{"amount": 10_000}]
    for blocking in ({"disputes": dispute}, {"promises": promise}, {"payments": cash}):
        assert actions(rules, "2024-02-02", invoices=invoice, **blocking)["action"].tolist() == [""]
    assert actions(rules, "2024-02-02", invoices=invoice)["action"].tolist() == ["pre_due_reminder"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("from_day: 1,", "from_day: 3,", "days 1 to 2 past due have no action; begin with from_day: 1"),
        ("from_day: 7", "from_day: 1", "every step must begin later"),
        ("from_day: 7", "from_day: 4", "payment_reminder lasts 3 days, but days_between_contacts is 5"),
        ("escalate_to_agency", "final_notice", "the ladder has no end"),
        ("follow_up", "escalate_to_legal", "nothing can follow escalate_to_legal"),
        ("follow_up", "folow_up", "there is no 'folow_up'. The closest is 'follow_up'"),
        ("follow_up", "pre_due_reminder", "pre_due_reminder is for the reminder"),
        ("channel: call", "channel: phone", "channel: there is no 'phone'"),
        ("channel: call", "channel: visit", "the channel visit is not permitted"),
        ("channel: email}", "channel: sms}", "the channel sms is not permitted"),
        ("letter: 8", "telex: 8", "minutes: there is no 'telex'"),
        ("  default:", "  forgetfull:", "default is missing"),
        ("ladders:", "ladders:\n  forgetfull: [{from_day: 1, action: escalate_to_legal, channel: call}]", "forgetful"),
        ("days_before_due", "days_befor_due", "The closest is 'days_before_due'"),
        ("at_least_p_late: 0.4", "at_least_p_late: 40", "reminder.at_least_p_late"),
        ("email: 3", "email: -3", "minutes.email"),
        ("from_day: 7", "from_day: 7.5", "ladders.default.1.from_day"),
    ],
)
def test_a_strategy_that_cannot_be_meant_is_refused_with_a_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError) as refused:
        strategy(tmp_path, GOOD.replace(old, new))
    assert sentence in str(refused.value)


@pytest.mark.parametrize("name", ["b2b", "consumer"])
def test_the_strategies_that_come_along_fit_the_standard_segments(name: str) -> None:
    rules = load_strategy(name, SEGMENTS)
    assert [step.from_day for step in rules.ladder("forgetful")[:4]] == [1, 7, 14, 21]
