"""What is in an export: its files, sheets and tables, their columns, and a bounded sample of their rows."""

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from ledger.errors import NO_FILE, LedgerError, listed
from ledger.importing.drafting.guess_formats import Cells
from ledger.importing.drafting.looking.json_records import first_records
from ledger.importing.drafting.looking.sniff_text import NotReadable, header, sampled, sniffed
from ledger.importing.export_files import FORMATS
from ledger.reading.parsing import as_text
from ledger.sources.connections import open_engine, shown, table_names
from ledger.sources.csv_and_parquet import first_parquet_rows
from ledger.sources.database_rows import first_rows
from ledger.sources.workbooks import first_rows_of_sheets

ROWS, MOST_FILES, MOST_COLUMNS = 2_000, 200, 400
NOT_AN_EXPORT = (".sql", ".md", ".yaml", ".yml", ".pdf", ".zip", ".xls", ".py", ".log", ".gz", ".html", ".xml", ".ods")
SNAPSHOTS = (
    "many rows are in several of these files: if they are one list of different days, keep the newest in a folder of "
    "its own, since an older row would go before a newer one"
)
MOSTLY_ONCE = 0.2  # the share of rows that are there twice
OF_THE_WEB = "it is a page of the web, whatever its name says; open it in a spreadsheet and save it as .xlsx"
READ_OTHERWISE = {
    b"SQLite format 3": "it is an SQLite database; give its URL instead, sqlite:///{path}",
    b"\xd0\xcf\x11\xe0": "it is a workbook of an old form; save it as .xlsx",
    b"\x1f\x8b": "it is compressed; unpack it",
    **dict.fromkeys((b"<html", b"<!doctype", b"<table"), OF_THE_WEB),
    b"<?xml": "it is XML; open it in a spreadsheet and save it as .xlsx",
}


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
    if not (path.is_file() or path.is_dir()):
        raise LedgerError(f"{path}: {NO_FILE}")
    paths = files_of(path)
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
        others = [] if path.is_file() else sorted(_plain(one.name) for one in path.iterdir() if one.is_file())
        reasons = f" {'. '.join(left_out)}." if left_out else f" Files found: {listed(others)}."
        raise LedgerError(
            f"{path}: there is nothing that a mapping could read.{reasons} Export customers, invoices and payments as "
            f"CSV, Excel (.xlsx), Parquet or JSON, each with a line of column names."
        )
    return Export(tuple(_together(found)), tuple(left_out))


def files_of(export: Path) -> list[Path]:
    """The files of an export that are looked at: itself, or those in the folder and in its folders."""
    if export.is_file():
        return [export]
    each = [path for path in sorted(export.glob("*")) + sorted(export.glob("*/*")) if path.is_file()]
    root = export.resolve()
    return [
        path
        for path in each
        if not path.name.startswith((".", "_", "~$"))
        and path.suffix.lower() not in NOT_AN_EXPORT
        and path.resolve().is_relative_to(root)
    ]


def format_of(path: Path) -> str:
    """csv, parquet, xlsx or json: by the end of its name, else by its first bytes. NotReadable for what is known to be
    none of them, with what to do."""
    with path.open("rb") as file:
        start = file.read(16)
    for first, advice in READ_OTHERWISE.items():
        if start.lower().startswith(first.lower()):
            raise NotReadable(advice.format(path=path))
    if path.suffix.lower() in FORMATS:
        return FORMATS[path.suffix.lower()]
    return "xlsx" if start.startswith(b"PK\3\4") else "parquet" if start.startswith(b"PAR1") else "csv"


def _file(path: Path, place: str, names: set[str]) -> Iterator[Looked]:
    kind = format_of(path)
    keys: dict[str, object] = {"path": glob.escape(place)}
    if kind != FORMATS.get(path.suffix.lower(), "csv"):
        keys["format"] = kind
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
    inside, records, whole = first_records(path, ROWS)
    if inside:
        keys["records"] = inside
    return Looked(_name(path.stem, names), place, keys, _texts(pd.DataFrame(records)), whole, kind="json")


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
                frame, whole = first_rows(address, table, ROWS)
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
        unsure = [SNAPSHOTS] if frame.duplicated().mean() > MOSTLY_ONCE else []
        name = re.sub(r"_*\d+_*", "_", first.name).strip("_") or first.name
        name = name if all(one.name != name for one in found) else first.name
        yield Looked(
            name, f"{alike} ({len(several)} files)", {**first.keys, "path": alike}, frame,
            all(one.whole for one in several) and len(several) <= 5, (*first.unsure, *unsure), first.kind,
        )  # fmt: skip


def _plain(text: str) -> str:
    """In one line, printable."""
    return " ".join("".join(letter if letter.isprintable() else "?" for letter in text).split())[:500]
