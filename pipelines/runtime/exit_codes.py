"""What every command ends with: a sentence and an exit code; a user's bad input never shows a traceback.

Exit codes: 0 done, 1 a fault of ours, 2 wrong usage, 3 the data was refused, 4 no model fit to use.
"""

import errno
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from configs.privacy import OWNER_ONLY
from configs.settings import home

FAULT, USAGE, REFUSED, NO_MODEL = 1, 2, 3, 4
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


# By name: importing all that a command might raise costs each of them seconds, those of MLflow above all.
CODES = {
    "configs.settings.SettingsError": USAGE,
    "worklists.pages.night_folder.NightUnderWay": USAGE,
    "worklists.erasure.forget_customer.UnknownCustomer": USAGE,
    "ledger.errors.LedgerError": REFUSED,
    "models.registry.mlflow_registry.NoModel": NO_MODEL,
    "models.registry.risk_files.NotOurModel": NO_MODEL,
    "worklists.score_db.connection.PublishError": FAULT,
}


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Turn what can go wrong into a sentence and an exit code; a fault of ours leaves its traceback in a file."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except click.UsageError as error:
            _stop(error, USAGE)
        except click.ClickException:
            raise
        except Exception as error:
            code = _code(error)
            if code is not None:
                _stop(error, code)
            _stop(_no_room(error) or _fault(error), FAULT)

    return guarded


def _code(error: Exception) -> int | None:
    """The code of an error whose message is for users; None of a fault."""
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return next((CODES[name] for name in names if name in CODES), None)


def last_fault() -> Path:
    """Where the traceback of the latest fault lies."""
    return home() / "last-fault.txt"


def _no_room(error: Exception) -> str | None:
    """What to say where the disk is full; None where it is not that."""
    if not isinstance(error, OSError) or error.errno not in NO_ROOM:
        return None
    return (
        f"there is no room left on the disk ({error}). Nothing of this run is published, earlier nights are unchanged: "
        f"make room, and run it again."
    )


def _fault(error: Exception) -> str:
    return f"{type(error).__name__}: {error}\nThis is a fault of duerank; details in {_details()}"


def _stop(message: object, code: int) -> None:
    click.echo(f"duerank: {message}", err=True)
    sys.exit(code)


def _details() -> Path:
    path = last_fault()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(OWNER_ONLY)
    path.chmod(OWNER_ONLY)
    path.write_text(traceback.format_exc(), "utf-8")
    return path
