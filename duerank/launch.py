"""The command `duerank`: the rooms of this very installation come first, whatever else is called `models`."""

import atexit
import os
import subprocess
import sys
import threading
import warnings
from importlib import import_module
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).parent
AGAIN = "DUERANK_AGAIN"  # set for a command that is run again
ROOMS = HERE if (HERE / "pipelines").is_dir() else HERE.parent


def rooms_first() -> None:
    """Put the folder of the rooms before all others, for this process and for those that it starts."""
    rooms = str(ROOMS)
    sys.path[:] = [rooms, *(place for place in sys.path if place != rooms)]
    others = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place and place != rooms]
    os.environ["PYTHONPATH"] = os.pathsep.join([rooms, *others])


def without_warnings() -> None:
    """Keep what libraries warn their developers of away from people, unless -W or PYTHONWARNINGS asks for it."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        os.environ["PYTHONWARNINGS"] = "ignore"  # for the processes that this one starts


def open_streams() -> None:
    """Let a standard stream that is closed lead nowhere: else the next file that is opened takes its number, and gets
    what is printed, in this process or in those that it starts."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        os.set_inheritable(number, True)
        setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))


def main() -> None:
    """What `duerank` runs."""
    open_streams()
    rooms_first()
    without_warnings()
    code = 0
    try:
        import_module("pipelines.cli").main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if type(end).__name__ == "ServerGone" and AGAIN not in os.environ:
            abandon(again())
    leave(code)


def again() -> int:
    """Run the command once more, without the Prefect server that went away meanwhile; its exit code."""
    print("duerank: the Prefect server went away: once more without it, from the beginning.", file=sys.stderr)
    lost = ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "DUERANK_OWN_PREFECT_SERVER")
    environment = {name: value for name, value in os.environ.items() if name not in lost} | {AGAIN: "1"}
    return subprocess.run([sys.executable, "-m", "duerank", *sys.argv[1:]], env=environment, check=False).returncode


def leave(code: int) -> NoReturn:
    """End as Python does, but for taking thousands of modules apart: that takes seconds, and changes nothing."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    abandon(code)


def abandon(code: int) -> NoReturn:
    """End without waiting for threads: those of Prefect would try for minutes to report events to a lost server."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read it is gone
        code = code or 1
    os._exit(code)
