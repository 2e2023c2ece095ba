"""`draft-mapping`: from an export to a mapping that loads, and the first rows as they would come in."""

import shlex
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ledger.atomic_files import write_whole
from ledger.errors import LedgerError, WrongPlace
from ledger.importing.checking.doubts import doubts
from ledger.importing.drafting.draft import Draft
from ledger.importing.drafting.known_systems import Fit, as_document, as_one_file, as_text, best_fit
from ledger.importing.drafting.looking.excerpt import excerpt
from ledger.importing.drafting.looking.look_at_export import ROWS, Export, look_at
from ledger.importing.drafting.propose import propose
from ledger.importing.drafting.write_yaml import as_yaml
from ledger.importing.drafting.written_form import in_written_form
from ledger.importing.import_export import Prepared, prepared_import
from ledger.importing.mapping_schema import load_mapping
from ledger.sources.connections import without_password
from ledger.sources.run_folders import run_folder
from ledger.tables import TABLES

ROWS_SHOWN = 4
LINES_SHOWN = 40


@dataclass(frozen=True)
class Drafted:
    """A mapping as text, and what to say about it: `report` are lines for people."""

    text: str
    report: tuple[str, ...]


def draft_mapping(source: str, out: Path, force: bool = False) -> str:
    """Write a mapping for an export to `out`; a text for people that says what was found, how its first rows come in,
    and what to do next.

    LedgerError where there is nothing to read, WrongPlace where `out` is there and not to be replaced. Nothing else is
    written.
    """
    if out.exists() and not force:
        raise WrongPlace(f"{out} is there already. Choose another name for --out, or add --force to replace it.")
    if not out.resolve().parent.is_dir():
        raise LedgerError(
            f"{out}: there is no folder {out.resolve().parent}. Make it, or choose another place for --out."
        )
    export = look_at(source)
    fit = best_fit(export)
    drafted = _known(export, fit, source, out) if fit is not None and fit.whole else _proposed(export, fit, source, out)
    try:
        write_whole(out, lambda path: path.write_text(drafted.text, "utf-8"))
    except OSError as error:
        raise LedgerError(f"{out} cannot be written: {error.strerror}. Choose another place for --out.") from None
    return "\n".join([*_listed(export), "", *drafted.report])


def _known(export: Export, fit: Fit, source: str, out: Path) -> Drafted:
    document = as_document(fit.mapping)
    written, unsure = in_written_form(document, load_mapping(fit.mapping), export)
    as_it_is = written is document
    head = f"# The mapping of {fit.system} that comes with duerank{'' if as_it_is else ', for files in this form'}.\n\n"
    text = head + (as_one_file(fit.mapping) if as_it_is else as_text(written))
    mapping = fit.system if as_it_is else _typed(str(out))
    said = (
        f"The mapping is in {out}; duerank has it by name, too."
        if as_it_is
        else f"The mapping is in {out}, and says how these files are written: import with it, not by the system's name."
    )
    with run_folder() as folder:
        (folder / "mapping.yaml").write_text(text, "utf-8")
        rows = _first_rows(folder / "mapping.yaml", source, export)
    lines = [
        f"This is an export of {fit.system}: all {fit.needed} columns that its mapping needs are there.",
        said,
        *(f"  unsure: {sentence}" for sentence in unsure),
        *rows,
        "",
        f"Next: duerank import {mapping} --input {_typed(source)} --out LEDGER --check",
    ]
    return Drafted(text, tuple(lines))


def _proposed(export: Export, fit: Fit | None, source: str, out: Path) -> Drafted:
    nearly = [] if fit is None else _what_is_missing(fit)
    try:
        draft = propose(export)
    except LedgerError as error:
        raise LedgerError(" ".join([*nearly, str(error)])) from None
    text = as_yaml(
        draft, [f"Drafted from {without_password(source)}. Read the lines with `unsure`; docs/mapping.md has all keys."]
    )
    with run_folder() as folder:
        path = folder / "mapping.yaml"
        path.write_text(text, "utf-8")
        load_mapping(path)
        rows = [] if draft.missing else _first_rows(path, source, export)
    return Drafted(text, tuple([*nearly, *_what_is_what(draft, out), *rows, "", *_next(draft, source, out)]))


def _what_is_missing(fit: Fit) -> list[str]:
    lines = [f"This looks like {fit.system} ({fit.columns:.0%} of the columns that its files must have are there)."]
    if fit.missing_files:
        lines.append(f"  Missing files: {', '.join(fit.missing_files)}.")
    if fit.missing_columns:
        lines.append(f"  Missing columns: {'; '.join(fit.missing_columns[:10])}.")
    return [
        *lines,
        f"  Export these, too, and `duerank import {fit.system}` reads it. Until then, a mapping of its own:",
    ]


def _listed(export: Export) -> list[str]:
    lines = ["Found:"]
    for one in export.files[:LINES_SHOWN]:
        rows = f"{len(one.frame):,} rows" if one.whole else f"the first {len(one.frame):,} rows and more"
        names = [str(name)[:40] for name in one.frame.columns[:12]]
        more = f" and {len(one.frame.columns) - 12} more" if len(one.frame.columns) > 12 else ""
        lines.append(f"  {one.shown}: {rows}; {', '.join(names)}{more}")
    if len(export.files) > LINES_SHOWN:
        lines.append(f"  and {len(export.files) - LINES_SHOWN} more")
    return [*lines, *(f"  not read: {one}" for one in export.left_out[:LINES_SHOWN])]


def _what_is_what(draft: Draft, out: Path) -> list[str]:
    lines = [f"No system that duerank knows by name: a mapping is proposed in {out}."]
    for table, rules in draft.tables.items():
        lines.append(f"  {table} from {', '.join(dict.fromkeys(rule.file for rule in rules))}")
    unsure = list(draft.all_unsure())
    if unsure:
        lines += ["", f"Unsure ({len(unsure)}), each marked in the file with `# unsure:`"]
        lines += [f"  {place}: {sentence}" for place, sentence in unsure[:LINES_SHOWN]]
    return lines


def _next(draft: Draft, source: str, out: Path) -> list[str]:
    command = f"duerank import {_typed(str(out))} --input {_typed(source)} --out LEDGER --check"
    if draft.missing:
        return ["Not found, and needed:", *(f"  {one}." for one in draft.missing), f"Then: {command}"]
    return [f"Next: {command}"]


def _first_rows(mapping: Path, source: str, export: Export) -> list[str]:
    """The first rows of each table as an import of the export's first rows makes them."""
    whole = all(one.whole for one in export.files)
    lines = [] if whole else ["", f"Of the first {ROWS:,} rows of a file or table, more or less:"]
    with run_folder() as folder:
        (folder / "export").mkdir()
        try:
            looked_at = source if whole else excerpt(source, export, folder / "export")
            with prepared_import(mapping, looked_at, folder / "ledger") as prepared:
                for table in prepared.files:
                    lines += _of_table(table, prepared)
                said = [*prepared.imported.notes, *(doubts(prepared.files) if whole else [])]
                lines += ["", *said] if said else []
        except (LedgerError, OSError) as error:
            return ["", f"The first rows cannot be shown: {str(error).replace(str(mapping), mapping.name)}"]
    return lines


def _of_table(table: str, prepared: Prepared) -> list[str]:
    counts = prepared.imported.counts.set_index("table").loc[table]
    first = [pd.read_parquet(file) for file in prepared.files[table][:1]]
    refused = prepared.imported.refused.query("table == @table").head(ROWS_SHOWN)
    return [
        "",
        f"{table}: {counts['rows_out']:,} rows, {counts['refused']:,} refused; the first:",
        _shown(table, pd.concat(first) if first else pd.DataFrame()),
        *(f"  refused: {one.column} {str(one.value)[:40]!r}: {one.rule}" for one in refused.itertuples()),
    ]


def _shown(name: str, rows: pd.DataFrame) -> str:
    columns = [
        one
        for one in TABLES[name].names
        if one in rows and one != "known_on" and not rows[one].isin([False]).all() and rows[one].notna().any()
    ]
    first = rows[columns].head(ROWS_SHOWN)
    return "\n".join(
        f"  {line}"
        for line in first.astype(object).where(first.notna(), "").to_string(index=False, max_colwidth=30).splitlines()
    )


def _typed(place: str) -> str:
    """A place as it is typed into a shell, without a password."""
    return shlex.quote(without_password(place))
