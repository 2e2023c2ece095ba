"""What is installed from the lock, under which licences: `make licences` writes docs/licences.md; a test compares."""

import re
from importlib.metadata import metadata
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
PAGE = ROOT / "docs" / "licences.md"

# Permissive ones, by their SPDX names (BSD: with 2 or 3 clauses, the package does not say): who uses such a package
# owes its authors a notice, and nothing more.
ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0",
    "CNRI-Python", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "ZPL-2.1", "Zlib",
}  # fmt: skip
# Not on that list, and used all the same: package by package, with the reason.
FILES_ONLY = "MPL-2.0 asks that changes of its own files be shown; they are used as they are"
LINKED = "LGPL-3.0 asks that users may replace the library; it is a package of its own, which pip replaces"
EXCEPTIONS = {
    "certifi": FILES_ONLY,
    "hypothesis": f"{FILES_ONLY}, and by the tests only",
    "orjson": FILES_ONLY,
    "pathspec": FILES_ONLY,
    "psycopg": LINKED,
    "psycopg-binary": LINKED,
    "text-unidecode": "may be taken under the Artistic License, which asks that changes be shown; it is used as it is",
    "tqdm": FILES_ONLY,
}
# What the metadata leave open, as read in the packages' own licence files; and of packages that not every Python or
# system needs, what theirs say.
READ = {
    "async-timeout": "Apache-2.0", "huey": "MIT", "matplotlib": "PSF-2.0", "pendulum": "MIT", "pywin32": "PSF-2.0",
    "skops": "MIT", "text-unidecode": "Artistic-1.0 OR GPL-2.0-or-later", "tzdata": "Apache-2.0",
    "waitress": "ZPL-2.1", "whenever": "MIT",
}  # fmt: skip
# How classifiers and free texts spell it.
SPELLINGS = {
    "MIT License": "MIT", "MIT license": "MIT", "MIT Licence": "MIT", "The MIT License (MIT)": "MIT",
    "Apache Software License": "Apache-2.0", "Apache 2.0": "Apache-2.0", "Apache License 2.0": "Apache-2.0",
    "BSD License": "BSD", "BSD 3-Clause License": "BSD-3-Clause", "3-Clause BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause", "ISC License": "ISC", "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}  # fmt: skip
NAMES = {*ALLOWED, "MPL-2.0", "MPL-2.0 AND MIT", "MIT OR Apache-2.0"}
HEAD = """# Licences

<!-- Made by `make licences` from requirements.lock and the packages' own metadata; a test compares. -->

What `make install` installs, for use and for the tests, and under which licences. No licence is outside of a list of
permissive ones, but for the exceptions below. Some packages are for some Pythons or systems only.

| package | version | licence |
| --- | --- | --- |
"""


def locked(text: str, here: bool = False) -> dict[str, str]:
    """The version of each package of a lock; with `here` of those that this Python on this system needs."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ \\]+)(?: ; ([^\\\n]+))?", text, flags=re.MULTILINE)
    return {name: version for name, version, marker in pins if not (here and marker) or Marker(marker).evaluate()}


def licence(package: str) -> str:
    """The licence of an installed package: its SPDX expression, else its short name of it, else its classifiers'."""
    if package in READ:
        return READ[package]
    about = metadata(package)
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    stated = str(about.get("License") or "").strip()
    short = SPELLINGS.get(stated, stated)
    if short in NAMES and short != "BSD":
        return short
    kinds = [one.split(" :: ")[-1] for one in about.get_all("Classifier", []) if one.startswith("License ::")]
    return " OR ".join(SPELLINGS.get(kind, kind) for kind in kinds) or short


def is_allowed(expression: str) -> bool:
    """Whether all that must be kept to is on the list, or of each choice one."""
    together = expression.replace("(", "").replace(")", "").split(" AND ")
    return all(any(choice in ALLOWED for choice in one.split(" OR ")) for one in together)


def page() -> str:
    """docs/licences.md."""
    found = {name: licence(name) for name in locked(LOCK.read_text("utf-8"))}
    rows = [f"| {name} | {version} | {found[name]} |" for name, version in locked(LOCK.read_text("utf-8")).items()]
    reasons = [f"| {name} | {found[name]} | {EXCEPTIONS[name]} |" for name in EXCEPTIONS if name in found]
    exceptions = ["", "## Exceptions", "", "| package | licence | why it is used all the same |", "| --- | --- | --- |"]
    return HEAD + "\n".join([*rows, *exceptions, *reasons]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
