"""The worklist: by value at risk, reminders last, nobody who is held back."""

import pandas as pd
import pytest

from tests.small_books import facts_of, view_of
from worklists.rank import COLUMNS, expected_gain, worklist
from worklists.suppress import COLUMNS as SUPPRESSED

NIGHT = pd.Timestamp("2024-02-10")
CUSTOMERS = ["a", "b", "c", "d", "e"]


def facts(collectible: list[int], p_unpaid_30d: list[float]) -> pd.DataFrame:
    invoices = [{"amount": cents or 1, "customer_id": name, "due_on": "2024-02-01" if cents else "2024-02-12"}
                for name, cents in zip(CUSTOMERS, collectible, strict=False)]  # fmt: skip
    return facts_of(view_of(str(NIGHT.date()), invoices=invoices), p_unpaid_30d=p_unpaid_30d)


def listed(
    known: pd.DataFrame, action: list[str], held: tuple[tuple[str, str], ...] = (), reminder_value: tuple[int, ...] = ()
) -> pd.DataFrame:
    actions = pd.DataFrame({"action": action, "channel": "email", "reminder_value": 0}, index=known.index)
    if reminder_value:
        actions["reminder_value"] = reminder_value
    suppressed = pd.DataFrame([(name, None, code, 0, "") for name, code in held], columns=SUPPRESSED)
    segments = pd.DataFrame({"segment": "some"}, index=known.index)
    reasons = pd.DataFrame({"reason_1": "first", "reason_2": "second", "reason_3": ""}, index=known.index)
    return worklist(known, segments, actions, suppressed, reasons, NIGHT)


def test_the_rank_is_by_value_at_risk_and_then_by_customer() -> None:
    known = facts([10_000, 20_000, 40_000, 40_000], [0.5, 0.5, 0.125, 0.125])
    rows = listed(known, ["call"] * 4)
    assert rows["customer_id"].tolist() == ["b", "a", "c", "d"]
    assert rows["expected_gain"].tolist() == [10_000, 5_000, 5_000, 5_000]
    assert rows["rank"].tolist() == [1, 2, 3, 4]
    assert rows.index.tolist() == [1, 0, 2, 3]
    assert list(rows) == COLUMNS
    assert rows["as_of"].eq(NIGHT).all() and rows["reason_1"].eq("first").all()


def test_expected_gain_is_rounded_to_whole_cents() -> None:
    known = facts([101, 3], [0.333, 0.5])
    assert expected_gain(known).tolist() == [34, 2]


def test_who_is_held_back_or_has_no_action_is_not_listed_but_who_has_a_part_disputed_is() -> None:
    known = facts([10_000, 20_000, 30_000, 40_000], [0.5] * 4)
    held = (("b", "do_not_contact"), ("c", "dispute"))
    rows = listed(known, ["call", "call", "call", ""], held)
    assert rows["customer_id"].tolist() == ["c", "a"]
    assert rows["rank"].tolist() == [1, 2]


def test_reminders_come_last_by_the_amount_at_risk_of_being_late_and_gain_nothing_yet() -> None:
    known = facts([0, 0, 10_000, 0], [0.9] * 4)
    rows = listed(known, ["pre_due_reminder", "pre_due_reminder", "call", "pre_due_reminder"], (), (5, 70, 0, 5))
    assert rows["customer_id"].tolist() == ["c", "b", "a", "d"]
    assert rows["expected_gain"].tolist() == [9_000, 0, 0, 0]


def test_an_overdue_customer_whose_gain_rounds_to_nothing_still_comes_before_reminders() -> None:
    known = facts([0, 1], [0.9, 0.1])
    assert listed(known, ["pre_due_reminder", "call"], (), (500, 0))["customer_id"].tolist() == ["b", "a"]


def test_a_collectible_amount_without_a_score_stops_the_night() -> None:
    with pytest.raises(ValueError, match="1 customers with a collectible amount have no score: b"):
        expected_gain(facts([10_000, 20_000], [0.5, float("nan")]))


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
    assert rows["promise_status"].tolist() == ["broken 2024-02-05", "open until 2024-02-10", "none", "kept 2023-11-12"]
