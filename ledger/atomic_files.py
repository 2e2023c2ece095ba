"""Files that are whole or absent, whatever ends the writer."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, and put that in its place at once: readers see the old one or the new.

    The folder is made where absent. Where `write` fails, nothing is left of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name that no one can know, and a file that was not there: in a shared folder a link could wait under it.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL, 0o666))
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
