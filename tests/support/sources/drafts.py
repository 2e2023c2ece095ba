"""A mapping that is drafted for an export, and the ledger that it makes."""

from pathlib import Path

import pandas as pd

from ledger.importing.drafting.draft_mapping import draft_mapping
from ledger.importing.import_export import import_ledger
from ledger.importing.mapping_schema import load_mapping


def drafted(source: Path | str, folder: Path) -> tuple[str, str]:
    """The YAML that comes out, and what the command says."""
    said = draft_mapping(str(source), folder / "mapping.yaml")
    load_mapping(folder / "mapping.yaml")
    return (folder / "mapping.yaml").read_text("utf-8"), said


def imported(source: Path | str, folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of the ledger that the drafted mapping makes, no row refused."""
    drafted(source, folder)
    result = import_ledger(folder / "mapping.yaml", source, folder / "ledger")
    assert not len(result.refused), result.refused
    return {path.stem: pd.read_parquet(path) for path in (folder / "ledger").glob("*.parquet")}


def cells(frame: pd.DataFrame, *columns: str) -> list[list[str]]:
    """The columns as texts, row by row."""
    return frame[list(columns)].astype(str).to_numpy().tolist()
