"""Where the files and tables of an export are that a mapping reads."""

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from configs.near_names import closest
from ledger.errors import NO_FILE, LedgerError, listed
from ledger.importing.mapping_schema import Mapping, SourceFile
from ledger.sources.chunks import require_same_file, stamp_of

FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".json": "json", ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What `files.<name>` means in this export: files, or a table of the database at `address`; nothing of either where
    it is optional and not there."""

    name: str
    form: SourceFile
    paths: tuple[Path, ...] = ()
    table: str | None = None
    address: str = ""

    @property
    def there(self) -> bool:
        return bool(self.paths) or self.table is not None

    def format_of(self, path: Path) -> str:
        """csv, parquet, xlsx or json, as the mapping says or the name ends."""
        return self.form.format or FORMATS.get(path.suffix.lower(), "csv")

    def delimiter_of(self, path: Path) -> str:
        """The mapping's delimiter; a tab where the name ends in .tsv and the mapping says nothing."""
        return "\t" if path.suffix.lower() == ".tsv" and self.form.delimiter == "," else self.form.delimiter


@contextmanager
def as_found(found: Iterable[Found]) -> Iterator[None]:
    """The files are read within. LedgerError where one of them was written again meanwhile: its rows would be of two
    moments."""
    stamps = {path: stamp_of(path) for one in found for path in one.paths}
    yield
    for path, stamp in stamps.items():
        require_same_file(path, stamp)


def find_files(mapping: Mapping, input_path: Path) -> dict[str, Found]:
    """The files that each of `files` means. LedgerError where one is not there, or leads out of the folder."""
    if not input_path.exists():
        raise LedgerError(f"{input_path}: there is no such file or folder.")
    if not (input_path.is_file() or input_path.is_dir()):
        raise LedgerError(f"{input_path}: {NO_FILE}")
    return {
        name: Found(name, form, _of_one_file(mapping, name, input_path) if input_path.is_file() else _of_folder(
            name, form, input_path
        ))
        for name, form in mapping.files.items()
    }  # fmt: skip


def find_tables(mapping: Mapping, there: Sequence[str], address: str, place: str) -> dict[str, Found]:
    """The tables of a database, which has those of `there`, that each of `files` means. `place` names it in errors."""
    return {name: _table(name, form, there, address, place) for name, form in mapping.files.items()}


def _of_one_file(mapping: Mapping, name: str, path: Path) -> tuple[Path, ...]:
    """A mapping of one kind of file takes an input of one file, whatever its name."""
    form = mapping.files[name]
    if len(mapping.files) == 1 or any(_is_called(path, one) for one in _names(name, form)):
        return (path,)
    if form.path is not None and fnmatch.fnmatch(path.name, Path(form.path).name):
        return (path,)
    if form.optional:
        return ()
    raise LedgerError(f"files.{name}: {path} is not {form.path or name!r}. Give the export's folder as the input.")


def _of_folder(name: str, form: SourceFile, folder: Path) -> tuple[Path, ...]:
    if form.path is None:
        wanted = _names(name, form)
        entries = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in FORMATS)
        found = next((hits for one in wanted if (hits := [path for path in entries if _is_called(path, one)])), [])
        if len(found) > 1:
            raise LedgerError(
                f"files.{name}: {folder} has it more than once: {listed(path.name for path in found)}. Keep one, or "
                f"say which by `path`."
            )
    else:
        found = _matching(name, form.path, folder)
    root = folder.resolve()
    outside = [path for path in found if not path.resolve().is_relative_to(root)]
    if outside:
        raise LedgerError(f"files.{name}: {outside[0]} leads out of {folder}; copy the file into the folder.")
    if not found and not form.optional:
        there = sorted(path.name for path in folder.iterdir() if path.is_file())
        wanted_name = form.path or f"{name}.csv"
        called = repr(form.path) if form.path else f"called {listed(_names(name, form))} (.csv, .parquet, .json, .xlsx)"
        raise LedgerError(
            f"files.{name}: no file {called} in {folder}.{closest(wanted_name, there)} Files found: {listed(there)}"
        )
    return tuple(found)


def _matching(name: str, pattern: str, folder: Path) -> list[Path]:
    try:
        return [path for path in sorted(folder.glob(pattern)) if path.is_file()]
    except (ValueError, IndexError, OSError) as error:
        raise LedgerError(f"files.{name}: {pattern!r} is no name or glob of a file ({error}).") from None


def _table(name: str, form: SourceFile, there: Sequence[str], address: str, place: str) -> Found:
    wanted = [form.table] if form.table else _names(name, form)
    for one in wanted:
        for found in (one, *sorted(table for table in there if table.lower() == one.lower())):
            if found in there:
                return Found(name, form, table=found, address=address)
    if form.optional:
        return Found(name, form)
    raise LedgerError(
        f"files.{name}: {place} has no table called {listed(wanted)}.{closest(wanted[0], there)} "
        f"Tables found: {listed(there)}"
    )


def _names(name: str, form: SourceFile) -> list[str]:
    return [name, *form.also]


def _is_called(path: Path, name: str) -> bool:
    return path.stem.lower() == name.lower() or path.name.lower() == name.lower()
