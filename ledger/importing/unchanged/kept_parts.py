"""What came of each part of an export, kept beside the ledger: all but the rows, which are in the ledger itself.

It is one hidden file, which begins with a hash of all else: counts, losses, and the rows of `distinct` rules, of which
a ledger has only the first of each key. It says of which bytes of the ledger's files it speaks; rows are never taken
from others.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.frames import empty
from ledger.importing.apply_rules import Applied, Made, PlacedRule
from ledger.importing.unchanged.row_groups import RowGroups
from ledger.reading.import_losses import ImportLosses
from ledger.reading.refusals import no_refusals, stacked
from ledger.tables import TABLES

KEPT = ".import.zip"
ABOUT, LOSSES = "about.json", "losses.parquet"
KINDS = ("shown_refused", "shown_repaired", "refused", "repaired")
CHUNK = 1 << 20
Frames = dict[tuple[Any, ...], pd.DataFrame]


@dataclass(frozen=True)
class PartDone:
    """A part by its identity, the rules that read it, and what came of it, with its rows where they are now."""

    identity: str
    rules: tuple[PlacedRule, ...]
    applied: Applied


@dataclass(frozen=True)
class Kept:
    """What came of the parts of the last import, by identity, while money was held with so many decimals."""

    parts: dict[str, Applied]
    held: int = 0

    def at(self, held: int) -> dict[str, Applied]:
        """The parts, where money is held in the same way; otherwise none."""
        return self.parts if held == self.held else {}


NOTHING = Kept({})


@contextmanager
def kept_parts(ledger: Path, conditions: str) -> Iterator[Kept]:
    """The parts of which the ledger in this folder still has the rows; none where it was imported under other
    conditions. Its files may be replaced meanwhile."""
    with ExitStack() as opened:
        yield _read(ledger, conditions, opened)


def keep_parts(
    ledger: Path, conditions: str, held: int, parts: Sequence[PartDone], moved: dict[RowGroups, RowGroups]
) -> None:
    """Keep what came of the parts of an import, in place of what was kept; `moved` says where rows are in the ledger.

    Without any part nothing is kept.
    """
    if not parts:
        (ledger / KEPT).unlink(missing_ok=True)
        return
    in_ledger = {place.file for place in moved.values()}
    about = {
        "conditions": conditions,
        "held": held,
        "tables": {
            name: _digest(pa.OSFile(str(_file(ledger, name)))) for name in TABLES if _file(ledger, name) in in_ledger
        },
        "parts": [_told(one, moved) for one in parts],
    }
    write_whole(ledger / KEPT, partial(_write, about, parts))


def _write(about: dict[str, Any], parts: Sequence[PartDone], path: Path) -> None:
    losses = [no_refusals().assign(_part=-1, _rule=-1, _kind="")]
    losses += [
        rows.astype("str").assign(_part=place, _rule=rule, _kind=kind)
        for place, part in enumerate(parts)
        for rule, made in enumerate(part.applied.made)
        for kind, rows in zip(KINDS, _losses(made), strict=True)
        if len(rows)
    ]
    distinct: dict[str, list[pd.DataFrame]] = {}
    for place, part in enumerate(parts):
        for rule, made in zip(part.rules, part.applied.made, strict=True):
            if isinstance(made.rows, pd.DataFrame):
                distinct.setdefault(_distinct(rule.table, rule.position), []).append(made.rows.assign(_part=place))
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as file:
        file.writestr(zipfile.ZipInfo(ABOUT), json.dumps(about))
        for name, frames in {LOSSES: losses, **distinct}.items():
            written = BytesIO()
            rows = stacked(frames)
            pa.parquet.write_table(pa.Table.from_pandas(rows, preserve_index=False), written)
            file.writestr(zipfile.ZipInfo(name), written.getvalue())
    path.write_bytes(hashlib.sha256(kept.getvalue()).digest() + kept.getvalue())


def _told(part: PartDone, moved: dict[RowGroups, RowGroups]) -> dict[str, Any]:
    """A part in JSON; `groups` of the table's file are None for a `distinct` rule, whose rows are kept beside."""
    made = []
    for rule, one in zip(part.rules, part.applied.made, strict=True):
        groups = None
        if isinstance(one.rows, RowGroups):
            place = moved.get(one.rows)  # not there where there are no rows
            groups = [place.first, place.count] if place else [0, 0]
        made.append([rule.table, rule.position, one.good, one.finest, groups])
    applied = part.applied
    return {"identity": part.identity, "counts": [applied.rows, applied.taken, applied.named], "made": made}


def _read(ledger: Path, conditions: str, opened: ExitStack) -> Kept:
    there = (ledger / KEPT).read_bytes() if (ledger / KEPT).is_file() else b""
    digest, kept = there[:32], there[32:]
    if hashlib.sha256(kept).digest() != digest:
        return NOTHING
    with zipfile.ZipFile(BytesIO(kept)) as file:
        about = json.loads(file.read(ABOUT))
        if about["conditions"] != conditions:
            return NOTHING
        frames = {name: _by_part(file, name) for name in file.namelist() if name != ABOUT}
    tables = {
        name: opened.enter_context(pa.OSFile(str(_file(ledger, name))))
        for name, digest in about["tables"].items()
        if _file(ledger, name).is_file()
    }
    unchanged = {name: file for name, file in tables.items() if _digest(file) == about["tables"][name]}
    parts = {}
    for place, one in enumerate(about["parts"]):
        made = [_made(place, rule, told, frames, unchanged) for rule, told in enumerate(one["made"])]
        found = tuple(rule for rule in made if rule is not None)
        if len(found) == len(made):
            parts[one["identity"]] = Applied(found, *one["counts"])
    return Kept(parts, about["held"])


def _made(
    place: int, rule: int, told: list[Any], frames: dict[str, Frames], tables: dict[str, pa.NativeFile]
) -> Made | None:
    """What a rule made of a part; None where its rows are no longer in the ledger."""
    name, position, good, finest, groups = told
    rows: pd.DataFrame | RowGroups
    if groups is None:
        kept = frames[_distinct(name, position)].get((place,), empty(TABLES[name]))
        rows = kept.astype({"known_on": "datetime64[s]"} | {one.name: one.dtype for one in TABLES[name].columns})
    elif name in tables:
        rows = RowGroups(tables[name], *groups)
    elif groups[1]:
        return None
    else:
        rows = RowGroups(Path(name), 0, 0)
    lost = [frames[LOSSES].get((place, rule, kind), no_refusals()) for kind in KINDS]
    return Made(rows, good, finest, ImportLosses(*lost[:2]), ImportLosses(*lost[2:]))


def _by_part(file: zipfile.ZipFile, name: str) -> Frames:
    rows = pa.parquet.read_table(BytesIO(file.read(name))).to_pandas()
    keys = ["_part", "_rule", "_kind"] if name == LOSSES else ["_part"]
    return {key: some.drop(columns=keys).reset_index(drop=True) for key, some in rows.groupby(keys, sort=False)}


def _losses(made: Made) -> tuple[pd.DataFrame, ...]:
    return made.shown.refused, made.shown.repaired, made.losses.refused, made.losses.repaired


def _distinct(table: str, position: int) -> str:
    return f"{table}-{position}.parquet"


def _file(ledger: Path, table: str) -> Path:
    return ledger / f"{table}.parquet"


def _digest(file: pa.NativeFile) -> str:
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()
