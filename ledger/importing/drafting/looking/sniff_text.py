"""How a text file is written: encoding, delimiter, and lines above the column names."""

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

DELIMITERS = (";", "\t", ",", "|")
HEAD, BLOCK, MOST_CHECKED = 1 << 20, 1 << 18, 1 << 26
LINES_LOOKED_AT = 60
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Letters of Central Europe, and what they look like where cp1250 is read as cp1252.
AS_CP1252 = "³¹¿œêæñ\u009c\u009f"
VALUE = re.compile(r"[\s$€£+-]*[\d.,' ]*\d[\d.,' ]*[\s%-]*|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*")


@dataclass(frozen=True)
class TextForm:
    """How a text file is read, and the notes of what no one can be sure of."""

    encoding: str
    delimiter: str
    skip_rows: int
    names: tuple[str, ...]
    unsure: tuple[str, ...] = ()


class NotReadable(ValueError):
    """Why a file holds no rows that a mapping could name."""


def sniffed(path: Path) -> TextForm:
    """The form of a text file. NotReadable, with a sentence, where it is none."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise NotReadable("it is empty")
    encoding, unsure = _encoding(path, head)
    text = head.decode(encoding, "ignore").lstrip("\ufeff")
    if NOT_TEXT.search(text[:100_000]):
        raise NotReadable("it is no text")
    lines = re.split("\r\n|\r|\n", text)[:LINES_LOOKED_AT]
    if len(head) < HEAD or len(lines) > 1:
        lines = lines if len(head) < HEAD else lines[:-1] or lines
    delimiter = _delimiter(lines)
    skip, names = header(rows_of("\n".join(lines), delimiter, blank=True))
    return TextForm(encoding, delimiter, skip, names, unsure)


def sampled(path: Path, form: TextForm, most: int) -> tuple[list[list[str]], bool]:
    """Rows from the start of a file, its middle and its end, each with as many fields as the header; and whether these
    are all."""
    size, width = path.stat().st_size, len(form.names)
    with path.open("rb") as file:
        blocks = [file.read(max(HEAD, 4 * BLOCK))]
        whole = file.tell() >= size
        for start in () if whole or form.encoding.startswith("utf-16") else (size // 2, size - BLOCK):
            file.seek(max(start, file.tell()))
            blocks.append(file.read(BLOCK))
    found: list[list[str]] = []
    for place, block in enumerate(blocks):
        lines = block.decode(form.encoding, "ignore").lstrip("\ufeff")
        if place:  # from the next whole line on
            lines = lines.partition("\n")[2]
        if not whole:
            lines = lines.rpartition("\n")[0]
        rows = rows_of(lines, form.delimiter, form.skip_rows if place == 0 else 0)
        rows = [row for row in rows[1 if place == 0 else 0 :] if len(row) == width]
        if place == 0 and len(rows) > most:
            middle = len(rows) // 2
            rows, whole = [*rows[: most // 2], *rows[middle : middle + most // 4], *rows[-(most // 4) :]], False
        found += rows[:most]
    return found, whole


def rows_of(text: str, delimiter: str, skip: int = 0, blank: bool = False) -> list[list[str]]:
    """The rows of a text, without blank lines unless wanted."""
    source = io.StringIO(text, newline="")
    for _ in range(skip):
        source.readline()
    try:
        return [row for row in csv.reader(source, delimiter=delimiter) if row or blank]
    except csv.Error as error:
        raise NotReadable(f"its lines cannot be parted into columns ({error})") from None


def header(rows: list[list[str]]) -> tuple[int, tuple[str, ...]]:
    """How many rows are above the column names, and these. NotReadable where no row has names."""
    wide = Counter(len(row) for row in rows if sum(bool(cell.strip()) for cell in row) > 1)
    usual = max(wide, key=lambda width: (wide[width] * width, width)) if wide else 1
    for place, row in enumerate(rows[:LINES_LOOKED_AT]):
        names = [cell.strip() for cell in row]
        filled = [name for name in names if name]
        if len(row) < usual or len(filled) < max(0.6 * usual, 1):
            continue
        if any(VALUE.fullmatch(name) for name in filled):
            raise NotReadable(f"there is no line of column names above {', '.join(filled)[:80]!r}")
        double = [name for name, times in Counter(filled).items() if times > 1]
        if double:
            raise NotReadable(f"the column {double[0][:80]!r} is there more than once; keep one of them")
        return place, tuple(name or f"unnamed_{number}" for number, name in enumerate(names, start=1))
    raise NotReadable("there is no line of column names")


def _encoding(path: Path, head: bytes) -> tuple[str, tuple[str, ...]]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ()
    if head.count(0) > len(head) // 3:
        return ("utf-16-le" if head[1:2] == b"\0" else "utf-16-be"), ()
    if 0 in head:
        raise NotReadable("it is no text")
    if _is(path, "utf-8"):
        return "utf-8", ()
    encoding = "cp1252" if _is(path, "cp1252") else "latin-1"
    letters = head.decode(encoding, "ignore")
    if encoding == "cp1252" and len(re.findall(f"[{AS_CP1252}](?=[a-z])|(?<=[a-z])[{AS_CP1252}]", letters)) > 2:
        central = [letter for letter in letters if letter in "³¹¿"]
        if central and _is(path, "cp1250"):
            return "cp1250", ("read as cp1250 (Central Europe), since it is not UTF-8; look at the letters of names",)
    return encoding, (f"read as {encoding}, since it is not UTF-8; look at the letters of names",)


def _is(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    checked = 0
    try:
        with path.open("rb") as file:
            while (block := file.read(HEAD)) and checked < MOST_CHECKED:
                decoder.decode(block)
                checked += len(block)
    except UnicodeError:
        return False
    return True


def _delimiter(lines: list[str]) -> str:
    """The one that parts most lines into the same number of columns."""

    def points(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            return 0, 0
        several = {width: times for width, times in widths.items() if width > 1}
        if not several:
            return 0, 0
        width = max(several, key=lambda one: (several[one] * min(one, 3), one))
        return several[width] / sum(widths.values()), width

    best = max(DELIMITERS, key=points)
    return best if points(best)[0] > 0 else ","
