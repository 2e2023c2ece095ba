"""The folder that all workers of a run see: on a disk that they share, or in an object store.

In a store a file is written here first and then sent; whoever asks for it brings it once and keeps it until the run is
over. So a file of one name has one content for as long as a run lasts, and steps read and write files on a disk alone.
"""

import atexit
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from configs.settings import SettingsError
from ledger.atomic_files import write_whole
from ledger.sources.run_folders import run_folder

RUNNING = "running"  # in a store for as long as its run lasts

# Of the process and not of a run: a worker of Dask takes steps of many.
_ROOTS: dict[str, tuple[Path, ExitStack]] = {}
_BEGINNING = threading.Lock()


class NoStore(RuntimeError):
    """An object store that does not answer, or refuses."""


@dataclass(frozen=True)
class SharedFolder:
    """A folder `within` that of a run, which lies at `root` on this machine and, where `store` is given, at that
    address for all machines.

    Another process gets the folder with a root of its own, if it lies in a store. NoStore where that does not answer or
    refuses.
    """

    root: Path
    within: str = ""
    store: str | None = None

    def __truediv__(self, name: str) -> "SharedFolder":
        return replace(self, within=f"{self.within}{name}/")

    def __reduce__(self) -> tuple[Callable[..., "SharedFolder"], tuple[Any, ...]]:
        if self.store is None:
            return SharedFolder, (self.root, self.within)
        return _on_this_machine, (self.store, self.within)

    @property
    def here(self) -> Path:
        """Where its files lie on this machine, those of it that were written or asked for here."""
        return self.root / self.within

    def write(self, name: str, write: Callable[[Path], object]) -> None:
        """Let `write` fill a file, which is there whole or not at all, also where several processes write the same."""
        self.write_all({name: write})

    def write_all(self, files: Mapping[str, Callable[[Path], object]]) -> None:
        """The same with several files, which go to a store side by side."""
        for name, write in files.items():
            write_whole(self.here / name, write)
        if self.store is not None and files:
            with _of_store(self.store) as store:
                store.put([str(self.here / name) for name in files], [self._address(name) for name in files])

    def find(self, name: str) -> Path | None:
        """Where a file lies on this machine, whoever wrote it; None where no one did."""
        path = self.here / name
        if self.store is not None and not path.exists():
            with _of_store(self.store) as store:
                there = store.exists(self._address(name))
            if there:
                self._bring([name])
        return path if path.exists() else None

    def file(self, name: str) -> Path:
        """The same; FileNotFoundError where no one did."""
        path = self.find(name)
        if path is None:
            raise FileNotFoundError(f"{self.here / name}: no step has written it.")
        return path

    def files(self, ending: str) -> list[Path]:
        """Where all files with an ending lie, in the order of their names."""
        if self.store is None:
            return sorted(self.here.glob(f"*{ending}"))
        with _of_store(self.store) as store:
            try:
                addresses = store.ls(self._address(""), detail=False)
            except FileNotFoundError:
                addresses = []
        names = sorted(name for name in (address.rpartition("/")[2] for address in addresses) if name.endswith(ending))
        self._bring([name for name in names if not (self.here / name).exists()])
        return [self.here / name for name in names]

    def _bring(self, names: Sequence[str]) -> None:
        if not names:
            return
        coming = [self.root / "coming" / secrets.token_hex(8) for _ in names]  # so that a file is whole under its name
        with _of_store(self.store) as store:
            store.get([self._address(name) for name in names], [str(path) for path in coming])
        self.here.mkdir(parents=True, exist_ok=True)
        for path, name in zip(coming, names, strict=True):
            path.replace(self.here / name)

    def _address(self, name: str) -> str:
        return f"{self.store}/{self.within}{name}"


@contextmanager
def shared_folder(place: str | None) -> Iterator[SharedFolder]:
    """A new folder for a run, its owner's alone and gone in the end: in a folder, or in the system's temporary one, or
    under the address of an object store (`s3://bucket/prefix`).

    SettingsError where the store cannot be written to.
    """
    if place is None or not lies_in_store(place):
        with run_folder(place) as root:
            yield SharedFolder(root)
        return
    with run_folder() as root:
        address = f"{place.rstrip('/')}/{root.name}"
        folder = SharedFolder(root, store=address)
        _require(folder, place)
        _ROOTS[address] = root, ExitStack()  # a folder that comes back from a file or a worker is this one again
        try:
            yield folder
        finally:
            del _ROOTS[address]
            with suppress(NoStore), _of_store(address) as store:
                store.rm(address, recursive=True)


def lies_in_store(place: str | None) -> bool:
    """Whether a scratch is the address of an object store, and not a folder."""
    return place is not None and "://" in place


def _require(folder: SharedFolder, place: str) -> None:
    try:
        folder.write(RUNNING, lambda path: path.write_bytes(b""))
    except NoStore as error:
        raise SettingsError(
            f"scale.scratch = {place}: nothing can be written there ({error.__cause__}). Correct the address, give "
            f"this user and the workers' the right to read, write, list and delete there, install what speaks to such "
            f"a store (s3fs for s3://, gcsfs for gs://, adlfs for az://), or name a folder that all machines see."
        ) from None


def _on_this_machine(store: str, within: str) -> SharedFolder:
    return SharedFolder(_root_of(store), within, store)


def _root_of(store: str) -> Path:
    """Where files of a run lie in this process; those of runs that are over are deleted."""
    with _BEGINNING:
        if store not in _ROOTS:
            for over in [one for one in _ROOTS if not _is_running(one)]:
                _ROOTS.pop(over)[1].close()
            kept = ExitStack()
            _ROOTS[store] = kept.enter_context(run_folder()), kept
            atexit.register(kept.close)
        return _ROOTS[store][0]


def _is_running(store: str) -> bool:
    with _of_store(store) as files:
        return bool(files.exists(f"{store}/{RUNNING}"))


@contextmanager
def _of_store(address: str | None) -> Iterator[Any]:
    """What speaks to the store; NoStore for whatever its library raises."""
    import fsspec  # half a second to import, and most runs need none

    try:
        yield fsspec.url_to_fs(address, use_listings_cache=False)[0]
    except Exception as error:  # each store's library has errors of its own
        raise NoStore(
            f"the object store of scale.scratch does not answer, or refuses ({type(error).__name__}: {error}). Nothing "
            f"of this run is published, earlier nights are unchanged: look at the store, and run it again."
        ) from error
