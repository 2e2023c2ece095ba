"""The real night of a ledger on disk, run in this process without Prefect: `worklists.night` and nothing else."""

from pathlib import Path

import pandas as pd

from configs.language import speaking
from configs.settings import Settings
from ledger.frames import Tables
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.load import Loaded, opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.portfolio import number
from ledger.reading.refusals import stacked
from models.night_models import Models
from worklists.decide.decisions import Policy, load_policy
from worklists.night import AssembledNight, NightPlan, NightScratch, run_night
from worklists.score_db.schema import declared
from worklists.score_db.staged_rows import StagedRows
from worklists.score_db.tables import SCORE_TABLES

NO_DATABASE = "sqlite:////no/such/folder/duerank.db"


def loaded(tables: Tables, currency: str = "EUR") -> Loaded:
    """Tables that need no judging, as the loader gives them."""
    nothing = pd.DataFrame()
    return Loaded(number(tables), currency, nothing, nothing, nothing, (), "simulated")


def night_of_tables(
    tables: Tables, folder: Path, as_of: pd.Timestamp, models: Models, settings: Settings
) -> dict[str, pd.DataFrame]:
    """Every score table of a night of these tables, which are written into the folder."""
    write_ledger(tables, folder)
    return night_of(folder, as_of, models, settings)


def night_of(
    ledger: Path,
    as_of: pd.Timestamp,
    models: Models,
    settings: Settings,
    policy: Policy | None = None,
    database: str = NO_DATABASE,
    files: Path | None = None,
) -> dict[str, pd.DataFrame]:
    """Every score table of a night, as `publish` takes them; data docs and quarantine go below `files`, if given."""
    with opened_ledger(NightScratch, str(ledger), as_of, settings) as scratch:
        docs, quarantine = (None, None) if files is None else (files / "data_docs", files / "quarantine")
        scratch.plan = NightPlan(policy or load_policy(settings), models, database, docs, quarantine)
        with speaking(settings.worklist.language):
            return all_tables(run_night(scratch, InThisProcess()), as_of)


def all_tables(night: AssembledNight, as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """The tables of the whole portfolio and the staged rows of its partitions, together."""
    run_id = str(night.tables["runs"]["run_id"].iloc[0])
    tables = {}
    for name in SCORE_TABLES:
        frames = [frame for frame in (_staged(night.staged, name), night.tables.get(name)) if frame is not None]
        tables[name] = declared(name, stacked(frames), run_id, as_of)
    return tables


def _staged(staged: StagedRows, name: str) -> pd.DataFrame | None:
    if not any(folder.find(f"{name}.arrow") for folder in staged.folders):
        return None
    table = SCORE_TABLES[name]
    frame = staged.frame(name, table.names)
    for column in table.columns:
        if column.kind == "date":
            frame[column.name] = pd.to_datetime(frame[column.name]).astype("datetime64[s]")
        elif column.kind == "text":
            frame[column.name] = frame[column.name].astype("str")
        elif column.kind in ("money", "whole"):  # Arrow's nulls have made floats of them
            frame[column.name] = frame[column.name].astype("Int64" if column.optional else "int64")
    return frame
