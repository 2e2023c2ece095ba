"""A wheel has every file of the rooms, all of them under one name, and its command prefers them to any others."""

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = ("configs", "dashboards", "features", "ledger", "models", "pipelines", "worklists")
FOREIGN = "raise RuntimeError('somebody else is called so, too')\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the project, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked, as installing does, beside packages of others that have the rooms' names."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    for room in ROOMS:
        (folder / room).mkdir()
        (folder / room / "__init__.py").write_text(FOREIGN)
    return folder


def tracked() -> set[str]:
    """The files of the rooms and of the command that are under version control."""
    listed = subprocess.run(["git", "ls-files", *ROOMS, "duerank"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return {path for path in listed.stdout.splitlines() if (ROOT / path).exists()}


def test_every_file_of_the_rooms_is_in_the_wheel_under_one_name(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {path if path.startswith("duerank/") else f"duerank/{path}" for path in tracked()}
    assert len(wanted) > 200 and wanted <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"duerank"}
    assert not [name for name in names if "__pycache__" in name or name.startswith("duerank/tests")]


def test_the_wheel_has_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (about,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = archive.read(about).decode()
        commands = configparser.ConfigParser()
        commands.read_string(archive.read(about.replace("METADATA", "entry_points.txt")).decode())
        assert archive.read(about.replace("METADATA", "licenses/LICENSE")) == (ROOT / "LICENSE").read_bytes()
    assert "License-Expression: Apache-2.0" in metadata
    assert dict(commands["console_scripts"]) == {"duerank": "duerank.launch:main"}


def run(site: Path, folder: Path, code: str) -> str:
    """What Python prints that looks for packages where the wheel lies, away from the checkout."""
    start = (
        f"import sys; sys.path[:] = [p for p in sys.path if {str(ROOT)!r} != p]; sys.path.insert(0, {str(site)!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", start + code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_rooms_of_the_installation_come_before_foreign_packages(site: Path, tmp_path: Path) -> None:
    code = "import sys, duerank.launch as l; sys.argv = ['duerank', 'validate', '--help']; l.main()"
    assert "Check a ledger" in run(site, tmp_path, code)


def test_the_interface_for_python_finds_the_rooms_of_the_installation(site: Path, tmp_path: Path) -> None:
    code = "from duerank.api import training_frame; print(training_frame.__code__.co_filename)"
    assert Path(run(site, tmp_path, code).strip()) == site / "duerank/models/training_frame.py"


def test_processes_that_the_command_starts_find_the_same_rooms(site: Path, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, duerank.launch as l; l.rooms_first(); l.rooms_first()\n"
        "print(subprocess.check_output([sys.executable, '-c', 'import models, configs; print(models.__file__, "
        "configs.__file__)'], text=True))"
    )
    models, configs = run(site, tmp_path, code).split()
    assert Path(models) == site / "duerank/models/__init__.py" and Path(configs) == site / "duerank/configs/__init__.py"
