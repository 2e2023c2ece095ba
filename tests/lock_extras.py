"""Pins with an extra next to the plain pin, in lock files: `python -m tests.lock_extras FILE...`, as `make lock` does.

Where hashes are required, pip 23 takes the newest release for a package that another asks for with an extra, unless the
lock pins that spelling, too; and where our pin is not the newest, it then refuses to install.
"""

import re
import sys
from pathlib import Path

ASKED_WITH_EXTRA = {"sqlalchemy": "asyncio"}


def with_extras(lock: str) -> str:
    """The text of a lock with a second pin for each of `ASKED_WITH_EXTRA`; the same again where they are there."""
    for name, extra in ASKED_WITH_EXTRA.items():
        pin = re.search(rf"^{name}==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
        if pin and f"{name}[{extra}]==" not in lock:
            lock = lock[: pin.end()] + pin[0].replace(f"{name}==", f"{name}[{extra}]==", 1) + lock[pin.end() :]
    return lock


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:]):
        file.write_text(with_extras(file.read_text("utf-8")), "utf-8")
