"""A customer taken out of files: worklists, reports, drafts, refused rows, data docs. Others keep their bytes.

Where that cannot be done, or was not enough, a file says so: it is never passed over.
"""

import csv
import html
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from worklists.drafts.mail import file_name
from worklists.erasure.forget_workbooks import CUSTOMER_HEADS, NOT_READ, clean_workbook, plain_head
from worklists.erasure.person import REMOVED, STILL, Cleaned, Person, plain_id

LISTINGS = ("worklist.csv", "handovers.csv")  # a row for each customer
csv.field_size_limit(sys.maxsize)  # a row may be refused because a text in it is too long

OPENED = ("~$", ".~lock.")  # what spreadsheet programs put beside a file while it is open
NOT_READABLE = (".xls", ".ods", ".pdf", ".zip", ".doc", ".docx", ".odt", ".msg")
SEPARATORS = (",", ";", "\t", "|")
RECORDS_BEFORE_THE_HEADS = 200
REPORT_ROW = re.compile(r'<(tbody|tr)[^>]* data-customer="([^"]*)">.*?</\1>\n', re.DOTALL)
NOTE = re.compile(r"(<li>)([^<]*)(</li>)")
LETTER = re.compile(r'<section class="letter".*?</section>\n', re.DOTALL)
DOCS_EXAMPLE = re.compile(r'(<div class="show-scrollbars">)([^<]*)(</div>)')


def clean_folder(folder: Path, person: Person) -> dict[Path, Cleaned]:
    """The files of a night's folder, or of one of refused rows, that name the person, or may, by their path in it."""
    files = {path.relative_to(folder): path for path in sorted(folder.rglob("*")) if path.is_file()}
    shut = {name: path for name, path in files.items() if not path.name.startswith(OPENED)}
    cleaned = {name: _clean(path, person) for name, path in shut.items()}
    return {
        name: Cleaned(one.content, one.removed, one.left or (_comes_back(shut[name]) if one.removed else None))
        for name, one in cleaned.items()
        if one.removed or one.left
    }


def _comes_back(path: Path) -> str | None:
    """Why a cleaned file may not stay so."""
    if path.is_symlink():
        return f"it was a link: {path.resolve()} is as it was"
    if any((path.parent / name).exists() for name in (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")):
        return "it is open in a spreadsheet program: whoever saves it brings the customer back"
    return None


def names_in(listing: Path, customer: str) -> set[str]:
    """The names under which one of `LISTINGS` lists a customer; none where there is no such file."""
    if not listing.is_file():
        return set()
    _, rows = _table(_read(listing)[0])
    return {_plain(row.get("customer_name", "")) for _, row in rows if _lists(row, Person(customer))} - {""}


def _clean(path: Path, person: Person) -> Cleaned:
    suffix = path.suffix.casefold()
    if suffix in (".xlsx", ".xlsm"):
        return clean_workbook(path, person)
    if suffix == ".eml":
        return Cleaned(None, int(_is_mail_to(path, person)))
    if suffix in NOT_READABLE:
        return Cleaned(None, 0, NOT_READ)
    text, codec = _read(path)
    if suffix == ".csv":
        kept, removed = _without_rows(text, path.name, person)
    elif suffix == ".html":
        kept, removed = _without_parts(text, path.name, person)
    else:
        kept, removed = text, 0
    left = STILL if kept is not None and person.is_still_in(html.unescape(kept)) else None
    return Cleaned(None if kept is None else kept.encode(codec), removed, left)


def _without_rows(text: str, name: str, person: Person) -> tuple[str | None, int]:
    before, rows = _table(text)
    kept = [record for record, row in rows if not (_lists if "customer_id" in row else _refuses)(row, person)]
    removed = len(rows) - len(kept)
    # A table without refused rows has no file; a listing is one without rows, too.
    gone = removed and not kept and name not in LISTINGS
    return (None if gone else "".join([*before, *kept])), removed


def _without_parts(text: str, name: str, person: Person) -> tuple[str, int]:
    if name == "report.html":
        customer = _escaped(person.customer)
        text, rows = _without(REPORT_ROW, lambda row: "" if row[2] == customer else row[0], text)
        text, notes = _without(NOTE, lambda note: note[1] + _note(note[2], person) + note[3], text)
        return text, rows + notes
    if name == "letters.html":
        return _without(LETTER, lambda letter: "" if _is_letter_to(letter[0], person) else letter[0], text)
    return _without(
        DOCS_EXAMPLE,
        lambda cell: cell[1] + (REMOVED if person.is_named_by(html.unescape(cell[2]).strip()) else cell[2]) + cell[3],
        text,
    )


def _note(text: str, person: Person) -> str:
    said = html.unescape(text)
    return text if person.without(said) == said else _escaped(person.without(said))


def _is_letter_to(section: str, person: Person) -> bool:
    return any(
        person.is_named_by(html.unescape(text).strip()) for text in re.split(r"<[^>]*>", section) if text.strip()
    )


def _is_mail_to(path: Path, person: Person) -> bool:
    if path.name == file_name(person.customer, ".eml"):
        return True
    mail = message_from_bytes(path.read_bytes(), policy=default)
    body = mail.get_body()
    said = [str(mail["to"]), str(mail["subject"]), body.get_content() if body is not None else ""]
    return any(map(person.is_named_by, said))


def _without(pattern: "re.Pattern[str]", replaced: Callable[["re.Match[str]"], str], text: str) -> tuple[str, int]:
    pieces, removed, end = [], 0, 0
    for match in pattern.finditer(text):
        fresh = replaced(match)
        removed += fresh != match[0]
        pieces += [text[end : match.start()], fresh]
        end = match.end()
    return "".join([*pieces, text[end:]]), removed


def _lists(row: dict[str, str], person: Person) -> bool:
    return person.is_customer(row["customer_id"]) if "customer_id" in row else False


def _refuses(row: dict[str, str], person: Person) -> bool:
    """Whether a refused row is the person's, or names it: by an id in a column of ids, or in words."""
    try:
        record: dict[str, Any] = json.loads(row.get("row", ""))
    except ValueError:
        return any(map(person.is_named_by, row.values()))
    if "line" in record:  # a line that could not be split is searched as it is, field by field
        return person.is_named_by(record["line"]) or any(map(person.is_named_by, re.split(r'[,;\t|"]', record["line"])))
    cells = [(name, value) for name, value in record.items() if value is not None]
    by_id = (plain_id(value) in person.plain_ids for name, value in cells if name.casefold().endswith("id"))
    return any(by_id) or any(person.is_named_by(str(value)) for value in record.values() if not _number(value))


def _number(value: object) -> bool:
    return value is None or bool(re.fullmatch(r"[-+\d.,]*", str(value)))


def _read(path: Path) -> tuple[str, str]:
    """A file's text, with its line ends and byte order mark, and the codec that gives the same bytes again."""
    content = path.read_bytes()
    for codec in ("utf-16-le", "utf-16-be") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp1252"):
        try:
            text = content.decode(codec)
        except UnicodeError:
            continue
        if not codec.startswith("utf-16") or text.startswith("\ufeff"):
            return text, codec
    return content.decode("latin-1"), "latin-1"


def _table(text: str) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    """The records of a CSV up to its heads, and those below, each as it is written and as cells by column.

    The heads are the first that name a column of customers, by any separator; else the first record.
    """
    records = _records(text)
    place, separator = next(_heads(records), (0, ","))
    columns = [_column(head) for head in _cells(records[place], separator)] if records else []
    below = records[place + 1 :]
    rows = [(record, dict(zip(columns, _cells(record, separator), strict=False))) for record in below]
    return records[: place + 1], rows


def _heads(records: list[str]) -> Iterator[tuple[int, str]]:
    for place, record in enumerate(records[:RECORDS_BEFORE_THE_HEADS]):
        for separator in SEPARATORS:
            if "customer_id" in map(_column, _cells(record, separator)):
                yield place, separator


def _column(head: str) -> str:
    return "customer_id" if plain_head(head) in CUSTOMER_HEADS else head


def _records(text: str) -> list[str]:
    """The records of a CSV as they are written, each with its line end; a quoted cell may go over several lines."""
    records, lines = [], list[str]()
    for line in io.StringIO(text, newline="\n"):
        lines.append(line)
        if sum(part.count('"') for part in lines) % 2 == 0:
            records.append("".join(lines))
            lines = []
    return [*records, *lines]


def _cells(record: str, separator: str) -> list[str]:
    return next(csv.reader(io.StringIO(record, newline=""), delimiter=separator), [])


def _plain(cell: str) -> str:
    """The text of a cell without the ' that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") else cell


def _escaped(text: str) -> str:
    """As the report's template escapes."""
    return html.escape(text, quote=False).replace('"', "&#34;").replace("'", "&#39;")
