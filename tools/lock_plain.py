"""Pins without an extra beside those with one, in locks: `python -m tools.lock_plain FILE...`, as `make lock` does.

uv pins a package that someone asks for with an extra in that spelling only. Where hashes are required, pip 23 then
takes the newest release for whoever asks for it plainly; and where our pin is not the newest, it refuses to install.
"""

import re
import sys
from pathlib import Path

WITH_EXTRA = re.compile(r"^([\w.-]+)\[[^\]]+\](==.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


def with_plain(lock: str) -> str:
    """The text of a lock with a plain pin before each one with an extra; the same again where they are there."""

    def both(pin: re.Match[str]) -> str:
        plain = f"{pin[1]}{pin[2]}"
        return pin[0] if f"\n{plain}" in f"\n{lock}" else plain + pin[0]

    return WITH_EXTRA.sub(both, lock)


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(with_plain(file.read_text("utf-8")), "utf-8")
