"""What a night keeps for a second run of it: the judged ledger and its scores, until what they come from changes.

With another strategy or other collectors such a run only decides, ranks and writes, and gives what a whole one would,
byte for byte. It lies in the run's own home, since it is unpickled, and others may write to the folder of the nights.
"""

import hashlib
import json
import pickle
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd

import worklists
from configs.settings import Settings, home
from ledger.atomic_files import write_whole
from ledger.partitioned.judge_partitions import JUDGED
from ledger.partitioned.scratch import LedgerScratch
from ledger.partitioned.shared_folder import lies_in_store
from ledger.sources.chunks import IMPORT_LOSSES, Source, stamp_of
from models.night_models import Models
from models.registry.model_code import LIBRARIES

# What is read once the scores are known: the whole section, or some of its settings.
DECIDING: Mapping[str, Sequence[str] | None] = {
    "worklist": ("strategy", "segments", "byte_order_mark", "month_target"),
    "capacity": None,
    "drafts": None,
    "freshness": None,
    "holdout": None,
    "outcomes": None,
}
CARRYING_OUT = ("workers", "scheduler", "scratch", "kept_gib")  # of the section scale: how, and never what comes out
KEPT = ("fields/layout", "fields/ledger", "fields/surveys", "data_docs", "scores")
KEY = "key"
GIB, BYTES_OF_A_ROW = 2**30, 110  # about, of a ledger's


def key_of(address: str, source: Source, night: pd.Timestamp, models: Models, settings: Settings) -> str | None:
    """A hash of all that a night's scores come from: ledger, models, settings, code and libraries.

    None where more would have to be kept than is wanted, where it does not lie on this machine, and for a database:
    only reading it shows whether it changed.
    """
    too_large = source.rows * BYTES_OF_A_ROW > settings.scale.kept_gib * GIB
    if too_large or lies_in_store(settings.scale.scratch) or any(piece.stamp is None for piece in source.pieces):
        return None
    parts = [
        str(night),
        sorted({(piece.table, piece.source, *_stamp(Path(piece.source))) for piece in source.pieces}),
        _stamp(Path(address) / IMPORT_LOSSES),
        source.notes,
        settings.model_dump(mode="json", exclude=_deciding()),
        hashlib.sha256(pickle.dumps((models.late_payment, models.default, models.contact_effect))).hexdigest(),
        [(str(path), *_stamp(path)) for path in sorted(_modules())],
        [platform.python_version(), *map(version, LIBRARIES)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def take(out: Path, key: str | None, scratch: LedgerScratch) -> bool:
    """Move what was kept of a night in `out` under this key into a scratch; else delete it. Whether it was there.

    Only within `sole_run`. What a run has taken and then does not keep is gone.
    """
    place = _place(out)
    try:
        found = (place / KEY).read_text("utf-8") == key
        (place / KEY).unlink()  # what a run takes in part must not be taken for the whole
    except OSError:
        found = False
    if found:
        _move(place, scratch.folder.here)
        layout = replace(scratch.layout, folder=scratch.folder / "ledger")
        scratch.layout, scratch.ledger = layout, replace(scratch.ledger, layout=layout)
    shutil.rmtree(place, ignore_errors=True)
    return found


def keep(out: Path, key: str, scratch: LedgerScratch) -> None:
    """Move what a second run would need out of the scratch of a night that was published.

    OSError where the disk does not take it; then nothing is kept.
    """
    place = _place(out)
    place.mkdir(parents=True, mode=0o700)
    try:
        _move(scratch.folder.here, place)
        write_whole(place / KEY, lambda path: path.write_text(key, "utf-8"))
    except OSError:
        shutil.rmtree(place, ignore_errors=True)
        raise


def drop_all() -> None:
    """Delete what nights of all folders keep: someone is to be forgotten, and the next run of each is a whole one."""
    shutil.rmtree(home() / "kept", ignore_errors=True)


def _deciding() -> dict[str, bool | set[str]]:
    sections = {name: True if some is None else set(some) for name, some in DECIDING.items()}
    return {**sections, "scale": set(CARRYING_OUT)}


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes where a file is written again, by whatever tool: the last of them no tool can set."""
    with suppress(FileNotFoundError):
        return *stamp_of(path), path.stat().st_ctime_ns
    return ()


def _modules() -> Iterator[Path]:
    """The code of all rooms and its declarations: whoever changes a feature expects other scores."""
    rooms = Path(worklists.__file__).parents[1]
    for room in ("configs", "ledger", "features", "models", "worklists"):
        yield from (path for path in (rooms / room).rglob("*.*") if path.suffix in (".py", ".po", ".yaml"))


def _place(out: Path) -> Path:
    """Where the latest night of a folder lies."""
    return home() / "kept" / hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:16]


def _kept(folder: Path) -> list[Path]:
    return [folder / name for name in (*KEPT, f"ledger/{JUDGED}")]


def _move(source: Path, target: Path) -> None:
    for path in _kept(source):
        if path.exists():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, place)
