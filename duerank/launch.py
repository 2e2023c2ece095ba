"""The command `duerank`: the rooms of this very installation come first, whatever else is called `models`."""

import os
import sys
from importlib import import_module
from pathlib import Path

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
    import_module("pipelines.cli").main()
