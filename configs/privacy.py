"""What runs write names people and what they owe: others than its owner and their group cannot read it."""

import errno
import os
import stat
from pathlib import Path

NOT_FOR_OTHERS = 0o027
FOLDER_MODE, FILE_MODE = 0o750, 0o640
OWNER_ONLY = 0o600  # the journal, and tracebacks: they may show values of the ledger


def open_plain(path: Path, flags: int, mode: int) -> int:
    """`os.open` of a file of our own where others may have planted something: of a link, what it points to would be
    written over, and a pipe waits for ever. PermissionError where it is no plain file."""
    try:
        handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, mode)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise _planted(path) from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _planted(path)
    return handle


def _planted(path: Path) -> PermissionError:
    said = "this is a link, a pipe or a device, and a plain file is expected: see who put it there, and delete it"
    return PermissionError(errno.EPERM, said, str(path))


def keep_private() -> None:
    """Files and folders that this process makes from now on are for their owner, and for the group to read."""
    os.umask(os.umask(NOT_FOR_OTHERS) | NOT_FOR_OTHERS)  # one that is stricter already stays so
