"""Pipes, devices and links where files are expected: a sentence, an exit code, no wait and nothing written through."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from configs.privacy import open_plain
from ledger.atomic_files import write_whole
from ledger.errors import LedgerError
from ledger.importing.drafting.looking.look_at_export import look_at
from ledger.importing.sole_writer import sole_writer
from ledger.sources.chunks import opened
from worklists.pages.night_folder import prepared, put_in_place, sole_run

NIGHT = pd.Timestamp("2024-01-08")
PAYMENTS = "payment_id,invoice_id,customer_id,paid_on,amount\n"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("what", ["pipe", "device"])
def test_a_table_that_is_a_pipe_or_a_device_is_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "payments.csv").write_text(PAYMENTS)
    table = tmp_path / "invoices.csv"
    if what == "pipe":
        os.mkfifo(table)
    else:
        table.symlink_to("/dev/zero")
    with pytest.raises(LedgerError, match=r"invoices\.csv: this is a pipe or a device"), opened(tmp_path):
        pass
    with pytest.raises(LedgerError, match="this is a pipe or a device"):
        look_at(table)


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "precious"
    file.write_text("precious")
    return file


@pytest.mark.timeout(20)
def test_a_file_of_ours_is_opened_through_no_link_and_no_pipe(tmp_path: Path, precious: Path) -> None:
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(precious)
    os.mkfifo(pipe)
    for planted in (link, pipe):
        for flags in (os.O_RDWR | os.O_CREAT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, os.O_RDONLY):
            with pytest.raises(PermissionError, match="a plain file is expected"):
                open_plain(planted, flags, 0o600)
    os.close(open_plain(precious, os.O_RDONLY, 0o600))
    assert precious.read_text() == "precious"


def test_a_file_is_written_whole_with_the_usual_mode_and_under_no_name_that_could_be_guessed(tmp_path: Path) -> None:
    place, names = tmp_path / "place", set()
    for _ in range(2):
        write_whole(place, lambda path: names.add(path.name) or path.write_text("all"))
    plain = tmp_path / "plain"
    plain.write_text("all")
    assert len(names) == 2 and place.stat().st_mode == plain.stat().st_mode
    assert {path.name for path in tmp_path.iterdir()} == {"place", "plain"}


def fill(fresh: Path) -> None:
    (fresh / "worklist.csv").write_text("rank")


def test_a_night_whose_folder_is_a_link_is_refused_each_time_and_leaves_nothing(tmp_path: Path) -> None:
    nights, elsewhere = tmp_path / "nights", tmp_path / "elsewhere"
    nights.mkdir()
    elsewhere.mkdir()
    (nights / "as_of=2024-01-08").symlink_to(elsewhere)
    for _ in range(2):
        with pytest.raises(NotADirectoryError, match="in the place of a night"), sole_run(nights, NIGHT):
            pass
    assert [path.name for path in nights.iterdir()] == ["as_of=2024-01-08"]


def test_links_among_what_a_killed_night_left_are_taken_away_and_not_followed(tmp_path: Path, precious: Path) -> None:
    nights, elsewhere = tmp_path / "nights", tmp_path / "elsewhere"
    nights.mkdir()
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    for name in (".as_of=2024-01-08-tmp-x", ".as_of=2024-01-08-old"):
        (nights / name).symlink_to(elsewhere)
    with sole_run(nights, NIGHT):
        put_in_place(prepared(nights, NIGHT, fill), NIGHT)
    assert [path.name for path in nights.iterdir()] == ["as_of=2024-01-08"]
    assert (elsewhere / "kept").read_text() == "kept"


def test_a_lock_of_a_night_that_is_a_link_is_not_written_through(tmp_path: Path, precious: Path) -> None:
    nights = tmp_path / "nights"
    nights.mkdir()
    (nights / ".as_of=2024-01-08.lock").symlink_to(precious)
    with pytest.raises(PermissionError, match="a plain file is expected"), sole_run(nights, NIGHT):
        pass
    assert precious.read_text() == "precious"


def test_a_link_in_the_place_of_a_ledgers_lock_is_not_written_through(tmp_path: Path, precious: Path) -> None:
    ledger = tmp_path / "ledger"
    ledger.mkdir()
    (ledger / ".lock").symlink_to(precious)
    with pytest.raises(PermissionError, match="a plain file is expected"), sole_writer(ledger):
        pass
    assert precious.read_text() == "precious"


@pytest.mark.parametrize("name", ["audit.jsonl", "last-fault.txt", "prefect/own-server.json", "prefect/own-server.log"])
def test_a_link_in_the_home_is_named_and_not_written_through(tmp_path: Path, precious: Path, name: str) -> None:
    home = tmp_path / "home"
    (home / "prefect").mkdir(parents=True)
    (home / name).symlink_to(precious)
    program = (
        "import sys; import click; from pipelines.runtime.command_journal import Journalled\n"
        "from pipelines.runtime.exit_codes import command\nfrom pipelines.runtime.prefect_server import begin\n"
        "@click.group(cls=Journalled)\ndef main(): pass\n"
        "@main.command()\n@command\ndef fail():\n    if sys.argv[1:]: begin()\n    raise RuntimeError('a fault')\n"
        "main(['fail'])"
    )
    named = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "DUERANK_"))}
    environment = named | {"DUERANK_HOME": str(home), "DUERANK_PREFECT_STAYS_SECONDS": "0"}
    command = [sys.executable, "-c", program, *(["with a server"] if name.startswith("prefect") else [])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2) and "a plain file is expected" in done.stderr, done.stderr
    assert str(home / name) in done.stderr and "Traceback" not in done.stderr
    assert precious.read_text() == "precious"
