"""A mapping that comes with duerank, in the form in which an export's files are written: delimiter, decimal mark, days.

The systems' own tables have days as 2024-01-31 or 20240131 and a decimal point; what people save from a screen, or a
spreadsheet, has not.
"""

from copy import deepcopy
from typing import Any

from ledger.importing.drafting.guess_dates import Dates, decided
from ledger.importing.drafting.guess_formats import form_of
from ledger.importing.drafting.known_systems import fitting_files
from ledger.importing.drafting.looking.look_at_export import Export, Looked
from ledger.importing.mapping_schema import Mapping, SourceFile

OF_THE_TEXT = ("format", "delimiter", "encoding", "skip_rows", "sheet")
MONEY, DAYS = ("amount", "number"), ("date", "time")
READ_ANYHOW = ("%Y%m%d",)


def in_written_form(document: dict[str, Any], mapping: Mapping, export: Export) -> tuple[dict[str, Any], list[str]]:
    """The mapping, as YAML has it, with the form of each file that declares its columns; and what is unsure about it.
    The document that was given is the one that comes back where nothing has to be said."""
    files = {name: one for name, one in fitting_files(mapping, export).items() if mapping.files[name].columns}
    stated = {name: _stated(mapping.files[name], one, export) for name, one in files.items()}
    if not any(keys for keys, _ in stated.values()):
        return document, []
    written = deepcopy(document)
    for name, (keys, _) in stated.items():
        columns = deepcopy(written["files"][name]["columns"])  # several files may share them
        for column, value in keys.pop("columns", {}).items():
            columns[column] = value
        written["files"][name] = {**written["files"][name], **keys, "columns": columns}
    return written, [f"files.{name}: {sentence}" for name, (_, unsure) in stated.items() for sentence in unsure]


def _stated(form: SourceFile, looked: Looked, export: Export) -> tuple[dict[str, Any], list[str]]:
    """The keys of a file that say how it is written, and what is unsure about them."""
    keys: dict[str, Any] = {name: looked.keys[name] for name in OF_THE_TEXT if name in looked.keys}
    there = {name.lower(): cells for name, cells in looked.columns.items()}
    found = {
        column: next((there[one.lower()] for one in (column, *declared.also) if one.lower() in there), None)
        for column, declared in form.columns.items()
    }
    kinds = {column: declared.type for column, declared in form.columns.items()}
    amounts = [cells for column, cells in found.items() if cells is not None and kinds[column] in MONEY]
    cell_form, unsure = form_of(amounts, looked.whole or looked.kind != "csv")
    keys |= {"decimal_comma": True} if cell_form.decimal_comma else {}
    keys |= {"thousands": cell_form.thousands} if cell_form.thousands and amounts else {}
    columns = {}
    for column, cells in found.items():
        dates = _decided(cells.dates, looked, export) if cells is not None and kinds[column] in DAYS else None
        if dates is None or set(dates.formats) <= set(READ_ANYHOW):
            continue
        own = form.columns[column].model_dump(exclude_defaults=True)
        columns[column] = {**own, "type": "date", "format": list(dates.formats)}
        if dates.other is not None:
            unsure.append(f"{column}: day or month first? Keep {dates.formats[0]!r}, or write {dates.other!r}")
    return {**keys, **({"columns": columns} if columns else {})}, [*looked.unsure, *unsure]


def _decided(dates: Dates | None, looked: Looked, export: Export) -> Dates | None:
    """The same dates in the order of day and month that the file, or another one, proves."""
    for files in ([looked], export.files):
        if dates is not None:
            dates = decided(dates, [one.dates for file in files for one in file.columns.values() if one.dates])
    return dates
