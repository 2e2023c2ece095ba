"""The journal of the command line: one JSON line for each command in DUERANK_HOME/audit.jsonl, without secrets."""

import json
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from configs.privacy import OWNER_ONLY, open_plain
from configs.settings import home
from worklists.score_db.actor import pseudonym, who

QUESTIONS = {"-h", "--help", "--version"}
FORGET, ITS_OPTIONS = "forget", ("--out", "--database")
# Everything before the last @ of an address is a user and a password, however it is misspelt.
ADDRESS = re.compile(r"^((?:--[\w-]+=)?(?:[\w+.-]*:/{0,2})?).*@", re.DOTALL)
SECRET = re.compile(r"((?:pass|secret|token|key)\w*\s*[=:]\s*)[^&\s]+", re.IGNORECASE)


class Journalled(click.Group):
    """A command line that notes each command that was called, whatever became of it."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Run a command, as click does, and note it; questions for help are not noted."""
        arguments = list(sys.argv[1:] if args is None else args)
        asked = who() | {"command": arguments[0] if arguments else "", "arguments": without_secrets(arguments)}
        began, code = time.monotonic(), 0
        try:
            return super().main(args, *more, **named)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
            raise
        except BaseException:
            code = 1
            raise
        finally:
            if arguments and arguments[0] in self.commands and QUESTIONS.isdisjoint(arguments):
                _append(asked | {"exit_code": code, "seconds": round(time.monotonic() - began, 1)})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click reads them; UsageError where one is empty, which would mean the folder that one happens to be in."""
        if "" in args:
            raise click.UsageError("an argument is empty, as where a variable of the shell is not set.", ctx)
        return super().parse_args(ctx, args)


def path() -> Path:
    """Where the journal lies."""
    return home() / "audit.jsonl"


def without_secrets(arguments: Sequence[str]) -> list[str]:
    """The arguments after the command's name, with *** for users and passwords, and a hash for who is forgotten."""
    name, *rest = arguments or [""]
    return [SECRET.sub(r"\1***", ADDRESS.sub(r"\1***@", one)) for one in (_nameless(rest) if name == FORGET else rest)]


def _nameless(arguments: Sequence[str]) -> list[str]:
    kept, options = list[str](), True
    for before, argument in zip(["", *arguments], arguments, strict=False):
        options = options and before != "--"
        is_value = options and before in ITS_OPTIONS
        kept.append(argument if is_value or (options and argument.startswith("--")) else pseudonym(argument))
    return kept


def _append(line: dict[str, Any]) -> None:
    """In one write, so that lines of commands side by side do not mix; the command's own end is what counts."""
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        handle = open_plain(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, OWNER_ONLY)
        with os.fdopen(handle, "wb", buffering=0) as file:
            file.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    except OSError as error:
        click.echo(f"duerank: this command is not in the journal: {error}", err=True)
