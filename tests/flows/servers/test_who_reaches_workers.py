"""Workers of our own take work from their night only: any other user of the machine could reach their ports."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import psutil
import pytest

from configs.settings import SettingsError


@pytest.fixture(scope="module")
def cluster(home) -> Iterator:
    import dask

    from pipelines.runtime.dask_runner import NO_PAGES, _started

    with dask.config.set(NO_PAGES), _started(2) as started:
        yield started


def ports() -> list[int]:
    """All that this process and its children listen on."""
    me = psutil.Process()
    open_here = [one for process in (me, *me.children(True)) for one in process.net_connections("inet")]
    return [one.laddr.port for one in open_here if one.status == psutil.CONN_LISTEN]


def test_work_comes_from_who_has_the_key_of_the_night_and_no_one_else(cluster) -> None:
    from distributed import Client, Security

    address = cluster.scheduler_address
    with Client(address, security=cluster.security) as ours:
        assert ours.submit(sum, [1, 2]).result() == 3
    for stranger, its_address in (
        (Security(), address.replace("tls", "tcp")),
        (Security.temporary(), address),
    ):
        with pytest.raises(OSError):
            Client(its_address, security=stranger, timeout=2)


def test_each_worker_speaks_tls_and_shows_no_page(cluster) -> None:
    spoken = [urllib.request.Request(f"http://127.0.0.1:{port}/info/main/workers.html") for port in ports()]
    workers = cluster.scheduler_info["workers"]
    assert len(workers) == 2 and all(address.startswith("tls://127.0.0.1:") for address in workers)
    assert all(worker["nanny"].startswith("tls://127.0.0.1:") for worker in workers.values())
    assert len(spoken) >= 5
    for request in spoken:
        with pytest.raises(OSError):  # no such page, or no HTTP
            urllib.request.urlopen(request, timeout=5).read()


def test_a_scheduler_with_tls_and_no_certificate_to_show_is_told() -> None:
    program = (
        "from pipelines.runtime.dask_runner import _require\n"
        "try: _require('tls://127.0.0.1:1')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.startswith(SettingsError.__name__) and "certificates" in said
