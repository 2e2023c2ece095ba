"""The strategy: the step that is due, the channel that reaches, and ladders that make no sense refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.settings import SettingsError
from ledger.clock import day_number, owner_days
from ledger.tables import CHANNELS
from tests.support.view_from_rows import Row, facts_of, invoice_scores_of, view_of
from worklists.decide.reminders import due_soon
from worklists.rules.actions import ESCALATIONS, TONES
from worklists.rules.channel_rules import bits
from worklists.rules.dunning_levels import ContactDays, contact_days
from worklists.rules.recommend import recommend
from worklists.rules.segments import assign_segments, load_segments
from worklists.rules.strategy import Strategy, load_strategy, minutes_of, usable_channels

SEGMENTS = load_segments("standard")
SHIPPED = ("b2b", "consumer", "healthcare", "retail")
GOOD = """
days_between_contacts: 5
contacts_a_month: 5
minutes: {email: 3, call: 12, letter: 8}
handling_minutes: 8
reminder: {days_before_due: 5, at_least_p_late: 0.4, channel: email}
review_terms: {bands_worse: 1, points_fallen: 40, days_later: 10, broken_promises: 2, credit_use: 0.9}
ladders:
  default:
    - {from_day: 1, action: payment_reminder, channel: email, tone: neutral}
    - {from_day: 7, action: follow_up, channel: call, tone: neutral}
    - {from_day: 21, action: escalate_to_agency, channel: letter, tone: neutral, preparation_minutes: 30}
"""


def strategy(tmp_path: Path, text: str = GOOD) -> Strategy:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    return load_strategy(str(path), SEGMENTS)


def actions(rules: Strategy, as_of: str, p_late: float = 0.5, **rows: list[Row]) -> pd.DataFrame:
    view = view_of(as_of, **rows)
    facts = facts_of(view)
    soon = due_soon(view, invoice_scores_of(view, p_late), rules.reminder.days_before_due)
    return recommend(facts, assign_segments(facts, SEGMENTS), rules, soon, contact_days(view))


REMINDED: Row = {"contacted_on": "2024-02-01", "channel": "email"}
CALLED: Row = {"contacted_on": "2024-02-07", "channel": "call"}


@pytest.mark.parametrize("name", ["consumer", "healthcare"])
def test_a_private_person_is_left_alone_for_the_six_days_after_a_contact(name: str):
    assert load_strategy(name, SEGMENTS).rules.days_between_contacts >= 7


@pytest.mark.parametrize(
    ("as_of", "contacts", "action", "channel", "minutes"),
    [
        ("2024-01-31", [], "", "", 0),
        ("2024-02-01", [], "payment_reminder", "email", 11),
        ("2026-02-21", [], "payment_reminder", "email", 11),
        ("2024-02-06", [REMINDED], "payment_reminder", "email", 11),
        ("2024-02-07", [REMINDED], "follow_up", "call", 20),
        ("2026-02-21", [REMINDED], "follow_up", "call", 20),
        ("2024-02-20", [REMINDED, CALLED], "follow_up", "call", 20),
        ("2024-02-21", [REMINDED, CALLED], "escalate_to_agency", "letter", 46),
        ("2026-02-21", [REMINDED, CALLED], "escalate_to_agency", "letter", 46),
    ],
)
def test_a_step_comes_on_its_day_past_due_once_the_one_before_was_done(
    tmp_path: Path, as_of: str, contacts: list[Row], action: str, channel: str, minutes: int
) -> None:
    row = actions(strategy(tmp_path), as_of, p_late=0.1, invoices=[{"amount": 10_000}], contacts=contacts).iloc[0]
    assert (row["action"], row["channel"], row["minutes"]) == (action, channel, minutes)


def test_a_wholly_disputed_old_invoice_does_not_escalate_a_fresh_one(tmp_path: Path) -> None:
    invoices: list[Row] = [{"amount": 10_000, "due_on": "2024-01-02"}, {"amount": 5_000, "due_on": "2024-02-28"}]
    rows = actions(strategy(tmp_path), "2024-03-01", invoices=invoices, disputes=[{"invoice_id": "i1"}])
    assert rows["action"].tolist() == ["payment_reminder"]


def test_a_segment_has_its_own_ladder_where_the_strategy_gives_one() -> None:
    view = view_of("2024-02-01", invoices=[{"amount": 10_000}, {"amount": 900_000, "customer_id": "c2"}])
    facts = facts_of(view)
    facts["risk_band"] = ["A", "E"]
    segments = assign_segments(facts, SEGMENTS)
    soon = pd.DataFrame({"amount": [0, 0], "at_risk": [0, 0]})
    rows = recommend(facts, segments, load_strategy("b2b", SEGMENTS), soon, contact_days(view))
    assert segments["segment"].tolist() == ["forgetful", "large_at_risk"]
    assert rows["action"].tolist() == ["payment_reminder", "follow_up"]


def channel_for(rules: Strategy, as_of: str, **customer: object) -> str:
    known = {"customer_id": "c2", "email": "a@b.example", "phone": "+49 30 1"}
    invoices: list[Row] = [{"amount": 10_000}, {"amount": 1, "customer_id": "c2"}]
    rows = actions(
        rules,
        as_of,
        customers=[{"customer_id": "c1", **customer}, known],
        invoices=invoices,
        contacts=[REMINDED, CALLED],
    )
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
        11,
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
        ("letter: 8}", "telex: 8}", "minutes: there is no 'telex'"),
        ("  default:", "  forgetfull:", "default is missing"),
        (
            "ladders:",
            "ladders:\n  forgetfull: [{from_day: 1, action: escalate_to_legal, channel: call, tone: firm}]",
            "forgetful",
        ),
        ("days_before_due", "days_befor_due", "The closest is 'days_before_due'"),
        ("at_least_p_late: 0.4", "at_least_p_late: 40", "reminder.at_least_p_late"),
        ("email: 3", "email: -3", "minutes.email"),
        ("from_day: 7", "from_day: 7.5", "ladders.default.1.from_day"),
        ("call, tone: neutral", "call", "ladders.default.1.tone: Field required"),
        ("call, tone: neutral", "call, tone: frendly", "tone: there is no 'frendly'. The closest is 'friendly'"),
        ("handling_minutes: 8", "handling_minutes: 0", "handling_minutes: Input should be greater than or equal to 1"),
        ("contacts_a_month: 5", "contacts_a_month: 7", "7 contacts in 30 days can never be reached with 5 days"),
        ("contacts_a_month: 5", "contacts_a_month: 2", "escalate_to_agency from day 21 would be contact 3 in 30 days"),
        ("contacts_a_month: 5", "contact_at: head\ncontacts_a_month: 5", "contact_at: Input should be 'customer' or"),
        (
            "call, tone: neutral",
            "call, tone: neutral, at_least_amount: 50",
            "follow_up cannot have conditions: whoever does not fulfil them would have no action",
        ),
        (
            "preparation_minutes: 30",
            "at_least_amount: 50, when: [{fact: overdue_amount, less_than: 40}]",
            "escalate_to_agency can never come: no customer has a fitting collectible_amount",
        ),
        (
            "ladders:",
            "ladders:\n  forgetful: [{from_day: 1, action: escalate_to_legal, channel: call, tone: firm, "
            "at_least_amount: 5}]",
            "ladders.forgetful: whoever does not fulfil the conditions of escalate_to_legal has no action",
        ),
        (
            "ladders:",
            "ladders:\n  small_at_risk:\n"
            "    - {from_day: 1, action: follow_up, channel: call, tone: firm}\n"
            "    - {from_day: 9, action: escalate_to_legal, channel: call, tone: firm, at_least_amount: 5000}",
            "ladders.small_at_risk: escalate_to_legal can never come: no customer of the segment has a fitting over",
        ),
        (
            "ladders:",
            "offers: [{offer: settlement, percent: 5, segments: [forgetfull]}]\nladders:",
            "mine.yaml: offers.0: there is no segment 'forgetfull'. The closest is 'forgetful'",
        ),
        (
            "ladders:",
            "offers: [{offer: settlement, percent: 5, when: [{fact: p_default, at_least: 40}]}]\nladders:",
            "offers.0: settlement can never be offered: no customer with something collectible has a fitting p_default",
        ),
        ("bands_worse: 1", "bands_worse: 5", "review_terms.bands_worse: Input should be less than or equal to 4"),
    ],
)
def test_a_strategy_that_cannot_be_meant_is_refused_with_a_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError) as refused:
        strategy(tmp_path, GOOD.replace(old, new))
    assert sentence in str(refused.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_strategies_that_come_along_have_an_action_for_every_segment_day_and_amount(name: str) -> None:
    rules = load_strategy(name, SEGMENTS)
    day, amount = (each.ravel() for each in np.meshgrid(np.arange(1, 401), [1, 5_000, 10_000_000]))
    known = facts_of(view_of("2024-02-01", invoices=[{"amount": 1}]))
    facts = known.loc[np.zeros(len(day), dtype=int)].reset_index(drop=True)
    facts = facts.assign(collectible_days_past_due=day, days_past_due=day, collectible_amount=amount)
    soon = pd.DataFrame({"amount": [0], "at_risk": [0]})
    for segment in SEGMENTS.names:
        segments = pd.DataFrame({"segment": segment}, index=facts.index)
        first = recommend(facts, segments, rules, soon, contacted_every_day(facts, 0))
        ladder = rules.ladder(segment)
        assert set(first["action"]) == {ladder[0].action} | {step.action for step in ladder if step.may_skip}
        assert first["dunning_level"].eq(0).all()
        rows = recommend(facts, segments, rules, soon, contacted_every_day(facts, 400))
        assert set(rows["action"]) == {step.action for step in ladder} | {"follow_up"}
        assert set(rows["tone"]) <= set(TONES)
        assert (rows[["action", "channel", "tone"]] != "").all(axis=None) and (rows["minutes"] > 0).all()
        handed_over = rows["action"].isin(ESCALATIONS)
        assert handed_over.any() and not handed_over[amount == 1].any()
        assert (rows.loc[handed_over, "offer"] == "").all()
        if name == "healthcare":
            assert day[handed_over].min() >= 120


def contacted_every_day(facts: pd.DataFrame, days: int) -> ContactDays:
    """By every channel on each of the last days; a step is so done once it may be."""
    today = day_number(pd.Timestamp("2024-02-01"))
    owner, day = (each.ravel() for each in np.meshgrid(facts.index.to_numpy(), np.arange(today - days, today)))
    owner_day = np.sort(owner_days(owner, day))
    return ContactDays(pd.Timestamp("2024-02-01"), owner_day, np.full(len(owner_day), bits(CHANNELS)))


def test_small_amounts_stay_on_the_step_before_the_hand_over(tmp_path: Path) -> None:
    rules = strategy(tmp_path, GOOD.replace("preparation_minutes: 30", "at_least_amount: 1.1"))
    done = [REMINDED, CALLED]
    on = [actions(rules, "2024-03-01", invoices=[{"amount": cents}], contacts=done).iloc[0] for cents in (109, 110)]
    assert [row["action"] for row in on] == ["follow_up", "escalate_to_agency"]
    assert [row["channel"] for row in on] == ["call", "letter"]


def test_a_hand_over_waits_for_its_conditions(tmp_path: Path) -> None:
    text = GOOD.replace("preparation_minutes: 30", "when: [{fact: risk_band, in: [E]}]")
    done = [{**contact, "customer_id": name} for contact in (REMINDED, CALLED) for name in ("c1", "c2")]
    invoices: list[Row] = [{"amount": 10_000}, {"amount": 10_000, "customer_id": "c2"}]
    view = view_of("2024-03-01", invoices=invoices, contacts=done)
    facts = facts_of(view)
    facts["risk_band"] = ["E", "D"]
    segments, soon = assign_segments(facts, SEGMENTS), pd.DataFrame({"amount": [0, 0], "at_risk": [0, 0]})
    rows = recommend(facts, segments, strategy(tmp_path, text), soon, contact_days(view))
    assert rows["action"].tolist() == ["escalate_to_agency", "follow_up"]


def test_the_tone_is_that_of_the_step_and_a_reminder_is_friendly(tmp_path: Path) -> None:
    rules = strategy(tmp_path, GOOD.replace("call, tone: neutral", "call, tone: firm"))
    invoice: list[Row] = [{"amount": 10_000}]
    days = ("2024-01-30", "2024-02-01", "2024-02-07", "2024-02-21")
    done = [REMINDED, CALLED]
    assert [actions(rules, day, invoices=invoice, contacts=done)["tone"].iloc[0] for day in days] == [
        "friendly", "neutral", "firm", "neutral",
    ]  # fmt: skip
    assert actions(rules, "2024-01-10", invoices=invoice)["tone"].tolist() == [""]


def test_usable_channels_are_permitted_and_reach_and_a_formal_action_keeps_its_own_without_a_rule(
    tmp_path: Path,
) -> None:
    rules = strategy(tmp_path)
    customers: list[Row] = [
        {"customer_id": "c1", "email": "a@b.example"},
        {"customer_id": "c2", "phone": "+49 30 1", "preferred_channel": "letter"},
        {"customer_id": "c3", "phone": "+49 30 1"},
        {"customer_id": "c4"},
    ]
    due = {"c1": "2024-01-31", "c2": "2024-01-31", "c3": "2024-01-01", "c4": "2025-01-01"}
    invoices: list[Row] = [{"amount": 1, "customer_id": name, "due_on": day} for name, day in due.items()]
    done: list[Row] = [
        {"customer_id": "c3", "contacted_on": day, "channel": "call"} for day in ("2024-01-05", "2024-01-12")
    ]
    view = view_of("2024-02-01", customers=customers, invoices=invoices, contacts=done)
    facts = facts_of(view)
    soon = due_soon(view, invoice_scores_of(view), 5)
    rows = recommend(facts, assign_segments(facts, SEGMENTS), rules, soon, contact_days(view))
    assert usable_channels(facts, rows, rules).to_dict("list") == {
        "email": [True, False, False, False],
        "call": [False, True, False, False],
        "letter": [True, True, True, False],
    }
    assert rows["channel"].tolist() == ["email", "letter", "letter", ""]
    assert minutes_of(rows, rules).to_dict("list") == {
        "email": [11, 11, 41, 11], "call": [20, 20, 50, 20], "letter": [16, 16, 46, 16],
    }  # fmt: skip
    assert rows["minutes"].tolist() == [11, 16, 46, 0]
