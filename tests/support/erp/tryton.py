"""A real Tryton on a real PostgreSQL: installed once into a cache folder, started on an empty database, booked into."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

HERE = Path(__file__).parent
LOCK = HERE / "requirements-tryton.txt"
MODULES = ("account_invoice", "account_dunning_letter", "account_dunning_email")


@dataclass(frozen=True)
class BookedYear:
    """The URL of Tryton's database, and what `tryton_year` had Tryton report."""

    url: str
    reports: dict[str, Any]


def environment() -> Path:
    """The folder of programs of an environment with what LOCK says; skips the test where it cannot be installed.

    It lies in the user's cache folder, by the content of LOCK, so that it is made once.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "duerank-tests"
    version = f"{sys.version_info.major}{sys.version_info.minor}"
    folder = cache / f"tryton-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}-{version}"
    done = folder / "installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        python, once = str(folder / "bin" / "python"), ["--retries", "1", "--timeout", "20"]
        install = [python, "-m", "pip", "install", "-q", *once, "--no-deps", "-r", str(LOCK)]
        installed = subprocess.run(install, capture_output=True, text=True, check=False)
        if installed.returncode:
            why = installed.stderr.strip().splitlines()[-1:] or ["pip says nothing"]
            pytest.skip(f"Tryton cannot be installed from the package index: {why[0]}")
        done.touch()
    return folder / "bin"


def booked_year(server: sa.URL, database: str, folder: Path) -> BookedYear:
    """Start Tryton on an empty `database` of the server, and book the year of `tryton_year`; files go to `folder`."""
    programs, url = environment(), server.set(database=database).render_as_string(hide_password=False)
    reports = folder / "reports.json"
    password = folder / "password"
    password.write_text("of a test, on a server that no one else reaches")
    variables = {
        "TRYTOND_DATABASE_URI": url,
        "TRYTONPASSFILE": str(password),
        "TRYTOND_EMAIL__URI": "smtp://localhost:1",  # no one listens there: e-mails are kept by Tryton, and not sent
    }
    start = [*("-u", *MODULES), "--activate-dependencies", "--email", "admin@example.com"]
    _run([programs / "trytond-admin", "-d", database, *start], variables)
    _run([programs / "python", HERE / "tryton_year.py", url, reports], variables)
    return BookedYear(url, json.loads(reports.read_text()))


def _run(command: list[Any], variables: Mapping[str, str]) -> None:
    done = subprocess.run(
        [str(part) for part in command], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stderr[-4000:]}"
