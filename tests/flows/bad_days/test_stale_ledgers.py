"""A night on a ledger whose export has stopped says so everywhere, and stops where the settings want it to."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines import nightly as nightly_flow
from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank, nightly, overrides
from tests.support.nights.published_nights import folder

MONTHS_LATER = date(2024, 7, 1)


def test_a_night_on_a_stale_ledger_says_so_in_its_notes_on_every_row_and_by_an_event(
    trained: TrainedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(nightly_flow, "tell", lambda event, _resource, payload: raised.append((event, payload)))
    said = nightly(trained.ledger, tmp_path, MONTHS_LATER).output
    assert "note: no payment became known for " in said
    assert "the newest payment became known on" in said
    worklist = pd.read_csv(folder(tmp_path, MONTHS_LATER) / "worklist.csv")
    assert len(worklist)
    assert worklist["model_versions"].str.endswith("; stale ledger: see the notes").all()
    ((event, payload),) = raised
    assert event == "duerank.ledger.stale"
    assert "payments" in payload["tables"]


def test_a_night_on_a_fresh_ledger_is_not_marked(trained: TrainedHome, night: Path) -> None:
    worklist = pd.read_csv(folder(night) / "worklist.csv")
    assert not worklist["model_versions"].str.contains("stale").any()


def test_a_night_on_a_stale_ledger_stops_where_the_settings_say_so(trained: TrainedHome, tmp_path: Path) -> None:
    stops = ("--set", "freshness.payments_stop_days=30")
    result = duerank("nightly", trained.ledger, "--as-of", MONTHS_LATER, "--out", tmp_path, *overrides(), *stops)
    assert result.exit_code == 3
    assert "freshness.payments_stop_days allows 30, so the night stops" in result.output
    assert not folder(tmp_path, MONTHS_LATER).exists()
    nightly(trained.ledger, tmp_path, NIGHT, *stops)
