"""The mappings that come with duerank: for each system a YAML file, or a folder with a mapping, queries and a page."""

from pathlib import Path

import configs
from configs.near_names import closest
from ledger.errors import LedgerError, listed

SOURCES = Path(configs.__file__).parent / "sources"


def shipped_sources() -> dict[str, Path]:
    """The mapping of each source by its name."""
    files = {path.stem: path for path in SOURCES.glob("*.yaml")}
    return dict(sorted((files | {path.parent.name: path for path in SOURCES.glob("*/mapping.yaml")}).items()))


def mapping_file(name: str) -> Path:
    """The file of a mapping: of a source that comes with duerank, or the path itself. LedgerError for neither."""
    shipped = shipped_sources()
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.is_dir() and (path / "mapping.yaml").is_file():
        return path / "mapping.yaml"
    if not path.exists() and path.name == name and not path.suffix:
        raise LedgerError(
            f"there is no mapping {name!r}: no file, and no source that comes with duerank.{closest(name, shipped)} "
            f"Sources: {listed(shipped)}"
        )
    return path
