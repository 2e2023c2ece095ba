"""What steps hand over to each other is typed by name, whole on disk, and found again by other processes."""

import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from configs.settings import load_settings
from ledger.importing.write_ledger import write_ledger
from ledger.minor_units import decimals
from ledger.partitioned.lay_out import judge_and_reconcile_partition, lay_out
from ledger.partitioned.load import END_OF_TIME, opened_ledger
from ledger.partitioned.runner import InThisProcess, taken
from ledger.partitioned.scratch import HandedOver, LedgerRequest, LedgerScratch, ScratchFolder
from ledger.partitioned.shared_folder import SharedFolder
from ledger.simulator import simulate
from ledger.sources.chunks import Source


class Kitchen(ScratchFolder):
    recipe = HandedOver[dict[str, int]]()
    spoons = HandedOver[int]()


def test_what_was_set_can_be_read_here_and_by_another_process(tmp_path: Path) -> None:
    kitchen = Kitchen(SharedFolder(tmp_path))
    kitchen.recipe = {"flour": 500}
    elsewhere = pickle.loads(pickle.dumps(kitchen))
    assert kitchen.recipe == elsewhere.recipe == {"flour": 500}
    assert elsewhere.folder.here == tmp_path


def test_setting_it_again_replaces_it(tmp_path: Path) -> None:
    kitchen = Kitchen(SharedFolder(tmp_path))
    for spoons in (1, 2):
        kitchen.spoons = spoons
    assert kitchen.spoons == 2
    assert sorted(path.name for path in (tmp_path / "fields").iterdir()) == ["spoons"]


def test_what_no_step_has_set_yet_is_named(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="no step has set recipe in"):
        Kitchen(SharedFolder(tmp_path)).recipe  # noqa: B018


def decimals_of_a_step(scratch: LedgerScratch, more: int) -> int:
    return decimals() + more


def test_a_worker_holds_money_with_the_decimals_of_the_scratch_for_as_long_as_a_step_takes(tmp_path: Path) -> None:
    scratch = LedgerScratch(SharedFolder(tmp_path))
    scratch.request = LedgerRequest(Source((), ()), 1, END_OF_TIME, load_settings(), decimals=3)
    with ThreadPoolExecutor(1) as worker:  # a new thread knows nothing of what was said here
        assert worker.submit(taken, decimals_of_a_step, scratch, 0).result() == 3
        assert worker.submit(decimals).result() == 2


def test_a_process_holds_one_view_however_many_copies_of_the_scratch_its_steps_came_with(tmp_path: Path) -> None:
    write_ledger(simulate(100, 200, 1).tables, tmp_path / "ledger")
    settings = load_settings(("scale.rows_per_partition=1000",))
    with opened_ledger(LedgerScratch, str(tmp_path / "ledger"), END_OF_TIME, settings) as scratch:
        layout = lay_out(scratch, InThisProcess()).layout
        assert layout.partitions > 1
        for partition in range(layout.partitions):
            judge_and_reconcile_partition(scratch, partition)
        first, second = (pickle.loads(pickle.dumps(scratch)) for _ in range(2))
        assert first.view(0) is second.view(0)
        gone = weakref.ref(first.view(0))
        second.view(1)
        assert gone() is None
