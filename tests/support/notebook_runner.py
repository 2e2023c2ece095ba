"""Runs a notebook's code cells in order in a fresh Python, as a kernel would, without needing one."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from tests.support.repository import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def cells(notebook: Path) -> list[dict[str, Any]]:
    """The cells as they are stored."""
    return list(json.loads(notebook.read_text("utf-8"))["cells"])


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    """The code cells alone."""
    return [cell for cell in cells(notebook) if cell["cell_type"] == "code"]


def words(notebook: Path) -> str:
    """The text of a notebook without its code, as a page of Markdown."""
    return "\n\n".join(source(cell) for cell in cells(notebook) if cell["cell_type"] == "markdown")


def source(cell: dict[str, Any]) -> str:
    """The text of a cell."""
    return "".join(cell["source"])


def run(notebook: Path, environment: dict[str, str]) -> str:
    """What the notebook prints and shows; AssertionError with the end of the traceback where a cell fails."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.notebook_runner", str(notebook)],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{notebook.name}: {done.stderr[-3_000:]}"
    return done.stdout


def _show_all(notebook: Path) -> None:
    """Execute every cell; what its last expression gives is shown, as a notebook shows it."""
    pd.set_option("display.width", 1_000, "display.max_columns", None)
    names: dict[str, Any] = {"__name__": "__main__"}
    for place, cell in enumerate(code_cells(notebook), start=1):
        tree = ast.parse(source(cell))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{notebook.name}, code cell {place}", "exec"), names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), f"{notebook.name}, code cell {place}", "eval"), names)
            if shown is not None:
                print(shown)


if __name__ == "__main__":
    _show_all(Path(sys.argv[1]))
