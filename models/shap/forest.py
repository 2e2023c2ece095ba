"""A LightGBM model's trees as arrays, read once for the compiled loops of `models.shap.kernels`."""

from itertools import chain
from typing import Any, NamedTuple

import lightgbm
import numpy as np

from features.window_kernels import Floats, Positions
from models.shap.subtrees import (
    Bools,
    Leaf,
    Node,
    leaves_below,
    list_starts,
)

Words = np.ndarray[Any, np.dtype[np.uint64]]
EVERY_BIT = (1 << 64) - 1


class UnknownTrees(ValueError):
    """The model has trees that are not read here: categorical splits, several classes or linear leaves."""


class Conditions(NamedTuple):
    """Inner nodes of all trees, one after the other; tree t has those from `start[t]` to `start[t + 1]`.

    A row goes left where its value of `feature` is <= `threshold`; a missing one where `missing_left`. Where
    `zero_is_missing`, zero counts as missing. `left_out`: a bit for each of the tree's first 64 leaves, from left to
    right, that is 0 where the leaf cannot be reached by a row that goes right.
    """

    start: Positions
    feature: Positions
    threshold: Floats
    missing_left: Bools
    zero_is_missing: Bools
    left_out: Words


class Leaves(NamedTuple):
    """Leaves of all trees from left to right; tree t has those from `start[t]`."""

    start: Positions
    value: Floats


class Forest(NamedTuple):
    """`features` columns are asked for; `base` is the expected score over the training rows. `roots` are the trees as
    LightGBM tells them, their inner nodes numbered."""

    features: int
    base: float
    conditions: Conditions
    leaves: Leaves
    roots: list[Node]


def read_forest(booster: lightgbm.Booster) -> Forest:
    """The trees that `booster.predict` uses; UnknownTrees where they are of another kind than ours."""
    stored = booster.dump_model()
    if stored["num_tree_per_iteration"] != 1 or stored["average_output"]:
        raise UnknownTrees("the model has several classes or averages its trees; only sums of trees are explained")
    roots = [tree["tree_structure"] for tree in stored["tree_info"]]
    conditions = [_number(root) for root in roots]
    leaves = [list(leaves_below(root)) for root in roots]
    return Forest(
        len(stored["feature_names"]),
        sum(_expected(tree) for tree in leaves),
        _conditions(conditions),
        Leaves(list_starts(leaves), np.array([leaf.value for tree in leaves for leaf in tree], dtype=np.float64)),
        roots,
    )


def _number(root: Node) -> list[Node]:
    """The inner nodes of a tree, each given its `place` among them and the number of leaves left of it."""
    inner: list[Node] = []
    leaves = 0
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if "leaf_coeff" in node:
            raise UnknownTrees("the model has linear leaves; only constant ones are explained")
        if "split_feature" not in node:
            leaves += 1
            continue
        if node["decision_type"] != "<=":
            raise UnknownTrees(f"the model has a split by {node['decision_type']!r}; only numbers (<=) are explained")
        node["place"], node["leaves_before"] = len(inner), leaves
        inner.append(node)
        waiting += [node["right_child"], node["left_child"]]
    return inner


def _conditions(trees: list[list[Node]]) -> Conditions:
    nodes = list(chain.from_iterable(trees))
    return Conditions(
        list_starts(trees),
        np.array([node["split_feature"] for node in nodes], dtype=np.int64),
        np.array([node["threshold"] for node in nodes], dtype=np.float64),
        np.array([_missing_left(node) for node in nodes], dtype=np.bool_),
        np.array([node["missing_type"] == "Zero" for node in nodes], dtype=np.bool_),
        np.array([_left_out(node) for node in nodes], dtype=np.uint64),
    )


def _missing_left(node: Node) -> bool:
    """Where NaN goes: LightGBM takes it for zero where the training rows had none missing."""
    return bool(node["threshold"] >= 0.0 if node["missing_type"] == "None" else node["default_left"])


def _left_out(node: Node) -> int:
    """All bits but those of the leaves on the left."""
    on_the_left = sum(1 for _ in leaves_below(node["left_child"]))
    return EVERY_BIT & ~(((1 << on_the_left) - 1) << int(node["leaves_before"]))


def _expected(leaves: list[Leaf]) -> float:
    return sum(leaf.value * float(np.prod([step.share for step in leaf.path])) for leaf in leaves)
