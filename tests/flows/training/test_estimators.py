"""Other models than ours are judged by the same nights and the same gate, and score a night."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.registry import mlflow_registry
from tests.support.nights.flow_runs import NIGHT, TRAINED_ON, TrainedHome, duerank, nightly, overrides

OTHER_TREES = ("--set", "training.lightgbm={num_leaves: 4, min_data_in_leaf: 40, max_depth: 2}")
FOREST = (
    "--set",
    "training.estimator=sklearn.ensemble.RandomForestClassifier",
    "--set",
    "training.estimator_parameters={n_estimators: 10, max_depth: 6, min_samples_leaf: 20}",
)


@pytest.fixture
def trained_otherwise(other_home: Path, trained: TrainedHome) -> str:
    """What `train` said of trees with other parameters, and then of a forest, which a person prefers all the same."""
    said = []
    for setting in (OTHER_TREES, FOREST):
        done = duerank("train", trained.ledger, "--as-of", TRAINED_ON, *overrides(), *setting)
        assert done.exit_code == 0, done.output
        said.append(done.output)
    promoted = duerank("promote", "late_payment")
    assert promoted.exit_code == 0, promoted.output
    return "\n".join(said)


@pytest.mark.slow
def test_other_trees_and_a_forest_go_through_the_gate_and_the_forest_that_is_promoted_scores_a_night(
    trained_otherwise: str, trained: TrainedHome, tmp_path: Path
):
    before, forest = (mlflow_registry.load("late_payment", alias) for alias in ("previous_champion", "champion"))
    assert before is not None and forest is not None
    assert before.scorer.booster.params["num_leaves"] == 4
    assert {name: before.card.settings[name] for name in ("estimator", "lightgbm")} == {
        "estimator": None,
        "lightgbm": {"num_leaves": 4, "min_data_in_leaf": 40, "max_depth": 2},
    }
    assert forest.card.kind == "estimator" and len(forest.scorer.classifier.estimators_) == 10
    assert "is the challenger (estimator)" in trained_otherwise
    assert "Over all open invoices, overdue ones too, the Brier score of p_paid_30d is" in trained_otherwise
    assert "captures" in trained_otherwise and "of the money that went bad, the champion's" in trained_otherwise

    nightly(trained.ledger, tmp_path / "nights")
    url = f"sqlite:///{tmp_path / 'nights/duerank.db'}"
    scores = pd.read_sql("select * from invoice_scores", url)
    paid = scores[[f"p_paid_{days}d" for days in (7, 14, 30, 60, 90)]].to_numpy()
    assert ((paid > 0) & (paid < 1)).all() and (np.diff(paid, axis=1) >= 0).all() and paid.std() > 0.1
    reasons = pd.read_sql("select * from reasons where model = 'late_payment'", url)
    assert (reasons.loc[reasons["text"].fillna("") != "", "contribution"] != 0).all()
    worklist = pd.read_csv(tmp_path / f"nights/as_of={NIGHT}/worklist.csv")
    assert len(worklist) and worklist["reason_1"].notna().all()


def test_a_model_of_another_kind_is_said_before_the_ledger_is_read(other_home: Path, tmp_path: Path):
    done = duerank("train", tmp_path / "nowhere", "--as-of", TRAINED_ON, "--set", "training.estimator=os.system")
    assert done.exit_code == 2
    assert "os.system is no classifier of scikit-learn" in done.output
