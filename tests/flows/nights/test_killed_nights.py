"""A night killed at any moment is whole or absent, and whole after a rerun."""

from pathlib import Path

import pytest

from benchmarks.robustness.killed_nights import measure

pytestmark = pytest.mark.slow

KILLS = 5


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_killed_night_is_never_seen_in_part_and_never_lost(
    database: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUERANK_HOME", str(tmp_path / "home"))
    url = request.getfixturevalue("postgresql") if database == "postgresql" else None
    found = measure(tmp_path, KILLS, seed=17, database=url)
    assert "partial" not in set(found["seen"])
    assert set(found["rerun"]) == {"same"}
