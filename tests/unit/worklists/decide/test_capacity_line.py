"""The line at which the collectors' minutes end parts those who are placed from those who wait."""

import pandas as pd
import pytest

from tests.support.rosters import roster_of, weights
from worklists.assign.assignment import assign
from worklists.decide.capacity_line import line_ratio
from worklists.rules.roster import Roster

ANN = {"id": "ann", "minutes_a_day": 30}


def ratios(gains: list[float], roster: Roster | None) -> dict[int, float]:
    """Of customers with these gains by a call of ten minutes, and a tenth of them by an e-mail of ten."""
    size = len(gains)
    customers = pd.DataFrame(
        {
            "customer_id": [f"c{place}" for place in range(size)], "country": "DE", "segment": "small",
            "collector_id": pd.Series(pd.NA, index=range(size), dtype="str"), "reminder_value": 0, "contact_due": False,
        }
    )  # fmt: skip
    rows = [
        (place, channel, gain * share, 10.0)
        for place, gain in enumerate(gains)
        for channel, share in (("call", 1.0), ("email", 0.1))
    ]
    options = pd.DataFrame(rows, columns=["customer", "channel", "gain", "minutes"])
    return line_ratio(options, assign(customers, options, roster, weights())).to_dict()


def test_the_line_lies_between_the_last_placed_and_the_first_who_waits() -> None:
    found = ratios([100.0, 900.0, 400.0, 1_600.0, 0.0], roster_of(ANN))
    assert found == pytest.approx({0: 0.5, 1: 4.5, 2: 2.0, 3: 8.0})


@pytest.mark.parametrize("roster", [None, roster_of({"id": "ann", "minutes_a_day": 60})], ids=["none", "enough time"])
def test_there_is_no_line_where_minutes_are_left(roster: Roster | None) -> None:
    assert ratios([100.0, 900.0, 400.0], roster) == {}


def test_whom_no_collector_may_serve_is_not_at_the_line() -> None:
    assert ratios([900.0, 400.0], roster_of({**ANN, "segments": ["large"]})) == {}
