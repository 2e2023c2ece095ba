"""Hand-overs wait in a queue of their own, with why in words; they take no minutes, and no cent is lost."""

import pandas as pd

from configs.language import speaking
from configs.settings import load_settings
from tests.support.rosters import roster_of
from tests.support.view_from_rows import Row, view_of
from tests.support.written_decisions import B2B, WrittenEffects, contacted, decided, scored
from worklists.decide.decisions import Policy, candidates
from worklists.rules.segments import load_segments
from worklists.rules.strategy import Strategy

SEGMENTS = load_segments("standard")
CALLS = WrittenEffects({"call": 0.3})
NIGHT = "2024-04-05"  # 65 days past due
DONE = {"2024-02-02": "email", "2024-02-08": "call", "2024-02-20": "call", "2024-03-01": "letter"}


def due_for_handover(*names: str, **more: object) -> dict[str, list[Row]]:
    """An invoice of 1,000.00 and the four steps before the hand-over, for each."""
    return {
        "invoices": [{"customer_id": name, "amount": 100_000, **more} for name in names],
        "contacts": [
            {"customer_id": name, "contacted_on": day, "channel": channel}
            for name in names
            for day, channel in DONE.items()
        ],
    }


def queue(rows: dict[str, list[Row]], strategy: Strategy = B2B) -> pd.DataFrame:
    night = scored(view_of(NIGHT, **rows), CALLS, p_default=0.01)
    return candidates(night, Policy(SEGMENTS, strategy, None), load_settings()).handovers


def test_the_queue_has_who_what_and_why_with_the_figures() -> None:
    rows = due_for_handover("b", "a")
    rows["invoices"].append({"customer_id": "c", "amount": 100})
    rows["customers"] = [{"customer_id": "a", "name": "Anna"}]
    queued = queue(rows)
    assert queued["customer_id"].tolist() == ["a", "b"]
    row = queued.iloc[0]
    assert row.drop("text").to_dict() == {
        "customer_id": "a", "customer_name": "Anna", "action": "escalate_to_agency", "collectible_amount": 100_000,
        "days_past_due": 65, "dunning_level": 4, "last_step": "final_notice",
        "last_step_on": pd.Timestamp("2024-03-01"), "since_on": pd.Timestamp("2024-03-31"), "minutes": 46,
    }  # fmt: skip
    assert row["text"] == (
        "1,000.00 is still to be collected, the oldest part 65 days past due. The last step was final notice on "
        "2024-03-01, 35 days before. To be handed over since 2024-03-31."
    )


def test_it_is_possible_since_the_notice_had_its_days_where_that_is_later() -> None:
    rows = due_for_handover("a")
    rows["contacts"][-1]["contacted_on"] = "2024-03-20"
    assert queue(rows)["since_on"].tolist() == [pd.Timestamp("2024-04-03")]
    rows["contacts"][-1]["contacted_on"] = "2024-03-23"
    assert queue(rows).empty


def test_german_says_it_in_german() -> None:
    with speaking("de"):
        (text,) = queue(due_for_handover("a"))["text"]
    assert "Der letzte Schritt war: Letzte Mahnung am 01.03.2024, 35 Tage zuvor." in text


def test_cases_in_the_queue_take_no_minutes_of_the_collectors_unless_that_is_configured() -> None:
    rows = due_for_handover("handed")
    rows["invoices"].append({"customer_id": "called", "amount": 100_000, "due_on": "2024-03-25"})
    short = roster_of({"id": "ida", "minutes_a_day": 25})
    night = decided(view_of(NIGHT, **rows), CALLS, roster=short, p_default=0.01)
    assert contacted(night) == {"called": "call"}
    assert night.suppressed[["customer_id", "reason", "amount", "text"]].values.tolist() == [
        ["handed", "handover_queue", 100_000, "In the queue of the hand-overs. 1,000.00 waits."]
    ]
    ranked = Strategy(B2B.rules.model_copy(update={"handovers": "worklist"}))
    assert queue(rows, ranked).empty
    night = decided(view_of(NIGHT, **rows), CALLS, strategy=ranked, p_default=0.01)
    assert contacted(night) == {"called": "call", "handed": "letter"}


def test_who_must_not_be_contacted_or_is_with_an_agency_is_not_queued() -> None:
    rows = due_for_handover("a", "b")
    rows["customers"] = [{"customer_id": "a", "do_not_contact": True}]
    rows["invoices"].append({"customer_id": "b", "amount": 100})
    rows["adjustments"] = [
        {"invoice_id": "i3", "kind": "collection_handover", "amount": 100, "posted_on": "2024-04-01"}
    ]
    assert queue(rows).empty


def test_a_contact_of_yesterday_does_not_keep_a_case_out_of_the_queue() -> None:
    rows = due_for_handover("a")
    rows["contacts"].append({"customer_id": "a", "contacted_on": "2024-04-04", "channel": "call"})
    assert queue(rows)["customer_id"].tolist() == ["a"]
