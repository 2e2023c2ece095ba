"""What is read and written, named as OpenLineage names data sets: a place (`namespace`) and a name there.

Names, columns and counts only: no row, and nothing of a person.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ledger.declarations import Table
from ledger.partitioned.checked_tables import CheckedTable
from ledger.sources.chunks import homes
from ledger.sources.connections import open_engine, table_names
from ledger.tables import TABLES
from models.registry.mlflow_registry import registry_address
from pipelines.lineage.facets import facet, schema_of
from pipelines.lineage.quality import quality_of
from worklists.score_db.earlier_nights import reading
from worklists.score_db.tables import SCORE_TABLES

DataSet = dict[str, Any]
POSTGRES_PORT = 5432


def of_ledger(address: str, checked: Mapping[str, CheckedTable]) -> list[DataSet]:
    """The tables that a ledger has, with what was found in those that were checked. LedgerError where it cannot be
    looked into."""
    quality = {name: {"inputFacets": quality_of(table)} for name, table in checked.items()}
    if "://" in address:
        engine = open_engine(address)
        try:
            found = table_names(engine)
        finally:
            engine.dispose()
        tables = {name: of_database(engine.url, table) for name, table in TABLES.items() if name in found}
        return [data | quality.get(name, {}) for name, data in tables.items()]
    places = homes(Path(address))
    return [of_file(place, TABLES[name]) | quality.get(name, {}) for name, place in places.items() if place]


def of_night(database: str, folder: Path, rows: dict[str, int]) -> list[DataSet]:
    """The score tables and the worklist; `rows` are how many some of them got."""
    url = open_engine(database).url
    tables = [of_database(url, table, rows.get(name)) for name, table in SCORE_TABLES.items()]
    return [*tables, of_file(folder / "worklist.csv", SCORE_TABLES["worklist"], rows.get("worklist"))]


def of_published(database: str, tables: Iterable[Table]) -> list[DataSet]:
    """Those of the score tables that earlier nights have made; PublishError where they cannot be looked into."""
    with reading(database) as published:
        found = published.tables
    url = open_engine(database).url
    return [of_database(url, table) for table in tables if table.name in found]


def of_model(name: str, version: str) -> DataSet:
    """A registered model, at its version."""
    versioned = {"version": facet("DatasetVersionDatasetFacet", datasetVersion=version)}
    return {"namespace": registry_address(), "name": f"models/{name}", "facets": versioned}


def of_file(path: Path, table: Table, rows: int | None = None) -> DataSet:
    """A table in a file, or a folder of parts."""
    return {"namespace": "file", "name": str(path.resolve()), **_about(table, rows)}


def of_figures(path: Path, meaning: str) -> DataSet:
    """A file of figures, which no table declares."""
    return {"namespace": "file", "name": str(path.resolve()), "facets": {"documentation": _meaning(meaning)}}


def of_database(url: sa.URL, table: Table, rows: int | None = None) -> DataSet:
    """A table in a database."""
    if url.get_backend_name() == "postgresql":
        place = f"postgres://{url.host or 'localhost'}:{url.port or POSTGRES_PORT}"
        return {"namespace": place, "name": f"{url.database}.public.{table.name}", **_about(table, rows)}
    place = f"{url.get_backend_name()}://{url.host or ''}{url.database or ''}"
    return {"namespace": place, "name": table.name, **_about(table, rows)}


def _about(table: Table, rows: int | None) -> DataSet:
    facets = {"schema": schema_of(table.columns), "documentation": _meaning(table.meaning)}
    counted = {"outputStatistics": facet("OutputStatisticsOutputDatasetFacet", rowCount=rows)}
    return {"facets": facets} | ({} if rows is None else {"outputFacets": counted})


def _meaning(text: str) -> dict[str, Any]:
    return facet("DocumentationDatasetFacet", description=text)
