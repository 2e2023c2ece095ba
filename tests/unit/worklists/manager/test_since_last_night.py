"""What became known since the night before, counted by collector and by segment from small tables."""

import pandas as pd

from worklists.manager.since_last_night import added_up, results
from worklists.score_db.earlier_facts import EarlierFacts

SINCE = pd.Timestamp("2024-03-04")
SEGMENTS = pd.Series({"c1": "key", "c2": "rest"})


def published(*states: tuple[str, str, str]) -> EarlierFacts:
    """Promises as nights before had them: as_of, promise and state."""
    rows = pd.DataFrame(states, columns=["as_of", "promise_id", "state"])
    return EarlierFacts((pd.Timestamp("2024-03-01"), SINCE), False, {"promises_tracked": rows})


def facts(
    contacts: list[tuple[str, str, float | None, str | None]] = [],  # noqa: B006
    promises: list[tuple[str, int, int, str, str | None]] = [],  # noqa: B006
    receipts: list[tuple[str, str, int]] = [],  # noqa: B006
) -> dict[str, pd.DataFrame]:
    tables = {
        "contacts_made": (contacts, ["customer_id", "contacted_on", "minutes", "collector_id"]),
        "promises_tracked": (promises, ["promise_id", "amount", "paid", "state", "collector_id"]),
        "receipts": (receipts, ["customer_id", "paid_on", "amount"]),
    }
    found = {name: pd.DataFrame(rows, columns=columns) for name, (rows, columns) in tables.items()}
    for name, column in (("contacts_made", "contacted_on"), ("receipts", "paid_on")):
        found[name][column] = pd.to_datetime(found[name][column]).astype("datetime64[s]")
    return found


def test_contacts_are_counted_by_who_made_them_and_those_of_unknown_collectors_too() -> None:
    made = [("c1", "2024-03-04", 5.0, "ida"), ("c1", "2024-03-04", None, "ida"), ("c2", "2024-02-01", 7.5, None)]
    found = results(facts(contacts=made), published(), SEGMENTS)
    assert found is not None and found.since == SINCE
    assert found.by_collector[["contacts", "minutes"]].to_dict("index") == {
        "": {"contacts": 1, "minutes": 7.5}, "ida": {"contacts": 2, "minutes": 5.0},
    }  # fmt: skip
    assert found.contacted.tolist() == ["c1"], "one who was contacted before that night did not work its list"


def test_a_promise_counts_as_taken_once_and_as_kept_or_broken_when_its_state_changes() -> None:
    before = published(
        ("2024-03-01", "kept", "open"), ("2024-03-01", "after all", "open"), ("2024-03-04", "after all", "broken"),
        ("2024-03-01", "broken", "open"), ("2024-03-01", "paid more", "kept"), ("2024-03-01", "in part", "open"),
    )  # fmt: skip
    tonight = [
        ("new", 100_00, 0, "open", "ida"), ("kept", 50_00, 50_00, "kept", "ida"),
        ("after all", 7_00, 7_00, "kept", "ida"),
        ("broken", 30_00, 10_00, "broken", "bob"), ("paid more", 5_00, 9_00, "kept", "bob"),
        ("in part", 8_00, 2_00, "open", "bob"), ("new and kept", 1_00, 1_00, "kept", "bob"),
    ]  # fmt: skip
    found = results(facts(promises=tonight), before, SEGMENTS)
    assert found is not None
    counted = found.by_collector.loc[["ida", "bob"], ["taken", "kept", "broken"]]
    assert counted.to_numpy().tolist() == [[1, 2, 0], [1, 1, 1]]
    amounts = found.by_collector.loc[["ida", "bob"], ["taken_amount", "kept_amount", "broken_amount"]]
    assert amounts.to_numpy().tolist() == [[100_00, 57_00, 0], [1_00, 1_00, 20_00]]


def test_cash_is_that_of_the_segments_and_what_was_valued_before_that_night_is_only_booked() -> None:
    came = [
        ("c1", "2024-03-04", 100),
        ("c1", "2024-03-03", 20),
        ("c2", "2024-03-04", -5),
        ("stranger", "2024-03-04", 3),
    ]
    found = results(facts(receipts=came), published(), SEGMENTS)
    assert found is not None
    assert found.by_segment.to_dict("index") == {
        "": {"booked": 3, "of_these_days": 3},
        "key": {"booked": 120, "of_these_days": 100},
        "rest": {"booked": -5, "of_these_days": -5},
    }


def test_nothing_is_known_where_no_night_before_published_facts() -> None:
    contacts = facts(contacts=[("c1", "2024-03-04", 5.0, "ida")])
    assert results(contacts, EarlierFacts((), True), SEGMENTS) is None
    assert results(contacts, EarlierFacts((SINCE,), True), SEGMENTS) is None, "a night of a version without facts"


def test_parts_add_up_to_the_whole() -> None:
    both = [("c1", "2024-03-04", 5.0, "ida"), ("c2", "2024-03-04", 1.0, "ida"), ("c2", "2024-03-04", 1.0, "bob")]
    cash = [("c1", "2024-03-04", 100), ("c2", "2024-03-04", 5)]
    whole = results(facts(both, receipts=cash), published(), SEGMENTS)
    parts = [
        results(facts(both[:1], receipts=cash[:1]), published(), SEGMENTS),
        results(facts(both[1:], receipts=cash[1:]), published(), SEGMENTS),
    ]
    together = added_up([part for part in parts if part is not None])
    assert whole is not None and together.since == whole.since
    pd.testing.assert_frame_equal(together.by_collector, whole.by_collector, check_dtype=False)
    pd.testing.assert_frame_equal(together.by_segment, whole.by_segment)
    assert together.contacted.tolist() == whole.contacted.tolist()
