"""Files that are whole or absent, whatever ends the writer, and places that are tried before the work."""

import errno
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


def require_place(folder: Path) -> None:
    """OSError where a folder cannot be made or written to: known at once, and not after an hour of work.

    Nothing is made.
    """
    there = next(path for path in (folder, *folder.absolute().parents) if os.path.lexists(path))
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(there))
