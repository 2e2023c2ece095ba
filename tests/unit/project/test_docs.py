"""What the README and the guides ask a user to type and to open is there."""

import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks import pictures
from configs.settings import load_settings
from ledger.tables import TABLES
from pipelines import cli
from tests.support.notebook_runner import NOTEBOOKS, words
from tests.support.repository import ROOT

BENCHMARK_PAGES = sorted((ROOT / "benchmarks" / "pages").glob("*.md"))
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "benchmarks" / "README.md",
    *BENCHMARK_PAGES,
]
TEXTS = {page: page.read_text("utf-8") for page in PAGES} | {notebook: words(notebook) for notebook in NOTEBOOKS}
FENCED = re.compile(r"^```(?:bash|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INDENTED_OR_CELL = re.compile(r"^(?:    |\| `)(duerank [^`\n]+)", re.MULTILINE)
# Files that a guide asks its reader to write.
OF_THE_READER = {"configs/collectors/ours.yaml", "configs/segments/NAME.yaml", "configs/sources/NAME.yaml"}
PLACEHOLDERS = {"DATE": "2024-06-25", "N": "10", "D": "100", "S": "1", "COMMAND": "demo"}


def commands(text: str) -> list[str]:
    """The lines that begin with `duerank`: in code blocks and in the table of commands."""
    fenced = [line for block in FENCED.findall(text) for line in block.splitlines() if line.startswith("duerank ")]
    return [*fenced, *INDENTED_OR_CELL.findall(text)]


COMMANDS = [(page.name, command) for page, text in TEXTS.items() for command in commands(text)]


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_exists_with_these_options(page: str, command: str) -> None:
    name, *arguments = [PLACEHOLDERS.get(word, word) for word in shlex.split(command, comments=True)[1:]]
    found = cli.main.commands[name]
    context = found.make_context(name, arguments)
    load_settings(context.params.get("overrides", ()))


def test_every_command_and_every_one_of_its_options_can_be_found() -> None:
    told = TEXTS[ROOT / "README.md"]
    for name, found in cli.main.commands.items():
        assert f"`duerank {name}" in told
        shown = CliRunner().invoke(cli.main, [name, "--help"]).output
        required = [option for option in found.params if isinstance(option, click.Option) and option.required]
        line = next(line for line in told.splitlines() if line.startswith(f"| `duerank {name}"))
        assert all(option.opts[0] in line and option.opts[0] in shown for option in required), name


def test_every_linked_file_and_heading_exists() -> None:
    for page, text in TEXTS.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _, anchor = target.partition("#")
            assert "://" not in target, f"{page.name} links {target}: the pages must read without a network"
            linked = (page.parent / path) if path else page
            assert linked.exists(), f"{page.name} links {target}"
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8") if anchor else "", re.MULTILINE)
            anchors = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert not anchor or anchor in anchors, f"{page.name} links {target}"


def test_every_file_that_is_named_exists() -> None:
    code = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
    named = re.compile(r"(?<![\w/.])(?:configs|features|models|ledger|worklists|pipelines|tests|docs)/[\w./-]*\w")
    for page, text in TEXTS.items():
        for path in {path for span in code.findall(text) for path in named.findall(span)} - OF_THE_READER:
            assert (ROOT / path).exists(), f"{page.name} names {path}"


def test_the_index_of_benchmarks_links_every_page_and_every_module_that_is_named_can_be_run() -> None:
    index = TEXTS[ROOT / "benchmarks" / "README.md"]
    assert {f"pages/{page.name}" for page in BENCHMARK_PAGES} == set(re.findall(r"\]\((pages/[^)]+)\)", index))
    for page in [ROOT / "benchmarks" / "README.md", *BENCHMARK_PAGES]:
        for module in re.findall(r"python -m (benchmarks[\w.]+)", TEXTS[page]):
            path = ROOT / module.replace(".", "/")
            assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), f"{page.name} names {module}"


def test_every_make_target_that_is_named_exists() -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for text in TEXTS.values():
        assert set(re.findall(r"`?\bmake (demo|test|test-all|install|lint|lock|licences|clean)\b", text)) <= set(
            targets
        )


def test_the_lock_names_no_address_and_pins_every_package_with_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(r"https?:|--(extra-)?index-url|--find-links|--trusted-host|@ file:", lock)
    pinned = re.split(r"\n(?=\w)", lock.strip())
    assert all(re.match(r"[\w.-]+(\[[\w, -]+\])?==\S+", one) and "--hash=sha256:" in one for one in pinned)


def test_no_file_names_a_place_of_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    written = {ROOT / name for name in listed.stdout.split()} - {Path(__file__), pictures.PICTURE}
    for path in filter(Path.exists, written):
        assert not re.search(r"/(root|home/\w+|work)/", path.read_text("utf-8")), path


def test_the_readme_names_the_required_columns_of_every_table() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|;]+)", TEXTS[ROOT / "README.md"], re.MULTILINE)
    told = {table: re.findall(r"`(\w+)`", cell) for table, cell in rows if table in TABLES}
    assert told == {
        name: [column.name for column in table.columns if not column.optional] for name, table in TABLES.items()
    }


def test_the_readmes_picture_shows_the_report_as_it_is_drawn_now() -> None:
    with Image.open(pictures.PICTURE) as picture:
        assert picture.info["drawn_by"] == pictures.drawn_by(), "run `python -m benchmarks.pictures --folder FOLDER`"


def test_the_readmes_worklist_is_what_the_command_writes() -> None:
    rows = pictures.BLOCK.findall(pictures.README.read_text("utf-8"))
    assert len(rows) == 1
    assert rows[0].splitlines()[0] == f"| {' | '.join(pictures.NAMES)} |"
    assert len(rows[0].splitlines()) == 2 + pictures.ROWS
