"""YAML files of rules and mappings: read as plain values within bounds, in parts that know their keys.

A file may come from a stranger: nothing in it is run, and however its aliases repeat themselves, it stays small.
A key such as `on` or `no` is the text that it looks like.
"""

import reprlib
from collections import Counter
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from configs.near_names import closest
from ledger.errors import listed

MOST_LETTERS = 500_000
MOST_VALUES = 100_000  # with every alias written out
DEEPEST = 40
PROBLEMS_LISTED = 20

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 120


class StrictPart(BaseModel):
    """A part of a file; frozen, and a key that it does not know is refused with the nearest one."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        keys = [field.alias or name for name, field in cls.model_fields.items()]
        if not isinstance(data, dict):
            # pydantic reports a ValueError with its place; a TypeError would pass through it
            raise ValueError(f"expected the keys {listed(keys)}, found {_SHORT.repr(data)}")
        for key in data:
            if key not in keys:
                raise ValueError(
                    f"there is no key {_SHORT.repr(key)} here.{closest(str(key)[:100], keys)} Keys: {listed(keys)}"
                )
        return data


class _Loader(yaml.SafeLoader):
    """The safe loader, which by itself would keep the last of two equal keys, and follow aliases without bounds."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._above = 0
        self._sizes: dict[int, tuple[int, int]] = {}  # by node: its values and levels, aliases written out

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark, alias = event.start_mark, isinstance(event, yaml.AliasEvent)
        self._above += 1
        if self._above > DEEPEST:  # before the next level is read: each takes some of Python's own stack
            raise yaml.MarkedYAMLError(problem=f"more than {DEEPEST} levels deep", problem_mark=mark)
        node: Any = super().compose_node(parent, index)
        self._above -= 1
        if not alias:
            self._sizes[id(node)] = _size(node, self._sizes)
        elif id(node) not in self._sizes:
            raise yaml.MarkedYAMLError(problem="an alias of something that it is part of", problem_mark=mark)
        values, levels = self._sizes[id(node)]
        if values > MOST_VALUES or levels > DEEPEST:
            problem = f"with all aliases written out it has more than {MOST_VALUES:,} values or {DEEPEST} levels"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        for key, _ in node.value:
            # The column `on` of a table, or the code NO: YAML 1.1 takes such keys for true and false.
            if key.tag == "tag:yaml.org,2002:bool":
                key.tag = "tag:yaml.org,2002:str"
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        for key, times in keys.items():
            if times > 1:
                problem = f"the key {_SHORT.repr(key)} is there twice; keep one. Several rules are a list (- …)"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """The plain values of a YAML text. yaml.YAMLError where it is no YAML, or too large or deep for rules."""
    if len(text) > MOST_LETTERS:
        raise yaml.YAMLError(f"it has {len(text):,} characters, and at most {MOST_LETTERS:,} are read")
    try:
        return _Loader(text).get_single_data()
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        # Such as 2024-13-45, or !!int with no number: PyYAML lets Python's own errors through.
        raise yaml.YAMLError(f"a value in it cannot be read: {_SHORT.repr(str(error))}; put texts in quotes") from None


def problem_lines(error: ValidationError) -> list[str]:
    """What does not fit, one line for each problem with its place; the first ones where there are many."""
    problems = error.errors()
    lines = [_problem_line(problem) for problem in problems[:PROBLEMS_LISTED]]
    more = len(problems) - len(lines)
    return [*lines, f"and {more} problems more"] if more else lines


def _size(node: yaml.Node, sizes: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Values and levels of a node whose children have theirs."""
    if isinstance(node, yaml.ScalarNode):
        return 1, 1
    children = node.value if isinstance(node, yaml.SequenceNode) else [one for pair in node.value for one in pair]
    child_sizes = [sizes[id(child)] for child in children]
    return 1 + sum(values for values, _ in child_sizes), 1 + max((levels for _, levels in child_sizes), default=0)


def _problem_line(problem: Any) -> str:
    place = ".".join(str(part)[:100] for part in problem["loc"])
    reason = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "string_type":
        given = problem["input"]
        example = '"NO"' if isinstance(given, bool) else '"0010"'
        reason = f"expected text, found {_SHORT.repr(given)}; put it in quotes, like {example}"
    return f"{place}: {reason}" if place else reason
