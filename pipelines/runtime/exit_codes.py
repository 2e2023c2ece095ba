"""What every command ends with: a sentence and an exit code; a user's bad input never shows a traceback.

Exit codes: 0 done, 1 a fault of ours, 2 wrong usage, 3 the data was refused, 4 no model fit to use.
"""

import errno
import os
import re
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from configs.privacy import OWNER_ONLY, open_plain
from configs.settings import home
from pipelines.runtime.prefect_server import is_gone

FAULT, USAGE, REFUSED, NO_MODEL = 1, 2, 3, 4
# By name, since importing where they are declared takes seconds, and most commands end well.
EXPECTED = {
    "click.exceptions.UsageError": USAGE,
    "configs.settings.SettingsError": USAGE,
    "worklists.pages.night_folder.NightUnderWay": USAGE,
    "worklists.erasure.forget_customer.UnknownCustomer": USAGE,
    "worklists.score_db.connection.WrongAddress": USAGE,
    "ledger.errors.WrongPlace": USAGE,
    "ledger.errors.LedgerError": REFUSED,
    "ledger.partitioned.shared_folder.NoStore": FAULT,
    "models.registry.mlflow_registry.NoModel": NO_MODEL,
    "models.registry.risk_files.NotOurModel": NO_MODEL,
    "worklists.score_db.connection.PublishError": FAULT,
    "pipelines.runtime.exit_codes.Unheard": FAULT,
}
TOO_LONG = "prefect.flow_engine.FlowRunTimeoutError"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NOT_ALLOWED = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EEXIST,
)  # fmt: skip
LOOP = "Symlink loop"  # Python up to 3.12 has no error of its own for that, later ones ELOOP
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # but for tab and new line: a terminal would obey them


class Unheard(RuntimeError):
    """The command is done, but what it says of it cannot be written."""


class ServerGone(SystemExit):
    """The Prefect server went away while the command ran: `duerank.launch` runs it again, without that server."""


def say(text: object) -> None:
    """Write what a command has to say to the standard output. Unheard where that cannot be written."""
    try:
        click.echo(CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text)))
        sys.stdout.flush()
    except BrokenPipeError:  # its reader has seen enough
        raise
    except OSError as error:
        raise Unheard(f"the command is done, but its summary cannot be written: {error.strerror}.") from None


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Turn what can go wrong into a sentence and an exit code; a fault of ours leaves its traceback in a file."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except Exception as error:
            code = _expected(error)
            if code is not None:
                _stop(error, code)
            if isinstance(error, click.ClickException):
                raise
            if is_gone():
                raise ServerGone(FAULT) from error
            if TOO_LONG in _kinds(error):
                _stop(_too_long(error), FAULT)
            if isinstance(error, OSError) and error.errno in NOT_ALLOWED:
                _stop(_not_allowed(error), USAGE)
            if isinstance(error, FileNotFoundError) and not _stands():
                _stop(
                    "the folder in which this command was called is gone. Go to another one, and call it there.", USAGE
                )
            if str(error).startswith(LOOP):
                _stop(f"{error}: it is a link that leads back to itself. Name another place.", USAGE)
            _stop(_no_room(error) or _fault(error), FAULT)

    return guarded


def _expected(error: Exception) -> int | None:
    """The exit code of an error that is an answer to the user; None where it is something else."""
    return next((EXPECTED[kind] for kind in _kinds(error) if kind in EXPECTED), None)


def _kinds(error: Exception) -> list[str]:
    """The names of an error's class and of those that it is derived from."""
    return [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]


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


def _stands() -> bool:
    """Whether the folder is there in which the command was called."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _not_allowed(error: OSError) -> str:
    return (
        f"{error.filename}: {error.strerror}. Nothing of this run is published, earlier nights are unchanged: name "
        f"another place, or let this user read and write there."
    )


def _too_long(error: Exception) -> str:
    return (
        f"this run hung and was ended: {error} Nothing of it is published, earlier nights are unchanged. See what it "
        f"waited for, and run it again."
    )


def _fault(error: Exception) -> str:
    try:
        details = f"details in {_details()}"
    except OSError as unwritten:
        details = f"no details are written: {unwritten}"
    return f"{type(error).__name__}: {error}\nThis is a fault of duerank; {details}"


def _stop(message: object, code: int) -> None:
    click.echo(CONTROL.sub("\N{REPLACEMENT CHARACTER}", f"duerank: {message}"), err=True)
    sys.exit(code)


def _details() -> Path:
    path = last_fault()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = open_plain(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    os.fchmod(handle, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(traceback.format_exc())
    return path
