"""By what a part of an export is known again, and under which conditions the same comes of it: by content alone."""

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from ledger.importing.apply_rules import PlacedRule

CODE = Path(__file__).parents[3]
READERS = ("babel", "numpy", "openpyxl", "pandas", "pyarrow")  # duckdb is not among them: its results are content


def conditions(mapping_path: Path) -> str:
    """A hash of all besides the export that decides what an import makes of it: the mapping, and who reads it.

    Any change of this code counts: a wrong reuse would be a wrong ledger, and no one has to remember a number. What
    queries of the mapping give is content: their files are not in it.
    """
    told = [platform.python_version(), *(f"{name} {version(name)}" for name in READERS)]
    code = [path for room in ("configs", "ledger") for path in sorted((CODE / room).rglob("*.py"))]
    return _hashed(repr(told).encode(), mapping_path.read_bytes(), *(path.read_bytes() for path in code))


def identity(rules: Sequence[PlacedRule], origin: str, before: int, form: str, *contents: bytes) -> str:
    """A hash of a part: the rules that read it, where it is, and its bytes, with what says how they are to be read."""
    placed = [(one.table, one.position) for one in rules]
    return _hashed(repr((placed, origin, before, form)).encode(), *contents)


def _hashed(*contents: bytes) -> str:
    found = hashlib.sha256()
    for content in contents:
        found.update(len(content).to_bytes(8))
        found.update(content)
    return found.hexdigest()
