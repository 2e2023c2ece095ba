"""Who runs this, where and when, and names that stand for people in a log."""

import getpass
import hashlib
import os
import secrets
from datetime import UTC, datetime


def who() -> dict[str, str]:
    """The time in UTC, the user of the operating system, and the machine: at, login, host."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # in a container a user may have a number and no name
        login = str(os.getuid())
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "login": login, "host": os.uname().nodename}


def pseudonym(person: str) -> str:
    """An id as salt:hash. Who knows the id can find it there; who does not can only try all ids there are."""
    salt = secrets.token_hex(8)
    return f"{salt}:{hashlib.sha256((salt + person).encode()).hexdigest()[:16]}"
