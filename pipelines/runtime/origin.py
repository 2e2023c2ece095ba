"""Where a run in MLflow comes from, as tags; and from Prefect's page to a model in MLflow."""

import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

from models.registry.mlflow_registry import page_of
from pipelines.runtime.prefect_runtime import flow_run_id, flow_run_page
from worklists.score_db.audit import address

SECONDS_FOR_GIT = 10


def origin(ledger: str) -> dict[str, str]:
    """The ledger's address without user and password, the flow run with its page, the version of duerank, and the
    commit of the code; what is not known is left out."""
    known = {
        "ledger": address(ledger),
        "prefect_flow_run_id": flow_run_id(),
        "prefect_flow_run": flow_run_page(),
        "duerank": version("duerank"),
        "mlflow.source.git.commit": commit(),
    }
    return {name: value for name, value in known.items() if value}


@cache
def commit() -> str:
    """The commit of the repository that the code lies in, ending in -dirty where files differ; '' of a wheel."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return ""
    # Whoever owns the repository owns this code, too: git need not doubt it.
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_FOR_GIT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def linked_version(name: str, number: str) -> str:
    """The name of a model's version in Markdown, with a link to its page where the registry has pages."""
    page = page_of(name, number)
    return f"[{name} version {number}]({page})" if page else f"{name} version {number}"
