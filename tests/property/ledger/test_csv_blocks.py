"""A CSV in small blocks has the rows that it has in one piece, wherever quotes and line ends are."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.sources import csv_blocks
from ledger.sources.csv_and_parquet import RawRows, read_csv, stream_csv
from ledger.sources.csv_blocks import whole_lines

PIECES = st.sampled_from(['"', '""', ",", ";", "\n", "\r\n", "\r", "a", "bc", " ", "ä", "5", '","', '"\n', "x,y\n"])


def in_blocks_of(size: int, path: Path, **form: object) -> RawRows:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv_blocks, "CSV_BLOCK", size)
        return read_csv(path, **form)  # type: ignore[arg-type]


@settings(max_examples=150, derandomize=True)
@given(
    pieces=st.lists(PIECES, max_size=40),
    size=st.integers(4, 40),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    skip_rows=st.integers(0, 3),
)
def test_blocks_have_the_rows_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], size: int, encoding: str, skip_rows: int
) -> None:
    path = tmp_path_factory.mktemp("csv") / "export.csv"
    title = "a title\r\n\r\n \r"[: (0, 9, 11, 13)[skip_rows]]
    path.write_bytes((title + "first,second\n" + "".join(pieces)).encode(encoding))
    whole = in_blocks_of(1 << 20, path, encoding=encoding, skip_rows=skip_rows)
    parts = in_blocks_of(size, path, encoding=encoding, skip_rows=skip_rows)
    assert parts.frame.to_dict("list") == whole.frame.to_dict("list")
    assert parts.malformed == whole.malformed


def test_lines_at_the_end_leave_the_blocks_before_them_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "CSV_BLOCK", 50)
    text = io.StringIO()
    for number in range(40):
        csv.writer(text).writerow([number, 'a "quoted"\ntext', "x" * (number % 7)])
    path = tmp_path / "grown.csv"
    path.write_text(text.getvalue()[:-400], newline="")
    before = list(whole_lines(path, ",", "utf-8", 0))
    path.write_text(text.getvalue(), newline="")
    after = list(whole_lines(path, ",", "utf-8", 0))
    assert len(before) > 10
    assert after[: len(before) - 1] == before[:-1]
    assert b"".join(after).decode() == text.getvalue()


def test_a_line_longer_than_any_is_refused_with_what_may_be_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_blocks, "CSV_BLOCK", 50)
    monkeypatch.setattr(csv_blocks, "LONGEST_LINE", 200)
    (tmp_path / "open.csv").write_text('a,b\n1,"2\n' + "3,4\n" * 200)
    with pytest.raises(LedgerError, match=r"longer than 200 bytes\. Is there a quote"):
        list(stream_csv(tmp_path / "open.csv"))
