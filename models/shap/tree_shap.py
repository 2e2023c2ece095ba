"""Exact path-dependent TreeSHAP (Lundberg et al. 2020) and scores of a LightGBM model, for many rows at once.

Equal to `booster.predict(pred_contrib=True)` but for rounding, and many times as fast: see `models.shap.subtrees` and
`benchmarks/speed/explanations.py`. Rows are taken in blocks, trees within a block, so that a tree's tables stay in the
cache and memory beyond the result is bounded.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import lightgbm
import numpy as np

from features.window_kernels import Floats, Positions
from models.shap import kernels
from models.shap.forest import read_forest
from models.shap.subtrees import MOST_ANSWERS, Subtrees, as_arrays, largest_subtrees

BLOCK_ROWS = 512
MOST_LEAVES = 64  # bits of a word; LightGBM itself scores larger trees


class FastTrees:
    """The trees of a booster, read once; tables are made when first asked for."""

    def __init__(self, booster: lightgbm.Booster, most_answers: int = MOST_ANSWERS) -> None:
        """UnknownTrees where the booster has trees of another kind than ours."""
        self._booster = booster
        self._most_answers = most_answers
        self._forest = read_forest(booster)

    def contributions(self, values: Floats, block_rows: int = BLOCK_ROWS, threads: int = 1) -> Floats:
        """SHAP values of `values`, shape (rows, features), NaN where missing: shape (rows, features + 1), base last."""
        forest, subtrees = self._forest, self._subtrees
        start, table = self._contributions
        points, weights = self._quadrature
        parts = np.empty((len(values), forest.features + 1))

        def explain(block: slice) -> None:
            asked = np.ascontiguousarray(values[block].T, dtype=np.float64)
            added = np.zeros_like(asked)
            kernels.add_contributions(forest.conditions, subtrees, start, table, points, weights, asked, added)
            parts[block, :-1] = added.T

        parts[:, -1] = forest.base
        _each_block(explain, len(values), block_rows, threads)
        return parts

    def scores(self, values: Floats, block_rows: int = BLOCK_ROWS, threads: int = 1) -> Floats:
        """Raw scores of `values`, shape (rows, features): to the bit those of LightGBM, shape (rows,)."""
        forest = self._forest
        if np.diff(forest.leaves.start).max() > MOST_LEAVES:
            return np.asarray(self._booster.predict(values, raw_score=True, num_threads=threads), dtype=np.float64)
        scores = np.zeros(len(values))

        def score(block: slice) -> None:
            asked = np.ascontiguousarray(values[block].T, dtype=np.float64)
            kernels.add_scores(forest.conditions, forest.leaves, asked, scores[block])

        _each_block(score, len(values), block_rows, threads)
        return scores

    @cached_property
    def _subtrees(self) -> Subtrees:
        """What explanations need, and scores do not: most of the time that it takes to read the trees."""
        return as_arrays([list(largest_subtrees(root, (), self._most_answers)) for root in self._forest.roots])

    @cached_property
    def _contributions(self) -> tuple[Positions, Floats]:
        answers = np.diff(self._subtrees.answer_start)
        patterns = np.where(answers <= self._most_answers, 1 << np.minimum(answers, self._most_answers), 0)
        start, table = _empty_tables(patterns * np.diff(self._subtrees.feature_start), patterns)
        kernels.tabulate_contributions(self._subtrees, start, table, *self._quadrature)
        return start, table

    @cached_property
    def _quadrature(self) -> tuple[Floats, Floats]:
        """Points and weights of Gauss-Legendre quadrature over [0, 1]; row n has n of them."""
        most = (int(np.diff(self._subtrees.term_start).max()) + 1) // 2
        points, weights = np.zeros((most + 1, most)), np.zeros((most + 1, most))
        for order in range(1, most + 1):
            place, weight = np.polynomial.legendre.leggauss(order)
            points[order, :order], weights[order, :order] = (place + 1) / 2, weight / 2
        return points, weights


def _empty_tables(sizes: Positions, patterns: Positions) -> tuple[Positions, Floats]:
    """Where each subtree's table begins, -1 where it has none, and room for all."""
    start = np.concatenate(([0], np.cumsum(sizes)))
    return np.where(patterns > 0, start[:-1], -1), np.zeros(start[-1])


def _each_block(work: Callable[[slice], None], rows: int, block_rows: int, threads: int) -> None:
    blocks = [slice(first, first + block_rows) for first in range(0, rows, block_rows)]
    if threads == 1:
        for block in blocks:
            work(block)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, blocks))
