"""What `--help` says: of every option of every command, what it is for."""

from collections.abc import Iterator

import click

from pipelines.cli import main


def options(command: click.Command, name: str) -> Iterator[tuple[str, click.Option]]:
    """Every option below a command, with the command's name."""
    if isinstance(command, click.Group):
        for part, inner in command.commands.items():
            yield from options(inner, f"{name} {part}")
        return
    yield from ((name, option) for option in command.params if isinstance(option, click.Option))


def test_every_option_says_what_it_is_for() -> None:
    found = [*options(main, "duerank")]
    assert len(found) > 30
    assert [(name, option.opts[0]) for name, option in found if not option.help] == []
