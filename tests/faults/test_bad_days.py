"""Bad days through the real command line; and the judge of them sees what is silent, lost or shown."""

from pathlib import Path

import pytest

from benchmarks.robustness.bad_days.day import NIGHT, VALIDATE, Day, nothing_done, nothing_more
from benchmarks.robustness.bad_days.days.all_days import KINDS
from benchmarks.robustness.bad_days.judge import judge
from benchmarks.robustness.bad_days.money import counted, difference
from benchmarks.robustness.bad_days.place import Place, Said, Sound
from benchmarks.robustness.bad_days.table import summary, tried
from benchmarks.robustness.bad_days.try_days import try_days

QUICK = {
    "amounts": ("an amount with a decimal comma",),
    "files": ("a pipe named CSV",),
    "settings and words": (
        "a setting of infinity",
        "an upgrade of what is no address",
        "a settings file that grows a billion times",
    ),
}
INVOICE = {
    "invoice_id": "I1", "customer_id": "C1", "kind": "invoice", "issued_on": "2023-12-01", "due_on": "2023-12-31",
    "amount": "100.10", "currency": "EUR", "known_on": "2023-12-01",
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A place in which nothing was made yet."""
    return Place(tmp_path / "place", Sound(tmp_path, {"invoices": [INVOICE]}, lambda: None, lambda kind: kind))


def test_there_are_at_least_120_days_and_no_name_comes_twice_within_a_kind() -> None:
    names = [(kind, day.name) for kind, days in KINDS.items() for day in days]
    assert len(set(names)) == len(names) >= 120


def test_a_day_that_ends_well_says_what_was_wrong_or_is_counted_or_looked_at() -> None:
    unseen = [
        day.name
        for days in KINDS.values()
        for day in days
        if day.code == 0 and not day.says and day.still is nothing_more
        if callable(day.command) or day.command[0] != "nightly"
    ]
    assert not unseen


def test_a_handful_of_days_through_the_command_line(tmp_path: Path) -> None:
    chosen = {kind: [day for day in KINDS[kind] if day.name in names] for kind, names in QUICK.items()}
    try_days(chosen, tmp_path, 2)
    lines = tried(tmp_path, chosen)
    assert [line for line in lines if not line.good] == []
    assert len(lines) == sum(map(len, chosen.values())) >= 4


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_all_bad_days(tmp_path: Path) -> None:
    try_days(KINDS, tmp_path, 2)
    lines = tried(tmp_path, KINDS)
    assert [line for line in lines if not line.good] == [], summary(lines)


@pytest.mark.parametrize(
    ("said", "amiss"),
    [
        (Said(0, "all is well", ""), "silent"),
        (Said(3, "", ""), "silent"),
        (Said(3, "", "the amount is odd\nTraceback (most recent call last):\n"), "shown_traceback"),
        (Said(1, "", "the amount is odd; this is a fault of duerank"), "shown_traceback"),
        (Said(2, "", "the amount is odd"), "wrong"),
        (Said(3, "", "the amount is odd, says postgresql://me:s3cret@host"), "wrong"),
    ],
)
def test_the_judge_sees_what_is_silent_shown_or_told_by_another_code(place: Place, said: Said, amiss: str) -> None:
    day = Day("an odd amount", nothing_done, VALIDATE, 3, ("the amount is odd",))
    verdict = judge(day, place, said, {}, 1.0)
    assert getattr(verdict, amiss) and not verdict.good
    assert judge(day, place, Said(3, "", "the amount is odd"), {}, 1.0).good


def test_a_cent_that_a_night_lost_is_counted_and_a_refused_row_is_not() -> None:
    tables = {"invoices": [INVOICE, INVOICE | {"invoice_id": "I2", "amount": "7,50"}]}
    refused = [{"table": "invoices", "row": '{"invoice_id": "I2", "customer_id": "C1", "kind": "invoice", '
                '"issued_on": "2023-12-01", "due_on": "2023-12-31", "amount": "7,50", "currency": "EUR", '
                '"known_on": "2023-12-01"}'}]  # fmt: skip
    owed = counted(tables, refused, NIGHT, "EUR")
    assert owed == {"C1": 10_010}
    assert difference({"C1": 10_009}, owed) == 1
    assert difference({"C1": 10_010}, owed) == 0
    assert difference({}, owed) == 10_010
