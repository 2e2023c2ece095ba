"""An index of keys on disk answers as a dict in memory would."""

import random
from pathlib import Path

import numpy as np
import pytest

from ledger.partitioned.key_index import BUCKETS, NOWHERE, KeyIndex
from ledger.partitioned.shared_folder import SharedFolder

WIDTH = 2**64 // BUCKETS
EDGES = [edge for bucket in range(BUCKETS) for edge in (bucket * WIDTH, (bucket + 1) * WIDTH - 1)]


def add(index: KeyIndex, file: str, keys: list[tuple[int, int]]) -> None:
    hashes, places = [key for key, _ in keys], [place for _, place in keys]
    index.add(file, np.array(hashes, dtype=np.uint64), np.array(places, dtype=np.uint8))


def places(index: KeyIndex, hashes: list[int]) -> list[int]:
    return index.places(np.array(hashes, dtype=np.uint64)).tolist()


@pytest.mark.parametrize("seed", range(10))
def test_keys_are_found_as_in_a_dict(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    some = [*EDGES, *(draw.randrange(2**64) for _ in range(100))]
    index = KeyIndex(SharedFolder(tmp_path))
    held: dict[int, set[int]] = {}
    for file in range(4):
        keys = [(draw.choice(some), draw.choice((0, 0, 1, 255))) for _ in range(draw.choice((0, 1, 60)))]
        add(index, f"{file}", keys)
        for key, place in keys:
            held.setdefault(key, set()).add(place)
    assert index.in_several_partitions().tolist() == sorted(key for key, found in held.items() if len(found) > 1)
    index.merge()
    draw.shuffle(some)
    assert places(index, some) == [min(held[key]) if key in held else NOWHERE for key in some]


def test_the_least_and_the_largest_key_lie_in_the_first_and_the_last_bucket(tmp_path: Path) -> None:
    index = KeyIndex(SharedFolder(tmp_path))
    add(index, "a", [(2**64 - 1, 3), (0, 7)])
    add(index, "b", [(2**64 - 1, 3), (0, 8)])
    index.merge()
    assert places(index, [2**64 - 1, 0, 1, 2**64 - 2]) == [3, 7, NOWHERE, NOWHERE]
    assert index.in_several_partitions().tolist() == [0]


@pytest.mark.parametrize("pieces", [0, 1, 2])
def test_an_index_without_keys_finds_nothing(pieces: int, tmp_path: Path) -> None:
    index = KeyIndex(SharedFolder(tmp_path))
    for piece in range(pieces):
        add(index, f"{piece}", [])
    assert index.in_several_partitions().tolist() == []
    index.merge()
    assert places(index, [0, 5]) == [NOWHERE, NOWHERE]
    assert places(index, []) == []


def test_a_piece_that_is_added_again_replaces_the_earlier_one_and_a_second_merge_is_the_first(tmp_path: Path) -> None:
    index = KeyIndex(SharedFolder(tmp_path))
    add(index, "a", [(5, 1), (6, 1)])
    add(index, "a", [(5, 1), (7, 1)])
    for _ in range(2):
        index.merge()
        assert places(index, [5, 6, 7]) == [1, NOWHERE, 1]
        assert index.in_several_partitions().tolist() == []
