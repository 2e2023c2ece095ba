"""Prefect automations that notify people of a night that failed, is late, or did not run."""

from contextlib import suppress
from importlib.resources import files
from typing import Any

import yaml

from configs.settings import SettingsError
from pipelines.runtime.prefect_runtime import Automation, Block


def raise_alerts(block: str) -> list[str]:
    """Make, or bring up to date, the automations of configs/deployments/alerts.yaml; their names.

    `block` is a notification block of the server, TYPE/NAME. SettingsError where there is none of that name.
    """
    try:
        found: Any = Block.load(block)
    except ValueError as error:
        raise SettingsError(
            f"alerts go to a notification block of the Prefect server, and {block!r} is none ({error}). Make one on "
            f"the server's page Blocks, and name it as TYPE/NAME, such as slack-webhook/credit-control."
        ) from None
    declared: list[dict[str, Any]] = yaml.safe_load(
        (files("configs") / "deployments" / "alerts.yaml").read_text("utf-8")
    )
    for alert in declared:
        for action in alert["actions"]:
            action["block_document_id"] = str(found._block_document_id)
        _put(Automation.model_validate(alert))
    return [str(alert["name"]) for alert in declared]


def _put(alert: Automation) -> None:
    with suppress(ValueError):
        earlier: Any = Automation.read(name=alert.name)  # typed as a coroutine too, which it is only within a loop
        earlier.delete()
    alert.create()
