"""Compiled loops over trees and rows for `models.shap.tree_shap`; single-threaded, and free of the GIL.

Shapley values of one leaf: with `share[i]` the share of the training rows that meet the conditions on feature i, and
`met[i]` 1 or 0 for the row explained, the game of path-dependent TreeSHAP (Lundberg et al. 2020) is the product of
`met` over the features that are known and of `share` over those that are not, times the leaf's value. Weighing
subsets of s out of d - 1 features by s! (d - 1 - s)! / d! = integral of t**s (1 - t)**(d - 1 - s) over t in [0, 1],
feature i contributes

    value * (met[i] - share[i]) * integral of the product over j != i of (met[j] t + share[j] (1 - t)),

a polynomial of degree d - 1, which Gauss-Legendre quadrature with d / 2 points integrates exactly, all terms positive.
"""

from typing import Any

import numba
import numpy as np

from features.window_kernels import Floats, Positions
from models.shap.forest import Conditions, Leaves
from models.shap.subtrees import Bools, Subtrees

ZERO = np.float64(np.float32(1e-35))  # what LightGBM takes for zero (kZeroThreshold, a float of 32 bits)

# Place of the only bit that is set in a word, by a product whose highest six bits differ for each place.
DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
PLACE = np.argsort([(int(DE_BRUIJN) << place & 0xFFFF_FFFF_FFFF_FFFF) >> 58 for place in range(64)])
EVERY_LEAF = np.uint64(0xFFFF_FFFF_FFFF_FFFF)

Patterns = np.ndarray[Any, np.dtype[np.int32]]

compiled: Any = numba.njit(nogil=True, cache=True)


@compiled  # type: ignore[untyped-decorator]
def _leaf(value: float, share: Floats, met: Bools, points: Floats, weights: Floats, added: Floats) -> None:
    """Write a leaf's contributions, one per feature of its path, to `added`."""
    added[:] = 0.0
    for at in range(len(points)):
        point = points[at]
        product = weights[at] * value
        for place in range(len(share)):
            product *= (point if met[place] else 0.0) + share[place] * (1 - point)
        for place in range(len(share)):
            factor = (point if met[place] else 0.0) + share[place] * (1 - point)
            added[place] += product / factor * ((1.0 if met[place] else 0.0) - share[place])


@compiled  # type: ignore[untyped-decorator]
def tabulate_contributions(
    subtrees: Subtrees, table_start: Positions, table: Floats, points: Floats, weights: Floats
) -> None:
    """Fill `table`: per subtree, feature and pattern the contribution of the subtree's leaves."""
    added = np.empty(64)
    met = np.empty(64, dtype=np.bool_)
    for subtree in range(len(table_start)):
        start = table_start[subtree]
        if start < 0:
            continue
        patterns = 1 << (subtrees.answer_start[subtree + 1] - subtrees.answer_start[subtree])
        for leaf in range(subtrees.leaf_start[subtree], subtrees.leaf_start[subtree + 1]):
            first, last = subtrees.term_start[leaf], subtrees.term_start[leaf + 1]
            size, order = last - first, (last - first + 1) // 2
            for pattern in range(patterns):
                for place in range(size):
                    yes, no = subtrees.term_yes[first + place], subtrees.term_no[first + place]
                    met[place] = pattern & yes == yes and pattern & no == 0
                _leaf(
                    subtrees.leaf_value[leaf],
                    subtrees.term_share[first:last],
                    met,
                    points[order, :order],
                    weights[order, :order],
                    added[:size],
                )
                for place in range(size):
                    table[start + subtrees.term_place[first + place] * patterns + pattern] += added[place]


@compiled  # type: ignore[untyped-decorator]
def _ask(conditions: Conditions, tree: int, values: Floats, left: Bools) -> None:
    """Write every row's answers to the tree's conditions: `left` has shape (conditions, rows)."""
    first = conditions.start[tree]
    for condition in range(first, conditions.start[tree + 1]):
        column, answer = values[conditions.feature[condition]], left[condition - first]
        threshold, missing_left = conditions.threshold[condition], conditions.missing_left[condition]
        if conditions.zero_is_missing[condition]:
            for row in range(len(column)):
                missing = np.isnan(column[row]) or abs(column[row]) <= ZERO
                answer[row] = missing_left if missing else column[row] <= threshold
        elif missing_left:
            for row in range(len(column)):
                answer[row] = not column[row] > threshold
        else:
            for row in range(len(column)):
                answer[row] = column[row] <= threshold


@compiled  # type: ignore[untyped-decorator]
def _answer(subtrees: Subtrees, answer: int, left: Bools, yes: Bools) -> None:
    """Write to `yes` whether a row went each of the answer's steps."""
    first, last = subtrees.step_start[answer], subtrees.step_start[answer + 1]
    for row in range(len(yes)):
        yes[row] = left[subtrees.step[first], row] == subtrees.step_left[first]
    for step in range(first + 1, last):
        for row in range(len(yes)):
            yes[row] &= left[subtrees.step[step], row] == subtrees.step_left[step]


@compiled  # type: ignore[untyped-decorator]
def _patterns(subtrees: Subtrees, subtree: int, left: Bools, yes: Bools, pattern: Patterns) -> None:
    """Write every row's answers in a subtree as the bits of a number."""
    first = subtrees.answer_start[subtree]
    pattern[:] = 0
    for answer in range(first, subtrees.answer_start[subtree + 1]):
        _answer(subtrees, answer, left, yes)
        for row in range(len(pattern)):
            pattern[row] |= np.int32(yes[row]) << np.int32(answer - first)


@compiled  # type: ignore[untyped-decorator]
def _add_directly(
    subtrees: Subtrees, subtree: int, left: Bools, points: Floats, weights: Floats, added_to: Floats
) -> None:
    """Add what a leaf contributes whose path has too many features for a table: an answer per feature."""
    first, last = subtrees.answer_start[subtree], subtrees.answer_start[subtree + 1]
    features = subtrees.feature[subtrees.feature_start[subtree] : subtrees.feature_start[subtree + 1]]
    leaf = subtrees.leaf_start[subtree]
    share = subtrees.term_share[subtrees.term_start[leaf] : subtrees.term_start[leaf + 1]]
    met = np.empty((len(features), left.shape[1]), dtype=np.bool_)
    for place in range(last - first):
        _answer(subtrees, first + place, left, met[place])
    order = (len(features) + 1) // 2
    added = np.empty(len(features))
    for row in range(left.shape[1]):
        _leaf(subtrees.leaf_value[leaf], share, met[:, row], points[order, :order], weights[order, :order], added)
        for place in range(len(features)):
            added_to[features[place], row] += added[place]


@compiled  # type: ignore[untyped-decorator]
def add_contributions(
    conditions: Conditions,
    subtrees: Subtrees,
    table_start: Positions,
    table: Floats,
    points: Floats,
    weights: Floats,
    values: Floats,
    added_to: Floats,
) -> None:
    """Add the contributions of all trees for `values`, shape (features, rows), to `added_to` of the same shape."""
    rows = values.shape[1]
    left = np.empty((np.diff(conditions.start).max(), rows), dtype=np.bool_)
    yes, pattern = np.empty(rows, dtype=np.bool_), np.empty(rows, dtype=np.int32)
    for tree in range(len(conditions.start) - 1):
        _ask(conditions, tree, values, left)
        for subtree in range(subtrees.start[tree], subtrees.start[tree + 1]):
            start = table_start[subtree]
            if start < 0:
                _add_directly(subtrees, subtree, left, points, weights, added_to)
                continue
            _patterns(subtrees, subtree, left, yes, pattern)
            patterns = 1 << (subtrees.answer_start[subtree + 1] - subtrees.answer_start[subtree])
            for place in range(subtrees.feature_start[subtree], subtrees.feature_start[subtree + 1]):
                target = added_to[subtrees.feature[place]]
                column = table[start : start + patterns]
                start += patterns
                for row in range(rows):
                    target[row] += column[pattern[row]]


@compiled  # type: ignore[untyped-decorator]
def add_scores(conditions: Conditions, leaves: Leaves, values: Floats, score: Floats) -> None:
    """Add the trees' values for `values`, shape (features, rows), to `score`, tree after tree as LightGBM does.

    For trees of at most 64 leaves: every condition crosses out the leaves that a row can no longer reach, and the
    leftmost that remains is its leaf (QuickScorer, Lucchese et al. 2015; rows in the inner loop, as in its vectorised
    form).
    """
    rows = values.shape[1]
    left = np.empty((np.diff(conditions.start).max(), rows), dtype=np.bool_)
    reachable = np.empty(rows, dtype=np.uint64)
    for tree in range(len(conditions.start) - 1):
        _ask(conditions, tree, values, left)
        reachable[:] = EVERY_LEAF
        first = conditions.start[tree]
        for condition in range(first, conditions.start[tree + 1]):
            left_out, answer = conditions.left_out[condition], left[condition - first]
            for row in range(rows):
                reachable[row] &= EVERY_LEAF if answer[row] else left_out
        first_leaf = leaves.start[tree]
        for row in range(rows):
            leftmost = reachable[row] & (~reachable[row] + np.uint64(1))
            score[row] += leaves.value[first_leaf + PLACE[(leftmost * DE_BRUIJN) >> np.uint64(58)]]
