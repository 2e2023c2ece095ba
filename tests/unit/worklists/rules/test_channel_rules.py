"""Which channels an action may use: the first rule that fits decides, and rules that never decide are refused."""

from pathlib import Path

import numpy as np
import pytest

from configs.settings import SettingsError
from worklists.rules.channel_rules import ChannelRule, allowed, bits, channels_of, ever_allowed
from worklists.rules.segments import load_segments
from worklists.rules.strategy import Strategy, load_strategy

SEGMENTS = load_segments("standard")
FILE = """
days_between_contacts: 5
contacts_a_month: 5
minutes: {email: 3, call: 12, sms: 2, letter: 8}
handling_minutes: 8
reminder: {days_before_due: 5, at_least_p_late: 0.4, channel: email}
review_terms: {bands_worse: 1, points_fallen: 40, days_later: 10, broken_promises: 2, credit_use: 0.9}
permitted_channels:
RULES
ladders:
  default:
    - {from_day: 1, action: payment_reminder, channel: email, tone: neutral}
    - {from_day: 7, action: firm_demand, channel: call, tone: neutral}
    - {from_day: 21, action: escalate_to_agency, channel: letter, tone: neutral}
"""


def strategy(tmp_path: Path, *rules: str) -> Strategy:
    path = tmp_path / "mine.yaml"
    path.write_text(FILE.replace("RULES", "\n".join(f"  - {{{rule}}}" for rule in rules)), "utf-8")
    return load_strategy(str(path), SEGMENTS)


def channels(written: list[dict[str, object]], action: str, segment: str, *cents: int) -> list[list[str]]:
    rules = [ChannelRule.model_validate(rule) for rule in written]
    return [channels_of(mask) for mask in allowed(rules, action, segment, np.array(cents), bits(["visit"]))]


def test_the_first_rule_that_fits_decides_and_amounts_bound_it_to_the_cent() -> None:
    rules: list[dict[str, object]] = [
        {"actions": ["firm_demand"], "at_least_amount": 2.3, "allow": ["call"]},
        {"actions": ["firm_demand"], "at_most_amount": 1.1, "segments": ["forgetful"], "allow": ["sms", "email"]},
        {"actions": ["firm_demand"], "allow": ["letter", "call"]},
    ]
    assert channels(rules, "firm_demand", "forgetful", 109, 110, 111, 229, 230) == [
        ["email", "sms"], ["email", "sms"], ["call", "letter"], ["call", "letter"], ["call"],
    ]  # fmt: skip
    assert channels(rules, "firm_demand", "key_account", 110) == [["call", "letter"]]
    assert channels(rules, "follow_up", "forgetful", 110) == [["visit"]]


def test_what_some_amount_may_use_is_known_without_trying_all() -> None:
    rules = [
        ChannelRule.model_validate(rule)
        for rule in (
            {"at_most_amount": 50, "allow": ["sms"]},
            {"at_least_amount": 50.01, "at_most_amount": 70, "allow": ["email"]},
            {"at_least_amount": 60, "at_most_amount": 70, "allow": ["visit"]},
            {"at_least_amount": 80, "allow": ["letter"]},
        )
    ]
    assert channels_of(ever_allowed(rules, "follow_up", "forgetful", bits(["call"]))) == [
        "email", "sms", "call", "letter",
    ]  # fmt: skip


def test_the_shipped_business_strategy_demands_much_by_telephone_and_gives_notice_by_letter() -> None:
    rules = load_strategy("b2b", SEGMENTS).rules
    amounts = np.array([1_00, 500_00, 500_01, 9_999_99, 10_000_00])

    def of(action: str) -> list[list[str]]:
        masks = allowed(rules.permitted_channels, action, "forgetful", amounts, 0)
        return [channels_of(mask) for mask in masks]

    assert of("final_notice") == [["letter"]] * 5
    assert of("firm_demand") == [["call", "letter"]] * 4 + [["call"]]
    assert of("pre_due_reminder") == [["email", "sms"]] * 2 + [["email"]] * 3
    assert of("follow_up") == [["email", "sms", "call", "letter"]] * 2 + [["email", "call", "letter"]] * 3


@pytest.mark.parametrize("name", ["b2b", "consumer", "healthcare", "retail"])
def test_every_shipped_strategy_reminds_without_a_call_and_ends_on_paper(name: str) -> None:
    rules = load_strategy(name, SEGMENTS).rules
    amounts = np.array([1, 200_00, 300_00, 500_00, 1_000_000_00])
    for segment in SEGMENTS.names:
        remind = allowed(rules.permitted_channels, "pre_due_reminder", segment, amounts, bits(["visit"]))
        assert not (remind & bits(["call", "visit"])).any()
        assert not (remind[-1] & bits(["sms"]))
        for action in ("final_notice", "escalate_to_agency", "escalate_to_legal"):
            assert set(allowed(rules.permitted_channels, action, segment, amounts, 0)) == {bits(["letter"])}


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        (["actions: [firm_demnd], allow: [call]"], "there is no 'firm_demnd'. The closest is 'firm_demand'"),
        (["allow: [phone]"], "permitted_channels.0: allow: there is no 'phone'"),
        (["allow: []"], "permitted_channels.0.allow"),
        (["allow: [visit]"], "permitted_channels.0: the channel visit is not permitted; give it a figure under"),
        (["alow: [call]"], "The closest is 'allow'"),
        (
            ["segments: [forgetfull], allow: [email, call, letter]"],
            "mine.yaml: permitted_channels.0: there is no segment 'forgetfull'. The closest is 'forgetful'",
        ),
        (
            ["at_least_amount: 10, at_most_amount: 9, allow: [call]"],
            "no amount is at least 10 and at most 9; this rule can never decide",
        ),
        (
            ["actions: [firm_demand], segments: [small_at_risk], at_least_amount: 5000, allow: [call]"],
            "permitted_channels.0: no customer of small_at_risk ever owes such an amount when the action is firm",
        ),
        (
            ["actions: [pre_due_reminder], segments: [key_account], allow: [email]"],
            "permitted_channels.0: no customer of key_account ever owes such an amount when the action is pre_due_",
        ),
        (
            ["allow: [email, call, letter]", "actions: [firm_demand], allow: [call]"],
            "permitted_channels.1: a rule above it always decides; put it further up",
        ),
        (
            ["at_least_amount: 5, allow: [email, call, letter]", "at_least_amount: 6, allow: [call]"],
            "permitted_channels.1: a rule above it always decides",
        ),
        (
            ["actions: [firm_demand], segments: [forgetful], allow: [letter, sms]"],
            "ladders.default, firm_demand: the channel call is never permitted for it in the segment forgetful; "
            "permitted_channels allows sms, letter",
        ),
        (
            ["actions: [pre_due_reminder], allow: [sms]"],
            "reminder, pre_due_reminder: the channel email is never permitted for it",
        ),
        (["actions: [escalate_to_agency], allow: [call]"], "escalate_to_agency: the channel letter is never permitted"),
    ],
)
def test_rules_that_contradict_themselves_or_a_step_are_refused(
    tmp_path: Path, rules: list[str], sentence: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        strategy(tmp_path, *rules)
    assert sentence in str(refused.value)


def test_rules_side_by_side_are_fine(tmp_path: Path) -> None:
    some = strategy(
        tmp_path,
        "actions: [firm_demand], at_least_amount: 100, allow: [call]",
        "at_most_amount: 100, allow: [email, call, sms, letter]",
        "allow: [email, call, letter]",
    )
    assert len(some.rules.permitted_channels) == 3
