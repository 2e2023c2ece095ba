"""Prefect's hooks that report a run when it begins, is done, or fails; a fault of theirs changes nothing of it."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from ledger.errors import LedgerError
from ledger.partitioned.checked_tables import CheckedTable
from pipelines.lineage.datasets import DataSet, of_ledger
from pipelines.lineage.facets import run_event
from pipelines.lineage.transport import is_on, tell

Asked = dict[str, Any]


class Touched(NamedTuple):
    """What a run read besides the ledger, what it wrote, and what it found in the ledger's tables that it checked."""

    read: list[DataSet]
    wrote: list[DataSet]
    checked: Mapping[str, CheckedTable] = MappingProxyType({})


NOTHING = Touched([], [])


def followed(touched: Callable[[Asked, Any], Touched]) -> dict[str, Any]:
    """The hooks of a flow whose parameters have a `ledger`, and an `as_of` or a `first` and a `last` night, where
    anyone wants to hear of it.

    `touched` says it of the flow's parameters and its result.
    """
    return hooks(touched) if is_on() else {}


def hooks(touched: Callable[[Asked, Any], Touched]) -> dict[str, Any]:
    """The same, wherever their events go."""

    def begun(flow: Any, run: Any, state: Any) -> None:
        _tell("START", flow, run, NOTHING)

    def done(flow: Any, run: Any, state: Any) -> None:
        _tell("COMPLETE", flow, run, touched(run.parameters, state.result()))

    def failed(flow: Any, run: Any, state: Any) -> None:
        # The message of an error may quote the ledger: only its kind is reported.
        kind = type(state.result(raise_on_failure=False)).__name__
        _tell("FAIL", flow, run, NOTHING, f"{kind}: see the log of the run.")

    return {
        "on_running": [begun], "on_completion": [done], "on_failure": [failed], "on_crashed": [failed],
        "on_cancellation": [failed],
    }  # fmt: skip


def _tell(kind: str, flow: Any, run: Any, touched: Touched, error: str = "") -> None:
    asked = run.parameters
    nights = (asked["first"], asked["last"]) if "first" in asked else (asked["as_of"] or date.today(),) * 2
    about = (flow.description or "").splitlines()[0]
    inputs = [*_tables_of(str(asked["ledger"]), touched.checked), *touched.read]
    tell(run_event(kind, str(run.id), flow.name, about, nights, inputs, touched.wrote, error))


def _tables_of(ledger: str, checked: Mapping[str, CheckedTable]) -> list[DataSet]:
    """What the ledger has, as far as it can be told: the run itself says what is wrong with it."""
    try:
        return of_ledger(ledger, checked)
    except (LedgerError, OSError):
        return []
