"""Nights replayed: the published columns with their outcomes, and nothing of what was known later."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ledger.frames import Tables
from ledger.tables import TABLES
from ledger.writing import write_ledger
from tests.flows.conftest import Trained, duerank, overrides
from worklists.policies import CAPACITIES
from worklists.score_tables import CUSTOMER_SCORES, INVOICE_SCORES

FIRST, LAST = "2023-12-04", "2024-01-15"
NIGHTS = ["2023-12-04", "2023-12-18", "2024-01-01", "2024-01-15"]
UNCHANGED_BEFORE = pd.Timestamp("2023-12-19")  # the first two nights know nothing of what is changed


def backtest(ledger: Path, out: Path, *more: str) -> dict[str, pd.DataFrame]:
    result = duerank(
        "backtest", ledger, "--from", FIRST, "--to", LAST, "--every", "14D", "--out", out, *overrides(), *more
    )
    assert result.exit_code == 0, result.output
    return {
        "predictions": pd.read_parquet(out / "predictions.parquet"),
        "customers": pd.read_parquet(out / "customer_predictions.parquet"),
        "policies": pd.read_csv(out / "policies.csv"),
    }


@pytest.fixture(scope="module")
def replayed(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    return backtest(trained.ledger, tmp_path_factory.mktemp("backtest"))


def test_the_columns_are_the_published_ones_and_the_outcomes(replayed):
    assert list(replayed["predictions"]) == [*INVOICE_SCORES.names, "paid_on", "late"]
    assert list(replayed["customers"]) == [*CUSTOMER_SCORES.names, "defaulted"]
    assert set(replayed["policies"]) >= {"policy", "capacity", "share_captured", "nights"}


def test_every_night_is_there_once(replayed):
    for name in ("predictions", "customers"):
        assert sorted(replayed[name]["as_of"].astype(str).str[:10].unique()) == NIGHTS
    assert not replayed["predictions"].duplicated(["as_of", "invoice_id"]).any()
    assert not replayed["customers"].duplicated(["as_of", "customer_id"]).any()


def test_outcomes_are_those_of_the_ledger(trained: Trained, replayed):
    predictions = replayed["predictions"]
    paid = predictions[predictions["paid_on"].notna()]
    assert (paid["paid_on"] >= paid["as_of"]).mean() > 0.99  # a payment may be booked after the night that it precedes
    late = paid[paid["late"].notna()]
    deadline = late["due_on"] + pd.Timedelta(days=5)
    np.testing.assert_array_equal(late["late"] == 1, late["paid_on"] > deadline)
    unknown = predictions["due_on"] > max(frame["known_on"].max() for frame in trained.tables.values() if len(frame))
    assert predictions.loc[unknown, "late"].isna().all()
    assert replayed["customers"]["defaulted"].isna().all()  # no horizon of 180 days has passed


def test_amounts_are_currency_units_that_add_up(replayed):
    by_invoice = replayed["predictions"].groupby(["as_of", "customer_id"])["open_amount"].sum()
    customers = replayed["customers"].set_index(["as_of", "customer_id"])["open_amount"]
    pd.testing.assert_series_equal(by_invoice, customers.loc[by_invoice.index], check_names=False, atol=1e-6)


def test_models_are_retrained_at_the_cadence(replayed):
    trained_on = replayed["predictions"].groupby("as_of")["run_id"].first().str.extract(r"(\d{4}-\d\d-\d\d)")[0]
    assert trained_on.tolist() == ["2023-12-04", "2023-12-04", "2023-12-04", "2024-01-15"]


def test_policies_are_compared_at_every_capacity(replayed):
    policies = replayed["policies"]
    assert set(policies["capacity"]) == set(CAPACITIES)
    assert set(policies["policy"]) == {
        "duerank", "random", "oldest debt", "largest balance", "balance x days", "points", "risk only",
    }  # fmt: skip
    assert policies["share_captured"].between(0, 1).all()
    for _, of_policy in policies.groupby("policy"):
        assert of_policy.sort_values("capacity")["share_captured"].is_monotonic_increasing


def scrambled(tables: Tables) -> Tables:
    """Later payments, adjustments, disputes and contacts gone; later invoices with other amounts and due dates."""
    changed = dict(tables)
    draw = np.random.default_rng(1)
    for name in TABLES:
        frame = tables[name].copy()
        later = frame["known_on"] >= UNCHANGED_BEFORE
        if name == "invoices":
            rows = frame.index[later & (frame["kind"] == "invoice")]
            frame.loc[rows, "amount"] = draw.integers(100, 10**7, len(rows))
            days = pd.to_timedelta(draw.integers(0, 90, len(rows)), unit="D")
            frame.loc[rows, "due_on"] = (frame.loc[rows, "issued_on"] + days).astype("datetime64[s]")
            changed[name] = frame
        elif name != "customers":
            changed[name] = frame[~later]
    changed["invoices"] = changed["invoices"][
        (changed["invoices"]["kind"] == "invoice") | (changed["invoices"]["known_on"] < UNCHANGED_BEFORE)
    ]
    return changed


def test_the_scores_of_a_night_hang_on_nothing_that_was_known_later(trained: Trained, replayed, tmp_path: Path):
    write_ledger(scrambled(trained.tables), tmp_path / "ledger")
    again = backtest(tmp_path / "ledger", tmp_path / "out")
    for name, columns in (("predictions", INVOICE_SCORES.names), ("customers", CUSTOMER_SCORES.names)):
        before, after = (
            frame.loc[frame["as_of"] < UNCHANGED_BEFORE, columns].reset_index(drop=True)
            for frame in (replayed[name], again[name])
        )
        assert len(before)
        pd.testing.assert_frame_equal(before, after, check_exact=True)
    assert not replayed["predictions"]["late"].equals(again["predictions"]["late"])
