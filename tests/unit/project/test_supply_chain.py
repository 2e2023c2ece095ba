"""What is installed is what the locks say, to the byte, under licences that were inspected."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.licences import EXCEPTIONS, LOCK, PAGE, ROOT, is_allowed, licence, locked, page
from tests.lock_extras import with_extras

LOCKS = {"of the program": LOCK, "of the benchmarks": ROOT / "benchmarks" / "requirements.lock"}
PACKAGES = locked(LOCK.read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_every_package_of_a_lock_has_one_version_and_a_hash_of_every_file(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if not entry.startswith("#")]
    assert len(entries) > 20
    for entry in entries:
        first, *hashes = [line.strip().removesuffix("\\").strip() for line in entry.splitlines()]
        assert re.fullmatch(r"[A-Za-z0-9._-]+(\[\w+\])?==\S+", first), first
        assert hashes and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes), first


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_no_lock_names_an_address_to_download_from(lock: Path) -> None:
    assert not re.search(r"https?:|--index|--find-links|--trusted", lock.read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_what_is_asked_for_with_an_extra_is_pinned_with_it_too(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert with_extras(text) == text
    plain = re.sub(r"^sqlalchemy\[asyncio\]==.*?(?=^\S)", "", text, flags=re.MULTILINE | re.DOTALL)
    assert plain != text and with_extras(plain) == text


def test_what_is_installed_is_what_the_lock_says() -> None:
    assert {name: version(name) for name in PACKAGES} == PACKAGES


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
