"""LightGBM's text of a model, checked to the last number before LightGBM reads it.

LightGBM trusts the text: it jumps by the sizes and follows the children that are in it, and a wrong one reads memory
that is not its own, or never ends. The seal of a folder shows what was changed by accident; whoever can write to the
registry can seal what he wrote.
"""

import re
from itertools import accumulate, pairwise

import lightgbm
import numpy as np

from features.window_kernels import Positions

MOST_TREES, MOST_LEAVES = 20_000, 1_024
NUMBER = r"-?(?:[0-9]{1,40}(?:\.[0-9]{1,40})?(?:e[+-]?[0-9]{1,3})?|inf)"  # another spelling ends the process
NUMBERS = re.compile(rf"{NUMBER}(?: {NUMBER})*")
# The lines above the trees, and what each may say.
HEAD = {
    "version": r"v4",
    "num_class": "1",
    "num_tree_per_iteration": "1",
    "label_index": "[0-9]+",
    "max_feature_idx": "[0-9]+",
    "objective": "binary sigmoid:1|cross_entropy|regression",
    "feature_names": "[a-z][a-z0-9_]*(?: [a-z][a-z0-9_]*)*",
    "monotone_constraints": "-?[01](?: -?[01])*",
    "feature_infos": rf"(?:none|\[{NUMBER}:{NUMBER}\])(?: (?:none|\[{NUMBER}:{NUMBER}\]))*",
    "tree_sizes": "[0-9]+(?: [0-9]+)*",
}
# What is below them: importances, the settings of the training, and the categories that pandas had.
TAIL = re.compile(
    r"end of trees\n\nfeature_importances:\n(?:[a-z][a-z0-9_]*=[0-9]+\n)*\n"
    r"parameters:\n(?:\[[a-z0-9_]+: [^\[\]\n]*\]\n)*\nend of parameters\n\npandas_categorical:(?:null|\[\])\n"
)
INNER = ("split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child", "internal_value",
         "internal_weight", "internal_count")  # fmt: skip
LEAVES = ("leaf_value", "leaf_weight", "leaf_count")
SINGLE = ("num_leaves", "num_cat", "is_linear", "shrinkage")
WHOLE = ("split_feature", "decision_type", "left_child", "right_child", "internal_count", "leaf_count")
DECISIONS = (0, 2, 4, 6, 8, 10)  # bits: 1 by category, 2 missing goes left, 4 and 8 what counts as missing


def read_booster(text: str) -> lightgbm.Booster:
    """The model of a text. ValueError where it is not what LightGBM writes for a sum of trees on numbers."""
    check(text)
    return lightgbm.Booster(model_str=text)


def check(text: str) -> None:
    """ValueError, with the place, where reading the text could go wrong."""
    head, separator, _ = text.partition("\nTree=0\n")
    if not separator or not text.isascii():
        raise ValueError("it has no trees, or letters that LightGBM does not write")
    first, *lines = head.rstrip("\n").split("\n")
    stated = dict(line.partition("=")[::2] for line in lines)
    if first != "tree" or len(stated) != len(lines) or set(stated) - set(HEAD):
        raise ValueError("above the trees is a line that is not known, or one twice")
    for name, pattern in HEAD.items():
        if not re.fullmatch(pattern, stated.get(name, "")) and (name in stated or name != "monotone_constraints"):
            raise ValueError(f"{name} is {stated.get(name, '')[:40]!r}")
    features = _count(stated, "max_feature_idx", 100_000) + 1
    for name in ("feature_names", "feature_infos", "monotone_constraints"):
        if name in stated and len(stated[name].split()) != features:
            raise ValueError(f"{name} are not {features}")
    sizes = _whole(stated["tree_sizes"], "tree_sizes")
    start = len(head) + 1
    ends = [start, *(start + size for size in accumulate(sizes.tolist()))]
    if len(sizes) > MOST_TREES or (sizes <= 0).any() or not TAIL.fullmatch(text, ends[-1]):
        raise ValueError("tree_sizes do not lead to the end of the trees, or what follows it is not known")
    for number, (first, end) in enumerate(pairwise(ends)):
        _check_tree(text[first:end], number, features)


def _check_tree(text: str, number: int, features: int) -> None:
    lines = text.rstrip("\n").split("\n")  # LightGBM ends the process where a line between is empty
    stated = dict(line.partition("=")[::2] for line in lines)
    if lines[0] != f"Tree={number}" or len(stated) != len(lines) or not text.endswith("\n\n"):
        raise ValueError(f"tree {number} is not where tree_sizes says, or has a line twice")
    leaves = _count(stated, "num_leaves", MOST_LEAVES)
    if leaves < 1 or stated.get("num_cat") != "0" or stated.get("is_linear", "0") != "0":
        raise ValueError(f"tree {number} has no leaves, linear ones, or splits by category")
    inner = leaves - 1
    if not re.fullmatch(NUMBER, stated.get("shrinkage", "")):
        raise ValueError(f"tree {number}: shrinkage is no number")
    unknown = set(stated) - {"Tree", *SINGLE, *INNER, *LEAVES}
    if unknown:
        raise ValueError(f"tree {number} has a line {unknown.pop()!r}")
    columns = {name: _column(stated, name, number, leaves) for name in (*INNER, *LEAVES)}
    for name, values in columns.items():
        expected = leaves if name in LEAVES else inner
        # A tree without a split states less, and the kinds of models state not all of the counts.
        if len(values) not in ({expected, 0} if leaves == 1 else {expected}):
            raise ValueError(f"tree {number}: {name} has {len(values)} numbers; expected {expected}")
    if leaves == 1:
        return
    split = columns["split_feature"]
    if (split < 0).any() or (split >= features).any():
        raise ValueError(f"tree {number} asks for a feature that the model has not")
    if not np.isin(columns["decision_type"], DECISIONS).all():
        raise ValueError(f"tree {number} has an unknown kind of decision")
    _check_children(columns["left_child"], columns["right_child"], number, leaves)


def _check_children(left: Positions, right: Positions, number: int, leaves: int) -> None:
    """Every inner node but the root, and every leaf (~leaf), is the child of one node that comes before it."""
    inner = leaves - 1
    children = np.concatenate([left, right])
    if sorted(children.tolist()) != [*range(-leaves, 0), *range(1, inner)]:
        raise ValueError(f"tree {number} is no tree: a node is missing, or the child of two")
    parents = np.concatenate([np.arange(inner), np.arange(inner)])
    if ((children > 0) & (children <= parents)).any():
        raise ValueError(f"tree {number} is no tree: a node is its own ancestor")


def _column(stated: dict[str, str], name: str, number: int, leaves: int) -> Positions:
    text = stated.get(name, "")
    if name in WHOLE:
        return _whole(text, f"tree {number}: {name}")
    if text and not NUMBERS.fullmatch(text):
        raise ValueError(f"tree {number}: {name} holds something that is no number")
    values = np.array([float(word) for word in text.split()])
    # A split between missing values and all others has an infinite threshold.
    if name != "threshold" and np.isinf(values).any():
        raise ValueError(f"tree {number}: {name} holds a number that is not finite")
    return values


def _whole(text: str, place: str) -> Positions:
    words = text.split()
    if not all(re.fullmatch(r"-?[0-9]{1,10}", word) and abs(int(word)) < 2**31 for word in words):
        raise ValueError(f"{place} holds something that is no whole number")
    return np.array([int(word) for word in words], dtype=np.int64)


def _count(stated: dict[str, str], name: str, most: int) -> int:
    text = stated.get(name, "")
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > most:
        raise ValueError(f"{name} is {text[:20]!r}; expected a number up to {most}")
    return int(text)
