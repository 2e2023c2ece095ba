"""Texts that people write for us: read from plain files only."""

import errno
from pathlib import Path


def text_of(path: Path, encoding: str = "utf-8") -> str:
    """The text of a file. OSError where it cannot be read, also where it is a pipe or a device, which one waits for,
    maybe for ever; UnicodeDecodeError where it is no such text."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "this is a pipe or a device, and a plain file is expected", str(path))
    return path.read_text(encoding)
