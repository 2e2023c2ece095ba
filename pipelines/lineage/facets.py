"""An event by OpenLineage 2.0.2, and its facets: each names its producer and the schema that it keeps."""

import os
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

from ledger.declarations import Column
from pipelines.lineage.transport import Event

SPEC = "https://openlineage.io/spec"
EVENT_SCHEMA = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
VERSIONS = {
    "DataQualityAssertionsDatasetFacet": "1-1-0", "DataQualityMetricsInputDatasetFacet": "1-0-3",
    "DatasetVersionDatasetFacet": "1-0-1", "DocumentationDatasetFacet": "1-1-0", "DocumentationJobFacet": "1-1-0",
    "ErrorMessageRunFacet": "1-0-1", "JobTypeJobFacet": "2-0-4", "NominalTimeRunFacet": "1-0-1",
    "OutputStatisticsOutputDatasetFacet": "1-0-2", "ProcessingEngineRunFacet": "1-1-1", "SchemaDatasetFacet": "1-2-0",
}  # fmt: skip


def facet(kind: str, **content: Any) -> dict[str, Any]:
    """A facet of a kind of the standard."""
    schema = f"{SPEC}/facets/{VERSIONS[kind]}/{kind}.json#/$defs/{kind}"
    return {"_producer": producer(), "_schemaURL": schema, **content}


def producer() -> str:
    """Who says so: this version of duerank."""
    return f"urn:duerank:{version('duerank')}"


def run_event(
    kind: str, run_id: str, job: str, about: str, nights: tuple[date, date], inputs: list[dict[str, Any]],
    outputs: list[dict[str, Any]], error: str = "",
) -> Event:  # fmt: skip
    """What became of a run (`START`, `COMPLETE` or `FAIL`); `about` describes the job, and the run was for the `nights`
    from the first to the last."""
    first, last = nights
    until = {} if first == last else {"nominalEndTime": f"{last}T00:00:00Z"}
    of_run = {
        "nominalTime": facet("NominalTimeRunFacet", nominalStartTime=f"{first}T00:00:00Z", **until),
        "processing_engine": facet("ProcessingEngineRunFacet", name="Prefect", version=version("prefect")),
    }
    if error:
        of_run["errorMessage"] = facet("ErrorMessageRunFacet", message=error, programmingLanguage="Python")
    of_job = {
        "documentation": facet("DocumentationJobFacet", description=about),
        "jobType": facet("JobTypeJobFacet", processingType="BATCH", integration="PREFECT", jobType="FLOW"),
    }
    return {
        "eventType": kind,
        "eventTime": datetime.now(UTC).isoformat(),
        "producer": producer(),
        "schemaURL": EVENT_SCHEMA,
        "run": {"runId": run_id, "facets": of_run},
        "job": {"namespace": os.environ.get("OPENLINEAGE_NAMESPACE", "duerank"), "name": job, "facets": of_job},
        "inputs": inputs,
        "outputs": outputs,
    }


def schema_of(columns: tuple[Column, ...]) -> dict[str, Any]:
    """The columns of a table, with their types in SQL and what they mean."""
    fields = [{"name": one.name, "type": str(one.types.sql), "description": one.meaning} for one in columns]
    return facet("SchemaDatasetFacet", fields=fields)
