"""The worklist: by the cash of a contact per minute, reminders last, each row with the parts of its rank."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.settings import load_settings
from tests.support.small_nights import NOTHING_EARLIER
from tests.support.view_from_rows import facts_of, view_of
from worklists.assign.assignment import Assignment
from worklists.decide.contact_gains import ASSUMED, assumed_effect, at_heads, best_gain, contact_gains, worth
from worklists.decide.decisions import Decisions, Judged
from worklists.ranking.rank import COLUMNS, why_ranked, worklist
from worklists.ranking.why_contact import FOLLOWED, MADE
from worklists.rules.promise_state import promise_status

NIGHT = pd.Timestamp("2024-02-10")
CUSTOMERS = ["a", "b", "c", "d", "e"]
EFFECT = load_settings().effect
NO_PAYMENTS = pd.Series(dtype="int64")


def facts(collectible: list[int], p_unpaid_30d: list[float]) -> pd.DataFrame:
    invoices = [{"amount": cents or 1, "customer_id": name, "due_on": "2024-02-01" if cents else "2024-02-12"}
                for name, cents in zip(CUSTOMERS, collectible, strict=False)]  # fmt: skip
    return facts_of(view_of(str(NIGHT.date()), invoices=invoices), p_unpaid_30d=p_unpaid_30d).assign(dunning_level=0)


def effects(*rows: tuple[int, str, float], recovered: float = 0.05) -> pd.DataFrame:
    """Effects by customer, channel and effect, as the model gives them."""
    frame = pd.DataFrame(rows, columns=["customer", "channel", "effect"])
    return frame.assign(low=frame["effect"] - 0.1, high=frame["effect"] + 0.1, basis="customer", recovered=recovered)


def decided(known: pd.DataFrame, contacts: pd.DataFrame) -> Decisions:
    """Decisions to contact everyone in `contacts`: action, channel, minutes, gain, weight, reminder_value."""
    contacts = contacts.set_axis(known.index)
    actions = contacts.reindex(columns=["action", "channel", "minutes", "reminder_value"]).assign(tone="", offer="")
    segments = pd.DataFrame({"segment": "some"}, index=known.index)
    chosen = pd.DataFrame(
        {
            "channel": contacts["channel"], "collector_id": "ida", "minutes": contacts["minutes"],
            "effect": 0.1, "low": 0.05, "high": 0.2, "basis": "customer", "recovered": 0.05,
            "gain": contacts["gain"].astype("float64"), "weight": contacts["weight"].astype("float64"),
        }
    )  # fmt: skip
    judged = Judged(known, segments, chosen, pd.Series(known.index), known, segments, actions, pd.DataFrame())
    nobody = pd.Series(dtype="str")
    assignment = Assignment(chosen, nobody, pd.DataFrame(), float(chosen["gain"].sum()))
    return Decisions(
        judged, chosen, pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), assignment, pd.Series(dtype="float64")
    )


def beside(known: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {"reason_2": "first", "reason_3": "", **dict.fromkeys((*MADE, *FOLLOWED), 0)}, index=known.index
    )


def listed(known: pd.DataFrame, contacts: list[tuple[str, str, int, float]], **more: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame(contacts, columns=["action", "channel", "minutes", "gain"])
    frame = frame.assign(weight=more.get("weight", 1.0), reminder_value=more.get("reminder_value", 0))
    return worklist(decided(known, frame), beside(known), NOTHING_EARLIER.previous, None, NO_PAYMENTS)


def test_the_rank_is_by_the_cash_of_a_minute() -> None:
    known = facts([10_000, 20_000, 40_000, 40_000], [0.5] * 4)
    rows = listed(
        known, [("x", "call", 20, 4_000), ("x", "sms", 5, 2_000), ("x", "call", 20, 2_000), ("x", "sms", 10, 900)]
    )
    assert rows["customer_id"].tolist() == ["b", "a", "c", "d"]
    assert rows["rank"].tolist() == [1, 2, 3, 4]
    assert rows["expected_gain"].tolist() == [2_000, 4_000, 2_000, 900]
    assert set(COLUMNS) <= set(rows) and rows["reason_2"].eq("first").all()


def test_cash_that_would_never_have_come_weighs_more() -> None:
    known = facts([10_000, 10_000], [0.5] * 2)
    rows = listed(known, [("x", "call", 10, 1_000), ("x", "call", 10, 900)], weight=[1.0, 2.0])
    assert rows["customer_id"].tolist() == ["b", "a"]


def test_rows_of_equal_value_go_by_value_at_risk_and_then_by_customer() -> None:
    known = facts([10_000, 20_000, 10_000], [0.5, 0.5, 0.5])
    rows = listed(known, [("x", "call", 10, 0.0)] * 3)
    assert rows["customer_id"].tolist() == ["b", "a", "c"]


def test_reminders_come_last_by_the_amount_at_risk_of_being_late_and_gain_nothing_yet() -> None:
    known = facts([0, 0, 10_000, 0], [0.9] * 4)
    remind = ("pre_due_reminder", "email", 10, 0.0)
    rows = listed(known, [remind, remind, ("x", "call", 10, 0.0), remind], reminder_value=[5, 70, 0, 5])
    assert rows["customer_id"].tolist() == ["c", "b", "a", "d"]
    assert rows["expected_gain"].tolist() == [0, 0, 0, 0]


def test_who_was_promised_a_contact_stands_on_top_and_the_rest_is_in_the_order_of_the_value() -> None:
    known = facts([10_000, 20_000, 40_000], [0.5] * 3)
    known = known.assign(contact_due=[False, True, False], next_contact_on=pd.Timestamp("2024-02-09"))
    rows = listed(known, [("x", "call", 10, 4_000), ("x", "call", 10, 1), ("x", "call", 10, 5_000)])
    assert rows["customer_id"].tolist() == ["b", "c", "a"]
    assert rows["due_today"].tolist() == ["a contact was agreed for 2024-02-09", "", ""]
    assert rows["value_per_minute"].tolist() == [0.001, 5.0, 4.0]


def test_every_rank_can_be_taken_apart_and_put_together_again() -> None:
    known = facts([10_000, 20_000], [0.5, 0.5])
    contacts = pd.DataFrame(
        [("x", "call", 20, 1_000.0, 2.0, 0), ("x", "sms", 10, 2_000.0, 1.0, 0)],
        columns=["action", "channel", "minutes", "gain", "weight", "reminder_value"],
    )
    decisions = decided(known, contacts)
    rows = worklist(decisions, beside(known), NOTHING_EARLIER.previous, None, NO_PAYMENTS)
    parts = why_ranked(rows, decisions)
    np.testing.assert_allclose(
        parts["value_per_minute"], parts["expected_gain"] * parts["weight"] / parts["minutes"] / 100
    )
    np.testing.assert_allclose(parts["expected_gain"], parts["collectible_amount"] * parts["effect"])
    assert parts["value_per_minute"].is_monotonic_decreasing
    assert parts["text"].iloc[0] == (
        "A contact by sms brings about 10.0% (5.0% to 20.0%) of 200.00 in 30 days: 20.00 in 10 minutes."
    )


def test_a_gain_is_the_collectible_amount_times_the_effect() -> None:
    known = facts([10_000, 20_000, 0], [0.5] * 3)
    gains = contact_gains(
        known, effects((0, "call", 0.2), (0, "sms", 0.1), (1, "call", 0.3), (2, "call", 0.9)), True, EFFECT
    )
    assert gains[["customer", "channel", "gain"]].to_numpy().tolist() == [
        [0, "call", 2_000.0], [0, "sms", 1_000.0], [1, "call", 6_000.0],
    ]  # fmt: skip
    assert gains["weight"].tolist() == [1.0] * 3


def test_without_an_effect_a_contact_is_assumed_to_double_the_odds_of_payment_and_the_gain_says_so() -> None:
    gains = contact_gains(facts([10_000, 30], [0.25, 0.5]), effects(), False, EFFECT)
    # odds of payment 3 to 1 become 6 to 1, of which 1/7 stays unpaid; 1 to 1 become 2 to 1
    np.testing.assert_allclose(gains["gain"], [10_000 * (1 / 4 - 1 / 7), 30 * (1 / 2 - 1 / 3)])
    assert gains["basis"].tolist() == [ASSUMED] * 2


def test_without_an_effect_neither_hopeless_debts_nor_those_that_are_paid_anyway_come_first() -> None:
    gains = contact_gains(facts([10_000] * 3, [0.98, 0.55, 0.03]), effects(), False, EFFECT)
    hopeless, between, anyway = gains["gain"]
    assert between > 5 * hopeless and between > 5 * anyway


@given(unpaid=st.floats(0, 1), ratio=st.floats(1.01, 100))
def test_an_assumed_gain_is_never_below_zero_and_never_more_than_would_stay_unpaid(unpaid: float, ratio: float) -> None:
    (effect,) = assumed_effect(pd.Series([unpaid]), ratio)
    assert -1e-12 <= effect <= unpaid + 1e-12


def test_a_unit_that_would_be_lost_is_worth_all_of_it_and_one_that_comes_later_what_it_earns() -> None:
    settings = EFFECT.model_copy(update={"cost_of_capital": 0.1, "outcome_days": 30})
    np.testing.assert_allclose(worth(np.array([0.0, 1.0, 0.5]), settings), [0.1 * 30 / 365, 1.0, 0.5 + 0.05 * 30 / 365])


def test_the_best_channel_is_among_those_that_reach_the_customer_and_equal_ones_follow_the_strategy() -> None:
    known = facts([10_000, 10_000, 10_000], [0.5] * 3)
    rows = [(place, channel, effect) for place in range(3) for channel, effect in (("call", 0.3), ("sms", 0.2))]
    gains = contact_gains(known, effects(*rows[:4], (2, "call", 0.2), (2, "sms", 0.2)), True, EFFECT)
    reached = pd.DataFrame({"call": [True, False, True], "sms": True}, index=known.index)
    actions = pd.DataFrame({"channel": ["sms", "sms", "sms"]}, index=known.index)
    assert best_gain(gains, reached, actions)["channel"].tolist() == ["call", "sms", "sms"]


def test_the_gains_of_a_group_stand_at_its_head_once() -> None:
    known = facts([10_000, 20_000, 30_000], [0.5] * 3)
    gains = contact_gains(known, effects(*((place, "call", 0.1 * (place + 1)) for place in range(3))), True, EFFECT)
    heads = pd.Series([0, 0, 2])
    asked = known.assign(collectible_amount=[30_000, 0, 30_000]).drop(index=1)
    rows = at_heads(gains, heads, known, asked)
    assert rows["customer"].tolist() == [0, 2]
    np.testing.assert_allclose(rows["gain"], [1_000 + 4_000, 9_000])
    np.testing.assert_allclose(rows["gain"], rows["effect"] * [30_000, 30_000])


def test_a_collectible_amount_without_a_score_stops_the_night() -> None:
    with pytest.raises(ValueError, match="1 customers with a collectible amount have no score: b"):
        contact_gains(facts([10_000, 20_000], [0.5, float("nan")]), effects(), False, EFFECT)


def test_facts_tell_delays_promises_contacts_and_the_collector_who_knows_the_customer() -> None:
    view = view_of(
        "2024-02-10",
        customers=[{"customer_id": "a", "name": "Anna GmbH"}],
        invoices=[
            {"customer_id": "a", "amount": 100, "due_on": "2024-01-01", "issued_on": "2023-12-01"},
            {"customer_id": "a", "amount": 100, "due_on": "2024-02-08"},
            {"customer_id": "a", "amount": 100, "due_on": "2024-02-10"},
            {"customer_id": "a", "amount": 100, "due_on": "2024-03-01"},
            {"customer_id": "b", "amount": 100, "due_on": "2024-03-01"},
            {"customer_id": "c", "amount": 100, "due_on": "2024-03-01"},
            {"customer_id": "d", "amount": 100, "due_on": "2024-03-01"},
        ],
        payments=[{"customer_id": "a", "invoice_id": "i1", "amount": 100, "paid_on": "2024-01-08"}],
        contacts=[
            {"customer_id": "a", "contacted_on": "2024-01-05", "collector_id": "ida"},
            {"customer_id": "a", "contacted_on": "2024-02-01", "channel": "letter"},
        ],
        promises=[
            {"customer_id": "a", "promised_on": "2024-02-05", "amount": 50},
            {"customer_id": "b", "promised_on": "2024-02-10", "amount": 50},
            {"customer_id": "b", "promised_on": "2024-02-05", "amount": 50},
            {"customer_id": "c", "made_on": "2023-10-01", "promised_on": "2023-11-11", "amount": 50},
            {"customer_id": "d", "made_on": "2023-10-01", "promised_on": "2023-11-12", "amount": 0},
        ],
    )
    rows = facts_of(view).set_index("customer_id")
    a = rows.loc["a"]
    assert (a["customer_name"], rows.loc["b", "customer_name"]) == ("Anna GmbH", "b")
    assert (a["days_past_due"], a["average_days_late"], a["next_due_on"]) == (2, 7.0, pd.Timestamp("2024-02-10"))
    assert (a["last_contact_on"], a["last_contact_channel"], a["collector_id"]) == (
        pd.Timestamp("2024-02-01"), "letter", "ida",
    )  # fmt: skip
    status = promise_status(rows["promise_state"], rows["promise_day"])
    assert status.tolist() == ["broken 2024-02-05", "open until 2024-02-10", "none", "kept 2023-11-12"]
