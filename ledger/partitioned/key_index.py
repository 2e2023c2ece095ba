"""Where the keys of a table lie, among the partitions: found by hash, from files, without holding them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ledger.hashing import Hashes
from ledger.partitioned.partition_files import Places
from ledger.partitioned.shared_folder import SharedFolder

NOWHERE = -1
BUCKETS = 16  # the hashes are looked through in so many parts, one after the other
MERGED = "merged"

Keys = tuple[Hashes, Places]
"""Hashes of keys and the partition of each, shape (keys,)."""


@dataclass(frozen=True)
class KeyIndex:
    """The keys of one table in a folder: a pair of files in the order of the hashes for each piece that was placed."""

    folder: SharedFolder

    def add(self, file: str, hashes: Hashes, places: Places) -> None:
        """Keys and their partitions; files of that name are replaced."""
        order = np.argsort(hashes)
        self._save(file, "places", places[order])
        self._save(file, "hashes", hashes[order])

    def merge(self) -> None:
        """Bring all keys into one order, so that they can be looked up; each key once for each partition it is in."""
        hashes, places = zip(*map(_distinct, self._buckets()), strict=True)
        self._save(MERGED, "places", np.concatenate(places))
        self._save(MERGED, "hashes", np.concatenate(hashes))

    def places(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """The partition of each key, the first of several; `NOWHERE` for a key that the table does not have."""
        keys, places = (self._load(MERGED, what) for what in ("hashes", "places"))
        if not len(keys):
            return np.full(len(hashes), NOWHERE, dtype=np.int64)
        order = np.argsort(hashes)  # looked up in order, so that the file is read from front to back
        row = np.minimum(np.searchsorted(keys, hashes[order]), len(keys) - 1)
        found = np.empty(len(hashes), dtype=np.int64)
        found[order] = np.where(keys[row] == hashes[order], places[row].astype(np.int64), NOWHERE)
        return found

    def in_several_partitions(self) -> Hashes:
        """Hashes of keys that more than one partition holds, sorted."""
        several = [np.zeros(0, dtype=np.uint64)]
        for bucket in self._buckets():
            hashes, _ = _distinct(bucket)
            several.append(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]))
        return np.concatenate(several)

    def _buckets(self) -> Iterator[Keys]:
        names = [path.name.removesuffix(".hashes.npy") for path in self.folder.files(".hashes.npy")]
        files = [(self._load(name, "hashes"), self._load(name, "places")) for name in names if name != MERGED]
        width = 2**64 // BUCKETS
        for bucket in range(BUCKETS):
            first, last = np.uint64(bucket * width), np.uint64((bucket + 1) * width - 1)
            parts = []
            for hashes, places in files:
                start, end = np.searchsorted(hashes, first), np.searchsorted(hashes, last, side="right")
                parts.append((hashes[start:end], places[start:end]))
            yield (
                np.concatenate([np.zeros(0, dtype=np.uint64), *(hashes for hashes, _ in parts)]),
                np.concatenate([np.zeros(0, dtype=np.uint8), *(places for _, places in parts)]),
            )

    def _save(self, file: str, what: str, values: npt.NDArray[np.uint64] | Places) -> None:
        def write(temporary: Path) -> None:
            with temporary.open("wb") as opened:  # under a name np.save would add its own ending to it
                np.save(opened, values)

        self.folder.write(f"{file}.{what}.npy", write)

    def _load(self, file: str, what: str) -> npt.NDArray[np.uint64]:
        path = self.folder.file(f"{file}.{what}.npy")
        values: npt.NDArray[np.uint64] = np.load(path, mmap_mode="r") if path.stat().st_size > 128 else np.load(path)
        return values


def _distinct(keys: Keys) -> Keys:
    """The keys in the order of hash and partition, each once for each partition."""
    hashes, places = keys
    order = np.argsort(hashes)
    hashes, places = hashes[order], places[order]
    alike = hashes[1:] == hashes[:-1]
    some = np.flatnonzero(np.concatenate([alike, [False]]) | np.concatenate([[False], alike]))
    places[some] = places[some][np.lexsort((places[some], hashes[some]))]
    first = np.ones(len(hashes), dtype=np.bool_)
    first[1:] = ~alike | (places[1:] != places[:-1])
    return hashes[first], places[first]
