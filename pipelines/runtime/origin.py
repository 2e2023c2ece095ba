"""Where a run in MLflow comes from, as tags."""

from importlib.metadata import version

from pipelines.runtime.prefect_runtime import flow_run_id
from worklists.score_db.audit import address


def origin(ledger: str) -> dict[str, str]:
    """The ledger's address without user and password, the flow run, and the version of duerank."""
    return {"ledger": address(ledger), "prefect_flow_run_id": flow_run_id(), "duerank": version("duerank")}
