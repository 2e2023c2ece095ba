"""A ledger's folder held by one writer at a time, so that no one overwrites rows that another has just added."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from configs.file_locks import hold, sign
from ledger.errors import LedgerError

LOCK = ".lock"
LONGEST_WAIT_SECONDS = 300
PAUSE_SECONDS = 0.05


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold a ledger's folder, made where absent, for this process alone; wait where another one holds it.

    The hold ends with the process, however it ends. LedgerError where the other one does not end for
    `LONGEST_WAIT_SECONDS`.
    """
    made, lock = not folder.exists(), folder / LOCK
    handle = _waited_for(lock)
    try:
        sign(handle)
        yield
    finally:
        with suppress(OSError):
            lock.unlink()
        os.close(handle)
        with suppress(OSError):  # nothing was written: no empty folder stays that looks like a ledger
            if made:
                folder.rmdir()


def _waited_for(lock: Path) -> int:
    """The lock's file, held."""
    end = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < end:
        with suppress(FileNotFoundError):  # the folder of a writer who wrote nothing is gone again
            lock.parent.mkdir(parents=True, exist_ok=True)
            handle = hold(lock, fcntl.LOCK_EX)
            if handle is not None:
                return handle
        time.sleep(PAUSE_SECONDS)
    holder = lock.read_text("utf-8") if lock.is_file() else ""
    raise LedgerError(
        f"{lock.parent}: {holder or 'another process'} has been writing to this ledger for more than "
        f"{LONGEST_WAIT_SECONDS} seconds; nothing was added. Wait for it, or end it, and run this again."
    )
