"""Trees cut into subtrees small enough to tabulate what a row's answers give.

A row answers every condition (inner node) of a tree with left or right. What a subtree adds for the row to the
contribution of a feature depends on these answers alone, so that it is tabulated once for all patterns of answers and
looked up for every row (the idea of FastTreeSHAP v2, Yang 2021, and of WOODELF, Nadel and Wettenstein 2025, who
tabulate by leaf). The conditions above a subtree count as one answer per feature: whether all are met.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any, NamedTuple

import numpy as np

from features.window_kernels import Floats, Positions

# Answers of a subtree at most. Patterns double with each: tables of 2**9 fit into the cache next to a block of rows.
MOST_ANSWERS = 9

Bools = np.ndarray[Any, np.dtype[np.bool_]]
Node = dict[str, Any]  # as LightGBM dumps it, an inner node with its `place` among those of the tree


class Subtrees(NamedTuple):
    """All leaves, in disjoint subtrees; each array `x` with its `x_start` is one list per subtree, leaf or answer.

    Tree t has the subtrees from `start[t]`. Subtree s has the answers from `answer_start[s]`, the features from
    `feature_start[s]` and the leaves from `leaf_start[s]`. An answer is yes where each of its `step` (a condition of
    the tree) was answered by `step_left`. A leaf has a term per feature of its path: `term_place` says which of the
    subtree's features it is, `term_share` which share of the training rows that reach its conditions meets them, and
    a row meets them where the answers `term_yes` are all yes and `term_no` all no (bits).
    """

    start: Positions
    answer_start: Positions
    step_start: Positions
    step: Positions
    step_left: Bools
    feature_start: Positions
    feature: Positions
    leaf_start: Positions
    leaf_value: Floats
    term_start: Positions
    term_place: Positions
    term_share: Floats
    term_yes: Positions
    term_no: Positions


@dataclass(frozen=True)
class PathStep:
    """On the way to a node: the condition, its answer, and the share of the rows that went the same way."""

    condition: int
    left: bool
    feature: int
    share: float


@dataclass(frozen=True)
class Leaf:
    """A leaf and the way to it from the root."""

    value: float
    path: tuple[PathStep, ...]


@dataclass(frozen=True)
class Subtree:
    """The steps above, the conditions inside, and the leaves of a part of a tree."""

    above: tuple[PathStep, ...]
    inside: tuple[int, ...]
    leaves: tuple[Leaf, ...]


def largest_subtrees(node: Node, above: tuple[PathStep, ...], most: int) -> Iterator[Subtree]:
    """The largest subtrees of at most `most` answers; a leaf where its path alone has more."""
    inside = _number_of(node)
    if "split_feature" not in node or len({step.feature for step in above}) + len(inside) <= most:
        yield Subtree(above, inside, tuple(leaves_below(node, above)))
        return
    for child, step in _children(node):
        yield from largest_subtrees(child, (*above, step), most)


def _number_of(node: Node) -> tuple[int, ...]:
    if "split_feature" not in node:
        return ()
    return (node["place"], *_number_of(node["left_child"]), *_number_of(node["right_child"]))


def leaves_below(node: Node, path: tuple[PathStep, ...] = ()) -> Iterator[Leaf]:
    """Leaves from left to right, each with its way from the root; `path` leads to `node`."""
    if "split_feature" not in node:
        yield Leaf(float(node["leaf_value"]), path)
        return
    for child, step in _children(node):
        yield from leaves_below(child, (*path, step))


def _children(node: Node) -> Iterator[tuple[Node, PathStep]]:
    for child, left in ((node["left_child"], True), (node["right_child"], False)):
        share = _cover(child) / node["internal_count"]
        yield child, PathStep(node["place"], left, node["split_feature"], share)


def _cover(node: Node) -> int:
    return int(node["internal_count"] if "split_feature" in node else node["leaf_count"])


def as_arrays(trees: list[list[Subtree]]) -> Subtrees:
    """The subtrees of all trees as arrays."""
    subtrees = list(chain.from_iterable(trees))
    answers = [_answers(subtree) for subtree in subtrees]
    features = [_features(subtree) for subtree in subtrees]
    terms = [
        _terms(leaf, asked, places)
        for subtree, asked, places in zip(subtrees, answers, features, strict=True)
        for leaf in subtree.leaves
    ]
    every_answer = list(chain.from_iterable(answers))
    steps = list(chain.from_iterable(every_answer))
    place, share, yes, no = zip(*chain.from_iterable(terms), strict=True) if any(terms) else ((), (), (), ())
    return Subtrees(
        start=list_starts(trees),
        answer_start=list_starts(answers),
        step_start=list_starts(every_answer),
        step=np.array([condition for condition, _ in steps], dtype=np.int64),
        step_left=np.array([left for _, left in steps], dtype=np.bool_),
        feature_start=list_starts(features),
        feature=np.array(list(chain.from_iterable(features)), dtype=np.int64),
        leaf_start=list_starts([subtree.leaves for subtree in subtrees]),
        leaf_value=np.array([leaf.value for subtree in subtrees for leaf in subtree.leaves], dtype=np.float64),
        term_start=list_starts(terms),
        term_place=np.array(place, dtype=np.int64),
        term_share=np.array(share, dtype=np.float64),
        term_yes=np.array(yes, dtype=np.int64),
        term_no=np.array(no, dtype=np.int64),
    )


def list_starts(lists: Any) -> Positions:
    """Where each of the lists begins when they are laid one after the other, and where the last ends."""
    return np.array([0, *accumulate(len(one) for one in lists)], dtype=np.int64)


def _features(subtree: Subtree) -> list[int]:
    return list(dict.fromkeys(step.feature for leaf in subtree.leaves for step in leaf.path))


def _answers(subtree: Subtree) -> list[list[tuple[int, bool]]]:
    """Steps behind every answer: first one answer per feature above, then one per condition inside."""
    above: dict[int, list[tuple[int, bool]]] = {}
    for step in subtree.above:
        above.setdefault(step.feature, []).append((step.condition, step.left))
    return [*above.values(), *([(condition, True)] for condition in subtree.inside)]


def _terms(leaf: Leaf, answers: list[list[tuple[int, bool]]], features: list[int]) -> list[tuple[int, float, int, int]]:
    """Per feature of the path: its place, share, and the answers that must be yes and no, as bits."""
    bit = {step: at for at, steps in enumerate(answers) for step in steps}
    terms = []
    for feature in dict.fromkeys(step.feature for step in leaf.path):
        own = [step for step in leaf.path if step.feature == feature]
        yes = {bit[step.condition, step.left] for step in own if (step.condition, step.left) in bit}
        no = {bit[step.condition, True] for step in own if (step.condition, step.left) not in bit}
        share = float(np.prod([step.share for step in own]))
        terms.append((features.index(feature), share, _bits(yes), _bits(no)))
    return terms


def _bits(places: set[int]) -> int:
    """Places beyond what a word holds are left out: only tables need bits, and no table is as large as that."""
    return sum(1 << place for place in places if place < 62)
