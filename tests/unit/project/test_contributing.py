"""The map of the rooms has every room, and says of each what its own docstring says."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
TOLD = dict(re.findall(r"^\| `([\w/]+)` \| (.+?) \|$", GUIDE, re.MULTILINE))
ROOMS = ("configs", "ledger", "features", "models", "worklists", "pipelines")
FOLDERS = ("ledger", "features", "models", "worklists", "pipelines", "benchmarks", "tests")
SUB_ROOMS = [
    f"{room}/{folder.name}"
    for room in FOLDERS
    for folder in sorted((ROOT / room).iterdir())
    if folder.is_dir() and any(folder.rglob("*.py"))
]


def first_line(folder: str) -> str:
    """What the docstring of a room says first; nothing where it has none."""
    init = ROOT / folder / "__init__.py"
    docstring = ast.get_docstring(ast.parse(init.read_text("utf-8"))) if init.exists() else None
    return (docstring or "").split("\n\n")[0].replace("\n", " ").rstrip(".").lower()


@pytest.mark.parametrize("folder", [*ROOMS, *SUB_ROOMS])
def test_every_room_is_on_the_map_with_what_it_says_of_itself(folder: str) -> None:
    assert folder in TOLD, f"CONTRIBUTING.md has no row for {folder}"
    shortened = {"ledger/simulator", "tests/unit"}
    assert folder in shortened or not first_line(folder) or TOLD[folder].lower() == first_line(folder)


def test_no_room_is_on_the_map_that_is_not_there() -> None:
    assert [folder for folder in TOLD if not (ROOT / folder).is_dir()] == []


def test_rooms_stand_in_the_order_of_their_imports() -> None:
    layers = re.findall(r'^layers = \["pipelines", (.+)\]$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    above = [name for name in TOLD if name in ROOMS]
    assert above == list(ROOMS)
    assert [*reversed([name.strip('"') for name in layers[0].split(", ")]), "pipelines"] == above


def test_every_file_that_a_recipe_names_is_there() -> None:
    named = re.findall(r"`((?:configs|features|models|ledger|worklists|pipelines|tests|docs)/[\w./-]+)`", GUIDE)
    assert len(named) > 40
    assert [path for path in named if "NAME" not in path and not (ROOT / path).exists()] == []


def test_every_linked_page_and_heading_is_there() -> None:
    for path, anchor in re.findall(r"\]\(([\w./-]+)#?([\w-]*)\)", GUIDE):
        headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text("utf-8"), re.MULTILINE)
        assert not anchor or anchor in [heading.lower().replace(" ", "-") for heading in headings]
