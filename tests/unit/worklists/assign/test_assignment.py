"""Who speaks with whom: the most money within the minutes, steady hands, and an honest word about the rest."""

import numpy as np
import pandas as pd
import pytest

from ledger.tables import CHANNELS
from tests.support.rosters import roster_of, weights
from worklists.assign.assignment import NO_COLLECTOR, NO_MINUTES, Assignment, assign
from worklists.rules.roster import Roster

Option = tuple[int, str, float, float]


def people(count: int, **columns: object) -> pd.DataFrame:
    """Customers c0, c1, ... whom no one had so far, unless said otherwise."""
    usual = {"country": "DE", "segment": "small", "collector_id": pd.NA, "reminder_value": 0, "contact_due": False}
    frame = pd.DataFrame(
        {"customer_id": [f"c{place}" for place in range(count)], **usual, **columns}, index=range(count)
    )
    return frame.astype({"collector_id": "str"})


def options(*rows: Option) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer", "channel", "gain", "minutes"])


def told(assignment: Assignment) -> dict[int, tuple[str, str]]:
    chosen = assignment.chosen
    return {int(place): (row["channel"], row["collector_id"]) for place, row in chosen.iterrows()}


def ann(minutes: int = 60, **limits: object) -> Roster:
    return roster_of({"id": "ann", "minutes_a_day": minutes, **limits})


def test_minutes_go_to_those_who_bring_most_in_them_and_the_rest_is_told() -> None:
    rows = options((0, "call", 500.0, 30.0), (1, "call", 300.0, 10.0), (2, "call", 290.0, 10.0))
    found = assign(people(3), rows, ann(20), weights())
    assert told(found) == {1: ("call", "ann"), 2: ("call", "ann")}
    assert found.left_out.to_dict() == {0: NO_MINUTES}
    assert found.expected == 590.0 <= found.upper_bound


def test_a_cheap_channel_serves_more_customers_where_minutes_are_scarce() -> None:
    rows = [(place, channel, gain, minutes) for place in range(4)
            for channel, gain, minutes in (("email", 60.0, 3.0), ("call", 100.0, 12.0))]  # fmt: skip
    scarce = assign(people(4), options(*rows), ann(12), weights())
    assert set(told(scarce).values()) == {("email", "ann")} and len(scarce.chosen) == 4
    plenty = assign(people(4), options(*rows), ann(48), weights())
    assert set(told(plenty).values()) == {("call", "ann")} and plenty.gap == pytest.approx(0.0)


def test_minutes_that_are_left_buy_a_better_channel() -> None:
    rows = [(place, channel, gain, minutes) for place in range(3)
            for channel, gain, minutes in (("email", 60.0, 3.0), ("call", 100.0, 12.0))]  # fmt: skip
    found = assign(people(3), options(*rows), ann(18), weights())
    assert sorted(found.chosen["channel"]) == ["call", "email", "email"]
    assert found.collectors.loc[0, "minutes_used"] == 18


def test_language_segment_and_channel_limit_who_serves_whom() -> None:
    roster = roster_of(
        {"id": "ann", "languages": ["de"]},
        {"id": "bob", "languages": ["fr"], "channels": ["email"]},
        {"id": "cleo", "languages": ["de"], "segments": ["large"]},
        languages={"de": ["DE"], "fr": ["FR"]},
    )
    customers = people(4, country=["FR", "FR", "DE", "DE"], segment=["small", "small", "large", "small"],
                       collector_id=["ann", "cleo", "cleo", "cleo"])  # fmt: skip
    rows = options((0, "email", 5.0, 3.0), (0, "call", 50.0, 12.0), (1, "call", 50.0, 12.0), (2, "call", 50.0, 12.0),
                   (3, "call", 50.0, 12.0))  # fmt: skip
    found = assign(customers, rows, roster, weights())
    assert told(found) == {0: ("email", "bob"), 2: ("call", "cleo"), 3: ("call", "ann")}
    assert found.left_out.to_dict() == {1: NO_COLLECTOR}


def test_among_equal_choices_the_last_collector_keeps_the_customer() -> None:
    last = ["bob", "ann", "bob", "ann", "bob", "bob"]
    rows = options(*[(place, "call", 100.0, 10.0) for place in range(6)])
    found = assign(people(6, collector_id=last), rows, roster_of({"id": "ann"}, {"id": "bob"}), weights())
    assert [found.chosen.loc[place, "collector_id"] for place in range(6)] == last


def test_a_bonus_for_continuity_wins_over_a_slightly_larger_gain() -> None:
    customers = people(2, collector_id=["ann", "zoe"])
    rows = options((0, "call", 100.0, 60.0), (1, "call", 103.0, 60.0))
    assert list(told(assign(customers, rows, ann(), weights()))) == [1]
    assert list(told(assign(customers, rows, ann(), weights(continuity_bonus=0.05)))) == [0]


def test_fairness_evens_out_what_continuity_alone_would_leave_uneven() -> None:
    customers = people(40, collector_id=["ann"] * 30 + ["bob"] * 10)
    rows = options(*[(place, "call", 100.0 + place, 10.0) for place in range(40)])
    roster = roster_of({"id": "ann", "minutes_a_day": 400}, {"id": "bob", "minutes_a_day": 400})

    def spread(fairness: float) -> float:
        found = assign(customers, rows, roster, weights(0.05, fairness))
        assert found.gap == pytest.approx(0.0)
        return float(np.ptp(found.collectors["expected"]))

    assert spread(1.0) < 0.3 * spread(0.0)


def test_a_part_time_collector_gets_a_part_of_the_value() -> None:
    rows = options(*[(place, "call", 100.0 + place, 1.0) for place in range(300)])
    roster = roster_of({"id": "ann", "minutes_a_day": 400}, {"id": "bob", "minutes_a_day": 200})
    expected = assign(people(300), rows, roster, weights(fairness=0.2)).collectors["expected"]
    assert expected[0] / expected[1] == pytest.approx(2.0, rel=0.05)


def test_reminders_fill_what_minutes_are_left_by_the_value_at_risk() -> None:
    customers = people(4, reminder_value=[0, 10, 30, 20])
    rows = options((0, "call", 1.0, 54.0), *[(place, "email", 0.0, 3.0) for place in (1, 2, 3)])
    found = assign(customers, rows, ann(), weights())
    assert told(found) == {0: ("call", "ann"), 2: ("email", "ann"), 3: ("email", "ann")}
    assert found.left_out.to_dict() == {1: NO_MINUTES}


def test_who_was_promised_a_contact_comes_first_whatever_it_brings() -> None:
    known = people(3, contact_due=[False, True, False])
    some = options((0, "call", 900.0, 30.0), (1, "call", 10.0, 30.0), (2, "call", 500.0, 30.0))
    found = assign(known, some, ann(60), weights())
    assert told(found) == {1: ("call", "ann"), 0: ("call", "ann")}
    assert found.left_out.to_dict() == {2: NO_MINUTES}


def test_nobody_works_while_away() -> None:
    roster = roster_of({"id": "ann", "minutes_a_day": 0}, {"id": "bob"})
    rows = options((0, "call", 100.0, 12.0))
    assert told(assign(people(1, collector_id="ann"), rows, roster, weights(0.5))) == {0: ("call", "bob")}
    alone = assign(people(1), rows, ann(0), weights())
    assert alone.left_out.to_dict() == {0: NO_MINUTES} and alone.upper_bound == alone.gap == 0


def test_without_a_roster_everybody_is_listed_with_the_best_channel_and_keeps_the_collector() -> None:
    customers = people(3, collector_id=["ann", pd.NA, "bob"])
    rows = options((0, "email", 5.0, 3.0), (0, "call", 50.0, 12.0), (1, "letter", 9.0, 8.0), (1, "email", 9.0, 3.0),
                   (2, "call", 0.0, 12.0), (2, "visit", 0.0, 12.0))  # fmt: skip
    found = assign(customers, rows, None, weights())
    assert found.chosen["channel"].to_dict() == {0: "call", 1: "email", 2: "call"}
    assert found.chosen["collector_id"].isna().tolist() == [False, True, False]
    assert found.left_out.empty and found.gap == 0 and found.expected == 59.0


@pytest.mark.parametrize("roster", [None, ann()])
def test_a_night_without_options_assigns_nobody(roster: Roster | None) -> None:
    nothing = options((0, CHANNELS[0], 1.0, 1.0)).iloc[:0]
    for customers in (people(2), people(0)):
        found = assign(customers, nothing, roster, weights(0.05, 0.1))
        assert found.chosen.empty and found.left_out.empty and found.upper_bound == 0


def test_the_collectors_table_adds_up() -> None:
    rows = options(*[(place, "call", 100.0, 10.0) for place in range(9)])
    found = assign(people(9), rows, roster_of({"id": "ann"}, {"id": "bob", "minutes_a_day": 20}), weights())
    table = found.collectors.set_index("collector_id")
    assert table["minutes_a_day"].tolist() == [60, 20]
    assert table["minutes_used"].tolist() == [60, 20]
    assert table["customers"].tolist() == [6, 2] and table["expected"].tolist() == [600, 200]
