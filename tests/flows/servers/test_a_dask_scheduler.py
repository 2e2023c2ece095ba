"""A night whose partitions are shared out by a Dask scheduler of the user."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from configs.settings import SettingsError
from tests.support.nights.flow_runs import FOUR, NIGHT, TrainedHome, nightly
from tests.support.nights.published_nights import digests, everything


@pytest.fixture(scope="module")
def scheduler(home: Path, bucket: str) -> Iterator[Any]:
    """One that has a worker in a process of its own, which finds nothing but what it is sent."""
    import dask
    from distributed import LocalCluster

    one = {"n_workers": 1, "threads_per_worker": 1, "processes": True, "protocol": "tcp", "dashboard_address": None}
    with dask.config.set({"distributed.worker.profile.enabled": False}), LocalCluster(**one) as cluster:
        yield cluster.scheduler


@pytest.mark.slow
def test_workers_of_a_scheduler_give_the_night_in_one_piece(
    trained: TrainedHome, night: Path, scheduler: Any, tmp_path: Path
) -> None:
    nightly(trained.ledger, tmp_path, NIGHT, *FOUR, "--set", f"scale.scheduler={scheduler.address}")
    assert digests(tmp_path) == digests(night)
    assert everything(tmp_path) == everything(night)


def test_workers_who_share_a_bucket_and_no_disk_give_it_too(
    trained: TrainedHome, night: Path, scheduler: Any, bucket: str, tmp_path: Path
) -> None:
    on_dask = ("--set", f"scale.scheduler={scheduler.address}", "--set", f"scale.scratch={bucket}/nights")
    nightly(trained.ledger, tmp_path, NIGHT, *FOUR, *on_dask)
    assert scheduler.transition_counter > 8  # what became of the tasks that its worker took: two for each partition
    assert digests(tmp_path) == digests(night)
    assert everything(tmp_path) == everything(night)
    assert fsspec.filesystem("s3", use_listings_cache=False).find("scratch") == []


def test_a_scheduler_with_tls_and_no_certificate_to_show_is_told() -> None:
    program = (
        "from pipelines.runtime.dask_runner import _require\n"
        "try: _require('tls://127.0.0.1:1')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.startswith(SettingsError.__name__) and "certificates" in said
