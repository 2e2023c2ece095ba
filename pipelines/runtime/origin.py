"""Where a run in MLflow comes from, as tags; and from Prefect's page to a model in MLflow."""

from importlib.metadata import version

from models.registry.mlflow_registry import page_of
from pipelines.runtime.prefect_runtime import flow_run_id
from worklists.score_db.audit import address


def origin(ledger: str) -> dict[str, str]:
    """The ledger's address without user and password, the flow run, and the version of duerank."""
    return {"ledger": address(ledger), "prefect_flow_run_id": flow_run_id(), "duerank": version("duerank")}


def linked_version(name: str, number: str) -> str:
    """The name of a model's version in Markdown, with a link to its page where the registry has pages."""
    page = page_of(name, number)
    return f"[{name} version {number}]({page})" if page else f"{name} version {number}"
