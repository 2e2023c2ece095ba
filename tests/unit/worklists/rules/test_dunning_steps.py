"""Steps follow what was done: in the order of the ladder, each with its days to work and its own channels."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import SettingsError
from tests.support.view_from_rows import Row, facts_of, invoice_scores_of, view_of
from worklists.decide.parent_groups import contact_heads, facts_at_heads
from worklists.decide.reminders import due_soon
from worklists.decide.suppressions import held_back
from worklists.rules.dunning_levels import contact_days
from worklists.rules.recommend import dunning_levels, recommend
from worklists.rules.segments import assign_segments, load_segments
from worklists.rules.strategy import Strategy, load_strategy

SEGMENTS = load_segments("standard")
FILE = """
days_between_contacts: 5
contacts_a_month: 5
minutes: {email: 3, call: 12, letter: 8}
handling_minutes: 8
reminder: {days_before_due: 5, at_least_p_late: 0.4, channel: email}
permitted_channels:
  - {actions: [final_notice, escalate_to_legal], allow: [letter]}
  - {actions: [firm_demand], allow: [call, letter]}
offers:
  - {offer: payment_plan, instalments: 3, at_least_level: 1, when: [{fact: days_beyond_habit, at_least: 9}]}
review_terms: {bands_worse: 1, points_fallen: 40, days_later: 10, broken_promises: 2, credit_use: 0.9}
ladders:
  default:
    - {from_day: 1, action: payment_reminder, channel: email, tone: friendly}
    - {from_day: 7, action: firm_demand, channel: call, tone: firm}
    - {from_day: 14, action: final_notice, channel: letter, tone: formal}
    - {from_day: 30, action: escalate_to_legal, channel: letter, tone: formal, days_after_previous: 10,
       at_least_amount: 50}
"""
# Due on 31 January: day 1 past due is 1 February.
MAILED: Row = {"contacted_on": "2024-02-02", "channel": "email"}
CALLED: Row = {"contacted_on": "2024-02-08", "channel": "call"}
WROTE: Row = {"contacted_on": "2024-02-15", "channel": "letter"}


def strategy(tmp_path: Path, old: str = "", new: str = "") -> Strategy:
    assert old in FILE
    path = tmp_path / "mine.yaml"
    path.write_text(FILE.replace(old, new, 1), "utf-8")
    return load_strategy(str(path), SEGMENTS)


def tonight(rules: Strategy, as_of: str, *contacts: Row, **rows: list[Row]) -> pd.Series:
    """The one customer's action."""
    view = view_of(as_of, **{"invoices": [{"amount": 10_000}], "contacts": list(contacts), **rows})
    facts = facts_of(view)
    soon = due_soon(view, invoice_scores_of(view), 5)
    found = recommend(facts, assign_segments(facts, SEGMENTS), rules, soon, contact_days(view))
    held = held_back(view.as_of, facts, found, rules)
    (row,) = found.assign(held=held["reason"].reindex(range(1)).fillna("").to_list(), text=[*held["text"], ""][:1]).iloc
    return row


def test_each_step_waits_for_the_one_before_it_and_the_days_that_has_to_work(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    steps = [
        (tonight(rules, day, *done)["action"], tonight(rules, day, *done)["dunning_level"])
        for day, done in (
            ("2024-03-20", ()),
            ("2024-02-06", (MAILED,)),
            ("2024-02-07", (MAILED,)),
            ("2024-02-13", (MAILED, CALLED)),
            ("2024-02-14", (MAILED, CALLED)),
            ("2024-03-20", (MAILED, CALLED)),
            ("2024-03-20", (MAILED, CALLED, WROTE)),
        )
    ]
    assert steps == [
        ("payment_reminder", 0), ("payment_reminder", 1), ("firm_demand", 1), ("firm_demand", 2), ("final_notice", 2),
        ("final_notice", 2), ("escalate_to_legal", 3),
    ]  # fmt: skip


def test_a_step_waits_five_days_after_the_one_before_even_where_its_own_day_has_come(tmp_path: Path) -> None:
    late: Row = {"contacted_on": "2024-02-20", "channel": "email"}
    rules = strategy(tmp_path)
    row = tonight(rules, "2024-02-24", late)
    assert (row["action"], row["repeated"], row["last_step"]) == ("payment_reminder", True, "payment_reminder")
    row = tonight(rules, "2024-02-25", late)
    assert (row["action"], row["repeated"], row["possible_from"]) == ("firm_demand", False, pd.Timestamp("2024-02-25"))


@pytest.mark.parametrize(
    ("contacts", "level"),
    [
        ([{**MAILED, "outcome": "bounced"}], 0),
        ([{**CALLED, "outcome": "wrong_contact"}], 0),
        ([{**CALLED, "outcome": "no_answer"}], 1),
        ([{**MAILED, "contacted_on": "2024-01-31"}], 0),
        ([{**MAILED, "channel": "sms"}], 1),
        ([MAILED, {**CALLED, "contacted_on": "2024-02-02"}], 1),
        ([MAILED, {**MAILED, "contacted_on": "2024-02-09"}], 1),
        ([MAILED, CALLED, {**CALLED, "contacted_on": "2024-02-20"}], 2),
        ([MAILED, CALLED, {**WROTE, "contacted_on": "2024-02-13"}], 2),
        ([MAILED, CALLED, {**WROTE, "contacted_on": "2024-02-14"}], 3),
        ([MAILED, CALLED, WROTE, {**WROTE, "contacted_on": "2024-03-01"}], 3),
    ],
)
def test_a_contact_counts_where_it_arrived_since_the_due_date_by_a_channel_of_the_next_step(
    tmp_path: Path, contacts: list[Row], level: int
) -> None:
    rules = strategy(tmp_path, "letter: 8}", "letter: 8, sms: 1}")
    assert tonight(rules, "2024-03-02", *contacts)["dunning_level"] == level


def test_a_final_notice_is_not_sent_again_but_given_time_and_then_asked_about_by_telephone(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    small: list[Row] = [{"amount": 4_999}]
    row = tonight(rules, "2024-02-24", MAILED, CALLED, WROTE)
    assert (row["action"], row["channel"], row["tone"], row["minutes"]) == ("follow_up", "call", "firm", 20)
    assert (row["held"], row["text"]) == (
        "notice_running", "A final notice went out on 2024-02-15; it has time until 2024-02-25. 100.00 waits.",
    )  # fmt: skip
    row = tonight(rules, "2024-02-25", MAILED, CALLED, WROTE)
    assert (row["action"], row["held"], row["dunning_level"]) == ("follow_up", "", 3)
    assert tonight(rules, "2024-03-01", MAILED, CALLED, WROTE)["action"] == "escalate_to_legal"
    assert tonight(rules, "2024-03-01", MAILED, CALLED, WROTE, invoices=small)["action"] == "follow_up"


def test_a_strategy_may_let_a_step_be_skipped_to(tmp_path: Path) -> None:
    rules = strategy(tmp_path, "channel: call, tone: firm", "channel: call, tone: firm, may_skip: true")
    assert tonight(rules, "2024-02-06")["action"] == "payment_reminder"
    row = tonight(rules, "2024-02-07")
    assert (row["action"], row["dunning_level"], row["repeated"]) == ("firm_demand", 0, False)
    assert tonight(rules, "2024-02-14", CALLED)["dunning_level"] == 2
    assert tonight(rules, "2024-02-14", {**CALLED, "contacted_on": "2024-02-06"})["dunning_level"] == 1
    assert tonight(rules, "2024-02-14", MAILED)["action"] == "firm_demand"
    end = strategy(tmp_path, "days_after_previous: 10", "may_skip: true")
    assert tonight(end, "2024-03-20")["action"] == "escalate_to_legal"


def test_levels_are_those_of_the_oldest_debt_that_is_asked_for_and_of_each_invoice_on_its_own(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    view = view_of(
        "2024-03-01",
        invoices=[
            {"amount": 10_000}, {"amount": 20_000, "due_on": "2024-02-10"}, {"amount": 30_000, "due_on": "2024-03-05"},
            {"amount": 40_000, "due_on": "2024-01-02"},
        ],
        payments=[{"amount": 40_000, "invoice_id": "i4"}],
        contacts=[MAILED, CALLED, WROTE],
    )  # fmt: skip
    facts, contacts = facts_of(view), contact_days(view)
    segments = assign_segments(facts, SEGMENTS)
    rows = dunning_levels(view, facts, segments, rules, contacts).join(view.invoices["invoice_id"])
    assert rows[["invoice_id", "dunning_level"]].values.tolist() == [["i1", 3], ["i2", 1], ["i3", 0]]
    assert rows["last_step_on"].dt.day.fillna(0).tolist() == [15, 15, 0]
    assert dunning_levels(view, facts.iloc[:0], segments, rules, contacts).empty


def test_a_group_is_on_the_level_that_all_its_members_contacts_reached(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    members: list[Row] = [{"customer_id": "head"}, {"customer_id": "one", "parent_id": "head"}]
    view = view_of(
        "2024-02-14",
        customers=members,
        invoices=[{"amount": 10_000, "customer_id": "one"}],
        contacts=[{**MAILED, "customer_id": "head"}, {**CALLED, "customer_id": "one"}],
    )
    facts = facts_of(view)
    heads = contact_heads(view, facts, "parent")
    asked, contacts = facts_at_heads(view, facts, heads), contact_days(view, heads)
    segments, nothing = assign_segments(asked, SEGMENTS), pd.DataFrame({"amount": [0, 0], "at_risk": [0.0, 0.0]})
    assert recommend(asked, segments, rules, nothing, contacts)["action"].tolist() == ["final_notice"]
    assert dunning_levels(view, asked, segments, rules, contacts, heads)["dunning_level"].tolist() == [2]


def test_an_offer_waits_for_a_failed_step_and_for_more_delay_than_the_customer_always_has(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    plan = "may offer a plan of 3 monthly instalments"
    assert tonight(rules, "2024-02-20")["offer"] == ""
    assert tonight(rules, "2024-02-20", MAILED)["offer"] == plan
    assert tonight(rules, "2024-02-08", MAILED)["offer"] == ""
    paid_20_late: dict[str, list[Row]] = {
        "invoices": [
            {"amount": 10_000, "due_on": "2023-06-01", "issued_on": "2023-05-01"}, {"amount": 10_000},
        ],
        "payments": [{"amount": 10_000, "invoice_id": "i1", "paid_on": "2023-06-21"}],
    }  # fmt: skip
    assert tonight(rules, "2024-02-20", MAILED, **paid_20_late)["offer"] == ""
    assert tonight(rules, "2024-02-29", MAILED, **paid_20_late)["offer"] == plan


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("tone: friendly", "tone: friendly, may_skip: true", "payment_reminder is the first step: leave out may_skip"),
        ("tone: friendly", "tone: friendly, days_after_previous: 9", "is the first step: leave out days_after_previ"),
        (
            "days_after_previous: 10",
            "days_after_previous: 4",
            "escalate_to_legal comes 4 days after final_notice, but days_between_contacts is 5",
        ),
        (
            "days_after_previous: 10",
            "days_after_previous: 17",
            "escalate_to_legal from day 30 needs 17 days after final_notice from day 14, so that it could not begin on "
            "its day; write from_day: 31 or later",
        ),
        ("days_after_previous: 10", "days_after_previus: 10", "The closest is 'days_after_previous'"),
        ("at_least_level: 1", "at_least_level: 4", "offers.0: payment_plan can never be offered: at_least_level is 4"),
        ("reminder:", "handovers: list\nreminder:", "handovers: Input should be 'queue' or 'worklist'"),
    ],
)
def test_a_ladder_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        strategy(tmp_path, old, new)
    assert sentence in str(refused.value)


def test_a_segment_cannot_depend_on_the_level_of_its_own_ladder(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "segments:\n"
        "  - {name: dunned, when: [{fact: dunning_level, at_least: 2}], reason: Dunned.}\n"
        "  - {name: all, reason: All.}\n"
    )
    with pytest.raises(SettingsError, match="dunned cannot ask for dunning_level: the ladder is that of the segment"):
        load_segments(str(path))


def test_who_was_promised_a_call_gets_one_where_the_next_step_is_a_letter(tmp_path: Path) -> None:
    rules = strategy(tmp_path)
    agreed = {**CALLED, "next_contact_on": "2024-02-14"}
    due = tonight(rules, "2024-02-14", MAILED, agreed)
    assert (due["action"], due["channel"], due["permitted"], due["held"]) == (
        "follow_up",
        "call",
        "email call letter",
        "",
    )
    later = tonight(rules, "2024-03-01", MAILED, agreed)  # too long ago to be called that
    assert (later["action"], later["channel"]) == ("final_notice", "letter")
