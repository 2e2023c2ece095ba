"""Hashes of texts that never change, and look-ups that agree with a dict."""

import random

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ledger import hashing
from ledger.hashing import find_texts, hash_texts


def texts(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def test_the_hash_of_a_text_is_the_same_for_ever() -> None:
    assert hash_texts(texts("", "C1", "Müller & Söhne")).tolist() == [
        17280346270528514342,
        8280570894622139446,
        393940809501088658,
    ]


@pytest.mark.parametrize("text", ["", "a", "C1", "Müller & Söhne", "日本", "x" * 1_000, "a\x00b"])
def test_the_hash_is_that_of_the_published_algorithms(text: str) -> None:
    value = 14695981039346656037
    for letter in text.encode():
        value = (value ^ letter) * 1099511628211 % 2**64
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = (value ^ (value >> 33)) * factor % 2**64
    assert hash_texts(texts(text)).tolist() == [value ^ (value >> 33)]


def test_a_missing_text_has_the_hash_zero_and_an_empty_one_has_not() -> None:
    hashes = hash_texts(texts("a", None, ""))
    assert hashes[1] == 0
    assert hashes[2] != 0 and hashes[0] != hashes[2]


def test_it_does_not_matter_what_holds_the_texts() -> None:
    values = ["C1", "", None, "Müller", "日本", "C1"]
    expected = hash_texts(texts(*values))
    chunked = pa.chunked_array([pa.array(values[:2]), pa.array([], pa.string()), pa.array(values[2:])])
    for held in (
        texts("before", *values, "after").iloc[1:7],
        pd.Index(values, dtype="str"),
        pd.Series(values, dtype="object"),
        pd.Series(values, dtype=pd.StringDtype("python")),
        pd.Series(pd.array(chunked, dtype="str")),
        pd.concat([texts(*values[:3]), texts(*values[3:])]),
    ):
        np.testing.assert_array_equal(hash_texts(held), expected)
    np.testing.assert_array_equal(hash_texts(texts(*values).iloc[::-1]), expected[::-1])


@pytest.mark.parametrize("held", [pd.Series(dtype="str"), pd.Index([], dtype="str"), texts("a", "b").iloc[1:1]])
def test_no_texts_have_no_hashes_and_are_not_found(held: pd.Series) -> None:
    assert hash_texts(held).shape == find_texts(texts("a"), held).shape == (0,)
    assert find_texts(held, texts("a", None)).tolist() == [-1, -1]


def test_the_hash_of_only_missing_texts_is_zero() -> None:
    assert hash_texts(texts(None, None)).tolist() == [0, 0]
    assert find_texts(texts(None, None), texts(None, "a")).tolist() == [-1, -1]


def test_several_of_one_text_are_found_at_their_first_place_and_a_missing_one_nowhere() -> None:
    known, wanted = texts("b", None, "a", "b", ""), texts("b", "a", None, "c", "", "B")
    assert find_texts(known, wanted).tolist() == [0, 2, -1, -1, 4, -1]


def assert_as_a_dict(seed: int) -> None:
    draw = random.Random(seed)

    def drawn(size: int) -> list[str | None]:
        letters = ["a", "b", "é", "日", "1"]
        return [
            None if draw.random() < 0.1 else "".join(draw.choices(letters, k=draw.randint(0, 4))) for _ in range(size)
        ]

    known, wanted = drawn(draw.choice((0, 1, 300))), drawn(400)
    places: dict[str, int] = {}
    for place, text in enumerate(known):
        if text is not None:
            places.setdefault(text, place)
    expected = [-1 if text is None else places.get(text, -1) for text in wanted]
    assert find_texts(texts(*known), texts(*wanted)).tolist() == expected


@pytest.mark.parametrize("seed", range(20))
def test_texts_are_found_where_a_dict_finds_them(seed: int) -> None:
    assert_as_a_dict(seed)


@pytest.mark.parametrize("hash_of_all", [0, 2**64 - 1])
def test_texts_of_one_hash_are_told_apart(hash_of_all: int) -> None:
    """The table's last slot, where looking on starts again at the front, is among them."""
    known, wanted = texts("a", "b", None, "ab", "a", "日"), texts("日", "b", "x", "a", None, "ab", "")
    starts, letters, present = hashing.text_bytes(known)
    hashes = np.full(len(known), hash_of_all, dtype=np.uint64)
    table = hashing._table(hashes, starts, letters, present)
    asked = hashing.text_bytes(wanted)
    alike = np.full(len(wanted), hash_of_all, dtype=np.uint64)
    assert hashing._found(table, starts, letters, *asked, alike).tolist() == [5, 1, -1, 0, -1, 3, -1]


def test_a_table_has_room_for_texts_that_are_all_different() -> None:
    ids = pd.Series([f"invoice-{number}" for number in range(4_097)], dtype="str")
    assert find_texts(ids, ids.iloc[::-1]).tolist() == list(range(4_096, -1, -1))
    assert len(np.unique(hash_texts(ids))) == len(ids)
