"""What steps hand over to each other is typed by name, whole on disk, and found again by other processes."""

import pickle
from pathlib import Path

import pytest

from ledger.partitioned.scratch import HandedOver, ScratchFolder


class Kitchen(ScratchFolder):
    recipe = HandedOver[dict[str, int]]()
    spoons = HandedOver[int]()


def test_what_was_set_can_be_read_here_and_by_another_process(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path)
    kitchen.recipe = {"flour": 500}
    elsewhere = pickle.loads(pickle.dumps(kitchen))
    assert kitchen.recipe == elsewhere.recipe == {"flour": 500}
    assert elsewhere.folder == tmp_path


def test_setting_it_again_replaces_it(tmp_path: Path) -> None:
    kitchen = Kitchen(tmp_path)
    for spoons in (1, 2):
        kitchen.spoons = spoons
    assert kitchen.spoons == 2
    assert sorted(path.name for path in (tmp_path / "fields").iterdir()) == ["spoons"]


def test_what_no_step_has_set_yet_is_named(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="no step has set recipe in"):
        Kitchen(tmp_path).recipe  # noqa: B018
