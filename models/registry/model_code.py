"""The code that goes with a registered model: its loader, what that imports of this project, and which libraries.

Where the model is served no duerank is installed. MLflow puts the code first on the path of whoever loads the model,
a notebook for example: there it must hide neither the rooms of an installed duerank nor those of another model.
"""

import ast
import hashlib
from functools import cache
from importlib.metadata import version
from modulefinder import ModuleFinder
from pathlib import Path

import models

LOADER = "models.pyfunc"
READ_ON_IMPORT = "configs/languages/*.po"
LIBRARIES = (
    "babel", "lightgbm", "numba", "numpy", "pandas", "pyarrow", "pydantic", "pyyaml", "scikit-learn", "scipy",
    "skops", "sqlalchemy",
)  # fmt: skip


def requirements() -> list[str]:
    """The libraries that the code imports, in the versions that are installed here."""
    return [f"{name}=={version(name)}" for name in LIBRARIES]


def copy_code(folder: Path) -> Path:
    """Copy the loader and what it imports into a package of its own within a folder; the package.

    It is named by what it holds: models of one version of the code share it, those of another keep theirs.
    """
    name, texts = packaged()
    for path, text in texts.items():
        copy = folder / name / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, "utf-8")
    return folder / name


@cache  # to find out takes as long as to fit a small model, and a training registers three
def packaged() -> tuple[str, dict[Path, str]]:
    """The name of the package, and the text of each of its files by its path in there."""
    root = Path(models.__file__).parents[1]
    found = sorted([*loaded_files(root), *root.glob(READ_ON_IMPORT)])
    texts = {path.relative_to(root): path.read_text("utf-8") for path in found}
    name = f"duerank_{hashlib.sha256(''.join(texts.values()).encode()).hexdigest()[:12]}"
    rooms = {path.parts[0] for path in texts}
    return name, {
        path: imported_from(name, text, rooms) if path.suffix == ".py" else text for path, text in texts.items()
    }


def imported_from(package: str, code: str, rooms: set[str]) -> str:
    """A module that imports these rooms from within a package."""
    lines = code.splitlines(keepends=True)
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            name = node.names[0].name if isinstance(node, ast.Import) else str(node.module)
            if name.partition(".")[0] in rooms:
                line = lines[node.lineno - 1]
                lines[node.lineno - 1] = line.replace(f" {name} ", f" {package}.{name} ", 1)
    return "".join(lines)


def loaded_files(root: Path) -> list[Path]:
    """The modules under `root` that the loader imports, found without running them."""
    files = [vars(module)["__file__"] for module in imports(root).modules.values()]
    return [Path(file) for file in files if file]


def imports(root: Path) -> ModuleFinder:
    """What the loader imports: `modules` are those under `root`, `badmodules` all others."""
    finder = ModuleFinder(path=[str(root)])
    finder.import_hook(LOADER)
    return finder
