"""The command line. A command that does more than look runs the flow of its name; its exit code is in
`pipelines.runtime.exit_codes`."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from configs.settings import home
from pipelines.database_commands import database, forget
from pipelines.runtime.command_journal import Journalled
from pipelines.runtime.exit_codes import REFUSED, command, say
from pipelines.runtime.prefect_server import begin
from pipelines.settings_options import command_with_settings, config

FIRST_YEAR, LAST_YEAR = 1900, 2100  # a night of another year is a slip
# Those of `ledger.simulator.worlds`, named here since importing it would slow every command.
WORLDS = ("b2b", "squeeze", "consumer", "mixed", "untidy", "no_effect")


class Day(click.ParamType[Any]):
    """A calendar date, YYYY-MM-DD, of the years that a ledger may have."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            day = value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as YYYY-MM-DD, such as 2024-06-30.", param, ctx)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(f"{value!r} lies outside of the years {FIRST_YEAR} to {LAST_YEAR}.", param, ctx)
        return day


class Cadence(click.ParamType[Any]):
    """A number of days, such as 7D."""

    name = "DAYS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).upper().removesuffix("D")
        if not text.isdigit() or int(text) < 1:
            self.fail(f"{value!r} is not a number of days; write it as 7D.", param, ctx)
        return int(text)


class Address(click.ParamType[Any]):
    """A folder, or a SQLAlchemy URL, whose password goes no further than this process and its children."""

    name = "ADDRESS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from ledger.errors import LedgerError
        from ledger.sources.connections import without_password

        try:
            return without_password(str(value))
        except LedgerError as error:
            self.fail(str(error), param, ctx)


AS_OF = click.option("--as-of", type=Day(), required=True, help="The night: records known before it are seen.")


@click.group(cls=Journalled, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="duerank")
def main() -> None:
    """Which customers to contact about unpaid invoices, in which order, how, and why."""


main.add_command(config)
main.add_command(database)
main.add_command(forget)


@main.command()
@click.option("--customers", type=click.IntRange(1), required=True, help="How many customers.")
@click.option("--days", type=click.IntRange(1), required=True, help="Days of history.")
@click.option("--seed", type=int, required=True, help="The same seed makes the same ledger.")
@click.option("--world", type=click.Choice(WORLDS), default="b2b", show_default=True, help="How customers behave.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The ledger's folder.")
@command
def simulate(customers: int, days: int, seed: int, world: str, out: Path) -> None:
    """Simulate a ledger of customers with known habits."""
    begin()
    from pipelines.ledger_flows import simulate as run

    say(run(customers, days, seed, world, str(out)))


@main.command(name="draft-mapping")
@click.argument("export", type=Address())
@click.option(
    "--out", metavar="MAPPING.yaml", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file."
)
@click.option("--force", is_flag=True, help="Replace MAPPING.yaml where it is there.")
@command
def draft_mapping(export: str, out: Path, force: bool) -> None:
    """Look at EXPORT (a file, a folder or a database) and write a mapping: that of a system that duerank knows, or a
    proposal with a comment at all that is unsure."""
    from ledger.importing.drafting.draft_mapping import draft_mapping as run

    say(run(export, out, force))


@main.command(name="import")
@click.argument("mapping")
@click.option(
    "--input",
    "source",
    metavar="PATH|URL",
    type=Address(),
    required=True,
    help="A file, a folder or a database to map.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The ledger's folder.")
@click.option("--check", is_flag=True, help="Show counts, sums and open totals, and write no ledger.")
@click.option(
    "--history",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep each day's import in this folder, and make the ledger of all: the past stays as it was known.",
)
@click.option("--as-of", type=Day(), help="With --history: the night that this import is for; today unless given.")
@command_with_settings
def import_(
    mapping: str,
    source: str,
    out: Path,
    check: bool,
    history: Path | None,
    as_of: date | None,
    overrides: tuple[str, ...],
) -> None:
    """Map a foreign export to a ledger, as MAPPING says: a YAML file, or the name of a source that duerank has."""
    if as_of and not history:
        raise click.UsageError("--as-of goes with --history: it is the night that the kept import is for.")
    if check:
        from pipelines.imports.check_export import check_import

        say(check_import(mapping, source, out, overrides))
    else:
        begin()
        from pipelines.imports.import_flow import import_export

        kept = None if history is None else str(history)
        say(import_export(mapping, source, str(out), list(overrides), kept, as_of))


@main.command(name="import-outcomes")
@click.argument("filled", metavar="WORKLIST", type=click.Path(path_type=Path))
@click.option("--ledger", type=click.Path(path_type=Path, file_okay=False), required=True, help="The ledger's folder.")
@click.option("--database", metavar="URL", type=Address(), help="The score tables; SQLite DIR/duerank.db unless given.")
@command_with_settings
def import_outcomes(filled: Path, ledger: Path, database: str | None, overrides: tuple[str, ...]) -> None:
    """Add to a ledger what collectors filled in on WORKLIST (.csv or .xlsx); exit code 3 where a row was refused."""
    begin()
    from pipelines.outcomes import import_outcomes as run
    from pipelines.outcomes import summary

    done = run(filled, ledger, database, list(overrides))
    say(summary(done, ledger))
    if done.refused:
        sys.exit(REFUSED)


@main.command()
@click.argument("ledger", type=Address())
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where data docs and quarantine go.")
@command_with_settings
def validate(ledger: str, out: Path | None, overrides: tuple[str, ...]) -> None:
    """Check a ledger against the contract."""
    begin()
    from pipelines.ledger_flows import validate as run

    say(run(ledger, str(out or home() / "validation"), list(overrides)))


@main.command()
@click.argument("ledger", type=Address())
@AS_OF
@command_with_settings
def train(ledger: str, as_of: date, overrides: tuple[str, ...]) -> None:
    """Train the models on what was known before a night."""
    begin()
    from pipelines.train import summary
    from pipelines.train import train as run

    say(summary(run(ledger, as_of, list(overrides))))


@main.command()
@click.argument("ledger", type=Address())
@AS_OF
@click.option(
    "--out", metavar="FILE.parquet", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file."
)
@command_with_settings
def features(ledger: str, as_of: date, out: Path, overrides: tuple[str, ...]) -> None:
    """Write what the models see of a night: a row per open invoice with its ids, a column per feature."""
    begin()
    from pipelines.night_features import features as run

    say(run(ledger, as_of, out, list(overrides)))


@main.command()
@click.argument("ledger", type=Address())
@AS_OF
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The nights' folder.")
@click.option(
    "--database", metavar="URL", type=Address(), help="Where the score tables go; SQLite DIR/duerank.db unless given."
)
@command_with_settings
def nightly(ledger: str, as_of: date, out: Path, database: str | None, overrides: tuple[str, ...]) -> None:
    """Score a night and write its worklist, score tables and report."""
    begin()
    from pipelines.nightly import nightly as run
    from pipelines.nightly import summary

    say(summary(run(ledger, as_of, out, database, list(overrides))))


@main.command()
@click.argument("ledger", type=Address())
@click.option("--from", "first", type=Day(), required=True, help="The first night.")
@click.option("--to", "last", type=Day(), required=True, help="The last night.")
@click.option("--every", type=Cadence(), default="7D", show_default=True, help="From night to night.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder of the predictions."
)
@command_with_settings
def backtest(ledger: str, first: date, last: date, every: int, out: Path, overrides: tuple[str, ...]) -> None:
    """Replay nights: retrain on what was known, score, and compare with what happened."""
    if last < first:
        raise click.UsageError(f"--to {last} lies before --from {first}.")
    begin()
    from pipelines.backtest import backtest as run
    from pipelines.backtest import summary

    say(summary(run(ledger, first, last, every, out, list(overrides))))


@main.command()
@click.argument("ledger", type=Address())
@AS_OF
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The nights' folder.")
@click.option("--database", metavar="URL", type=Address(), help="The score tables; SQLite DIR/duerank.db unless given.")
@command_with_settings
def monitor(ledger: str, as_of: date, out: Path, database: str | None, overrides: tuple[str, ...]) -> None:
    """Report whether the world has moved away from the champions, and whom the lists reach."""
    begin()
    from pipelines.monitor import monitor as run
    from pipelines.monitor import path_of, summary

    found, lists = run(ledger, as_of, out, database, list(overrides))
    say(summary(found, lists, path_of(out, found.as_of)))


@main.command()
@click.argument("model", metavar="MODEL")
@command
def rollback(model: str) -> None:
    """Make the previous champion of MODEL (late_payment, default or contact_effect) the champion again."""
    from models.registry import mlflow_registry

    before, after = mlflow_registry.rollback(model)
    say(f"{model}: the champion is version {after} again (was {before}).")


@main.command()
@click.argument("model", metavar="MODEL")
@command
def promote(model: str) -> None:
    """Make the challenger of MODEL (late_payment, default or contact_effect) the champion, whatever the gate said."""
    from models.registry import mlflow_registry

    before, after = mlflow_registry.promote_challenger(model)
    say(f"{model}: the champion is version {after} (was {before}).")


@main.command()
@click.option("--ledger", help="The ledger of all flows: a folder, or a SQLAlchemy URL without a password.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The nights' folder.")
@click.option(
    "--database", metavar="URL", help="The score tables, without a password; SQLite DIR/duerank.db unless given."
)
@click.option("--file", metavar="FILE.yaml", type=click.Path(path_type=Path), help="Deployments of your own.")
@command_with_settings
def deploy(
    ledger: str | None, out: Path | None, database: str | None, file: Path | None, overrides: tuple[str, ...]
) -> None:
    """Put nightly, train, monitor and backtest on the Prefect server at PREFECT_API_URL, with their work pool.

    What is not given here is as configs/deployments/prefect.yaml has it.
    """
    from pipelines.deploy import Places
    from pipelines.deploy import deploy as run

    say(run(Places(ledger, out, database, file, overrides)))


@main.command()
@click.argument("block", metavar="BLOCK")
@command
def alerts(block: str) -> None:
    """Notify people by BLOCK (a Prefect notification block, TYPE/NAME) of nights that fail, are late, or do not run."""
    from pipelines.runtime.alerts import raise_alerts

    for name in raise_alerts(block):
        say(f"{name}: notified by {block}")


@main.command()
@click.option("--customers", type=click.IntRange(50), default=1000, show_default=True, help="How many customers.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="The folder for all of it.",
)
@command
def demo(customers: int, out: Path) -> None:
    """Simulate a ledger, train, run a night and show the result."""
    begin()
    from pipelines.demo import run

    run(customers, out)
