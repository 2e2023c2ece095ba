"""The first rows of an export as an export of its own, in the same form: an import of it is a look at the whole."""

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet

from ledger.importing.drafting.looking.json_records import ONE_A_LINE
from ledger.importing.drafting.looking.look_at_export import MOST_FILES, ROWS, Export, files_of, format_of
from ledger.importing.drafting.looking.sniff_text import sniffed

WHOLE_BYTES = 1 << 18  # a smaller file is taken as it is
UNREADABLE = (ValueError, KeyError, zipfile.BadZipFile, pa.ArrowException)
HEAD_BYTES = 1 << 18  # of the text of a larger one


def excerpt(source: str, export: Export, folder: Path) -> str:
    """Write the first rows of each file or table of an export to a folder; what an import takes for the export.

    What cannot be read is left out, as it is of the export. OSError where nothing can be written.
    """
    if "://" in source:
        return _of_database(export, folder / "export.db")
    path = Path(source)
    for one in files_of(path)[:MOST_FILES]:
        place = folder / (one.name if path.is_file() else one.relative_to(path))
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(*UNREADABLE):
            _first_rows(one, place)
    return str(folder / path.name if path.is_file() else folder)


def _of_database(export: Export, path: Path) -> str:
    """What was read of each table already."""
    with closing(sqlite3.connect(path)) as database, database:
        for one in export.files:
            rows = one.frame.astype(object).where(one.frame.notna(), None)
            rows.to_sql(str(one.keys.get("table", one.name)), database, index=False, dtype=dict.fromkeys(rows, "TEXT"))
    return f"sqlite:///{path}"


def _first_rows(path: Path, out: Path) -> None:
    kind = format_of(path)
    if path.stat().st_size <= WHOLE_BYTES:
        shutil.copyfile(path, out)
    elif kind == "parquet":
        rows = pa.parquet.ParquetFile(path)
        groups = list(range(min(rows.num_row_groups, 1)))
        first = next(rows.iter_batches(ROWS, groups), pa.RecordBatch.from_pylist([], rows.schema_arrow))
        pa.parquet.write_table(pa.Table.from_batches([first], rows.schema_arrow), out)
    elif kind == "xlsx":
        _workbook(path, out)
    elif kind == "json":
        out.write_text(_records(path), "utf-8")
    else:
        out.write_bytes(_lines(path))


def _workbook(path: Path, out: Path) -> None:
    book, few = openpyxl.load_workbook(path, read_only=True, data_only=True), openpyxl.Workbook(write_only=True)
    with closing(book):
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            of_sheet = few.create_sheet(sheet.title)
            for row in islice(sheet.iter_rows(values_only=True), ROWS):
                of_sheet.append(row)
    few.save(out)


def _records(path: Path) -> str:
    """The first lines, or a document whose lists have their first entries only."""
    if path.suffix.lower() in ONE_A_LINE:
        with path.open(encoding="utf-8-sig") as file:
            return "".join(islice(file, ROWS))
    text = path.read_text("utf-8-sig")
    try:
        return json.dumps(_shortened(json.loads(text)))
    except ValueError:  # one record a line, whatever its name says
        return "".join(text.splitlines(keepends=True)[:ROWS])


def _shortened(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: _shortened(value) for name, value in document.items()}
    return document[:ROWS] if isinstance(document, list) else document


def _lines(path: Path) -> bytes:
    """Whole lines, none of them with a cell that goes on in the next."""
    encoding = sniffed(path).encoding
    with path.open("rb") as file:
        lines = file.read(HEAD_BYTES).decode(encoding, "ignore").splitlines(keepends=True)[:-1]
    text = "".join(lines)
    while lines and text.count('"') % 2:
        text = text.removesuffix(lines.pop())
    return text.encode(encoding)
