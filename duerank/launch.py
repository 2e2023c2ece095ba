"""The command `duerank`: the rooms of this very installation come first, whatever else is called `models`."""

import atexit
import os
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).parent
ROOMS = HERE if (HERE / "pipelines").is_dir() else HERE.parent


def rooms_first() -> None:
    """Put the folder of the rooms before all others, for this process and for those that it starts."""
    rooms = str(ROOMS)
    sys.path[:] = [rooms, *(place for place in sys.path if place != rooms)]
    others = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place and place != rooms]
    os.environ["PYTHONPATH"] = os.pathsep.join([rooms, *others])


def main() -> None:
    """What `duerank` runs."""
    rooms_first()
    code = 0
    try:
        import_module("pipelines.cli").main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    leave(code)


def leave(code: int) -> NoReturn:
    """End as Python does, but for taking thousands of modules apart: that takes seconds, and changes nothing."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read it is gone
        code = code or 1
    os._exit(code)
