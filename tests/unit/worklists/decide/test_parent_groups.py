"""Groups of customers: found at the top of the tree, contacted once, with every figure of the group."""

import numpy as np
import pandas as pd
import pytest

from ledger.as_of.view import View
from tests.support.view_from_rows import Row, facts_of, view_of
from worklists.call_sheet.on_account import on_account
from worklists.decide.parent_groups import contact_heads, contacted_at_parent, facts_at_heads, sum_to_heads
from worklists.decide.suppressions import suppressions
from worklists.rules.dunning_levels import contact_days
from worklists.rules.promise_state import OPEN
from worklists.rules.recommend import recommend
from worklists.rules.segments import assign_segments, load_segments
from worklists.rules.strategy import load_strategy

SEGMENTS = load_segments("standard")
B2B = load_strategy("b2b", SEGMENTS)


def family(parents: dict[str, str | None], invoiced: tuple[str, ...] | None = None, **rows: list[Row]) -> View:
    """A night with an overdue invoice of 100.00 for each customer, or for those named."""
    owed = parents if invoiced is None else invoiced
    customers: list[Row] = [{"customer_id": name, "parent_id": parent} for name, parent in parents.items()]
    invoices: list[Row] = [{"customer_id": name, "amount": 10_000} for name in owed]
    return view_of("2024-02-05", **{"customers": customers, "invoices": invoices} | rows)


def heads_by_id(view: View) -> dict[str, str]:
    ids = view.portfolio.customer_ids
    heads = contact_heads(view, facts_of(view), "parent")
    return dict(zip(ids[heads.index], ids[heads], strict=True))


@pytest.mark.parametrize(
    ("parents", "heads"),
    [
        ({"a": None, "b": "a", "c": "b", "d": "c"}, {"a": "a", "b": "a", "c": "a", "d": "a"}),
        ({"a": "gone", "b": "a"}, {"a": "a", "b": "a"}),
        ({"a": "b", "b": "a", "c": "b", "d": None}, {"a": "a", "b": "b", "c": "c", "d": "d"}),
        ({"a": "a", "b": "a"}, {"a": "a", "b": "a"}),
        ({"e": None, "d": "e", "c": "d", "b": "c", "a": "b"}, dict.fromkeys("abcde", "e")),
    ],
)
def test_the_head_is_the_top_of_the_tree_and_a_circle_or_an_unknown_parent_has_none(
    parents: dict[str, str | None], heads: dict[str, str]
) -> None:
    assert heads_by_id(family(parents)) == heads


def test_a_parent_that_is_not_known_yet_counts_as_none() -> None:
    customers: list[Row] = [
        {"customer_id": "a", "onboarded_on": "2024-02-05"}, {"customer_id": "b", "parent_id": "a"},
    ]  # fmt: skip
    assert heads_by_id(family({}, ("b",), customers=customers))["b"] == "b"


def test_every_customer_is_its_own_head_where_the_strategy_contacts_customers() -> None:
    view = family({"a": None, "b": "a"})
    facts = facts_of(view)
    heads = contact_heads(view, facts, "customer")
    assert heads.tolist() == [0, 1]
    pd.testing.assert_frame_equal(facts_at_heads(view, facts, heads), facts)


def test_whom_an_agency_has_stays_apart() -> None:
    handed: list[Row] = [{"invoice_id": "i2", "kind": "collection_handover", "amount": 500}]
    view = family({"a": None, "b": "a", "c": "a"}, adjustments=handed)
    assert heads_by_id(view) == {"a": "a", "b": "b", "c": "a"}


def test_a_head_has_the_figures_of_its_group() -> None:
    view = family(
        {"a": None, "b": "a", "c": "a", "z": None},
        invoices=[
            {"customer_id": "a", "amount": 1_000, "due_on": "2024-02-01"},
            {"customer_id": "b", "amount": 3_000, "due_on": "2024-01-06"},
            {"customer_id": "c", "amount": 500, "due_on": "2024-02-20"},
            {"customer_id": "z", "amount": 700},
        ],
        contacts=[
            {"customer_id": "a", "contacted_on": "2024-01-20", "collector_id": "ida"},
            {"customer_id": "b", "contacted_on": "2024-01-30", "channel": "call", "collector_id": "ole"},
        ],
        promises=[
            {"customer_id": "b", "promised_on": "2024-02-03", "amount": 50},
            {"customer_id": "c", "promised_on": "2024-02-09", "amount": 50},
        ],
    )
    facts = facts_of(view, p_unpaid_30d=[0.2, 0.6, 0.9, 0.1], risk_band=["A", "D", "E", "B"])
    heads = contact_heads(view, facts, "parent")
    at_heads = facts_at_heads(view, facts, heads)
    row = at_heads.loc[0]
    assert at_heads["customer_id"].tolist() == ["a", "z"]
    assert (row["open_amount"], row["overdue_amount"], row["collectible_amount"]) == (4_500, 4_000, 4_000)
    assert (row["days_past_due"], row["next_due_on"]) == (30, pd.Timestamp("2024-02-20"))
    assert row["p_unpaid_30d"] == pytest.approx((1_000 * 0.2 + 3_000 * 0.6) / 4_000)
    assert (row["last_contact_on"], row["last_contact_channel"]) == (pd.Timestamp("2024-01-30"), "call")
    assert (row["contacts_30d"], row["collector_id"], row["risk_band"]) == (2, "ida", "D")
    assert (row["promise_state"], row["promise_day"]) == (OPEN, pd.Timestamp("2024-02-09"))
    pd.testing.assert_series_equal(at_heads.loc[3], facts.loc[3])
    pd.testing.assert_series_equal(at_heads.dtypes, facts.dtypes)
    assert sum_to_heads(pd.Series([1.0, 2.0, 4.0, 8.0]), heads).to_dict() == {0: 7.0, 3: 8.0}
    soon = pd.DataFrame({"amount": [1, 2, 4, 8], "at_risk": [1.0, 0.0, 0.5, 0.0]})
    assert sum_to_heads(soon, heads)["at_risk"].to_dict() == {0: 1.5, 3: 0.0}


def test_a_head_that_was_never_invoiced_is_contacted_and_its_wish_counts() -> None:
    customers: list[Row] = [
        {"customer_id": "a", "name": "Holding", "phone": "+49 30 1"}, {"customer_id": "b", "parent_id": "a"},
        {"customer_id": "c", "parent_id": "a", "do_not_contact": True},
    ]  # fmt: skip
    contact: list[Row] = [{"customer_id": "a", "contacted_on": "2024-02-04", "collector_id": "ida"}]
    promise: list[Row] = [{"customer_id": "a", "promised_on": "2024-02-09", "amount": 5}]
    view = family({}, ("b", "c"), customers=customers, contacts=contact, promises=promise)
    facts = facts_of(view)
    at_heads = facts_at_heads(view, facts, contact_heads(view, facts, "parent"))
    assert at_heads["customer_name"].tolist() == ["Holding"]
    assert at_heads.loc[0, ["collectible_amount", "do_not_contact", "has_phone"]].tolist() == [19_995, False, True]
    assert at_heads.loc[0, ["last_contact_channel", "contacts_30d", "collector_id", "promise_state"]].tolist() == [
        "email", 1, "ida", OPEN,
    ]  # fmt: skip
    assert at_heads.loc[0, ["last_contact_on"]].tolist() == [pd.Timestamp("2024-02-04")]
    assert not at_heads[["p_unpaid_30d", "p_default", "risk_band", "score_points"]].isna().any(axis=None)
    pd.testing.assert_series_equal(at_heads.dtypes, facts.dtypes)


def test_members_are_held_back_with_the_words_where_their_money_is_collected() -> None:
    view = family({"a": None, "b": "a", "c": "a", "d": "a"}, ("a", "b", "c"), disputes=[{"invoice_id": "i3"}])
    facts = facts_of(view)
    heads = contact_heads(view, facts, "parent")
    at_heads = facts_at_heads(view, facts, heads)
    nothing = pd.DataFrame({"amount": np.zeros(4), "at_risk": np.zeros(4)})
    actions = recommend(at_heads, assign_segments(at_heads, SEGMENTS), B2B, nothing, contact_days(view, heads))
    rows = suppressions(view, facts, actions, B2B, heads)
    assert rows[["customer_id", "reason", "amount", "text"]].values.tolist() == [
        ["b", "contacted_at_parent", 0, "Contacted at a, the head of its group. 100.00 is collected there."],
        ["c", "dispute", 10_000, "100.00 is disputed since 2024-02-01."],
        ["c", "contacted_at_parent", 0, "Contacted at a, the head of its group."],
    ]
    assert actions["action"].tolist() == ["payment_reminder"]


def test_what_a_head_promises_beyond_its_own_debts_is_for_its_group() -> None:
    promised = {"customer_id": "a", "promised_on": "2024-02-20"}
    for cents, of_all in ((25_000, 25_000), (40_000, 30_000)):
        view = family({"a": None, "b": "a", "c": "a", "d": None}, promises=[promised | {"amount": cents}])
        facts = facts_of(view)
        heads = contact_heads(view, facts, "parent")
        at_heads = facts_at_heads(view, facts, heads)
        assert at_heads["promised_amount"].tolist() == [of_all, 0]
        assert at_heads["collectible_amount"].tolist() == [30_000 - of_all, 10_000]
        nothing = pd.DataFrame({"amount": np.zeros(4), "at_risk": np.zeros(4)})
        actions = recommend(at_heads, assign_segments(at_heads, SEGMENTS), B2B, nothing, contact_days(view, heads))
        rows = suppressions(view, facts, actions, B2B, heads)
        lowering = rows[rows["reason"].isin(["promise", "group_credit"])]
        text = f"{of_all / 100:.2f} is promised by 2024-02-20."
        assert lowering[["customer_id", "reason", "amount", "text"]].values.tolist() == [["a", "promise", of_all, text]]
        (said,) = on_account(view, np.array([0])).to_dict("records")
        assert (said["customer"], said["kind"], said["amount"]) == (0, "promised", cents)


def test_a_head_that_is_on_hold_is_not_asked_for_what_the_others_owe() -> None:
    for until, said in (("2024-02-20", "until 2024-02-20."), (None, "and no end is known.")):
        hold = {"customer_id": "a", "from_on": "2024-02-01", "until_on": until}
        view = family({"a": None, "b": "a", "c": None}, holds=[hold])
        facts = facts_of(view)
        heads = contact_heads(view, facts, "parent")
        at_heads = facts_at_heads(view, facts, heads)
        assert at_heads[["held_amount", "collectible_amount"]].values.tolist() == [[20_000, 0], [0, 10_000]]
        nothing = pd.DataFrame({"amount": np.zeros(3), "at_risk": np.zeros(3)})
        actions = recommend(at_heads, assign_segments(at_heads, SEGMENTS), B2B, nothing, contact_days(view, heads))
        rows = suppressions(view, facts, actions, B2B, heads)
        held = rows[rows["reason"] == "hold"]
        assert held["amount"].tolist() == [10_000, 10_000] and held["invoice_id"].isna().sum() == 1
        assert held["text"].str.endswith(said).all()


def test_a_ledger_without_customers_has_no_groups() -> None:
    view = view_of("2024-02-05")
    facts = facts_of(view)
    heads = contact_heads(view, facts, "parent")
    assert facts_at_heads(view, facts, heads).empty and contacted_at_parent(facts, heads, heads).empty
