"""Learners are judged on rows of which nothing that they were fitted on knows the outcome."""

import numpy as np
import pandas as pd

from benchmarks.quality.qini import qini_area, top_uplift
from models.effect.learners import LEARNERS, NO_ARM, Cases, fit_apart


def chance_alone(seed: int, rows: int = 3_000) -> Cases:
    """Outcomes that nothing explains: neither features nor the arm."""
    draw = np.random.default_rng(seed)
    features = pd.DataFrame(draw.normal(size=(rows, 3)).astype("float32"), columns=list("abc"))
    arm = np.where(draw.random(rows) < 0.7, 0, NO_ARM)
    outcome = (draw.random(rows) < 0.3).astype(np.float64)
    return Cases(features, arm, outcome, np.arange(rows), np.ones(rows))


def test_where_all_is_chance_no_learner_ranks_better_than_chance():
    areas = {kind: [] for kind in LEARNERS}
    for seed in range(6):
        cases = chance_alone(seed)
        score = {kind: np.zeros(len(cases.arm)) for kind in LEARNERS}
        for here, learners in fit_apart(cases, seed):
            for kind, learner in learners.items():
                score[kind][here] = learner.effect(cases.features[here], np.zeros(here.sum(), dtype=np.int64))
        for kind in LEARNERS:
            areas[kind].append(qini_area(score[kind], cases.treated, cases.outcome))
    for kind, found in areas.items():
        assert abs(np.mean(found)) < 0.006, kind  # about 0.02 where the baseline has seen the rows


def test_every_row_is_in_one_part_and_no_group_in_two():
    cases = chance_alone(1, rows=600)
    groups = np.arange(600) // 3
    cases = Cases(cases.features, cases.arm, cases.outcome, groups, cases.weight)
    parts = [here for here, _ in fit_apart(cases, 1)]
    assert (np.sum(parts, axis=0) == 1).all()
    assert all(len(np.unique(np.array(parts)[:, groups == group], axis=1).T) == 1 for group in range(200))


def test_the_area_and_the_top_of_a_ranking_are_those_counted_by_hand():
    treated = np.array([True, False, True, False])
    outcome = np.array([1.0, 0.0, 0.0, 1.0])
    best_first = np.array([4.0, 3.0, 2.0, 1.0])
    # The curve: 0, 1 (no other yet to compare with), 1, 1, 0; over four customers.
    assert qini_area(best_first, treated, outcome) == 3 / 16
    assert top_uplift(best_first, treated, outcome, share=0.5) == 1.0


def test_equal_scores_are_a_random_ranking():
    cases = chance_alone(2)
    assert qini_area(np.zeros(len(cases.arm)), cases.treated, cases.outcome) == 0
