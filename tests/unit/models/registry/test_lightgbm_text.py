"""LightGBM's text is read as LightGBM writes it, also in its rare forms."""

import re

import lightgbm
import numpy as np

from models.registry.lightgbm_text import read_booster


def test_a_split_between_missing_values_and_all_others_has_an_infinite_threshold_and_is_read() -> None:
    draw = np.random.default_rng(1)
    known = draw.random((400, 1))
    known[::2] = np.nan
    label = np.isnan(known[:, 0]) ^ (draw.random(400) < 0.1)
    data = lightgbm.Dataset(known, label, feature_name=["delay_last"])
    booster = lightgbm.train({"num_leaves": 2, "verbose": -1}, data, 1)
    written = booster.model_to_string()
    (threshold,) = re.findall(r"^threshold=(.*)$", written, re.MULTILINE)
    (size,) = re.findall(r"^tree_sizes=(.*)$", written, re.MULTILINE)
    shorter = int(size) - len(threshold) + len("inf")
    text = written.replace(f"threshold={threshold}", "threshold=inf").replace(f"sizes={size}", f"sizes={shorter}")
    assert set(read_booster(text).predict(known)) == set(lightgbm.Booster(model_str=text).predict(known))
