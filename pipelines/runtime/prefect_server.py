"""The Prefect server that a command reports to: the one that someone named, or one of our own.

Our own starts beside the first command that runs a flow, while that command still imports its libraries, and stays a
while for those that follow: starting it takes as long as a small night. It listens to this machine alone, and knows
its callers by a secret that only the owner of DUERANK_HOME can read.
"""

import base64
import fcntl
import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import Any

from configs.privacy import OWNER_ONLY, open_plain
from configs.settings import home

SERVER = "PREFECT_API_URL"
OWN = "DUERANK_OWN_PREFECT_SERVER"  # the address of our own, for this process and its children
SECRET = "PREFECT_API_AUTH_STRING"
CLOUD = "PREFECT_API_KEY"  # what Prefect's cloud knows its users by
HEALTHY, CLOSED = b"true", (401, 403)
SECONDS_TO_ANSWER = 10
SECONDS_TO_NAME_ITSELF = 5
# A request that came before the server was ready waits for it; on a busy machine that takes longer than usual. Where no
# one listens any more, no one will: Prefect would try each request for a minute.
PATIENCE = {"PREFECT_API_REQUEST_TIMEOUT": "180", "PREFECT_CLIENT_MAX_RETRIES": "2"}
NO_PAGES = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}

os.environ.setdefault("PREFECT_HOME", str(home() / "prefect"))
# No one reads the logs of a server of our own.
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if SERVER in os.environ else "WARNING")
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "ERROR")
# A refused ledger is an answer, not a traceback: the terminal hears of it from the command, the server keeps the logs.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
# Prefect waits 20 seconds for a server that it starts itself; on a busy machine the night would be lost.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")


def is_our_own(address: str) -> bool:
    """Whether that server is ours, whose pages no one looks at."""
    return address == os.environ.get(OWN)


def leave_out_a_silent_server() -> None:
    """Do without a named server that does not answer, is another program, or does not let us in: a night comes, whether
    someone watches or not. Its secret goes with it: it is none of another server's."""
    named = os.environ.get(SERVER, "")
    if not named or is_our_own(named):
        return
    why = "" if _answers(named) else "no Prefect server answers at PREFECT_API_URL"
    why = why or ("" if _lets_in(named) else f"the Prefect server at PREFECT_API_URL lets no one in by this {SECRET}")
    if why:
        print(f"duerank: {why}: this run is not shown there.", file=sys.stderr)
        for name in (SERVER, SECRET):
            os.environ.pop(name, None)


def is_gone() -> bool:
    """Whether the server that this process reports to was there, and does not answer any more."""
    return SERVER in os.environ and not _answers(os.environ[SERVER])


def begin() -> None:
    """Have a server of our own for this process and its children, where none is named; it need not be ready yet.

    Where that cannot be, Prefect starts one for the flow, as it does for a flow that is called from Python.
    """
    leave_out_a_silent_server()
    if SERVER in os.environ or "prefect" in sys.modules:  # it has read its settings, and would not see ours
        return
    folder = Path(os.environ["PREFECT_HOME"])
    folder.mkdir(parents=True, exist_ok=True)
    _use(folder)
    known = _started(folder) or _running(folder)
    if known is None:
        return
    address = f"http://127.0.0.1:{known['port']}/api"
    os.environ |= {SERVER: address, OWN: address, SECRET: known["secret"]}
    for name, value in PATIENCE.items():
        os.environ.setdefault(name, value)


def users(folder: Path) -> Path:
    """The file on which each command that uses the server holds a shared lock, as long as it lives."""
    return folder / "own-server.users"


def _use(folder: Path) -> None:
    handle = open_plain(users(folder), os.O_RDONLY | os.O_CREAT, OWNER_ONLY)  # closed, and so unlocked, by our end
    fcntl.flock(handle, fcntl.LOCK_SH)


def _started(folder: Path) -> dict[str, Any] | None:
    """A server of our own, started now; None where one is running. It holds a lock on the file that describes it."""
    handle = open_plain(_about(folder), os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    with os.fdopen(handle, "r+") as about, socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        port, secret = listening.getsockname()[1], f"duerank:{secrets.token_hex(16)}"
        known = {"port": port, "secret": secret, "prefect": _version()}
        about.truncate()
        about.write(json.dumps(known))
        about.flush()
        inherited = (listening.fileno(), about.fileno())
        command = [sys.executable, "-m", "pipelines.runtime.serve_prefect", str(folder), str(listening.fileno())]
        writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(open_plain(folder / "own-server.log", writing, OWNER_ONLY), "wb") as log:
            subprocess.Popen(
                command,
                env={**os.environ, **NO_PAGES, "PREFECT_SERVER_API_AUTH_STRING": secret},
                pass_fds=inherited,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
    return known


def _running(folder: Path) -> dict[str, Any] | None:
    """The server that is running; None where it is of another version of Prefect."""
    until = time.monotonic() + SECONDS_TO_NAME_ITSELF
    while time.monotonic() < until:
        try:
            known: dict[str, Any] = json.loads(_about(folder).read_text("utf-8"))
        except ValueError:  # whoever started it is still writing
            time.sleep(0.01)
            continue
        return known if known["prefect"] == _version() else None
    return None


def _about(folder: Path) -> Path:
    return folder / "own-server.json"


def _version() -> str:
    return version("prefect")


def _answers(server: str) -> bool:
    """Whether a Prefect server is there, even one that lets no one in; of Prefect's cloud, whatever it says."""
    try:
        with urllib.request.urlopen(f"{server.rstrip('/')}/health", timeout=SECONDS_TO_ANSWER) as answer:
            return CLOUD in os.environ or answer.read(len(HEALTHY)) == HEALTHY
    except urllib.error.HTTPError as error:
        return CLOUD in os.environ or error.code in CLOSED
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _lets_in(server: str) -> bool:
    """Whether a server that is there knows our secret; Prefect itself asks it for its version first."""
    login = base64.b64encode(os.environ.get(SECRET, "").encode()).decode()
    headers = {"Authorization": f"Basic {login}"} if login else {}
    try:
        asked = urllib.request.Request(f"{server.rstrip('/')}/admin/version", headers=headers)
        urllib.request.urlopen(asked, timeout=SECONDS_TO_ANSWER).close()
    except urllib.error.HTTPError as error:
        return CLOUD in os.environ or error.code not in CLOSED
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return True
