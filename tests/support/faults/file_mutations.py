"""What a fuzzer does to a valid file: a few changes to its bytes, drawn so that hypothesis can make them smaller."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

# What parsers stumble over: ends of lines and cells, quotes, marks of other encodings, huge numbers, half characters.
TOKENS = [
    b"\x00", b"\n", b"\r", b"\r\n", b'"', b'""', b"'", b",", b";", b"\t", b"|", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1a",
    b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"=1+1", b"1e999", b"-0",
    b"NaN", b"inf", b"9" * 400, b"0" * 40, b"2024-02-30", b"99999-01-01", b"0000-00-00", b"x" * 200_000, b"\xff" * 9,
]  # fmt: skip
ENCODINGS = ["utf-16", "utf-32", "cp1252", "utf-7", "utf-8-sig", "cp037"]

Change = Callable[[bytes], bytes]


def _flip(place: int, bit: int) -> Change:
    def change(content: bytes) -> bytes:
        if not content:
            return content
        at = place % len(content)
        return content[:at] + bytes([content[at] ^ (1 << bit)]) + content[at + 1 :]

    return change


def _insert(place: int, token: bytes) -> Change:
    def change(content: bytes) -> bytes:
        at = place % (len(content) + 1)
        return content[:at] + token + content[at:]

    return change


def _overwrite(place: int, token: bytes) -> Change:
    def change(content: bytes) -> bytes:
        at = place % (len(content) + 1)
        return content[:at] + token + content[at + len(token) :]

    return change


def _delete(place: int, length: int) -> Change:
    def change(content: bytes) -> bytes:
        at = place % (len(content) + 1)
        return content[:at] + content[at + length :]

    return change


def _splice(source: int, length: int, target: int) -> Change:
    """A piece of the file once more, somewhere else."""

    def change(content: bytes) -> bytes:
        piece = content[source % (len(content) + 1) :][:length]
        at = target % (len(content) + 1)
        return content[:at] + piece + content[at:]

    return change


def _recode(encoding: str) -> Change:
    def change(content: bytes) -> bytes:
        return content.decode("utf-8", "replace").encode(encoding, "replace")

    return change


def _separate(mark: bytes) -> Change:
    def change(content: bytes) -> bytes:
        return content.replace(b",", mark)

    return change


PLACES = st.integers(0, 1 << 16)
LENGTHS = st.integers(1, 64) | st.integers(1, 4_000)
IN_BYTES: Any = st.one_of(
    st.builds(_flip, PLACES, st.integers(0, 7)),
    st.builds(_insert, PLACES, st.sampled_from(TOKENS) | st.binary(max_size=8)),
    st.builds(_overwrite, PLACES, st.sampled_from(TOKENS) | st.binary(min_size=1, max_size=8)),
    st.builds(_delete, PLACES, LENGTHS),
    st.builds(_splice, PLACES, LENGTHS, PLACES),
)
IN_TEXT: Any = st.one_of(
    IN_BYTES,
    st.builds(_recode, st.sampled_from(ENCODINGS)),
    st.builds(_separate, st.sampled_from([b";", b"\t", b"|", b" ", b'"', b"\x00", b",,"])),
)


def mutated(content: bytes, changes: list[Change]) -> bytes:
    """The content after all changes, one after the other."""
    for change in changes:
        content = change(content)
    return content
