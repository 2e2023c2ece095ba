"""How many of the first of a list are again among the first on the next night, from the published score tables."""

from pathlib import Path

import pandas as pd
import pytest

from tests.support.nights.fake_score_tables import night
from worklists.ranking.list_stability import in_words, list_stability
from worklists.score_db.listed_nights import listed_nights
from worklists.score_db.publish import publish

TONIGHT = pd.Timestamp("2024-03-05")
CUSTOMERS = 80  # a twentieth are four


@pytest.fixture
def file(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'duerank.db'}"


def publish_list(url: str, as_of: str, order: list[int]) -> None:
    """A night of 80 customers who could be listed, of whom these (from 0) are, in this order."""
    frames = night(as_of, f"run of {as_of}", size=CUSTOMERS)
    frames["worklist"] = frames["worklist"].iloc[order].assign(rank=range(1, len(order) + 1))
    publish(frames, url)


def stability(url: str, every_days: int = 1, as_of: pd.Timestamp = TONIGHT) -> pd.DataFrame:
    with listed_nights(url, as_of, 30) as published:
        return list_stability(published, every_days)


def test_who_is_again_among_the_first_gone_or_further_down_is_counted(url: str) -> None:
    publish_list(url, "2024-03-03", [0, 1, 2, 3, 4, 5, 6])
    publish_list(url, "2024-03-04", [0, 5, 1, 6, 3, 4])
    publish_list(url, "2024-03-06", [7])
    found = stability(url)
    assert found[["first", "again", "gone"]].to_numpy().tolist() == [[4, 2, 1]]
    assert found["jaccard"].tolist() == [2 / 6]
    assert in_words(found) == [
        "Of the first 4 customers of 2024-03-03, 2 are again among the first on 2024-03-04; not on the list any "
        "more: 1, further down: 1 (Jaccard 0.33)."
    ]


def test_nights_as_far_apart_as_asked_for_are_compared_with_the_night_before_each(file: str) -> None:
    for day in (1, 2, 3, 4):
        publish_list(file, f"2024-03-0{day}", [0, 1, 2, 3] if day % 2 else [3, 2, 1, 4])
    found = stability(file, every_days=2)
    assert found["night"].dt.day.tolist() == [2, 4]
    assert found["before"].dt.day.tolist() == [1, 3]
    assert in_words(found)[1].startswith(
        "  From one published night to the next the Jaccard index of the first 5% is usually 0.60"
    )


@pytest.mark.parametrize("lists", [{}, {"2024-03-03": [0, 1]}, {"2024-03-03": [0, 1], "2024-03-04": []}])
def test_without_two_lists_it_is_said_that_nothing_is_known(file: str, lists: dict[str, list[int]]) -> None:
    for as_of, order in lists.items():
        publish_list(file, as_of, order)
    assert in_words(stability(file)) == [
        "Whether the list is steady is not known: no two nights with a list are published."
    ]


def test_a_list_shorter_than_its_head_is_compared_as_a_whole(file: str) -> None:
    publish_list(file, "2024-03-03", [0, 1])
    publish_list(file, "2024-03-04", [1, 2, 3, 4])
    (row,) = stability(file).to_dict("records")
    assert (row["first"], row["again"], row["gone"], row["jaccard"]) == (2, 1, 1, 1 / 5)
