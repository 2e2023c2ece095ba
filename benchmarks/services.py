"""A service of this machine for as long as it is needed: started, answered, and stopped as systemd stops one."""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SECONDS_TO_START = 180
SECONDS_TO_STOP = 60


@contextmanager
def running(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """A command in the background, its output in `log`; killed where it does not end when asked to."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=dict(environment), stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(address: str) -> None:
    """Until something answers at an HTTP address; OSError where nothing does within `SECONDS_TO_START`."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def free_port() -> int:
    """A port of this machine that no one listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
