"""A night's decisions: who is contacted and how, who is left alone and why, every cent in one of the two."""

import numpy as np
import pandas as pd
import pytest

from ledger.as_of.view import View
from tests.support.rosters import roster_of
from tests.support.view_from_rows import Row, view_of
from tests.support.written_decisions import B2B, NOTHING_LEARNED, WrittenEffects, contacted, decided, with_groups
from worklists.decide.contact_gains import ASSUMED
from worklists.decide.holdout import contact_log
from worklists.decide.suppression_reasons import HOLDING

NIGHT = "2024-02-10"
CALLS_BEST = WrittenEffects({"email": 0.1, "sms": 0.15, "call": 0.3, "letter": 0.05, "visit": 0.9})


def debts(*customers: str, **more: object) -> list[Row]:
    """An invoice of 1,000.00 for each customer, 10 days past due."""
    return [{"customer_id": name, "amount": 100_000, **more} for name in customers]


def reasons(decisions) -> dict[str, tuple[str, int]]:
    """The holding reason and its amount, by customer_id."""
    rows = decisions.suppressed[decisions.suppressed["reason"].isin(HOLDING)]
    assert rows["customer_id"].is_unique
    return {row.customer_id: (row.reason, row.amount) for row in rows.itertuples()}


def small_portfolio(customers: int) -> View:
    """Customers that owe 100.00 and more, by 1.00 more each."""
    invoices: list[Row] = [
        {"customer_id": f"c{place:03}", "amount": 10_000 + 100 * place} for place in range(customers)
    ]
    return view_of(NIGHT, invoices=invoices)


def assert_every_cent_once(decisions) -> None:
    """What is asked for and what waits is what is collectible; no one is in both."""
    held = decisions.suppressed[decisions.suppressed["reason"].isin(HOLDING)]
    listed = decisions.judged.asked.loc[decisions.chosen.index]
    assert held["customer_id"].is_unique and listed["customer_id"].is_unique
    assert not set(held["customer_id"]) & set(listed["customer_id"])
    total = decisions.judged.facts["collectible_amount"].sum()
    assert listed["collectible_amount"].sum() + held["amount"].sum() == total


@pytest.mark.parametrize("effects", [CALLS_BEST, NOTHING_LEARNED])
def test_who_is_held_back_is_not_contacted(effects: WrittenEffects) -> None:
    view = view_of(
        NIGHT,
        customers=[{"customer_id": "barred", "do_not_contact": True}, {"customer_id": "free"}],
        invoices=debts("barred", "free", "called"),
        contacts=[{"customer_id": "called", "contacted_on": "2024-02-09"}],
    )
    decisions = decided(view, effects)
    assert set(contacted(decisions)) == {"free"}
    assert reasons(decisions) == {"barred": ("do_not_contact", 100_000), "called": ("contacted_recently", 100_000)}
    assert decisions.eligible["customer_id"].tolist() == ["free"]


@pytest.mark.parametrize("effects", [CALLS_BEST, NOTHING_LEARNED])
def test_who_is_held_out_is_suppressed_with_its_amount_and_logged(effects: WrittenEffects) -> None:
    decisions = decided(small_portfolio(120), effects, settings=("holdout.share=0.2",))
    out = decisions.draw.index[decisions.draw["held_out"]]
    assert 5 < len(out) < 60
    assert not set(out) & set(decisions.chosen.index)
    facts = decisions.judged.facts.loc[out]
    amounts = dict(zip(facts["customer_id"], facts["collectible_amount"], strict=True))
    assert reasons(decisions) == {name: ("hold_out", amount) for name, amount in amounts.items()}
    told = decisions.suppressed.set_index("customer_id").loc[list(amounts), "text"]
    assert told.str.startswith("Left alone at random (20.0% of the customers) until 2024-").all()
    log = contact_log(decisions.eligible, decisions.draw, decisions.chosen, decisions.line_ratio).set_index(
        "customer_id"
    )
    assert len(log) == 120
    assert log["held_out"].eq(log.index.isin(amounts)).all()
    assert log["recommended"].eq(1 - log["held_out"]).all()
    assert log["propensity"].eq(np.where(log["held_out"] == 1, 0.2, 0.8)).all()
    assert log["channel"].isna().eq(log["held_out"] == 1).all()
    asked = decisions.judged.asked.set_index("customer_id")
    assert log["p_unpaid_30d"].eq(asked["p_unpaid_30d"].reindex(log.index)).all()
    assert log["days_past_due"].eq(asked["days_past_due"].reindex(log.index)).all()
    if effects is NOTHING_LEARNED:
        assert log["expected_gain"].isna().all()
    else:
        assert log["expected_gain"].eq(np.rint(0.3 * log["collectible_amount"])).all()
    assert log["line_ratio"].isna().all()  # without a roster there is no line
    assert_every_cent_once(decisions)


@pytest.mark.parametrize("effects", [CALLS_BEST, NOTHING_LEARNED])
def test_a_roster_too_small_leaves_customers_with_a_reason(effects: WrittenEffects) -> None:
    decisions = decided(small_portfolio(40), effects, roster=roster_of({"id": "ida", "minutes_a_day": 100}))
    assert 3 < len(decisions.chosen) < 15
    assert decisions.chosen["minutes"].sum() <= 100
    assert decisions.chosen["collector_id"].eq("ida").all()
    assert {reason for reason, _ in reasons(decisions).values()} == {"no_capacity"}
    assert set(decisions.suppressed["text"]) == {"No one has minutes left."}
    assert_every_cent_once(decisions)
    listed = decisions.judged.asked.loc[decisions.chosen.index, "collectible_amount"]
    assert listed.min() > decisions.judged.asked["collectible_amount"].median()


def test_a_customer_whom_no_collector_may_serve_is_told_apart() -> None:
    roster = roster_of({"id": "ida", "languages": ["de"]}, {"id": "bo", "languages": ["fr"], "minutes_a_day": 0},
                       languages={"de": ["DE"], "fr": ["FR"]})  # fmt: skip
    countries = {"anna": "DE", "bea": "FR"}
    view = view_of(
        NIGHT, customers=[{"customer_id": name, "country": code} for name, code in countries.items()],
        invoices=debts(*countries),
    )  # fmt: skip
    decisions = decided(view, CALLS_BEST, roster=roster)
    assert contacted(decisions) == {"anna": "call"}
    assert reasons(decisions) == {"bea": ("no_capacity", 100_000)}
    assert_every_cent_once(decisions)


def test_a_hand_over_waits_in_its_queue_and_the_others_take_the_permitted_channel_with_the_largest_effect() -> None:
    addresses: list[Row] = [
        {"customer_id": "handed", "email": "a@b.example", "phone": "1"},
        {"customer_id": "noticed", "email": "a@b.example", "phone": "1"},
        {"customer_id": "reminded", "email": "a@b.example", "phone": "1"},
        {"customer_id": "silent", "email": "a@b.example"},
    ]
    due = {"handed": "2023-10-01", "noticed": "2024-01-15", "reminded": "2024-02-06", "silent": "2024-02-06"}
    invoices: list[Row] = [
        {"customer_id": name, "amount": 100_000, "issued_on": "2023-09-01", "due_on": day} for name, day in due.items()
    ]
    done = {
        "handed": {"2023-10-05": "email", "2023-10-12": "call", "2023-10-20": "call", "2023-10-27": "letter"},
        "noticed": {"2024-01-17": "email", "2024-01-23": "call", "2024-01-30": "call"},
    }
    contacts: list[Row] = [
        {"customer_id": name, "contacted_on": day, "channel": channel}
        for name, days in done.items()
        for day, channel in days.items()
    ]
    view = view_of(NIGHT, customers=addresses, invoices=invoices, contacts=contacts)
    decisions = decided(view, CALLS_BEST, p_default=0.01)
    asked = decisions.judged.asked
    actions = decisions.judged.actions["action"].set_axis(asked["customer_id"])
    assert actions.to_dict() == {
        "handed": "escalate_to_agency", "noticed": "final_notice", "reminded": "payment_reminder",
        "silent": "payment_reminder",
    }  # fmt: skip
    assert asked["dunning_level"].tolist() == [4, 3, 0, 0]
    assert contacted(decisions) == {"noticed": "letter", "reminded": "call", "silent": "email"}
    assert reasons(decisions) == {"handed": ("handover_queue", 100_000)}
    assert_every_cent_once(decisions)


def test_the_gain_of_the_chosen_channel_stands_behind_every_contact() -> None:
    view = view_of(NIGHT, invoices=debts("anna", "bea"))
    decisions = decided(view, WrittenEffects({"call": 0.2}, own={1: {"email": 0.25}}, recovered=0.5))
    assert contacted(decisions) == {"anna": "call", "bea": "email"}
    np.testing.assert_allclose(decisions.chosen["gain"], [20_000, 25_000])
    np.testing.assert_allclose(decisions.chosen["effect"], [0.2, 0.25])
    assert decisions.chosen["basis"].eq("customer").all()
    assert decisions.chosen["weight"].gt(3).all()
    assert decisions.chosen["minutes"].tolist() == [20, 11]


@pytest.mark.parametrize("effect", [0.2, 0.0])
def test_channels_that_bring_the_same_give_way_to_the_strategys_own(effect: float) -> None:
    view = view_of(NIGHT, invoices=[*debts("called"), *debts("mailed", due_on="2024-02-06")])
    decisions = decided(view, WrittenEffects(dict.fromkeys(("email", "sms", "call", "letter"), effect)))
    assert contacted(decisions) == {"called": "call", "mailed": "email"}
    assert decisions.judged.best["channel"].tolist() == ["call", "email"]


def test_without_an_effect_the_strategys_channel_is_kept_and_the_gain_is_an_assumed_one() -> None:
    view = view_of(NIGHT, invoices=[*debts("called"), *debts("mailed", due_on="2024-02-06")])
    decisions = decided(view, NOTHING_LEARNED, p_unpaid_30d=0.4)
    assert contacted(decisions) == {"called": "call", "mailed": "email"}
    assert decisions.chosen["basis"].eq(ASSUMED).all()
    np.testing.assert_allclose(decisions.chosen["gain"], [15_000, 15_000])  # of 0.4, 0.25 stay unpaid


def test_a_debt_overdue_since_today_has_an_effect() -> None:
    view = view_of(NIGHT, invoices=[*debts("old"), *debts("fresh", due_on="2024-02-09")])
    decisions = decided(view, CALLS_BEST)
    assert contacted(decisions) == {"fresh": "call", "old": "call"}
    np.testing.assert_allclose(decisions.chosen["effect"], 0.3)


def test_a_debt_that_is_partly_disputed_has_no_effect_that_is_known_and_says_so() -> None:
    view = view_of(
        NIGHT,
        invoices=[*debts("old"), *debts("disputed", due_on="2024-02-06")],
        disputes=[{"invoice_id": "i2", "amount": 40_000}],
    )
    decisions = decided(view, CALLS_BEST)
    assert contacted(decisions) == {"disputed": "email", "old": "call"}
    rest = decisions.chosen.loc[decisions.judged.asked["customer_id"] == "disputed"].iloc[0]
    assert (rest["basis"], rest["effect"], rest["gain"]) == ("no comparable contact", 0.0, 0.0)
    assert (rest["low"], rest["high"]) == (-1.0, 1.0)


def test_a_reminder_before_the_due_date_has_no_effect_and_keeps_its_channel() -> None:
    view = view_of(NIGHT, invoices=[*debts("old"), *debts("soon", due_on="2024-02-12")])
    decisions = decided(view, CALLS_BEST)
    assert contacted(decisions) == {"old": "call", "soon": "email"}
    soon = decisions.chosen.loc[decisions.judged.asked["customer_id"] == "soon"].iloc[0]
    assert (soon["gain"], soon["basis"]) == (0.0, "nothing is overdue yet")


GROUP: list[Row] = [
    {"customer_id": "head"},
    {"customer_id": "one", "parent_id": "head"},
    {"customer_id": "two", "parent_id": "head"},
    {"customer_id": "apart"},
]


def test_a_group_is_contacted_at_its_head_once_with_the_gains_of_all_its_members() -> None:
    view = view_of(NIGHT, customers=GROUP, invoices=debts("one", "two", "apart"))
    positions = {name: place for place, name in enumerate(view.portfolio.customer_ids)}
    effects = WrittenEffects(own={positions["one"]: {"call": 0.1}, positions["two"]: {"call": 0.3, "sms": 0.25}})
    decisions = decided(view, effects, strategy=with_groups(B2B))
    assert set(contacted(decisions)) == {"head", "apart"}
    assert contacted(decisions)["head"] == "call"
    head = decisions.chosen.loc[positions["head"]]
    np.testing.assert_allclose([head["gain"], head["effect"]], [10_000 + 30_000, 0.2])
    assert reasons(decisions) == {"one": ("contacted_at_parent", 0), "two": ("contacted_at_parent", 0)}
    assert_every_cent_once(decisions)
    own = decisions.judged.best.set_axis(view.portfolio.customer_ids[decisions.judged.best.index])
    assert own["gain"].to_dict() == pytest.approx({"one": 10_000, "two": 30_000, "apart": 0})
    assert set(decisions.judged.facts["customer_id"]) == {"one", "two", "apart"}


def test_a_group_of_which_no_effect_is_known_has_the_assumed_gains_of_its_members() -> None:
    view = view_of(NIGHT, customers=GROUP, invoices=debts("one", "two", "apart"))
    decisions = decided(view, NOTHING_LEARNED, strategy=with_groups(B2B), p_unpaid_30d=0.4)
    gains = decisions.chosen["gain"].set_axis(decisions.judged.asked["customer_id"][decisions.chosen.index])
    assert gains.to_dict() == pytest.approx({"head": 30_000, "apart": 15_000})


@pytest.mark.parametrize("effects", [CALLS_BEST, NOTHING_LEARNED])
@pytest.mark.parametrize("rows", [{}, {"invoices": debts("anna", due_on="2024-05-01")}])
def test_a_night_on_which_nobody_owes_anything_decides_nothing(rows: dict[str, list[Row]], effects) -> None:
    decisions = decided(view_of(NIGHT, **rows), effects, roster=roster_of({"id": "ida"}))
    assert len(decisions.chosen) == len(decisions.eligible) == len(decisions.suppressed) == 0
    assert pd.Index(decisions.assignment.collectors["customers"]).tolist() == [0]
