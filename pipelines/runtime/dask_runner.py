"""How Dask runs here: the only module that imports it, for flows whose tasks a scheduler of the user shares out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_dask.task_runners import DaskTaskRunner

from configs.settings import SettingsError

LONGEST_WAIT_SECONDS = 15


@contextmanager
def dask_runner(scheduler: str) -> Iterator[Any]:
    """Runs the tasks of a flow on the workers of a scheduler; SettingsError where no one answers at its address.

    Where the flow has a server of its own, the workers report to it and start none themselves.
    """
    _require(scheduler)
    with temporary_settings({} if PREFECT_API_URL.value() else _server_of_the_flow()):
        yield DaskTaskRunner(address=scheduler)


def _require(scheduler: str) -> None:
    try:
        Client(scheduler, timeout=LONGEST_WAIT_SECONDS).close()
    except (OSError, ValueError, TypeError) as error:  # TypeError: no certificate is named for TLS
        raise SettingsError(
            f"scale.scheduler = {scheduler}: no Dask scheduler answers there ({type(error).__name__}). Start it with "
            f"`dask scheduler`, correct the address, name the certificates of tls:// in Dask's configuration, "
            f"or leave the setting empty for workers of our own."
        ) from None


def _server_of_the_flow() -> dict[Any, str]:
    """The address of the server that Prefect started for a flow which was called from Python."""
    from prefect.server.api.server import SubprocessASGIServer  # seconds to import, and where it runs it is

    server = SubprocessASGIServer()
    return {PREFECT_API_URL: server.api_url} if server.running else {}
