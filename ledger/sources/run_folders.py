"""Folders with what a run needs only while it lives; what a run that was killed left, the next one deletes."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = ".lock"


@contextmanager
def run_folder(place: Path | str | None = None, prefix: str = "duerank-") -> Iterator[Path]:
    """A new folder in `place`, or in the system's temporary folder: its owner's alone (0700), and gone in the end.

    Folders of that prefix are deleted where their runs, of this user and on this machine, are dead.
    """
    place = Path(place or tempfile.gettempdir())
    _delete_dead(place, prefix)
    with tempfile.TemporaryDirectory("", prefix, place, ignore_cleanup_errors=True) as folder:
        lock = os.open(Path(folder, LOCK), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with suppress(OSError):  # a file system without locks: then no one deletes the folder of a dead run
                fcntl.flock(lock, fcntl.LOCK_EX)
                os.write(lock, _machine())  # once it is held: a lock without a name is of a run that begins
            yield Path(folder)
        finally:
            os.close(lock)


def _delete_dead(place: Path, prefix: str) -> None:
    for folder in place.iterdir():
        with suppress(OSError):  # another run deletes it, or it is not to be read
            if folder.name.startswith(prefix) and _is_ours(folder) and _is_dead(folder / LOCK):
                shutil.rmtree(folder)


def _is_ours(folder: Path) -> bool:
    """Whether this user made it: in a shared folder any user may give anything such a name."""
    about = folder.lstat()
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid()


def _is_dead(lock: Path) -> bool:
    handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.read(handle, 1_000) == _machine()
    finally:
        os.close(handle)


def _machine() -> bytes:
    return os.uname().nodename.encode()
