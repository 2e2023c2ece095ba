"""The code that goes with a registered model: its loader, what that imports of this project, and which libraries.

Where the model is served no duerank is installed.
"""

import shutil
from importlib.metadata import version
from modulefinder import ModuleFinder
from pathlib import Path

import models

LOADER = "models.pyfunc"
READ_ON_IMPORT = "configs/languages/*.po"
LIBRARIES = (
    "babel", "lightgbm", "numba", "numpy", "pandas", "pyarrow", "pydantic", "pyyaml", "scikit-learn", "scipy",
    "sqlalchemy",
)  # fmt: skip


def requirements() -> list[str]:
    """The libraries that the code imports, in the versions that are installed here."""
    return [f"{name}=={version(name)}" for name in LIBRARIES]


def copy_code(folder: Path) -> list[str]:
    """Copy the loader and what it imports into a folder; the rooms there, to be given to MLflow."""
    root = Path(models.__file__).parents[1]
    for path in [*loaded_files(root), *root.glob(READ_ON_IMPORT)]:
        copy = folder / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return [str(room) for room in sorted(folder.iterdir())]


def loaded_files(root: Path) -> list[Path]:
    """The modules under `root` that the loader imports, found without running them."""
    files = [vars(module)["__file__"] for module in imports(root).modules.values()]
    return [Path(file) for file in files if file]


def imports(root: Path) -> ModuleFinder:
    """What the loader imports: `modules` are those under `root`, `badmodules` all others."""
    finder = ModuleFinder(path=[str(root)])
    finder.import_hook(LOADER)
    return finder
