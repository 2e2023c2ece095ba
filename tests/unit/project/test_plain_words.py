"""Texts that people read say what the trade says: none has the words of the list below."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.support.notebook_runner import NOTEBOOKS, words

ROOT = Path(__file__).parents[3]
ROOMS = ("configs", "features", "models", "ledger", "worklists", "pipelines", "benchmarks", "tools", "duerank")
# What not to write, and what to write instead.
BETTER_WORDS = {
    r"told (less|minus|and) seen": "predicted minus observed, predicted and observed",
    r"seen and told": "observed and predicted",
    r"(is|are|was|were) told": "is reported, shown, written, predicted",
    r"told apart|(tells?|telling) (\w+ ){0,3}apart": "distinguished, distinguish",
    r"tells? (of|nothing|little)": "reports, says, shows",
    r"hangs? on|hung on": "depends on",
    r"drawn to (the|its|a|zero|`)": "shrunk towards",
    r"(be )?gone below": "lower bound",
    r"nobody": "no one",
    r"(some|any|every)body": "someone, anyone, everyone",
    r"amiss": "wrong, out of limits",
    r"mends?|mended": "fix, fixed",
    r"dearer|dearly": "more expensive",
    r"looked at again": "reviewed",
    r"cannot be meant": "contradicts itself",
    r"stands? in(?! for)": "is in, is listed in",
    r"(stands?|stood) beside": "is next to, is compared with",
    r"customers alike": "similar customers",
    r"beside (the )?(naive|standard|ageing|usual|rule|others?)": "compared with",
}
OFFENDING = {re.compile(rf"\b(?:{words})(?!\w)", re.IGNORECASE): better for words, better in BETTER_WORDS.items()}


def offences(place: str, text: str, first_line: int = 1) -> list[str]:
    """A sentence for each use of a word of the list, with its file and line."""
    return [
        f"{place}:{first_line + text.count(chr(10), 0, use.start())}: {use[0]!r}, better: {better}"
        for pattern, better in OFFENDING.items()
        for use in pattern.finditer(text)
        if not use[0].isupper()  # a constant's name
    ]


def spoken(source: str, strings: bool = True) -> Iterator[tuple[int, str]]:
    """Docstrings, comments and, where wanted, all other strings of a Python file, each with its first line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (strings or id(node) in alone):
            yield node.lineno, node.value


def tracked(*patterns: str) -> list[Path]:
    """The files of the project that git knows and that are there."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]


def name_of(path: Path) -> str:
    """The path from the project's root, as a message shows it."""
    return path.relative_to(ROOT).as_posix()


def test_pages_notebooks_templates_and_rules_are_in_plain_words() -> None:
    texts = {path: path.read_text("utf-8") for path in tracked("*.md", "configs/*.yaml", "worklists/pages/templates/*")}
    texts |= {notebook: words(notebook) for notebook in NOTEBOOKS}
    found = [offence for path, text in texts.items() for offence in offences(name_of(path), text)]
    assert not found, "\n".join(found)


def test_english_texts_of_the_language_catalogues_are_in_plain_words() -> None:
    found = []
    for path in tracked("configs/languages/*.po"):
        for message in read_po(io.BytesIO(path.read_bytes())):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            found += [offence for text in ids for offence in offences(name_of(path), text, message.lineno or 1)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_docstrings_comments_and_texts_of_code_are_in_plain_words(room: str) -> None:
    found = [
        offence
        for path in tracked(f"{room}/*.py")
        if path != Path(__file__)
        # strings of tests are often data, and spoil it on purpose
        for line, text in spoken(path.read_text("utf-8"), strings=room != "tests")
        for offence in offences(name_of(path), text, line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('"""Fine.\n\nIt hangs on the weather."""\n', "a.py:3: 'hangs on', better: depends on"),
        ("x = 1  # Nobody here\n", "a.py:1: 'Nobody', better: no one"),
        ("x = 1\ny = f'{x} is amiss'\n", "a.py:2: 'amiss', better: wrong, out of limits"),
    ],
)
def test_an_offender_is_named_with_its_file_line_and_better_word(source: str, sentence: str) -> None:
    assert [offence for line, text in spoken(source) for offence in offences("a.py", text, line)] == [sentence]
