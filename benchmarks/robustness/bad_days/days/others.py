"""Others on the machine: who can reach, read or plant something."""

import http.client
import json
import os
import stat
import subprocess
import urllib.error
import urllib.request
from contextlib import suppress

import psutil

from benchmarks.robustness.bad_days.day import LEDGER, NIGHT, NIGHTLY, OUT, VALIDATE, Day
from benchmarks.robustness.bad_days.days.at_once import SOUND, stopped_by
from benchmarks.robustness.bad_days.days.texts import LISTED
from benchmarks.robustness.bad_days.edits import Harm, all_of
from benchmarks.robustness.bad_days.place import SECRET, Place, Said

DOWN = f"postgresql://night:{SECRET}@127.0.0.1:1/duerank"
BY_WORKERS = (*NIGHTLY[:-1], "scale.workers=2", "--set", "scale.rows_per_partition=1000")
EVIL = 'raise SystemExit("code of someone else was run")\n'


def open_to_all(process: psutil.Process) -> list[str]:
    """What a command and its children listen on that is not of this machine alone, or answers a stranger by HTTP."""
    found = []
    for one in [process, *process.children(recursive=True)]:
        try:
            listening = [c for c in one.net_connections("inet") if c.status == psutil.CONN_LISTEN]
        except psutil.Error:
            continue
        for connection in listening:
            host, port = connection.laddr
            if host not in ("127.0.0.1", "::1"):
                found.append(f"{host}:{port}")
            elif _answers(port):
                found.append(f"HTTP on {port}")
    return found


def _answers(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/info/main/workers.html")
    try:
        urllib.request.urlopen(request, timeout=2).close()
    except (OSError, ValueError, http.client.HTTPException):  # no such page, or no HTTP
        return False
    return True


def workers_of_a_night(place: Place) -> Said:
    """A night by workers, whose ports are looked at while it runs."""
    night = place.start(*BY_WORKERS)
    seen: set[str] = set()
    most = 0
    while night.poll() is None:
        try:
            process = psutil.Process(night.pid)
            seen |= set(open_to_all(process))
            most = max(most, len(process.children(recursive=True)))
        except psutil.Error:
            break
        with suppress(subprocess.TimeoutExpired):
            night.wait(0.5)
    out, err = night.communicate()
    said = f"{most} processes at most; open: {sorted(seen) or 'nothing'}\n"
    return Said(night.returncode, said + out.decode(), err.decode())


def own_server(place: Place) -> None:
    """A Prefect server of this home alone."""
    place.environment.update(PREFECT_HOME=str(place.folder / "home" / "prefect"), DUERANK_PREFECT_STAYS_SECONDS="20")


def a_stranger_asks(place: Place) -> Said:
    """What our own Prefect server tells whoever has not its secret."""
    place.duerank(*VALIDATE)
    about = json.loads((place.folder / "home" / "prefect" / "own-server.json").read_text())
    address = f"http://127.0.0.1:{about['port']}/api/flow_runs/filter"
    request = urllib.request.Request(address, b"{}", {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=30).close()
        return Said(0, "the stranger was let in\n", "")
    except urllib.error.HTTPError as error:
        return Said(0, f"the stranger got {error.code}\n", "")


def secret_is_the_owners(place: Place, _said: Said) -> str:
    about = place.folder / "home" / "prefect" / "own-server.json"
    return "" if stat.S_IMODE(about.stat().st_mode) == 0o600 else "others can read the secret of the server"


def nothing_has_the_password(place: Place, said: Said) -> str:
    found = [str(path.relative_to(place.folder)) for path in place.folder.rglob("*")
             if path.is_file() and SECRET.encode() in path.read_bytes()]  # fmt: skip
    return f"the password is in {found}" if found else ""


def temporary(place: Place) -> None:
    assert place.out
    (place.folder / "tmp").mkdir()
    place.environment["TMPDIR"] = str(place.folder / "tmp")


def killed_then_another(place: Place) -> Said:
    """A night that was killed, and the next command."""
    stopped_by(9)(place)
    return place.duerank(*VALIDATE)


def nothing_temporary(place: Place, _said: Said) -> str:
    left = [path.name for path in (place.folder / "tmp").iterdir() if path.name.startswith("duerank-")]
    return f"customers' rows are left in {left}" if left else ""


def planted(where: str, at: str, to: str = "precious") -> Harm:
    """A link of someone else's in the place of a file of ours."""

    def harm(place: Place) -> None:
        assert place.out
        (place.folder / "precious").write_text("precious")
        path = getattr(place, where) / at
        if path.exists():
            path.unlink()
        path.symlink_to(place.folder / to)

    return harm


def untouched(place: Place, _said: Said) -> str:
    return "" if (place.folder / "precious").read_text() == "precious" else "what the link leads to was written"


def a_linked_night(place: Place) -> None:
    (place.folder / "elsewhere").mkdir()
    (place.out / f"as_of={NIGHT}").symlink_to(place.folder / "elsewhere")


def nothing_elsewhere(place: Place, _said: Said) -> str:
    found = list((place.folder / "elsewhere").iterdir())
    return f"{found} was written elsewhere" if found else ""


def a_pipe(where: str, at: str) -> Harm:
    def harm(place: Place) -> None:
        assert place.out
        path = getattr(place, where) / at
        path.unlink(missing_ok=True)
        os.mkfifo(path)

    return harm


def everything_for_all(place: Place) -> None:
    """A umask that keeps nothing from anyone."""
    assert place.out
    place.within = ("sh", "-c", 'umask 000; exec "$@"', "sh")


def no_one_else_reads(place: Place, _said: Said) -> str:
    open_ = [str(path.relative_to(place.folder)) for path in (place.out / f"as_of={NIGHT}").rglob("*")
             if path.is_file() and path.stat().st_mode & 0o006]  # fmt: skip
    journal = (place.home / "audit.jsonl").stat().st_mode & 0o077
    return f"others can read {open_[:3]}" if open_ else "others can read the journal" if journal else ""


def code_in_the_way(place: Place) -> None:
    """Folders named as our rooms, with other code, where the command is called."""
    assert place.out
    for room in ("features", "models", "worklists", "pipelines", "configs"):
        (place.folder / room).mkdir()
        (place.folder / room / "__init__.py").write_text(EVIL)
    place.environment["PYTHONPATH"] = f"{os.environ.get('PYTHONPATH', '')}{os.pathsep}{place.folder}"


def a_model_that_is_a_program(place: Place) -> None:
    """A kept champion with a pickle beside its text, which would write a file when it is loaded."""
    assert place.out
    pickle = b"cos\nsystem\n(S'touch " + str(place.folder / "stolen").encode() + b"'\ntR."
    (place.home / "mlflow.db").write_bytes(b"no database" * 99)
    for folder in (place.home / "champions").glob("*/version=*"):
        for name in ("model.pkl", "python_model.pkl", "calibrator.pkl"):
            (folder / name).write_bytes(pickle)


def nothing_was_run(place: Place, said: Said) -> str:
    return "code of someone else was run" if (place.folder / "stolen").exists() or "someone else" in said.text else ""


OTHERS = (
    Day("a night by workers on a machine of many users", SOUND, workers_of_a_night, 0, ("open: nothing",)),
    Day(
        "someone asks our own Prefect server",
        own_server,
        a_stranger_asks,
        0,
        ("the stranger got 401",),
        secret_is_the_owners,
    ),
    Day(
        "a password in the address of the score tables",
        all_of(SOUND, own_server),
        (*NIGHTLY, "--database", DOWN),
        1,
        ("earlier nights cannot be read",),
        nothing_has_the_password,
    ),
    Day(
        "a password in the address of the ledger",
        own_server,
        ("validate", DOWN, "--out", "{place}/validated"),
        3,
        ("127.0.0.1",),
        nothing_has_the_password,
    ),
    Day(
        "a password in an address that is misspelt",
        own_server,
        ("validate", "postgresql:/u:s3cret@h/d", "--out", "{place}/validated"),
        2,
        ("the database URL cannot be read",),
        nothing_has_the_password,
    ),
    Day(
        "a password in an address that goes to forget",
        SOUND,
        ("forget", LISTED, "--out", OUT, "--database", DOWN),
        1,
        ("127.0.0.1",),
        nothing_has_the_password,
    ),
    Day(
        "customers' rows in the temporary folder of a killed night",
        temporary,
        killed_then_another,
        0,
        ("rows received",),
        nothing_temporary,
    ),
    Day("a link in the place of a night", a_linked_night, NIGHTLY, 2, ("in the place of a night",), nothing_elsewhere),
    Day(
        "a link in the place of the night's lock",
        planted("out", f".as_of={NIGHT}.lock"),
        NIGHTLY,
        2,
        ("a plain file is expected",),
        untouched,
    ),
    Day(
        "a link in the place of the journal",
        planted("home", "audit.jsonl"),
        NIGHTLY,
        0,
        ("a plain file is expected",),
        untouched,
    ),
    Day(
        "a link in the place of the latest fault",
        planted("home", "last-fault.txt"),
        ("forget", "C99999", "--out", OUT),
        2,
        ("nothing was changed",),
        untouched,
    ),
    Day(
        "a link in the place of the features",
        planted("folder", "features.parquet"),
        ("features", LEDGER, "--as-of", NIGHT, "--out", "{place}/features.parquet", "--set", "scale.workers=1"),
        0,
        ("open invoices",),
        untouched,
    ),
    Day("a pipe in the place of the journal", a_pipe("home", "audit.jsonl"), NIGHTLY, 0, ("a plain file is expected",)),
    Day(
        "a pipe in the place of the night's lock",
        a_pipe("out", f".as_of={NIGHT}.lock"),
        NIGHTLY,
        2,
        ("a plain file is expected",),
    ),
    Day(
        "a pipe in the place of the score tables",
        a_pipe("out", "duerank.db"),
        NIGHTLY,
        1,
        ("duerank.db",),
        changes=True,
    ),
    Day(
        "a pipe in the place of outcomes",
        a_pipe("folder", "filled.csv"),
        ("import-outcomes", "{place}/filled.csv", "--ledger", LEDGER),
        3,
        ("filled.csv",),
    ),
    Day("a umask that lets all read", everything_for_all, NIGHTLY, still=no_one_else_reads),
    Day("folders of code named as our rooms", code_in_the_way, NIGHTLY, still=nothing_was_run),
    Day("a model that is a program", a_model_that_is_a_program, NIGHTLY, says=("were used",), still=nothing_was_run),
)
