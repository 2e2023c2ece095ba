"""The frame for experiments is what training learns from, and its splits are those of scikit-learn."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from configs.settings import load_settings
from duerank.api import NightSplits, TrainingFrame, training_frame
from ledger.errors import LedgerError
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.load import load_ledger
from ledger.simulator import simulate
from models.past import gather
from models.retraining import fit
from models.risk import boosting, default, late_payment

AS_OF = "2024-01-02"
SETTINGS = load_settings(
    (
        "training.trees=2",
        "training.spine_every_days=28",
        "training.min_events=5",
        "training.max_rows=3000",  # less than there are, so that customers are left out
        "fairness.protected_fields=[country]",
    )
)
MODELS = {late_payment.NAME: late_payment, default.NAME: default}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frame") / "ledger"
    write_ledger(simulate(150, 400, 11).tables, folder)
    return folder


@pytest.fixture(scope="module")
def frames(ledger: Path) -> dict[str, TrainingFrame]:
    return {name: training_frame(str(ledger), AS_OF, name, SETTINGS) for name in MODELS}


@pytest.mark.parametrize("name", MODELS)
def test_the_frame_has_the_very_rows_that_training_fits_its_trees_to(
    name: str, ledger: Path, frames: dict[str, TrainingFrame], monkeypatch: pytest.MonkeyPatch
):
    fitted = []

    def noted(rows, label, weight, features, settings, start=None):
        fitted.append((rows, label, features))
        return boosting.fit_trees(rows, label, weight, features, settings, start)

    monkeypatch.setattr(MODELS[name], "fit_trees", noted)
    past = gather(load_ledger(str(ledger), pd.Timestamp(AS_OF), SETTINGS), pd.Timestamp(AS_OF), SETTINGS)
    fit(name, past, SETTINGS)
    rows, label, features = fitted[-1]  # the last fit is the model's own, on all rows
    X, y, groups, dates = frames[name]
    pd.testing.assert_frame_equal(X.reset_index(drop=True), rows[features].reset_index(drop=True))
    np.testing.assert_array_equal(y, label)
    np.testing.assert_array_equal(groups, past.portfolio.customer_ids[rows["customer"]])
    np.testing.assert_array_equal(dates, pd.to_datetime(rows["night"], unit="D"))
    if name == late_payment.NAME:
        np.testing.assert_array_equal(
            X.index.get_level_values("invoice_id"), past.portfolio.invoice_ids[rows["invoice"]]
        )


def test_labels_are_known_later_than_their_night_and_by_the_night_of_the_frame(frames: dict[str, TrainingFrame]):
    for X, _, _, dates in frames.values():
        known = X.index.get_level_values("known_from")
        assert (known > dates).all() and (known <= pd.Timestamp(AS_OF)).all()
        assert (dates < pd.Timestamp(AS_OF)).all()


def test_no_feature_of_a_protected_field_is_in_the_frame(frames: dict[str, TrainingFrame]):
    X = frames["late_payment"].X
    assert "country_late_share" not in X and "industry_late_share" in X
    assert (X.dtypes == "float32").all()


def test_scikit_learn_validates_and_searches_with_the_splits(frames: dict[str, TrainingFrame]):
    X, y, groups, _ = frames["late_payment"]
    model = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())
    splits = NightSplits(3)
    scores = cross_val_score(model, X[["late_share_all", "horizon_days"]], y, groups=groups, cv=splits)
    assert len(scores) == splits.get_n_splits() and np.isfinite(scores).all()
    search = GridSearchCV(model, {"logisticregression__C": [0.1, 1.0]}, cv=splits)
    assert search.fit(X[["late_share_all", "horizon_days"]], y).n_splits_ == 3


def test_splits_say_what_they_need(frames: dict[str, TrainingFrame]):
    X, y, groups, _ = frames["late_payment"]
    with pytest.raises(ValueError, match="give it the X of training_frame"):
        next(NightSplits().split(X.to_numpy(), y, groups))
    with pytest.raises(ValueError, match="500 splits need as many customers"):
        next(NightSplits(500).split(X))
    with pytest.raises(ValueError, match="20 splits need 21 nights"):
        next(NightSplits(20).split(X))


def test_what_cannot_be_learned_from_is_said(ledger: Path):
    with pytest.raises(ValueError, match="late_payment or default"):
        training_frame(str(ledger), AS_OF, "contact_effect", SETTINGS)
    with pytest.raises(LedgerError, match="no invoice is known before"):
        training_frame(str(ledger), "1999-01-01", settings=SETTINGS)
