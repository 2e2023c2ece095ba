"""A real ledger, by the commands a user would run: honest figures, and none that only the future could give."""

from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from models.evaluation.metrics import calibration_error
from tests.support.nights.flow_runs import duerank
from tests.support.repository import ROOT

EXPORT = ROOT.parent / "shared" / "data" / "ibm_accounts_receivable.csv"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not EXPORT.exists(), reason=f"{EXPORT.name} is not next to the project, in ../shared/data"),
]


@pytest.fixture(scope="module")
def first_scores(home: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Each invoice of the second half of 2013 at its first score, where it was not late yet."""
    folder = tmp_path_factory.mktemp("ibm")
    imported = duerank(
        "import", ROOT / "configs" / "sources" / "ibm.yaml", "--input", EXPORT, "--out", folder / "ledger"
    )
    assert imported.exit_code == 0, imported.output
    replayed = duerank(
        "backtest", folder / "ledger", "--from", "2013-07-01", "--to", "2013-12-31", "--every", "7D",
        "--out", folder / "out", "--set", "labels.grace_days=0",
    )  # fmt: skip
    assert replayed.exit_code == 0, replayed.output
    predictions = pd.read_parquet(folder / "out" / "predictions.parquet").sort_values("as_of", kind="stable")
    first = predictions.drop_duplicates("invoice_id")
    return first[(first["p_late"] < 1) & first["late"].notna()]


def test_hundreds_of_invoices_are_judged(first_scores: pd.DataFrame):
    assert len(first_scores) > 400


def test_the_ranking_is_as_good_as_honest_models_are_and_no_better(first_scores: pd.DataFrame):
    assert 0.84 < roc_auc_score(first_scores["late"], first_scores["p_late"]) < 0.89


def test_the_probabilities_are_as_good_as_those_of_honest_models(first_scores: pd.DataFrame):
    assert brier_score_loss(first_scores["late"], first_scores["p_late"]) < 0.15
    assert calibration_error(first_scores["late"].to_numpy(), first_scores["p_late"].to_numpy()) < 0.09


def test_the_pay_date_is_expected_within_days(first_scores: pd.DataFrame):
    paid = first_scores[first_scores["paid_on"].notna()]
    assert (paid["expected_paid_on"] - paid["paid_on"]).dt.days.abs().mean() < 8
