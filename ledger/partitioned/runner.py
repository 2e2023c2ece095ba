"""How the steps of a run are carried out: in this process here; elsewhere on workers that share a scratch folder."""

from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, Protocol, TypeVar

from ledger.minor_units import held_with

Scratch = TypeVar("Scratch")
Item = TypeVar("Item")
Result = TypeVar("Result")
P = ParamSpec("P")

TRIED_AGAIN: set[Callable[..., Any]] = set()


class Runner(Protocol):
    """Carries out steps. A step is a function of a module, so that a worker finds it; run again, it gives the same.

    Its first argument is the scratch of the run.
    """

    def once(self, step: Callable[..., Result], *arguments: object) -> Result:
        """The step's result."""

    def each(self, step: Callable[[Scratch, Item], Result], scratch: Scratch, items: Iterable[Item]) -> list[Result]:
        """The step's result for every item, in the order of the items, in whatever order they are worked on."""


def tried_again(step: Callable[P, Result]) -> Callable[P, Result]:
    """Marks a step that reads from outside, where a lost connection may come back; others give the same again."""
    TRIED_AGAIN.add(step)
    return step


def taken(step: Callable[..., Result], scratch: Any, *arguments: object) -> Result:
    """The step's result, its money held with the decimals of the ledger: a worker knows them by the scratch alone."""
    with held_with(scratch.request.decimals):
        return step(scratch, *arguments)


class InThisProcess:
    """A runner that takes one step after the other, here."""

    def once(self, step: Callable[..., Result], *arguments: object) -> Result:
        return taken(step, *arguments)

    def each(self, step: Callable[[Scratch, Item], Result], scratch: Scratch, items: Iterable[Item]) -> list[Result]:
        return [taken(step, scratch, item) for item in items]
