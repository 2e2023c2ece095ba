"""Whether an export is of a system that duerank has a mapping for."""

import fnmatch
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ledger.importing.drafting.looking.look_at_export import Export, Looked
from ledger.importing.mapping_schema import Mapping, load_mapping
from ledger.importing.shipped_sources import shipped_sources

MOSTLY = 0.8
FEWEST = 4  # columns that must be asked for, or every list would fit


@dataclass(frozen=True)
class Fit:
    """How well an export fits a mapping that comes with duerank: `columns` is the share that is there of the columns
    that the files that are there must have, `needed` how many these are."""

    system: str
    mapping: Path
    columns: float
    needed: int
    missing_files: tuple[str, ...]
    missing_columns: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether it can be imported as it is."""
        return not self.missing_files and not self.missing_columns


def best_fit(export: Export) -> Fit | None:
    """The system whose files and columns are mostly there; None where there is none."""
    fits = []
    for system, path in shipped_sources().items():
        fit = _fit(system, path, _shipped_mapping(path), export)
        if fit is not None and fit.columns >= MOSTLY:
            fits.append(fit)
    return max(fits, key=lambda fit: (fit.whole, fit.columns, fit.needed)) if fits else None


@cache  # to read those that come with duerank takes a fifth of a second
def _shipped_mapping(path: Path) -> Mapping:
    return load_mapping(path)


def fitting_files(mapping: Mapping, export: Export) -> dict[str, Looked]:
    """What an export has for each of the mapping's files that is there."""
    found = {name: _best(mapping, name, _needed_columns(mapping, name), export) for name in mapping.files}
    return {name: one for name, one in found.items() if one is not None}


def as_document(mapping: Path) -> dict[str, Any]:
    """The mapping as YAML has it, the SQL beside it in place."""
    document: dict[str, Any] = yaml.safe_load(mapping.read_text("utf-8"))
    rules = [rule for some in document["tables"].values() for rule in (some if isinstance(some, list) else [some])]
    queries = [(document.get("views", {}), name) for name in document.get("views", {})]
    queries += [(rule, "query") for rule in rules if "query" in rule]
    for holder, key in queries:
        if holder[key].endswith(".sql"):
            holder[key] = (mapping.parent / holder[key]).read_text("utf-8")
    return document


def as_one_file(mapping: Path) -> str:
    """The mapping as one YAML file; its own text where no SQL is beside it."""
    text, document = mapping.read_text("utf-8"), as_document(mapping)
    return text if yaml.safe_load(text) == document else as_text(document)


def as_text(document: dict[str, Any]) -> str:
    """YAML, with SQL as a block of lines."""
    return str(yaml.dump(document, Dumper=_Blocks, sort_keys=False, allow_unicode=True, width=120))


class _Blocks(yaml.SafeDumper):
    """SQL as a block of lines."""


def _represented(dumper: yaml.SafeDumper, text: str) -> Any:
    style = "|" if "\n" in text else None
    plain = "\n".join(line.rstrip() for line in text.replace("\t", "  ").splitlines()) + "\n" if style else text
    return dumper.represent_scalar("tag:yaml.org,2002:str", plain, style=style)


_Blocks.add_representer(str, _represented)


def _fit(system: str, path: Path, mapping: Mapping, export: Export) -> Fit | None:
    needed = found = 0
    missing_files: list[str] = []
    missing_columns: list[str] = []
    required = [name for name, form in mapping.files.items() if not form.optional]
    for name in required:
        columns = _needed_columns(mapping, name)
        looked = _best(mapping, name, columns, export)
        if looked is None:
            missing_files.append(name)
            continue
        needed += len(columns)
        absent = [one[0] for one in columns if not _has(looked, one)]
        found += len(columns) - len(absent)
        missing_columns += [f"{looked.shown}: {one}" for one in absent]
    if needed < FEWEST or len(missing_files) * 2 > len(required):
        return None
    return Fit(system, path, found / needed, needed, tuple(missing_files), tuple(missing_columns))


def _needed_columns(mapping: Mapping, name: str) -> list[tuple[str, ...]]:
    """Each column that a file must have, with its other names."""
    form = mapping.files[name]
    if form.columns:
        return [(column, *one.also) for column, one in form.columns.items() if not one.optional]
    used = {
        source
        for rules in mapping.tables.values()
        for rule in rules
        if rule.file == name
        for _, source in rule.source_columns
    }
    return [(one,) for one in sorted(used)]


def _best(mapping: Mapping, name: str, columns: list[tuple[str, ...]], export: Export) -> Looked | None:
    form = mapping.files[name]
    alone = len(mapping.files) == 1 and len(export.files) == 1
    called = [one for one in export.files if alone or _is_called(one, name, form.also, form.path, form.table)]
    return max(called, key=lambda one: sum(_has(one, column) for column in columns)) if called else None


def _is_called(looked: Looked, name: str, also: list[str], path: str | None, table: str | None) -> bool:
    file = re.sub(r"\[(.)\]", r"\1", str(looked.keys.get("path", "")))
    if path is not None:
        return bool(file) and (fnmatch.fnmatch(file, path) or fnmatch.fnmatch(file.replace("*", "0"), path))
    names = {one.lower() for one in (name, *also, *([table] if table else []))}
    mine = {looked.shown.removeprefix("table ").lower(), file.lower(), Path(file).stem.lower()}
    return bool(names & mine)


def _has(looked: Looked, names: tuple[str, ...]) -> bool:
    there = {str(column).lower() for column in looked.frame.columns}
    heads = {one.partition(".")[0] for one in there}
    return any(
        one.lower() in there or one.lower() in heads or ("." in one and one.partition(".")[0].lower() in there)
        for one in names
    )
