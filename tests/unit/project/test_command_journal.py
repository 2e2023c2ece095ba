"""Every command leaves a line in the journal, and no line holds a password or who was forgotten."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.runtime.command_journal import without_secrets

SECRET = "s3cret"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUERANK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def journal(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "audit.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "argument",
    [
        "postgresql://me:s3cret@host/duerank", "postgresql+psycopg://me:s3cret@host:5432/duerank?sslmode=require",
        "--database=postgresql://me:s3cret@host/duerank", "postgresql://me:s3cret@pro@host/db", "postgres://:s3cret@/db",
        "postgresql://host/duerank?user=me&password=s3cret", "postgresql://me:a/s3cret?b@host/db", "me:s3cret@host",
        "postgresql:/me:s3cret@host/db", "scale.scheduler=tls://me:s3cret@host:8786", "host=h password=s3cret",
        "postgresql://me:two\ns3cret@host/db", "--set=x.api_token=s3cret",
    ],
)  # fmt: skip
def test_no_password_is_kept_however_the_address_is_written(argument: str) -> None:
    kept = without_secrets(["nightly", argument, "--as-of", "2024-06-25"])
    assert SECRET not in str(kept)
    assert kept[1:] == ["--as-of", "2024-06-25"]


def test_an_address_without_a_password_is_kept_as_it_is() -> None:
    arguments = ["nightly", "sqlite:////data/ledger.db", "--out", "nights", "--set", "labels.grace_days=0"]
    assert without_secrets(arguments) == arguments[1:]
    assert without_secrets(["nightly", "postgresql://me:s3cret@host/db"]) == ["postgresql://***@host/db"]


@pytest.mark.parametrize(
    "arguments",
    [["C-1", "--out", "nights"], ["--out", "nights", "C-1"], ["--out=nights", "--", "C-1"], ["--out", "C-1"]],
)
def test_who_is_forgotten_is_kept_as_a_hash(arguments: list[str]) -> None:
    kept = without_secrets(["forget", *arguments])
    assert len(kept) == len(arguments)
    assert ("C-1" in kept) == (arguments == ["--out", "C-1"])  # there it is the folder


def test_a_command_is_noted_with_who_when_where_and_its_end(home: Path, tmp_path: Path) -> None:
    missing = f"sqlite:///{tmp_path / 'missing.db'}"
    for arguments in (["database", "upgrade", missing], ["database", "roles"], ["forget", "C-1", "--out", "nowhere"]):
        CliRunner().invoke(main, arguments)
    first, second, third = journal(home)
    assert list(first) == ["at", "login", "host", "command", "arguments", "exit_code", "seconds"]
    assert (first["command"], first["arguments"], first["exit_code"]) == ("database", ["upgrade", missing], 2)
    assert (second["exit_code"], third["exit_code"]) == (2, 2)
    assert "C-1" not in str(third)
    assert stat.S_IMODE((home / "audit.jsonl").stat().st_mode) == 0o600


def test_a_password_is_neither_in_the_journal_nor_in_the_answer(home: Path) -> None:
    url = f"postgresql://me:{SECRET}@127.0.0.1:1/duerank"
    for arguments in (["database", "upgrade", url], ["database", "roles", url], ["database", url]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code != 0
        if arguments[-2] != "database":  # click itself repeats a command that it does not know
            assert SECRET not in result.output
    assert len(journal(home)) == 3
    assert SECRET not in (home / "audit.jsonl").read_text("utf-8")


@pytest.mark.parametrize("arguments", [["--help"], ["nightly", "--help"], [], ["nigthly", "x"], ["--version"]])
def test_a_question_or_a_misspelt_command_leaves_no_line_and_no_folder(home: Path, arguments: list[str]) -> None:
    CliRunner().invoke(main, arguments)
    assert not home.exists()


def test_a_journal_that_cannot_be_written_is_told_and_changes_nothing_else(home: Path, tmp_path: Path) -> None:
    home.write_text("this is a file")
    result = CliRunner().invoke(main, ["database", "upgrade", f"sqlite:///{tmp_path / 'missing.db'}"])
    assert result.exit_code == 2
    assert "there is no such SQLite file" in result.output
    assert "this command is not in the journal" in result.output
