"""Days are read as people write them; one that could be another day is refused."""

from datetime import date, datetime

import pytest

from worklists.outcomes.days import DAY_FIRST, MONTH_FIRST, day_of, day_order
from worklists.outcomes.numbers import Unreadable

NIGHT = date(2024, 12, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-12-31", "2024-12-31"), ("2024/12/31", "2024-12-31"), ("20241231", "2024-12-31"),
        ("31.12.2024", "2024-12-31"), ("31.12.24", "2024-12-31"), ("31.12.", "2024-12-31"), ("31.12", "2024-12-31"),
        ("5.1.", "2025-01-05"), ("30.11.", "2024-11-30"), ("31/12/2024", "2024-12-31"), ("12/31/2024", "2024-12-31"),
        ("31-12-2024", "2024-12-31"), ("31/12", "2024-12-31"), ("05/05/2024", "2024-05-05"), ("45657", "2024-12-31"),
        ("45657.0", "2024-12-31"), ("2024-12-31T00:00:00", "2024-12-31"), ("2024-12-31 14:30", "2024-12-31"),
        ("31.12.2024 00:00:00", "2024-12-31"), ("Di, 31.12.2024", "2024-12-31"), ("Tue 31.12.", "2024-12-31"),
        ("31. Dezember 2024", "2024-12-31"), ("31 Dec 2024", "2024-12-31"), ("Dec 31, 2024", "2024-12-31"),
        ("5. Januar", "2025-01-05"), ("5. März", "2025-03-05"), ("31. 12. 2024", "2024-12-31"),
        ("29.2.", "2024-02-29"),
    ],
)  # fmt: skip
def test_a_day_is_read_as_it_is_written(text: str, day: str) -> None:
    assert day_of(text, NIGHT, None) == date.fromisoformat(day)


def test_a_day_of_a_cell_keeps_its_date() -> None:
    assert day_of(datetime(2024, 12, 31, 14, 30), NIGHT, None) == day_of(date(2024, 12, 31), NIGHT, None)


@pytest.mark.parametrize(
    "text",
    [
        "soon", "31.02.2025", "2024-13-01", "32.1.", "1.1.1", "0.0.", "99999999", "12", "1234.5", "tomorrow",
        "31.12.20240", "15.1", "15.1 2024", "",
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as error:
        day_of(text, NIGHT, DAY_FIRST)
    assert not error.value.ambiguous


def test_a_day_with_slashes_is_decided_by_the_others_or_refused_with_both_readings() -> None:
    assert day_order(["31/12/2024", "04/03/2025", "x"]) == DAY_FIRST
    assert day_order(["12/31/2024"]) == MONTH_FIRST
    assert day_order(["31/12/2024", "12/31/2024"]) is None and day_order(["04/03/2025"]) is None
    assert day_of("04/03/2025", NIGHT, DAY_FIRST) == date(2025, 3, 4)
    assert day_of("04/03/2025", NIGHT, MONTH_FIRST) == date(2025, 4, 3)
    with pytest.raises(Unreadable) as error:
        day_of("04/03/2025", NIGHT, None)
    assert error.value.ambiguous == ("2025-03-04", "2025-04-03")
