"""Settings on the command line: `--config` and `--set` of every command that has settings, and `duerank config`."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from configs.settings import load_settings
from configs.settings_file import listing, overrides_of
from pipelines.runtime.exit_codes import command, say

CONFIG = click.option(
    "--config",
    metavar="FILE.yaml",
    type=click.Path(path_type=Path),
    help="A settings file, over the defaults and under --set.",
)
SET = click.option("--set", "overrides", multiple=True, metavar="SECTION.NAME=VALUE", help="Override a setting.")


def command_with_settings(function: Callable[..., None]) -> Callable[..., None]:
    """A `command` with --config and --set; the function gets both, judged, as `overrides`."""

    @wraps(function)
    def with_overrides(*args: Any, config: Path | None, overrides: tuple[str, ...], **named: Any) -> None:
        function(*args, overrides=overrides_of(config, overrides), **named)

    return CONFIG(SET(command(with_overrides)))


@click.group()
def config() -> None:
    """Look at the settings of a run before it."""


@config.command()
@CONFIG
@SET
@command
def check(config: Path | None, overrides: tuple[str, ...]) -> None:
    """Print the settings in effect, as a settings file, with what each comes from: a default, a line of FILE.yaml, or
    --set. What they name is read, too: segments, strategy, collectors, the drafts' company.

    Exit code 2, with the place, where something cannot be used.
    """
    from models.estimators.from_setting import require_classifier
    from worklists.decide.decisions import load_policy
    from worklists.drafts.company import load_company

    shown = listing(config, overrides)
    settings = load_settings(overrides_of(config, overrides))
    require_classifier(settings.training)
    load_policy(settings)
    load_company(settings.drafts.company)
    say(shown)
