"""A CSV as blocks of whole lines, in UTF-8: lines added at its end leave all blocks but the last as they are."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numba
import numpy as np
import pyarrow as pa

from ledger.errors import LedgerError
from ledger.hashing import Bytes

CSV_BLOCK = 1 << 24
LONGEST_LINE = 1 << 27
CHUNK = 1 << 20
OF_ONE_BYTE = ("cp125", "cp437", "cp850", "iso8859", "mac", "koi8")  # how names of encodings begin
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
QUOTE, LINE_FEED, CARRIAGE_RETURN = b'"\n\r'


def whole_lines(path: Path, delimiter: str, encoding: str, skip_rows: int) -> Iterator[bytes]:
    """The lines below the first `skip_rows` in blocks of about `CSV_BLOCK` bytes, none of which is blank throughout.

    A line end within quotes ends no line. LedgerError where a line is longer than `LONGEST_LINE`.
    """
    with pa.transcoding_input_stream(pa.OSFile(str(path)), encoding, "utf-8") as stream:
        text = _below(stream, skip_rows)
        while more := stream.read(CSV_BLOCK - len(text) % CSV_BLOCK):
            text += more
            end = _last_line_end(np.frombuffer(text, dtype=np.uint8), ord(delimiter))
            if text[:end].strip(b"\r\n"):
                yield text[:end]
            text = text[end:]
            if len(text) > LONGEST_LINE:
                raise LedgerError(
                    f"{path}: this is not a readable CSV: a line is longer than {LONGEST_LINE:,} bytes. Is there "
                    f"a quote that never closes?"
                )
    if text.strip(b"\r\n"):
        yield text


def require_encoding(path: Path, encoding: str) -> None:
    """LedgerError where the file is empty, its bytes are not text of that encoding, or they are UTF-8 where an encoding
    of one byte a letter is stated: that one reads all bytes, and Müller as MÃ¼ller."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            start = file.peek(2)[:2]
            if not start:
                raise LedgerError(f"{path} is empty (0 bytes). A CSV has a line of column names at least.")
            if codecs.lookup(encoding).name.startswith(OF_ONE_BYTE) and _is_utf8(file):
                raise LedgerError(
                    f"{path}: the text is UTF-8, and the mapping states `encoding: {encoding}`, in which names would "
                    f"be spoilt. Take `encoding` out of the mapping, or save the file in that encoding."
                )
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        reason = getattr(error, "reason", str(error))
        is_utf_16 = start in UTF_16
        usual = "utf-16` is how this file begins" if is_utf_16 else "cp1252` is common for exports from Windows"
        raise LedgerError(
            f"{path}: the text is not {encoding} ({reason}). Save it as UTF-8, or state its encoding in a mapping "
            f"(`encoding: {usual}) and run `duerank import`."
        ) from None
    except OSError as error:
        raise LedgerError(f"{path}: the file cannot be read: {error.strerror}.") from None


def _is_utf8(file: BinaryIO) -> bool:
    """Whether there are letters beyond ASCII, and all are UTF-8; the file is at its start again."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    beyond = False
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
            beyond = beyond or not chunk.isascii()
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        file.seek(0)
    return beyond


def _below(stream: pa.NativeFile, skip_rows: int) -> bytes:
    """The first text of a file, without the mark of its encoding and without its first lines."""
    lines = re.compile(rb"(?:[^\r\n]*(?>\r\n|\r|\n)){%d}" % skip_rows)
    text: bytes = stream.read(CSV_BLOCK).removeprefix(codecs.BOM_UTF8)
    # A carriage return at the very end may be half of a line end.
    while ((found := lines.match(text)) is None or found.end() == len(text)) and (more := stream.read(CSV_BLOCK)):
        text += more
    return text[found.end() :] if found else b""


@numba.njit(cache=True, nogil=True)
def _last_line_end(letters: Bytes, delimiter: int) -> int:
    """Behind the last line end that is not within quotes, which begin a cell and are doubled inside it."""
    end, place, begins, quoted = 0, 0, True, False
    while place < len(letters):
        letter = letters[place]
        if quoted:
            if letter == QUOTE:
                quoted = place + 1 < len(letters) and letters[place + 1] == QUOTE
                place += quoted
        elif letter == QUOTE and begins:
            quoted, begins = True, False
        elif letter in (LINE_FEED, CARRIAGE_RETURN):
            end, begins = place + 1, True
        else:
            begins = letter == delimiter
        place += 1
    return end
