"""What the command prints is for people: what libraries warn developers of comes only where it is asked for."""

import subprocess
import sys

import pytest

WARNS = """
import subprocess, sys, warnings
from duerank import launch
launch.without_warnings()
warnings.warn("of this process", RuntimeWarning)
subprocess.run([sys.executable, "-c", "import warnings; warnings.warn('of another', RuntimeWarning)"])
"""


@pytest.mark.parametrize(("asked", "shown"), [([], 0), (["-W", "default"], 1)], ids=["by a user", "by a developer"])
def test_warnings_of_libraries_are_shown_to_who_asks_for_them(
    asked: list[str], shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONWARNINGS", raising=False)
    said = subprocess.run([sys.executable, *asked, "-c", WARNS], capture_output=True, text=True, check=True).stderr
    assert said.count("of this process") == shown
    assert said.count("of another") == shown
