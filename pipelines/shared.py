"""What all tasks of a night need, in a folder that every worker sees; each process reads it once."""

import pickle
from functools import lru_cache
from pathlib import Path
from typing import Any

from ledger.atomic_files import write_whole

THINGS = 16  # remembered by a process: those of its latest night


def put(scratch: Path, name: str, thing: object) -> None:
    """Write a thing; nobody reads it half written, and one that was there before is replaced."""
    path = scratch / "shared" / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, lambda beside: beside.write_bytes(pickle.dumps(thing)))


def get(scratch: Path, name: str) -> Any:
    """The thing again; the folder is ours alone, so what is unpickled was written by this night."""
    path = scratch / "shared" / name
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=THINGS)
def _read(path: Path, _written: int) -> Any:
    return pickle.loads(path.read_bytes())
