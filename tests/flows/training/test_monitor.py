"""A monitored night: its figures, the mark on what the same champions score next, the event, and a retraining."""

from collections.abc import Iterator
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from models.champions import champions
from models.registry import mlflow_registry
from tests.support.nights.flow_runs import FAST, NIGHT, TrainedHome, duerank, nightly, overrides

ALWAYS_AMISS = ("--set", "monitor.volume_factor=1.000001", "--set", "monitor.normal_days=60")


@pytest.fixture
def told(trained: TrainedHome, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict]]]:
    """The events that were raised; what was remembered of a night is gone after the test."""
    from pipelines import monitor

    events: list[tuple[str, dict]] = []
    tell = monitor.tell

    def heard(event: str, resource: str, payload: dict) -> None:
        tell(event, resource, payload)
        events.append((event, payload))

    monkeypatch.setattr(monitor, "tell", heard)
    yield events
    (trained.home / "monitoring.json").unlink(missing_ok=True)


def monitor(trained: TrainedHome, out: Path, *more: str) -> str:
    result = duerank("monitor", trained.ledger, "--as-of", NIGHT, "--out", out, *overrides(), *more)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
def test_a_night_is_monitored_before_any_outcome_is_known(trained: TrainedHome, told: list, tmp_path: Path) -> None:
    said = monitor(trained, tmp_path)
    assert "no outcome of a night since the champions were trained is known yet" in said
    assert "Whether the list is steady is not known" in said
    checks = pd.read_csv(tmp_path / "monitoring" / f"as_of={NIGHT}.csv")
    assert set(checks["clock"]) == {"inputs", "estimate"}
    assert set(checks["model"]) == {"late_payment", "default"}
    (run,) = mlflow.search_runs(
        experiment_names=["duerank monitor"], filter_string=f"run_name = 'monitor {NIGHT}'", max_results=1,
        output_format="list",
    )  # fmt: skip
    assert run.data.metrics["breaches"] == len(checks[checks["breached"]])
    assert "late_payment_stability_index_score" in run.data.metrics


def test_what_is_amiss_is_told_and_marks_every_row_that_the_same_champions_score(
    trained: TrainedHome, told: list, tmp_path: Path
) -> None:
    said = monitor(trained, tmp_path, *ALWAYS_AMISS)
    assert "out of limits: late_payment, inputs: rows of " in said
    ((event, payload),) = told
    assert event == "duerank.monitor.breached" and payload["as_of"] == str(NIGHT) and payload["breaches"]
    nightly(trained.ledger, tmp_path)
    worklist = pd.read_csv(tmp_path / f"as_of={NIGHT}" / "worklist.csv")
    assert worklist["model_versions"].str.endswith("; out of limits: see the notes").all()
    (notes,) = pd.read_sql("select notes from runs", f"sqlite:///{tmp_path / 'duerank.db'}")["notes"]
    assert f"monitoring of {NIGHT} found" in notes
    said = monitor(trained, tmp_path, "--set", "monitor.largest_shift=10")
    assert "Listed at equal debt and equal expected gain: not judged" in said, "the night has a list, of few customers"
    fairness = pd.read_csv(tmp_path / "monitoring" / f"fairness_as_of={NIGHT}.csv")
    assert set(fairness["field"]) == {"country", "industry"} and "listed" in set(fairness["what"])
    assert not champions(pd.Timestamp(NIGHT), load_settings(FAST)).moved


@pytest.mark.slow
def test_a_retraining_follows_where_it_is_configured(trained: TrainedHome, told: list, tmp_path: Path) -> None:
    client = mlflow_registry.connect()
    before = len(client.search_model_versions("name = 'late_payment'"))
    monitor(trained, tmp_path, *ALWAYS_AMISS, "--set", "monitor.retrain=true")
    assert len(client.search_model_versions("name = 'late_payment'")) == before + 1


def drawn(level: float) -> pd.DataFrame:
    """Customers of a random draw, whose contacts brought so much of what was expected."""
    chance = np.random.default_rng(1)
    held_out = np.arange(2_000) % 5 == 0
    return pd.DataFrame(
        {
            "customer_id": [f"c{place}" for place in range(2_000)], "held_out": held_out.astype(np.int64),
            "propensity": np.where(held_out, 0.2, 0.8), "collectible_amount": 50_000, "p_unpaid_30d": 0.5,
            "expected_gain": pd.array([5_000] * 2_000, dtype="Int64"),
            "days_past_due": pd.array([12] * 2_000, dtype="Int64"),
            "cash": chance.normal(20_000, 5_000, 2_000) + level * 5_000 * ~held_out, "contacts": 1.0 * ~held_out,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("level", "breached"), [(1.0, False), (0.3, True), (2.0, True)])
def test_contacts_that_bring_other_than_expected_are_an_alarm(level: float, breached: bool) -> None:
    from pipelines.monitor import effect_checks

    check, tonight, group = effect_checks(drawn(level), drawn(level))
    assert (check.figure, check.of, check.breached) == ("gain_level", "all", breached)
    assert check.value == pytest.approx(level, abs=0.3)
    assert (tonight.of, tonight.breached) == ("tonight", False)
    assert (group.of, group.breached) == ("ageing 1-30, fifth 1 by gain", False)
    assert effect_checks(drawn(level)[:50], drawn(level)) == []
