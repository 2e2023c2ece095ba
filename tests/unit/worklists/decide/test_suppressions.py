"""What lowers the collectible amount, to the cent, and who is left alone, with the reason."""

import pandas as pd
import pytest

from ledger.as_of.view import View
from tests.support.view_from_rows import Row, facts_of, invoice_scores_of, view_of
from worklists.decide.due_contacts import due_words
from worklists.decide.reminders import due_soon
from worklists.decide.suppression_reasons import COLUMNS, HOLDING, REASONS
from worklists.decide.suppressions import suppressions
from worklists.rules.dunning_levels import contact_days
from worklists.rules.recommend import recommend
from worklists.rules.segments import assign_segments, load_segments
from worklists.rules.strategy import Strategy, load_strategy

SEGMENTS = load_segments("standard")
B2B = load_strategy("b2b", SEGMENTS)


def suppressed(view: View, strategy: Strategy = B2B) -> pd.DataFrame:
    facts = facts_of(view)
    soon = due_soon(view, invoice_scores_of(view), strategy.reminder.days_before_due)
    actions = recommend(facts, assign_segments(facts, SEGMENTS), strategy, soon, contact_days(view))
    return suppressions(view, facts, actions, strategy)


def told(view: View) -> list[tuple[str, str, int, str]]:
    """invoice_id ('' for the account), reason, amount, text."""
    rows = suppressed(view).fillna({"invoice_id": ""})
    return list(rows[["invoice_id", "reason", "amount", "text"]].itertuples(index=False, name=None))


def test_every_part_is_told_with_its_invoice_its_amount_and_its_date() -> None:
    view = view_of(
        "2024-02-05",
        invoices=[{"amount": 10_000}, {"amount": 20_000}, {"amount": 30_000}],
        disputes=[{"invoice_id": "i1", "amount": 4_000}],
        promises=[
            {"invoice_id": "i2", "promised_on": "2024-02-10", "amount": 5_000},
            {"promised_on": "2024-02-12", "amount": 1_000},
        ],
        payments=[{"amount": 700, "paid_on": "2024-01-20"}],
    )
    assert told(view) == [
        ("i1", "dispute", 4_000, "40.00 is disputed since 2024-02-01."),
        ("i2", "promise", 5_000, "50.00 is promised by 2024-02-10."),
        ("", "promise", 1_000, "10.00 is promised by 2024-02-12."),
        ("", "credit", 700, "7.00 of credit is not yet applied."),
    ]
    assert facts_of(view)["collectible_amount"].tolist() == [60_000 - 4_000 - 5_000 - 1_000 - 700]


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        ([{"invoice_id": "i1", "until_on": "2024-03-01"}], "100.00 is on hold until 2024-03-01."),
        ([{"invoice_id": "i1"}], "100.00 is on hold, and no end is known."),
        ([{"customer_id": "c1"}], "100.00 is on hold, and no end is known."),
        (
            [{"invoice_id": "i1", "until_on": "2024-03-01"}, {"customer_id": "c1"}],
            "100.00 is on hold, and no end is known.",
        ),
        (
            [{"invoice_id": "i1", "until_on": "2024-03-01"}, {"customer_id": "c1", "until_on": "2024-04-01"}],
            "100.00 is on hold until 2024-04-01.",
        ),
    ],
)
def test_a_hold_is_told_with_its_last_day_or_that_it_has_none(holds: list[Row], said: str) -> None:
    view = view_of(
        "2024-02-05", invoices=[{"amount": 10_000}], holds=[{"from_on": "2024-01-20", **one} for one in holds]
    )
    assert said in [text for _, reason, _, text in told(view) if reason == "hold"]


ALL_COVERED = "All of 100.00 overdue is disputed, held, on its way, promised or covered by credit."


def test_credit_counts_only_up_to_what_is_left_and_then_nothing_is_collectible() -> None:
    view = view_of(
        "2024-02-05",
        invoices=[{"amount": 10_000}],
        disputes=[{"invoice_id": "i1", "amount": 4_000}],
        payments=[{"amount": 50_000}],
    )
    assert told(view) == [
        ("i1", "dispute", 4_000, "40.00 is disputed since 2024-02-01."),
        ("", "credit", 6_000, "60.00 of credit is not yet applied."),
        ("", "nothing_collectible", 0, ALL_COVERED),
    ]


def test_what_is_not_overdue_lowers_nothing() -> None:
    view = view_of(
        "2024-01-10", invoices=[{"amount": 10_000}], disputes=[{"invoice_id": "i1", "opened_on": "2024-01-05"}]
    )
    assert told(view) == []


def test_amounts_of_several_currencies_are_told_in_the_reporting_currency() -> None:
    view = view_of(
        "2024-02-05",
        invoices=[{"amount": 10_001, "currency": "USD"}],
        disputes=[{"invoice_id": "i1", "amount": 5_001}],
        fx_rates=[{"currency": "USD", "rate": 0.5}],
    )
    assert [(row[1], row[2]) for row in told(view)] == [("dispute", 2_500)]
    assert facts_of(view)["collectible_amount"].tolist() == [5_000 - 2_500]


OVERDUE: list[Row] = [{"amount": 10_000}]
CONTACT: Row = {"contacted_on": "2024-02-03", "channel": "call"}


@pytest.mark.parametrize(
    ("rows", "reason", "text"),
    [
        (
            {"contacts": [CONTACT]},
            "contacted_recently",
            "Contacted on 2024-02-03 by call, less than 5 days ago. 100.00 waits.",
        ),
        (
            {"customers": [{"customer_id": "c1", "do_not_contact": True}], "contacts": [CONTACT]},
            "do_not_contact",
            "The customer must not be contacted. 100.00 waits.",
        ),
        (
            {"adjustments": [{"invoice_id": "i2", "kind": "collection_handover", "amount": 500}]},
            "handed_over",
            "An invoice was handed over to collection: the agency speaks with the customer. 100.00 waits.",
        ),
    ],
)
def test_a_customer_held_back_has_one_reason_and_the_amount_that_waits(
    rows: dict[str, list[Row]], reason: str, text: str
) -> None:
    view = view_of("2024-02-05", invoices=[*OVERDUE, {"amount": 500}], **rows)
    if "adjustments" not in rows:
        view = view_of("2024-02-05", invoices=OVERDUE, **rows)
    assert told(view) == [("", reason, 10_000, text)]


def test_a_customer_whom_no_permitted_channel_reaches_is_told_apart() -> None:
    by_wire = Strategy(B2B.rules.model_copy(update={"minutes": {"email": 3, "call": 12}}))
    customers: list[Row] = [{"customer_id": "c1"}, {"customer_id": "c2", "email": "a@b.example", "phone": "+49 30 1"}]
    view = view_of("2024-02-05", invoices=[*OVERDUE, {"amount": 500, "customer_id": "c2"}], customers=customers)
    assert suppressed(view, by_wire)[["customer_id", "reason", "amount", "text"]].values.tolist() == [
        ["c1", "unreachable", 10_000, "No address for any permitted channel (email, call). 100.00 waits."]
    ]


def test_the_days_between_contacts_end_on_the_day_that_the_strategy_says() -> None:
    assert len(suppressed(view_of("2024-02-07", invoices=OVERDUE, contacts=[CONTACT]))) == 1
    assert len(suppressed(view_of("2024-02-08", invoices=OVERDUE, contacts=[CONTACT]))) == 0


def test_a_month_with_as_many_contacts_as_the_strategy_allows_is_over_after_thirty_days() -> None:
    days = ("2024-01-10", "2024-01-15", "2024-01-20", "2024-01-25", "2024-01-30")
    contacts: list[Row] = [{"contacted_on": day} for day in days]
    assert told(view_of("2024-02-09", invoices=OVERDUE, contacts=contacts)) == [
        ("", "month_cap", 10_000, "5 contacts in the last 30 days: the strategy allows 5. 100.00 waits.")
    ]
    assert told(view_of("2024-02-10", invoices=OVERDUE, contacts=contacts)) == []
    assert told(view_of("2024-02-09", invoices=OVERDUE, contacts=contacts[1:])) == []


def test_a_hand_over_of_more_than_a_year_ago_holds_nobody() -> None:
    rows: dict[str, list[Row]] = {
        "invoices": [*OVERDUE, {"amount": 500}],
        "adjustments": [{"invoice_id": "i2", "kind": "collection_handover", "amount": 500}],
    }
    assert suppressed(view_of("2025-01-31", **rows))["reason"].tolist() == ["handed_over"]
    assert suppressed(view_of("2025-02-02", **rows))["reason"].tolist() == []


def test_a_reminder_that_is_held_back_is_told_without_an_amount() -> None:
    customer: list[Row] = [{"customer_id": "c1", "do_not_contact": True}]
    view = view_of("2024-01-30", invoices=OVERDUE, customers=customer)
    assert told(view) == [("", "do_not_contact", 0, "The customer must not be contacted.")]


def test_nobody_is_held_in_a_ledger_where_nothing_is_owed() -> None:
    view = view_of("2024-02-05", invoices=OVERDUE, payments=[{"invoice_id": "i1", "amount": 10_000}])
    rows = suppressed(view)
    assert list(rows) == COLUMNS
    assert rows.empty


def test_the_codes_are_stable_and_each_has_a_meaning() -> None:
    assert [code for code in REASONS if code not in HOLDING] == [
        *("dispute", "hold", "coming", "promise", "credit", "paid_back", "group_credit"),
    ]
    assert HOLDING == (
        "nothing_collectible", "too_small", "handed_over", "do_not_contact", "handover_queue", "unreachable", "put_off",
        "notice_running", "contacted_recently", "month_cap", "hold_out", "no_capacity", "contacted_at_parent",
    )  # fmt: skip
    assert all(reason.meaning for reason in REASONS.values())


def test_who_is_to_be_contacted_again_waits_for_the_day_and_is_due_on_it() -> None:
    invoices = [{"amount": 10_000, "due_on": "2024-01-02"}]
    left = {"contacted_on": "2024-02-01", "next_contact_on": "2024-02-12"}

    def held(night: str, *contacts: Row) -> list[str]:
        rows = suppressed(view_of(night, invoices=invoices, contacts=list(contacts)))
        return rows["reason"].tolist()

    assert held("2024-02-11", left) == ["put_off"]
    assert (
        "as the last contact on 2024-02-01 left it"
        in suppressed(view_of("2024-02-11", invoices=invoices, contacts=[left]))["text"].iloc[0]
    )
    assert held("2024-02-12", left) == []
    assert held("2024-02-12", left, {"contacted_on": "2024-02-10"}) == ["contacted_recently"]
    soon = {"contacted_on": "2024-02-01", "next_contact_on": "2024-02-03"}
    assert held("2024-02-03", soon) == []  # what was agreed on is no dunning
    assert held("2024-02-11", {**left, "next_contact_on": "2034-02-12"}) == []  # a typing error
    due = [facts_of(view_of(night, invoices=invoices, contacts=[left]))["contact_due"].iloc[0]
           for night in ("2024-02-11", "2024-02-12", "2024-02-26", "2024-02-27")]  # fmt: skip
    assert due == [False, True, True, False]


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_of_two_contacts_on_one_day_the_one_with_a_day_says_when_to_contact_again(ids: tuple[str, str]) -> None:
    spoke: list[Row] = [
        {"contact_id": ids[0], "contacted_on": "2024-02-05", "channel": "call", "next_contact_on": "2024-02-20"},
        {"contact_id": ids[1], "contacted_on": "2024-02-05", "channel": "call"},
    ]
    invoices: list[Row] = [{"amount": 10_000, "due_on": "2024-01-02"}]
    held = suppressed(view_of("2024-02-14", invoices=invoices, contacts=spoke))
    assert held["reason"].tolist() == ["put_off"]


def test_a_promise_that_was_not_kept_is_due_on_the_next_list_unless_someone_asked_or_something_came() -> None:
    rows = {
        "invoices": [{"amount": 10_000, "due_on": "2024-01-02"}],
        "promises": [{"made_on": "2024-02-05", "promised_on": "2024-02-09", "amount": 10_000}],
    }
    spoke = {"contacted_on": "2024-02-05", "channel": "call"}

    def due(night: str, *contacts: Row, payments: list[Row] | None = None) -> list[str]:
        facts = facts_of(view_of(night, contacts=list(contacts), payments=payments or [], **rows))
        return due_words(facts).tolist()

    assert due("2024-02-09", spoke) == [""]  # until its day has passed
    assert due("2024-02-10", spoke) == ["the promise of 2024-02-09 was not kept"]
    assert due("2024-02-12", spoke) == ["the promise of 2024-02-09 was not kept"]  # Monday after a Friday
    assert due("2024-02-13", spoke) == [""]  # from then on it is ranked by its worth
    assert due("2024-02-12", spoke, {"contacted_on": "2024-02-10"}) == [""]
    part = {"paid_on": "2024-02-11", "amount": 9_000}  # two days late: who pays is not asked why on the next morning
    assert due("2024-02-12", spoke, payments=[part]) == [""]
    held = suppressed(view_of("2024-02-10", contacts=[{**spoke, "contacted_on": "2024-02-07"}], **rows))
    assert held["reason"].tolist() == []  # it was contacted three days ago, and that is no reason to wait
