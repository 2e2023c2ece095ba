"""Files that a process holds while it lives: the hold ends with the process, however it ends."""

import fcntl
import os
from pathlib import Path

from configs.privacy import FILE_MODE, open_plain


def hold(lock: Path, how: int) -> int | None:
    """The lock's file, made where absent and held (`how`: fcntl.LOCK_EX or LOCK_SH); None where it is held against it.

    PermissionError where a link or a pipe is in its place.
    """
    handle = open_plain(lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink:
            return handle
    except BlockingIOError:
        os.close(handle)
        return None
    os.close(handle)  # its last holder has deleted it
    return hold(lock, how)


def sign(handle: int) -> None:
    """Write into a held lock who holds it, for whoever waits."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"process {os.getpid()} on {os.uname().nodename}".encode(), 0)
