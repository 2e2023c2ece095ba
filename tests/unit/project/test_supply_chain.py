"""What is installed is what the locks say, to the byte, under licences that were inspected."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tools.licences import EXCEPTIONS, LOCK, PAGE, ROOT, is_allowed, licence, locked, page
from tools.lock_plain import with_plain

LOCKS = {"of the program": LOCK, "of the benchmarks": ROOT / "benchmarks" / "requirements.lock"}
PACKAGES = locked(LOCK.read_text("utf-8"))
HERE = locked(LOCK.read_text("utf-8"), here=True)
PIN = r"[A-Za-z0-9._-]+(\[[\w, -]+\])?==[^\s;]+( ; [\w .<>=!'()]+)?"


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_every_package_of_a_lock_has_one_version_and_a_hash_of_every_file(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if not entry.startswith("#")]
    assert len(entries) > 20
    assert len({re.split(r" [;\\]", entry)[0] for entry in entries}) == len(entries)
    for entry in entries:
        first, *hashes = [line.strip().removesuffix("\\").strip() for line in entry.splitlines()]
        assert re.fullmatch(PIN, first), first
        assert hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), first


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_no_lock_names_an_address_to_download_from(lock: Path) -> None:
    assert not re.search(r"https?:|--index|--find-links|--trusted", lock.read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_what_is_asked_for_with_an_extra_is_pinned_without_it_too(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert with_plain(text) == text
    with_extra_only = re.sub(r"^sqlalchemy==.*?(?=^\S)", "", text, flags=re.MULTILINE | re.DOTALL)
    assert with_extra_only != text and with_plain(with_extra_only) == text


def test_a_package_has_one_version_on_all_pythons_and_systems() -> None:
    versions = {lock: locked(path.read_text("utf-8")) for lock, path in LOCKS.items()}
    for path in LOCKS.values():
        pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]+\])?==(\S+)", path.read_text("utf-8"), re.MULTILINE)
        assert len(dict(pins)) == len(set(pins))
    program, benchmarks = versions.values()
    assert all(program.get(name, version) == version for name, version in benchmarks.items())


def test_what_is_installed_is_what_the_lock_says() -> None:
    assert {name: version(name) for name in HERE} == HERE


@pytest.mark.parametrize("package", PACKAGES)
def test_the_licence_of_a_package_is_permissive_or_an_exception_with_a_reason(package: str) -> None:
    assert is_allowed(licence(package)) != (package in EXCEPTIONS), licence(package)


def test_every_exception_is_of_a_package_that_is_there() -> None:
    assert set(EXCEPTIONS) <= set(PACKAGES)


def test_the_page_of_licences_is_the_one_that_make_licences_writes() -> None:
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True), ("GPL-3.0-only", False), ("MIT AND GPL-3.0-only", False), ("MIT OR GPL-3.0-only", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", False), ("Apache-2.0 WITH LLVM-exception AND BSD-2-Clause", True),
        ("", False),
    ],
)  # fmt: skip
def test_an_expression_is_allowed_where_a_choice_leaves_only_permissive_ones(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed
