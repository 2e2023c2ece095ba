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
from configs.settings import SettingsError, home

FAULT, USAGE, REFUSED, NO_MODEL = 1, 2, 3, 4
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Turn what can go wrong into a sentence and an exit code; a fault of ours leaves its traceback in a file."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:
        from ledger.errors import LedgerError
        from models.registry.mlflow_registry import NoModel
        from models.registry.risk_files import NotOurModel
        from worklists.erasure.forget_customer import UnknownCustomer
        from worklists.pages.night_folder import NightUnderWay
        from worklists.score_db.publish import PublishError

        try:
            function(*args, **kwargs)
        except (SettingsError, click.UsageError, NightUnderWay, UnknownCustomer) as error:
            _stop(error, USAGE)
        except LedgerError as error:
            _stop(error, REFUSED)
        except (NoModel, NotOurModel) as error:
            _stop(error, NO_MODEL)
        except PublishError as error:
            _stop(error, FAULT)
        except click.ClickException:
            raise
        except OSError as error:
            _stop(_no_room(error) or _fault(error), FAULT)
        except Exception as error:
            _stop(_fault(error), FAULT)

    return guarded


def last_fault() -> Path:
    """Where the traceback of the latest fault lies."""
    return home() / "last-fault.txt"


def _no_room(error: OSError) -> str | None:
    """What to say where the disk is full; None where it is not that."""
    if error.errno not in NO_ROOM:
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
