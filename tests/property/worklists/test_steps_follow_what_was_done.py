"""No step without the one before it, no channel outside the action's, a reminder once for each invoice."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.as_of.view import view_as_of
from ledger.clock import day_number, owner_days
from ledger.portfolio import number
from ledger.tables import CHANNELS
from tests.oracle.dunning_levels import Contact, channels_for, contacts_with, level_of, may_come
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.view_from_rows import Row, facts_of, invoice_scores_of, view_of
from worklists.decide.reminders import due_soon
from worklists.rules.actions import ESCALATIONS
from worklists.rules.channel_rules import BIT
from worklists.rules.dunning_levels import ContactDays, contact_days
from worklists.rules.recommend import dunning_levels, recommend
from worklists.rules.segments import assign_segments, load_segments
from worklists.rules.strategy import Strategy, load_strategy, usable_channels

SEGMENTS = load_segments("standard")
STRATEGIES = {name: load_strategy(name, SEGMENTS) for name in ("b2b", "consumer", "healthcare", "retail")}
TONIGHT = pd.Timestamp("2024-02-01")
TODAY = day_number(TONIGHT)
FACTS = facts_of(view_of("2024-02-01", invoices=[{"amount": 1}]))
CENTS = (1, 5_000, 5_001, 20_000, 25_000, 50_000, 50_001, 1_000_000, 5_000_000)


class Customer(NamedTuple):
    """One customer tonight: how old the debt is, how much, of which segment, and the contacts."""

    past_due: int
    cents: int
    segment: str
    contacts: list[Contact]


contacts_ago = st.builds(
    lambda ago, channel, outcome: Contact(TODAY - ago, channel, outcome),
    st.integers(1, 70), st.sampled_from(CHANNELS), st.sampled_from([None, None, "reached", "bounced", "wrong_contact"]),
)  # fmt: skip
some_customers = st.lists(
    st.builds(
        Customer,
        st.one_of(st.integers(1, 60), st.integers(1, 400)),
        st.sampled_from(CENTS), st.sampled_from(SEGMENTS.names), st.lists(contacts_ago, max_size=8),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


def nights(customers: list[Customer]) -> tuple[pd.DataFrame, pd.DataFrame, ContactDays]:
    """Facts, segments and contact days."""
    facts = FACTS.loc[np.zeros(len(customers), dtype=int)].reset_index(drop=True)
    past_due, cents = [one.past_due for one in customers], [one.cents for one in customers]
    facts = facts.assign(
        collectible_days_past_due=past_due, days_past_due=past_due, collectible_amount=cents, overdue_amount=cents
    )
    segments = pd.DataFrame({"segment": pd.Series([one.segment for one in customers], dtype="str")})
    by_day: dict[int, int] = {}
    for place, one in enumerate(customers):
        for contact in one.contacts:
            if contact.outcome not in ("bounced", "wrong_contact"):
                key = int(owner_days(np.array([place]), np.array([contact.day]))[0])
                by_day[key] = by_day.get(key, 0) | BIT[contact.channel]
    days = sorted(by_day)
    channels = np.array([by_day[day] for day in days], dtype=np.int64)
    return facts, segments, ContactDays(TONIGHT, np.array(days, dtype=np.int64), channels)


def recommended(strategy: Strategy, customers: list[Customer]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The facts, and what is recommended of them."""
    facts, segments, contacts = nights(customers)
    soon = pd.DataFrame({"amount": [0], "at_risk": [0.0]}).reindex(facts.index).fillna(0)
    return facts, recommend(facts, segments, strategy, soon, contacts)


def reached_on(day: int | None) -> pd.Timestamp | None:
    return None if day is None else pd.Timestamp(0) + pd.Timedelta(days=day)


@settings(max_examples=30)
@given(st.sampled_from(sorted(STRATEGIES)), some_customers)
def test_no_step_comes_without_the_one_before_it_nor_by_a_channel_that_it_does_not_permit(
    name: str, customers: list[Customer]
) -> None:
    strategy = STRATEGIES[name]
    facts, actions = recommended(strategy, customers)
    usable = usable_channels(facts, actions, strategy)
    for place, one in enumerate(customers):
        row, due = actions.iloc[place], TODAY - one.past_due
        level, reached = level_of(strategy.rules, one.segment, one.cents / 100, due, one.contacts)
        assert row["dunning_level"] == level
        assert row["last_step_on"] == reached_on(reached) or level == 0
        ladder = strategy.ladder(one.segment)
        can_come = [
            step
            for step in range(len(ladder))
            if may_come(strategy.rules, one.segment, step, level, reached, due, TODAY)
        ]
        could = {ladder[step].action for step in can_come}
        again = ladder[max(level - 1, 0)]
        if row["repeated"]:
            assert row["action"] == ("follow_up" if again.action == "final_notice" else again.action)
            assert could <= set(ESCALATIONS)  # whose conditions do not hold
            permitted = channels_for(
                strategy.rules, again.model_copy(update={"action": row["action"]}), one.segment, one.cents / 100
            )
        else:
            assert row["action"] in could
            step = ladder[max(step for step in can_come if ladder[step].action == row["action"])]
            permitted = channels_for(strategy.rules, step, one.segment, one.cents / 100)
        assert row["channel"] in permitted
        assert {channel for channel in usable if usable.loc[place, channel]} <= permitted


@settings(max_examples=30)
@given(st.sampled_from(sorted(STRATEGIES)), some_customers, contacts_ago)
def test_a_contact_more_never_lowers_the_level(name: str, customers: list[Customer], more: Contact) -> None:
    _, before = recommended(STRATEGIES[name], customers)
    _, after = recommended(STRATEGIES[name], [one._replace(contacts=[*one.contacts, more]) for one in customers])
    assert (after["dunning_level"] >= before["dunning_level"]).all()
    assert (after["dunning_level"] <= [len(STRATEGIES[name].ladder(one.segment)) - 1 for one in customers]).all()


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("seed", range(2))
def test_the_level_of_every_open_invoice_is_that_of_a_loop_over_contacts(seed: int, name: str) -> None:
    portfolio, strategy, levels = number(random_ledger(seed)), STRATEGIES[name], []
    for night in NIGHTS:
        view = view_as_of(portfolio, pd.Timestamp(night), "EUR")
        facts = facts_of(view)
        segments = assign_segments(facts, SEGMENTS)
        found = dunning_levels(view, facts, segments, strategy, contact_days(view))
        opened = view.invoices[(view.invoices["kind"] == "invoice") & (view.invoices["open_amount"] > 0)]
        assert list(found.index) == list(opened.index)
        for place, invoice in opened.iterrows():
            customer = invoice["customer"]
            level, reached = level_of(
                strategy.rules, segments.loc[customer, "segment"], facts.loc[customer, "collectible_amount"] / 100,
                day_number(invoice["due_on"]), contacts_with(view.tables["contacts"], customer),
            )  # fmt: skip
            assert found.loc[place, "dunning_level"] == level
            assert (found.loc[place, "last_step_on"] - pd.Timestamp(0)).days == reached if level else True
        levels += found["dunning_level"].tolist()
    assert max(levels) > 0


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 12), st.booleans(), st.booleans()), max_size=5))
def test_a_reminder_comes_once_for_each_invoice(contacts: list[tuple[int, int, bool, bool]]) -> None:
    """Contacts by days before tonight, with the invoice that they name, if any, and whether they arrived."""
    invoices: list[Row] = [
        {"amount": 10_000, "due_on": str((TONIGHT + pd.Timedelta(days=days)).date()), "customer_id": f"c{days % 3}"}
        for days in range(8)
    ]
    rows: list[Row] = [
        {
            "customer_id": invoices[about % 8]["customer_id"],
            "invoice_id": f"i{about % 8 + 1}" if named else None,
            "contacted_on": str((TONIGHT - pd.Timedelta(days=ago + 1)).date()),
            "outcome": "reached" if arrived else "bounced",
        }
        for ago, about, named, arrived in contacts
    ]
    view = view_of("2024-02-01", invoices=invoices, contacts=rows)
    for days in (3, 5):
        expected: dict[str, int] = {}
        for place, invoice in enumerate(invoices, start=1):
            due = pd.Timestamp(str(invoice["due_on"]))
            spoken_of = any(
                row["outcome"] == "reached"
                and row["customer_id"] == invoice["customer_id"]
                and row["invoice_id"] in (None, f"i{place}")
                and pd.Timestamp(str(row["contacted_on"])) >= due - pd.Timedelta(days=days)
                for row in rows
            )
            if not spoken_of and (due - TONIGHT).days <= days:
                expected[str(invoice["customer_id"])] = expected.get(str(invoice["customer_id"]), 0) + 10_000
        soon = due_soon(view, invoice_scores_of(view), days)["amount"].set_axis(view.portfolio.customer_ids)
        assert soon[soon > 0].to_dict() == expected
