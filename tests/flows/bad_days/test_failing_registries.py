"""A night goes on with the champions of the night before, whatever became of the registry."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank, nightly, overrides
from tests.support.nights.published_nights import folder, frame


@pytest.fixture
def home_of_a_night(trained: TrainedHome, night: Path, other_home: Path) -> Path:
    """A home of the test's own with the session's registry and what its night kept."""
    shutil.copytree(trained.home / "champions", other_home / "champions")
    for name in ("mlflow.db", "mlartifacts"):
        copied = shutil.copytree if (trained.home / name).is_dir() else shutil.copyfile
        copied(trained.home / name, other_home / name)
    return other_home


def notes(out: Path) -> str:
    return str(frame(out, "runs")["notes"].iloc[0])


def same_list(out: Path, night: Path) -> bool:
    lists = [pd.read_csv(folder(one) / "worklist.csv").drop(columns="run_id") for one in (out, night)]
    return lists[0].equals(lists[1])


def damaged(home: Path) -> None:
    (home / "mlflow.db").write_bytes(b"this is no database" * 1000)


def lost(home: Path) -> None:
    (home / "mlflow.db").unlink()


@pytest.mark.parametrize(
    ("harm", "said"),
    [(damaged, "file is not a database"), (lost, "has no champion of late_payment any more")],
)
def test_a_registry_that_is_damaged_or_lost_costs_no_night(
    trained: TrainedHome, night: Path, home_of_a_night: Path, tmp_path: Path, harm, said: str
) -> None:
    harm(home_of_a_night)
    for _ in range(2):  # what was kept is not lost by the first
        nightly(trained.ledger, tmp_path / "nights")
        assert same_list(tmp_path / "nights", night)
        assert said in notes(tmp_path / "nights") and "were used" in notes(tmp_path / "nights")


def test_a_model_file_that_was_changed_is_not_kept_and_costs_no_night(
    trained: TrainedHome, night: Path, home_of_a_night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.registry import mlflow_registry

    version, kept = kept_champion(home_of_a_night)
    cut = shutil.copytree(kept, tmp_path / "cut")
    text = (cut / "model.txt").read_text()
    (cut / "model.txt").write_text(text[: len(text) // 2])
    monkeypatch.setattr(mlflow_registry, "champion_files", lambda name: (cut, version))
    nightly(trained.ledger, tmp_path / "nights")
    assert same_list(tmp_path / "nights", night)
    assert "model.txt is not what was saved" in notes(tmp_path / "nights")
    assert kept_champion(home_of_a_night) == (version, kept)


def test_of_two_registries_with_the_same_version_number_the_latest_read_is_kept(
    trained: TrainedHome, home_of_a_night: Path, tmp_path: Path
) -> None:
    version, kept = kept_champion(home_of_a_night)
    other = home_of_a_night / "champions" / "late_payment" / f"version={version},0123456789abcdef"
    kept.rename(other)  # kept from another registry
    card = json.loads((other / "card.json").read_text())
    (other / "card.json").write_text(json.dumps(card | {"trained_on": "1999-01-01"}))
    nightly(trained.ledger, tmp_path / "nights")
    assert kept_champion(home_of_a_night) == (version, kept)


@pytest.mark.parametrize("command", ["rollback", "promote"])
def test_a_registry_that_is_damaged_is_a_sentence_to_who_asks_for_another_champion(
    home_of_a_night: Path, command: str
) -> None:
    damaged(home_of_a_night)
    result = duerank(command, "late_payment")
    assert result.exit_code == 4
    assert "file is not a database" in result.output
    assert "fault" not in result.output


def test_a_registry_that_is_damaged_before_anything_was_kept_stops_the_night_with_a_sentence(
    trained: TrainedHome, home_of_a_night: Path, tmp_path: Path
) -> None:
    damaged(home_of_a_night)
    shutil.rmtree(home_of_a_night / "champions")
    result = duerank("nightly", trained.ledger, "--as-of", NIGHT, "--out", tmp_path / "nights", *overrides())
    assert result.exit_code == 4
    assert "None was kept in" in result.output


def kept_champion(home: Path) -> tuple[str, Path]:
    """Version and folder of the kept late-payment model."""
    (kept,) = (home / "champions" / "late_payment").glob("version=*")
    return kept.name.removeprefix("version=").partition(",")[0], kept
