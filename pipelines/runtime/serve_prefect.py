"""Our own Prefect server, as `prefect_server` starts it: `python -m pipelines.runtime.serve_prefect FOLDER SOCKET`."""

import fcntl
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from pipelines.runtime.prefect_server import users

STAYS = "DUERANK_PREFECT_STAYS_SECONDS"
USUALLY_STAYS = 600


def serve(folder: Path, listening: int) -> None:
    """Answer on an open socket until no command has used the server for a while."""
    import uvicorn
    from prefect.server.api.server import create_app

    server = uvicorn.Server(uvicorn.Config(create_app, factory=True, log_level="error", lifespan="on"))
    threading.Thread(target=_stop_when_unused, args=(server, folder), daemon=True).start()
    server.run(sockets=[socket.socket(fileno=listening)])


def _stop_when_unused(server: Any, folder: Path) -> None:
    """In the end it keeps the lock that says so: a command that comes now waits for the end, and starts another."""
    stays = float(os.environ.get(STAYS, USUALLY_STAYS))
    handle = os.open(users(folder), os.O_RDONLY)
    used = time.monotonic()
    while time.monotonic() - used < stays or not _unused(handle):
        if _unused(handle):
            fcntl.flock(handle, fcntl.LOCK_UN)
        else:
            used = time.monotonic()
        time.sleep(1)
    server.should_exit = True


def _unused(handle: int) -> bool:
    """Whether no command uses the server; the lock is then ours."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
