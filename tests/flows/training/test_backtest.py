"""Nights replayed: the published columns with their outcomes, and nothing of what was known later."""

import re
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from ledger.frames import Tables
from ledger.importing.write_ledger import write_ledger
from ledger.portfolio import number
from ledger.simulator import simulate
from ledger.tables import TABLES
from models.backtesting import after_last_record
from models.effect.off_policy import LEAST_CONTACTS
from models.registry import mlflow_registry
from pipelines.ledger_flows import truth_path
from tests.support.nights.flow_runs import TrainedHome, duerank, overrides
from tests.support.nights.in_euros import in_euros
from worklists.backtest.forecast_errors import ALL, AVERAGE_DELAY, COLUMNS, LAST_YEAR, OURS, THIRTEEN_WEEKS
from worklists.backtest.policies import CAPACITIES
from worklists.backtest.policy_gains import ESTIMATED
from worklists.figures.cash_forecast import NOT_YET_ISSUED, OPEN
from worklists.score_db.tables import CUSTOMER_SCORES, INVOICE_SCORES

FIRST, LAST = "2023-12-04", "2024-01-15"
NIGHTS = ["2023-12-04", "2023-12-18", "2024-01-01", "2024-01-15"]
UNCHANGED_BEFORE = pd.Timestamp("2023-12-19")  # the first two nights know nothing of what is changed


def backtest(ledger: Path, out: Path, last: str = LAST) -> dict[str, pd.DataFrame]:
    result = duerank("backtest", ledger, "--from", FIRST, "--to", last, "--every", "14D", "--out", out, *overrides())
    assert result.exit_code == 0, result.output
    assert re.search(r"p_late of \d+ invoices, at their first score and not yet late: AUC 0\.\d{3}, ", result.output)
    return {
        "predictions": pd.read_parquet(out / "predictions.parquet"),
        "customers": pd.read_parquet(out / "customer_predictions.parquet"),
        "forecasts": pd.read_csv(out / "forecast.csv"),
        "policies": pd.read_csv(out / "policies.csv"),
        "calibration": pd.read_csv(out / "calibration.csv"),
    }


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backtest")


@pytest.fixture(scope="module")
def replayed(trained: TrainedHome, out: Path) -> dict[str, pd.DataFrame]:
    return backtest(trained.ledger, out)


def test_the_columns_are_the_published_ones_and_the_outcomes(replayed):
    assert list(replayed["predictions"]) == [*INVOICE_SCORES.names, "paid_on", "late"]
    assert list(replayed["customers"]) == [*CUSTOMER_SCORES.names, "defaulted"]
    assert list(replayed["policies"]) == [
        "policy", "capacity", "nights", "contacted", "unpaid_captured", "unpaid_total", "cash_captured", "cash_total",
        "share_captured", "cash_share_captured", *ESTIMATED,
    ]  # fmt: skip


def test_told_and_seen_shares_are_those_of_the_predictions_in_every_segment(replayed):
    predictions, customers = replayed["predictions"], replayed["customers"]
    judged = predictions[(predictions["p_late"] < 1) & predictions["late"].notna()]
    judged = judged.merge(customers[["as_of", "customer_id", "segment"]], on=["as_of", "customer_id"])
    expected = judged.groupby("segment").agg(
        rows=("late", "size"), observed=("late", "mean"), predicted=("p_late", "mean")
    )
    found = replayed["calibration"].query("model == 'late_payment' and field == 'segment'").set_index("group")
    assert len(found) > 1
    pd.testing.assert_frame_equal(found[list(expected)], expected, check_names=False)


def test_every_night_is_there_once(replayed):
    for name in ("predictions", "customers"):
        assert sorted(replayed[name]["as_of"].astype(str).str[:10].unique()) == NIGHTS
    assert not replayed["predictions"].duplicated(["as_of", "invoice_id"]).any()
    assert not replayed["customers"].duplicated(["as_of", "customer_id"]).any()


def test_outcomes_are_those_of_the_ledger(trained: TrainedHome, replayed):
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


def test_forecasts_stand_beside_naive_ones_and_what_came(trained: TrainedHome, replayed):
    table = replayed["forecasts"]
    assert list(table) == COLUMNS
    methods = {OPEN: {OURS, AVERAGE_DELAY}, NOT_YET_ISSUED: {OURS}, ALL: {OURS, THIRTEEN_WEEKS, LAST_YEAR}}
    for (as_of, part), of_night in table.groupby(["as_of", "part"]):
        # payments of a year ago are known of the later nights only
        assert methods[part] - {LAST_YEAR} <= set(of_night["method"]) <= methods[part], as_of
    assert sorted(table["as_of"].unique()) == NIGHTS
    assert (
        table.groupby(["as_of", "part", "method"])["week"].agg(list).map(lambda weeks: weeks == [*range(1, 14)])
    ).all()
    payments = trained.tables["payments"]
    night, known = pd.Timestamp(FIRST), table[(table["as_of"] == FIRST) & (table["method"] == OURS)]
    in_time = payments["paid_on"].between(night, night + pd.Timedelta(days=6)) & (payments["known_on"] >= night)
    came = in_euros(payments, trained.tables["fx_rates"])[in_time].sum()
    week = known[known["week"] == 1].set_index("part")["actual"]
    assert week[ALL] == pytest.approx(came / 100)
    assert week[OPEN] + week[NOT_YET_ISSUED] <= week[ALL] * 1.01
    assert table[table["week"] == 13]["actual"].isna().all()  # the ledger ends before
    assert ((table["expected"] - table["actual"] - table["error"]).abs().fillna(0) < 0.01).all()


def test_policies_are_compared_at_every_capacity(replayed):
    policies = replayed["policies"]
    assert set(policies["capacity"]) == set(CAPACITIES)
    assert set(policies["policy"]) == {
        "duerank", "random", "oldest debt", "largest balance", "balance x days", "points", "risk only",
    }  # fmt: skip
    assert policies["share_captured"].between(0, 1).all()
    for _, of_policy in policies.groupby("policy"):
        assert of_policy.sort_values("capacity")["share_captured"].is_monotonic_increasing


def test_cash_captured_is_of_the_money_that_came(replayed):
    policies = replayed["policies"]
    assert policies["cash_share_captured"].between(0, 1).all()
    np.testing.assert_allclose(policies["cash_captured"] / policies["cash_total"], policies["cash_share_captured"])
    np.testing.assert_allclose(policies["unpaid_captured"] / policies["unpaid_total"], policies["share_captured"])


def test_an_estimate_has_its_interval_and_the_contacts_that_it_rests_on(replayed):
    policies = replayed["policies"]
    known = policies["extra_cash_per_contact"].notna()
    np.testing.assert_array_equal(known, policies["contacts_like_these"] >= LEAST_CONTACTS)
    assert (policies["extra_cash_low"] <= policies["extra_cash_high"])[known].all()
    assert policies.loc[~known, ["extra_cash_low", "extra_cash_high"]].isna().all(axis=None)


def test_the_policies_are_drawn_and_a_run_keeps_figures_and_files(replayed, out: Path):
    assert (out / "policies.png").read_bytes().startswith(b"\x89PNG")
    client = mlflow_registry.connect()
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    name = f"backtest {FIRST} to {LAST}"
    runs = [run for run in client.search_runs(experiments) if run.info.run_name == name]
    assert runs
    run = runs[-1]  # the earliest one
    assert run.data.params["every_days"] == "14"
    policies = replayed["policies"].set_index(["policy", "capacity"])
    for policy, capacity in policies.index:
        figure = run.data.metrics[f"share_captured_{policy.replace(' ', '_')}_{capacity:g}"]
        assert figure == pytest.approx(policies.loc[(policy, capacity), "share_captured"])
    assert "auc" in " ".join(run.data.metrics)
    kept = {file.path for file in mlflow.artifacts.list_artifacts(run_id=run.info.run_id)}
    assert kept == {"forecast.csv", "policies.csv", "policies.png", "calibration.csv"}


@pytest.fixture(scope="module")
def small(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, pd.Timestamp]:
    """A ledger in files, its truth, which is not in the same folder, and the day after its last."""
    folder = tmp_path_factory.mktemp("small") / "ledger"
    simulation = simulate(80, 300, 3)
    write_ledger(simulation.tables, folder)
    return folder, simulation.truth, after_last_record(number(simulation.tables))


@pytest.mark.parametrize(
    ("beside", "days_before", "known"), [(True, 0, True), (True, 1, False), (False, 0, False)],
    ids=["on the day of the truth", "a day before", "without a truth"],
)  # fmt: skip
def test_the_truth_is_told_on_its_own_day_where_it_lies_beside_the_ledger(
    small: tuple[Path, pd.DataFrame, pd.Timestamp], tmp_path: Path, beside: bool, days_before: int, known: bool
):
    ledger, truth, last = small
    truth_path(ledger).unlink(missing_ok=True)
    if beside:
        truth.to_parquet(truth_path(ledger), index=False)
    night = (last - pd.Timedelta(days=days_before)).date()
    result = duerank("backtest", ledger, "--from", night, "--to", night, "--out", tmp_path / "out", *overrides())
    assert result.exit_code == 0, result.output
    policies = pd.read_csv(tmp_path / "out" / "policies.csv")
    assert ({"true_extra_cash", "oracle_share"} <= set(policies)) == known
    assert ("truly" in result.output) == (known and policies["share_captured"].notna().any())
    assert len(policies) == 28
    if known:
        assert policies["oracle_share"].between(0, 1 + 1e-9).all()
        assert policies["true_extra_cash"].max() > 0
        assert policies["share_captured"].isna().all()  # 30 days later the ledger is over


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


def test_the_scores_of_a_night_hang_on_nothing_that_was_known_later(trained: TrainedHome, replayed, tmp_path: Path):
    write_ledger(scrambled(trained.tables), tmp_path / "ledger")
    again = backtest(tmp_path / "ledger", tmp_path / "out", NIGHTS[1])
    known = {name: frame[frame["as_of"] < UNCHANGED_BEFORE].reset_index(drop=True) for name, frame in replayed.items()
             if name in ("predictions", "customers")}  # fmt: skip
    for name, columns in (("predictions", INVOICE_SCORES.names), ("customers", CUSTOMER_SCORES.names)):
        assert len(known[name])
        pd.testing.assert_frame_equal(known[name][columns], again[name][columns], check_exact=True)
    assert not known["predictions"]["late"].equals(again["predictions"]["late"])
