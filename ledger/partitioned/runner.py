"""How the steps of a run are carried out: in this process here; elsewhere on workers that share a scratch folder."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

Scratch = TypeVar("Scratch")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Runner(Protocol):
    """Carries out steps. A step is a function of a module, so that a worker finds it; run again, it gives the same."""

    def once(self, step: Callable[..., Result], *arguments: object) -> Result:
        """The step's result."""

    def each(self, step: Callable[[Scratch, Item], Result], scratch: Scratch, items: Iterable[Item]) -> list[Result]:
        """The step's result for every item, in the order of the items, in whatever order they are worked on."""


class InThisProcess:
    """A runner that takes one step after the other, here."""

    def once(self, step: Callable[..., Result], *arguments: object) -> Result:
        return step(*arguments)

    def each(self, step: Callable[[Scratch, Item], Result], scratch: Scratch, items: Iterable[Item]) -> list[Result]:
        return [step(scratch, item) for item in items]
