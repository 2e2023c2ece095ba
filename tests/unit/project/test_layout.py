"""The project's folders stay small, and tests share what is in tests/support, never each other."""

import ast
from collections import Counter
from pathlib import Path

from tests.support.repository import ROOT

ROOMS = ("configs", "ledger", "features", "models", "worklists", "pipelines", "benchmarks", "tests")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTS = [path for path in MODULES if path.name.startswith("test_") or path.name == "conftest.py"]
MOST_MODULES = 15
LARGER: dict[str, int] = {}  # folders that may hold more, and how many


def imported_by(path: Path) -> set[str]:
    """The modules, and the names in them, that a file's imports name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_test_module_imports_another() -> None:
    theirs = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in TESTS}
    wrong = {
        (str(path.relative_to(ROOT)), name)
        for path in TESTS
        for name in imported_by(path)
        for test in theirs
        if f"{name}.".startswith(f"{test}.")
    }
    assert not wrong, "what is shared belongs in tests/support"


def test_no_folder_holds_more_modules_than_one_sees_at_once() -> None:
    held = Counter(str(path.parent.relative_to(ROOT)) for path in MODULES if path.name != "__init__.py")
    crowded = {folder: count for folder, count in held.items() if count > LARGER.get(folder, MOST_MODULES)}
    assert not crowded, "split by subject, or say in LARGER why not"
