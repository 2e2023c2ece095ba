"""What is in an export: its files, sheets and tables, their columns, and a bounded sample of their rows."""

import glob
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from ledger.errors import LedgerError, first_line, listed
from ledger.importing.drafting.guess_formats import Cells
from ledger.importing.drafting.sniff_text import NotReadable, header, sampled, sniffed
from ledger.importing.export_files import FORMATS
from ledger.reading.parsing import as_text
from ledger.sources.connections import open_engine, shown, table_names
from ledger.sources.csv_and_parquet import first_parquet_rows
from ledger.sources.database_rows import first_rows
from ledger.sources.workbooks import first_rows_of_sheets

ROWS, MOST_FILES, MOST_COLUMNS = 2_000, 200, 400
MOST_JSON = 64 << 20
NOT_AN_EXPORT = (".sql", ".md", ".yaml", ".yml", ".pdf", ".zip", ".xls", ".py", ".log", ".gz", ".html", ".xml", ".ods")


@dataclass(frozen=True)
class Looked:
    """A file, a sheet or a table: how the mapping calls and finds it, its sample as text, whether that is all of it."""

    name: str
    shown: str
    keys: dict[str, object]
    frame: pd.DataFrame
    whole: bool
    unsure: tuple[str, ...] = ()
    kind: str = "csv"

    @cached_property
    def columns(self) -> dict[str, Cells]:
        """Its columns by name."""
        found = {}
        for name in [one for one in self.frame.columns if str(one).isprintable()][:MOST_COLUMNS]:
            found[str(name)] = Cells(str(name), self.frame[name].dropna(), len(self.frame))
        return found


@dataclass(frozen=True)
class Export:
    """What an export has; `left_out` are sentences about what could not be read."""

    files: tuple[Looked, ...]
    left_out: tuple[str, ...] = field(default_factory=tuple)


def look_at(source: Path | str) -> Export:
    """The files, sheets and tables of an export. LedgerError, with what to do, where there are none to read."""
    if isinstance(source, str) and "://" in source:
        return _database(source)
    path = Path(source)
    if not path.exists():
        raise LedgerError(f"{path}: there is no such file or folder.")
    paths = [path] if path.is_file() else _files(path)
    found: list[Looked] = []
    left_out: list[str] = []
    names: set[str] = set()
    for one in paths[:MOST_FILES]:
        place = one.name if path.is_file() else one.relative_to(path).as_posix()
        try:
            place.encode()
            found += list(_file(one, place, names))
        except (NotReadable, LedgerError, OSError) as error:
            left_out.append(f"{_plain(place)}: {_plain(str(error)).removeprefix(f'{one}: ')}")
        except UnicodeError:
            left_out.append(f"{_plain(place)}: its name is no text; rename it")
    if len(paths) > MOST_FILES:
        left_out.append(f"{len(paths) - MOST_FILES:,} further files were not looked at")
    if not found:
        reasons = f" {'. '.join(left_out)}." if left_out else " It has no files."
        raise LedgerError(
            f"{path}: there is nothing that a mapping could read.{reasons} Export customers, invoices and payments as "
            f"CSV, Excel (.xlsx), Parquet or JSON, each with a line of column names."
        )
    return Export(tuple(_together(found)), tuple(left_out))


def _files(folder: Path) -> list[Path]:
    each = [path for path in sorted(folder.glob("*")) + sorted(folder.glob("*/*")) if path.is_file()]
    root = folder.resolve()
    return [
        path
        for path in each
        if not path.name.startswith((".", "_", "~$"))
        and path.suffix.lower() not in NOT_AN_EXPORT
        and path.resolve().is_relative_to(root)
    ]


def _file(path: Path, place: str, names: set[str]) -> Iterator[Looked]:
    kind = FORMATS.get(path.suffix.lower(), "csv")
    keys: dict[str, object] = {"path": glob.escape(place)}
    if path.suffix.lower() not in FORMATS:
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith((b"PK\3\4", b"PAR1")):
            kind = keys["format"] = "xlsx" if start.startswith(b"PK") else "parquet"
    if kind == "parquet":
        frame, whole = first_parquet_rows(path, ROWS)
        yield Looked(_name(path.stem, names), place, keys, _texts(frame), whole, kind=kind)
    elif kind == "xlsx":
        yield from _sheets(path, place, keys, names)
    elif kind == "json":
        yield _json(path, place, keys, names)
    else:
        form = sniffed(path)
        rows, whole = sampled(path, form, ROWS)
        if form.delimiter != ("\t" if path.suffix.lower() == ".tsv" else ","):
            keys["delimiter"] = form.delimiter
        if form.encoding != "utf-8":
            keys["encoding"] = form.encoding
        if form.skip_rows:
            keys["skip_rows"] = form.skip_rows
        frame = pd.DataFrame(rows, columns=list(form.names), dtype="str")
        yield Looked(_name(path.stem, names), place, keys, _texts(frame), whole, form.unsure)


def _sheets(path: Path, place: str, keys: dict[str, object], names: set[str]) -> Iterator[Looked]:
    found, reasons = 0, []
    for number, (title, rows, whole) in enumerate(first_rows_of_sheets(path, ROWS)):
        try:
            skip, head = header([[cell or "" for cell in row] for row in rows])
        except NotReadable as error:
            reasons.append(f"sheet {title!r}: {error}")
            continue
        cells = [(row[: len(head)] + [None] * (len(head) - len(row))) for row in rows[skip + 1 :]]
        frame = pd.DataFrame([row for row in cells if any(row)], columns=list(head), dtype="str")
        own = {**keys, **({"sheet": title} if number else {}), **({"skip_rows": skip} if skip else {})}
        yield Looked(
            _name(title if number else path.stem, names),
            f"{place}, sheet {title!r}",
            own,
            _texts(frame),
            whole,
            kind="xlsx",
        )
        found += 1
    if not found:
        raise NotReadable("; ".join(reasons) or "it has no sheets")


def _json(path: Path, place: str, keys: dict[str, object], names: set[str]) -> Looked:
    """A list of records, or the one list of records that a document has inside, such as QueryResponse.Invoice."""
    if path.stat().st_size > MOST_JSON and path.suffix.lower() == ".json":
        raise NotReadable("it is too large to be looked at; export it with one record a line (.jsonl)")
    text = path.read_text("utf-8-sig", errors="strict") if path.stat().st_size <= MOST_JSON else None
    try:
        if text is None:
            with path.open(encoding="utf-8-sig") as file:
                records = [json.loads(line) for line in [next(file, "") for _ in range(ROWS)] if line.strip()]
        else:
            try:
                document = json.loads(text)
            except ValueError:
                document = [json.loads(line) for line in text.splitlines() if line.strip()]
            inside, records = _records(document)
            if inside:
                keys["records"] = inside
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"this is not readable JSON ({first_line(error)})") from None
    rows = [_flat(record) for record in records[:ROWS] if isinstance(record, dict)]
    if not rows:
        raise NotReadable("it has no list of records")
    return Looked(_name(path.stem, names), place, keys, _texts(pd.DataFrame(rows)), len(records) <= ROWS, kind="json")


def _records(document: object, place: str = "") -> tuple[str, list[object]]:
    if isinstance(document, list):
        return place, document
    if isinstance(document, dict):
        for key, value in document.items():
            if isinstance(value, list) and value and isinstance(value[0], dict) and re.fullmatch(r"\w+", key):
                return f"{place}.{key}".lstrip("."), value
        for key, value in document.items():
            if isinstance(value, dict) and re.fullmatch(r"\w+", key):
                inside, records = _records(value, f"{place}.{key}".lstrip("."))
                if records:
                    return inside, records
    return "", [document] if not place and isinstance(document, dict) else []


def _flat(record: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": one for inner, one in value.items() if not isinstance(one, dict | list)}
        elif not isinstance(value, list):
            flat[key] = value
    return flat


def _database(address: str) -> Export:
    engine = open_engine(address)
    try:
        tables = table_names(engine)
        place = shown(engine)
        found: list[Looked] = []
        left_out: list[str] = []
        names: set[str] = set()
        for table in tables[: 5 * MOST_FILES]:
            try:
                frame, whole = first_rows(engine, table, ROWS)
            except LedgerError as error:
                left_out.append(_plain(str(error)))
                continue
            name = _name(table, names)
            keys: dict[str, object] = {} if name == table else {"table": table}
            found.append(Looked(name, f"table {table}", keys, _texts(frame), whole, kind="table"))
    finally:
        engine.dispose()
    if not found:
        raise LedgerError(f"{place}: the database has no tables that can be read. {listed(left_out)}")
    return Export(tuple(found), tuple(left_out))


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({str(name): as_text(frame[name]) for name in frame.columns}) if len(frame.columns) else frame


def _name(stem: str, names: set[str]) -> str:
    """A plain name under `files` that no other has."""
    plain = re.sub(r"\W+", "_", stem).strip("_").lower()[:60] or "export"
    plain = f"file_{plain}" if plain[0].isdigit() else plain
    name, number = plain, 2
    while name in names:
        name, number = f"{plain}_{number}", number + 1
    names.add(name)
    return name


def _together(found: list[Looked]) -> Iterator[Looked]:
    """Files of the same form whose names differ in digits only, such as one for each year, as one."""
    groups: dict[object, list[Looked]] = {}
    for one in found:
        path = str(one.keys.get("path", one.name))
        alike = (
            re.sub(r"\d+", "*", path)
            if re.search(r"\d", path) and "sheet" not in one.keys and "[" not in path
            else path
        )
        same = {key: value for key, value in one.keys.items() if key != "path"}
        groups.setdefault((alike, tuple(one.frame.columns), str(same)), []).append(one)
    for (alike, *_), several in groups.items():  # type: ignore[misc]
        first = several[0]
        if len(several) == 1 or "path" not in first.keys:
            yield from several
            continue
        frame = pd.concat([one.frame for one in several[:5]], ignore_index=True)
        name = re.sub(r"_*\d+_*", "_", first.name).strip("_") or first.name
        name = name if all(one.name != name for one in found) else first.name
        yield Looked(
            name, f"{alike} ({len(several)} files)", {**first.keys, "path": alike}, frame,
            all(one.whole for one in several) and len(several) <= 5, first.unsure, first.kind,
        )  # fmt: skip


def _plain(text: str) -> str:
    """In one line, printable."""
    return " ".join("".join(letter if letter.isprintable() else "?" for letter in text).split())[:500]
