"""A contact that reached no one uses up no patience, and its channel leads nowhere until something arrives there."""

import pytest

from ledger.as_of.view import View
from tests.support.view_from_rows import Row, facts_of, invoice_scores_of, view_of
from worklists.decide.parent_groups import contact_heads, facts_at_heads
from worklists.decide.reminders import due_soon
from worklists.decide.suppressions import suppressions
from worklists.rules.dunning_levels import contact_days
from worklists.rules.recommend import recommend
from worklists.rules.segments import assign_segments, load_segments
from worklists.rules.strategy import load_strategy

SEGMENTS = load_segments("standard")
B2B = load_strategy("b2b", SEGMENTS)
OVERDUE: list[Row] = [{"amount": 10_000, "due_on": "2024-01-31"}]
ADDRESSES: list[Row] = [{"customer_id": "c1", "email": "a@b.example", "phone": "+49 30 1"}]
BOUNCED = {"contacted_on": "2024-02-04", "channel": "email", "outcome": "bounced"}
NOT_THEM = {"contacted_on": "2024-02-04", "channel": "call", "outcome": "wrong_contact"}


def decided(view: View) -> tuple[str, list[str]]:
    """The channel, and what is said where the customer is held back."""
    facts = facts_of(view)
    soon = due_soon(view, invoice_scores_of(view), B2B.reminder.days_before_due)
    actions = recommend(facts, assign_segments(facts, SEGMENTS), B2B, soon, contact_days(view))
    return actions["channel"].iloc[0], suppressions(view, facts, actions, B2B)["text"].tolist()


def of_contacts(*contacts: Row, night: str = "2024-02-05", **rows: list[Row]) -> tuple[str, list[str]]:
    return decided(view_of(night, invoices=OVERDUE, contacts=list(contacts), **{"customers": ADDRESSES, **rows}))


def test_a_mail_that_came_back_holds_no_one_and_another_channel_is_taken() -> None:
    assert of_contacts() == ("email", [])
    assert of_contacts(BOUNCED) == ("call", [])
    assert of_contacts({**BOUNCED, "outcome": "no_answer"})[1] != []  # an attempt, which the customer may have noticed


def test_a_wrong_number_is_no_number_for_text_messages_either() -> None:
    assert of_contacts({**BOUNCED, "contacted_on": "2024-02-03"}, NOT_THEM) == ("letter", [])


def test_where_no_channel_is_left_it_is_said_which_came_back() -> None:
    gone = [{**BOUNCED, "channel": channel} for channel in ("email", "call", "letter", "visit")]
    assert of_contacts(*gone) == (
        "",
        [
            "No address that works for any permitted channel (email, call, sms, letter): what went out last by "
            "email, sms, call, letter, visit came back or reached the wrong person. 100.00 waits."
        ],
    )


def test_a_channel_lives_again_once_something_arrived_or_after_a_month() -> None:
    def dead(night: str, *contacts: Row) -> list[str]:
        return facts_of(view_of(night, invoices=OVERDUE, contacts=list(contacts)))["dead_channels"].tolist()

    assert dead("2024-02-08", BOUNCED, {"contacted_on": "2024-02-06", "channel": "email"}) == [""]
    assert [dead(night, BOUNCED) for night in ("2024-03-05", "2024-03-06")] == [["email"], [""]]


def test_a_contact_that_was_agreed_for_a_day_is_made_whatever_came_back_before() -> None:
    channel, said = of_contacts({**NOT_THEM, "next_contact_on": "2024-02-05"})
    assert (channel, said) == ("call", [])  # whoever wrote the day down knows another number


def test_an_agreed_call_that_reached_the_wrong_person_is_not_made_there_again_the_next_day() -> None:
    spoke = {"contacted_on": "2024-02-01", "channel": "call", "next_contact_on": "2024-02-04"}
    assert of_contacts(spoke) == ("call", [])
    assert of_contacts(spoke, NOT_THEM) == ("email", [])


def test_who_broke_a_promise_is_not_called_again_and_again_at_a_wrong_number() -> None:
    promised = [{"made_on": "2024-01-31", "promised_on": "2024-02-02", "amount": 10_000}]
    spoke = {"contacted_on": "2024-01-31", "channel": "call", "outcome": "promise"}
    assert of_contacts(spoke, promises=promised) == ("call", [])
    assert of_contacts(spoke, NOT_THEM, promises=promised) == ("email", [])
    assert of_contacts(NOT_THEM, promises=promised) == ("email", [])  # the ledger has no contact of that promise


def test_what_came_back_changes_nothing_that_was_agreed() -> None:
    spoke = {"contacted_on": "2024-02-01", "channel": "call", "next_contact_on": "2024-02-12"}
    (said,) = of_contacts(spoke, BOUNCED)[1]
    assert said.startswith("To be contacted again on 2024-02-12, as the last contact on 2024-02-01 left it.")


def test_what_came_back_counts_for_no_cap() -> None:
    days = ("2024-01-10", "2024-01-15", "2024-01-20", "2024-01-25", "2024-01-30")
    contacts: list[Row] = [{"contacted_on": day, "outcome": "reached"} for day in days]
    assert len(of_contacts(*contacts)[1]) == 1
    assert of_contacts(*contacts[1:], {**BOUNCED, "contacted_on": "2024-01-31"})[1] == []


@pytest.mark.parametrize(
    ("people", "dead"),
    [
        ([{"email": "A@b.example", "bounced_on": "2024-01-05"}], "email"),
        ([{"email": "other@b.example", "bounced_on": "2024-01-05"}], ""),
        ([{"email": "a@b.example", "bounced_on": "2024-01-05"}, {"email": "other@b.example"}], ""),
        ([{"email": "a@b.example", "bounced_on": "2024-02-05"}], ""),  # known on the next night
    ],
)
def test_mail_is_dead_where_every_address_is_known_to_bounce(people: list[Row], dead: str) -> None:
    some = [{"person_id": f"p{place}", "customer_id": "c1", **one} for place, one in enumerate(people)]
    facts = facts_of(view_of("2024-02-05", invoices=OVERDUE, customers=ADDRESSES, people=some))
    assert facts["dead_channels"].tolist() == [dead]


def test_of_a_group_the_contact_that_arrived_last_counts() -> None:
    customers: list[Row] = [{"customer_id": "a"}, {"customer_id": "b", "parent_id": "a"}]
    invoices: list[Row] = [{"customer_id": one, "amount": 10_000} for one in ("a", "b")]
    contacts: list[Row] = [
        {"customer_id": "b", "contacted_on": "2024-02-02", "channel": "call", "next_contact_on": "2024-02-09"},
        {"customer_id": "a", **BOUNCED},
    ]
    view = view_of("2024-02-05", customers=customers, invoices=invoices, contacts=contacts)
    facts = facts_of(view)
    row = facts_at_heads(view, facts, contact_heads(view, facts, "parent")).loc[0]
    assert [str(row[name]) for name in ("last_contact_channel", "last_arrived_channel", "dead_channels")] == [
        "email", "call", "email",
    ]  # fmt: skip
    assert [str(row[name].date()) for name in ("last_arrived_on", "agreed_on", "next_contact_on")] == [
        "2024-02-02", "2024-02-02", "2024-02-09",
    ]  # fmt: skip
