"""The files of the champions: the registry's, and kept here for the nights on which it fails.

What was read whole is kept under DUERANK_HOME. A registry that does not answer, has lost its files or its champions, or
gives files that are not what was registered, costs no night: it goes on with those that the last one used.
"""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from configs.settings import home
from models.registry import mlflow_registry
from models.registry.mlflow_registry import RegistryUnreachable
from models.registry.risk_files import digest_of, require_unchanged

Files = dict[str, tuple[Path, str] | None]
"""By model: the folder of the champion's files and its version; None where there is no champion."""


def champion_files(names: Sequence[str]) -> tuple[Files, tuple[str, ...]]:
    """The files of each champion, and what to remark of where they come from.

    A registry that failed is not asked again. RegistryUnreachable where it fails, and nothing was kept of what it was
    asked for.
    """
    files: Files = {}
    for name in names:
        try:
            files[name] = _of_registry(name)
        except RegistryUnreachable as error:
            files |= {later: _kept(later) for later in names if later not in files}
            if files[name] is None:
                raise RegistryUnreachable(f"{error} None was kept in {_folder()} either.") from None
            return files, (f"{error} The champions that were kept in DUERANK_HOME/champions were used.",)
    return files, ()


def _of_registry(name: str) -> tuple[Path, str] | None:
    """The champion of the registry, which is kept from now on. RegistryUnreachable where it cannot be had whole."""
    found, kept = mlflow_registry.champion_files(name), _kept(name)
    if found is None:
        if kept is not None:
            raise RegistryUnreachable(
                f"the model registry {mlflow_registry.registry_address()} has no champion of {name} any more; the last "
                f"night used version {kept[1]}. Bring the registry back, or train again; delete {_folder() / name} "
                f"where there should be none."
            )
        return None
    folder, version = found
    try:
        require_unchanged(folder)
    except (OSError, ValueError) as error:
        raise RegistryUnreachable(
            f"the files of {name} version {version} in {mlflow_registry.registry_address()} are not those that were "
            f"registered ({error}): put them back, run `duerank rollback {name}`, or train again."
        ) from None
    _keep(name, folder, version)
    return found


def _folder() -> Path:
    return home() / "champions"


def _keep(name: str, files: Path, version: str) -> None:
    """Keep a champion's files in the place of those before; another registry may give the same version number."""
    here, known_as = _folder() / name, f"version={version},{digest_of(files)}"
    if (here / known_as).exists():
        return
    _folder().mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=_folder()))
    shutil.copytree(files, fresh / known_as)
    shutil.rmtree(here, ignore_errors=True)
    fresh.rename(here)


def _kept(name: str) -> tuple[Path, str] | None:
    """The files of the champion that was last read from the registry."""
    kept = sorted((_folder() / name).glob("version=*"))
    return (kept[0], kept[0].name.removeprefix("version=").partition(",")[0]) if kept else None
