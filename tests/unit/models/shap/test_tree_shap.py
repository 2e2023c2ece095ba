"""Fast TreeSHAP and scores: equal to LightGBM, to shap and to Shapley's own formula, whatever the trees."""

from fractions import Fraction
from itertools import combinations
from math import comb, factorial

import lightgbm
import numpy as np
import pytest
import shap

from models.shap.forest import UnknownTrees
from models.shap.tree_shap import FastTrees


def matrix(rows: int, features: int, missing: float, seed: int):
    """Numbers with ties, zeros of both signs and missing values."""
    draw = np.random.default_rng(seed)
    values = np.round(draw.normal(size=(rows, features)), 1)
    values[draw.random(values.shape) < 0.1] = -0.0
    values[draw.random(values.shape) < missing] = np.nan
    return values


def booster(values, seed: int, trees: int = 20, **parameters):
    draw = np.random.default_rng(seed)
    known = np.nan_to_num(values)
    label = known.sum(axis=1) + known[:, 0] * known[:, -1] + draw.normal(size=len(values)) > 0
    asked = {"objective": "binary", "min_data_in_leaf": 3, "seed": seed, "num_threads": 1, "verbose": -1, **parameters}
    return lightgbm.train(asked, lightgbm.Dataset(values, label.astype(float)), trees)


FORESTS = {
    "shallow": (10, 0.2, {"num_leaves": 8}),
    "nothing missing while learning": (10, 0.0, {"num_leaves": 8}),
    "features repeat on a path": (3, 0.2, {"num_leaves": 31}),
    "deep": (30, 0.2, {"num_leaves": 31}),
    "very deep": (40, 0.3, {"num_leaves": 63, "learning_rate": 0.5}),
    "more leaves than bits of a word": (20, 0.2, {"num_leaves": 90}),
    "zero is missing": (6, 0.1, {"num_leaves": 16, "zero_as_missing": True}),
    "missing is zero": (6, 0.1, {"num_leaves": 16, "use_missing": False}),
    "one condition a tree": (6, 0.1, {"num_leaves": 2}),
}


def forest(name: str):
    """A booster and rows that it has not seen, all of them with missing values."""
    features, missing, parameters = FORESTS[name]
    model = booster(matrix(1_500, features, missing, 1), 1, **parameters)
    unseen = matrix(700, features, 0.3, 2)
    unseen[:3] = [[np.nan], [np.inf], [-np.inf]]
    unseen[3:5] = [[1e-36], [-1e-34]]
    return model, unseen


@pytest.mark.parametrize("name", FORESTS)
def test_contributions_equal_lightgbms(name):
    model, rows = forest(name)
    parts = FastTrees(model).contributions(rows)
    np.testing.assert_allclose(parts, model.predict(rows, pred_contrib=True), rtol=0, atol=1e-11)


@pytest.mark.parametrize("name", FORESTS)
def test_scores_are_lightgbms_to_the_bit_and_contributions_add_up_to_them(name):
    model, rows = forest(name)
    scores = FastTrees(model).scores(rows)
    np.testing.assert_array_equal(scores, model.predict(rows, raw_score=True))
    np.testing.assert_allclose(FastTrees(model).contributions(rows).sum(axis=1), scores, rtol=0, atol=1e-11)


@pytest.mark.parametrize("most", [0, 1, 4, 12])
def test_what_is_tabulated_and_what_is_computed_directly_is_the_same(most):
    model, rows = forest("deep")
    expected = model.predict(rows, pred_contrib=True)
    np.testing.assert_allclose(FastTrees(model, most).contributions(rows), expected, rtol=0, atol=1e-11)


def test_a_path_of_more_features_than_a_word_has_bits_is_exact():
    """A chain where each feature cuts off one row; here LightGBM's own contributions are off by thousands."""
    depth = 66
    values, target = np.eye(depth + 1, depth), 1.2 ** np.arange(depth + 1)
    parameters = {
        "num_leaves": depth + 1, "min_data_in_leaf": 1, "min_data_in_bin": 1, "min_sum_hessian_in_leaf": 0,
        "feature_pre_filter": False, "enable_bundle": False, "verbose": -1, "num_threads": 1, "learning_rate": 1.0,
    }  # fmt: skip
    model = lightgbm.train(parameters, lightgbm.Dataset(values, target), 1)
    root = model.dump_model()["tree_info"][0]["tree_structure"]
    assert longest_path(root) == depth
    row = values[0]
    parts = FastTrees(model).contributions(row[None, :])[0]
    expected = np.zeros(depth)
    add_exactly(root, row, {}, expected)
    np.testing.assert_allclose(parts[:-1], expected, rtol=0, atol=1e-9 * np.abs(expected).max())
    assert parts.sum() == pytest.approx(model.predict(row[None, :])[0], rel=1e-9)


def add_exactly(node, row, path, total):
    """Add the contributions of the leaves below, in fractions; `path` has per feature (share, met) so far."""
    if "split_feature" in node:
        left = bool(row[node["split_feature"]] <= node["threshold"])
        for child, met in ((node["left_child"], left), (node["right_child"], not left)):
            share, before = path.get(node["split_feature"], (Fraction(1), True))
            step = share * Fraction(cover(child), cover(node)), before and met
            add_exactly(child, row, {**path, node["split_feature"]: step}, total)
        return
    size = len(path)
    product = [Fraction(1)]  # of share + met * x over the path, by powers of x
    for share, met in path.values():
        product = [a * share + b * met for a, b in zip([*product, 0], [0, *product], strict=True)]
    for feature, (share, met) in path.items():
        others, lower = [], Fraction(0)  # the product without this feature
        for power in range(size):
            lower = (product[power] - met * lower) / share
            others.append(lower)
        weighted = sum(one / (size * comb(size - 1, power)) for power, one in enumerate(others))
        total[feature] += float(Fraction(node["leaf_value"]) * (met - share) * weighted)


def longest_path(node, features=frozenset()) -> int:
    """The most different features on one path."""
    if "split_feature" not in node:
        return len(features)
    features = features | {node["split_feature"]}
    return max(longest_path(node["left_child"], features), longest_path(node["right_child"], features))


def test_contributions_equal_shaps():
    model, rows = forest("shallow")
    explained = shap.TreeExplainer(model)(rows)
    parts = FastTrees(model).contributions(rows)
    np.testing.assert_allclose(parts[:, :-1], explained.values, rtol=0, atol=1e-9)
    np.testing.assert_allclose(parts[:, -1], explained.base_values, rtol=0, atol=1e-9)


def test_contributions_equal_shapleys_formula_over_all_subsets():
    features = 4
    model = booster(matrix(500, features, 0.0, 5), 5, trees=3, num_leaves=12)
    rows = matrix(20, features, 0.0, 6)
    trees = [tree["tree_structure"] for tree in model.dump_model()["tree_info"]]
    parts = FastTrees(model).contributions(rows)
    for row, told in zip(rows, parts, strict=True):
        np.testing.assert_allclose(told[:-1], shapley(trees, row), rtol=0, atol=1e-12)
        assert told[-1] == pytest.approx(worth(trees, row, frozenset()), abs=1e-12)


def shapley(trees, row):
    """Lloyd Shapley's value of every feature: its gain over all subsets of the others."""
    size = len(row)
    value = np.zeros(size)
    for feature in range(size):
        others = [one for one in range(size) if one != feature]
        for count in range(size):
            weight = factorial(count) * factorial(size - count - 1) / factorial(size)
            for subset in map(frozenset, combinations(others, count)):
                value[feature] += weight * (worth(trees, row, subset | {feature}) - worth(trees, row, subset))
    return value


def worth(trees, row, known) -> float:
    """The expected score where only the features `known` are: other conditions split by the training rows."""

    def below(node) -> float:
        if "split_feature" not in node:
            return node["leaf_value"]
        left, right = node["left_child"], node["right_child"]
        if node["split_feature"] in known:
            return below(left if row[node["split_feature"]] <= node["threshold"] else right)
        return (cover(left) * below(left) + cover(right) * below(right)) / cover(node)

    return sum(below(tree) for tree in trees)


def cover(node) -> int:
    return node["internal_count"] if "split_feature" in node else node["leaf_count"]


def test_a_tree_of_one_leaf_gives_the_base_value_alone():
    values = matrix(100, 3, 0.1, 7)
    model = lightgbm.train({"verbose": -1, "num_leaves": 4}, lightgbm.Dataset(values, np.full(100, 2.5)), 3)
    parts = FastTrees(model).contributions(values)
    np.testing.assert_array_equal(parts, model.predict(values, pred_contrib=True))
    np.testing.assert_array_equal(FastTrees(model).scores(values), model.predict(values, raw_score=True))


@pytest.mark.parametrize(("block_rows", "threads"), [(1, 1), (7, 1), (64, 2), (700, 1), (10_000, 2)])
def test_blocks_and_threads_change_nothing(block_rows, threads):
    model, rows = forest("very deep")
    fast = FastTrees(model)
    np.testing.assert_array_equal(fast.contributions(rows, block_rows, threads), fast.contributions(rows))
    np.testing.assert_array_equal(fast.scores(rows, block_rows, threads), fast.scores(rows))


@pytest.mark.parametrize("count", [0, 1])
def test_no_row_and_one_row(count):
    model, rows = forest("shallow")
    fast = FastTrees(model)
    assert fast.scores(rows[:count]).shape == (count,)
    np.testing.assert_array_equal(fast.contributions(rows[:count]), fast.contributions(rows)[:count])


def test_rows_of_single_precision_are_read_as_lightgbm_reads_them():
    model, rows = forest("shallow")
    single = rows.astype(np.float32)
    np.testing.assert_array_equal(FastTrees(model).scores(single), model.predict(single, raw_score=True))


def test_trees_of_another_kind_are_refused():
    draw = np.random.default_rng(8)
    values = draw.integers(0, 6, (600, 2)).astype(float)
    values[:, 1] = draw.normal(size=600)
    label = (values[:, 0] % 2) + values[:, 1]
    plain = {"verbose": -1, "min_data_in_leaf": 5, "num_leaves": 6}
    categorical = lightgbm.train(plain, lightgbm.Dataset(values, label, categorical_feature=[0]), 3)
    with pytest.raises(UnknownTrees, match="split by '=='"):
        FastTrees(categorical)
    classes = {**plain, "objective": "multiclass", "num_class": 3}
    with pytest.raises(UnknownTrees, match="several classes"):
        FastTrees(lightgbm.train(classes, lightgbm.Dataset(values, values[:, 0] % 3), 2))
    linear = lightgbm.train({**plain, "linear_tree": True}, lightgbm.Dataset(values, label), 2)
    with pytest.raises(UnknownTrees, match="linear leaves"):
        FastTrees(linear)
