"""Two commands that are the first in a home make its registry one after the other."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.repository import ROOT

PROGRAM = "from models.registry.mlflow_registry import connect; connect()"


def test_a_registry_that_two_make_at_once_is_whole(tmp_path: Path) -> None:
    named = {name: value for name, value in os.environ.items() if not name.startswith(("DUERANK_", "MLFLOW_"))}
    environment = named | {"DUERANK_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    begun = [
        subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.PIPE) for _ in range(2)
    ]
    said = [process.communicate()[1].decode() for process in begun]
    assert [process.returncode for process in begun] == [0, 0], said
