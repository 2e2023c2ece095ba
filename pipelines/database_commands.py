"""The commands about what lies in the database and in the nights' folders: upgrade, roles, prune, forget.

They run without Prefect: its server would keep the parameters, and one of them is the id of someone to forget.
"""

from pathlib import Path

import click

from configs.settings import home, load_settings
from pipelines.runtime.exit_codes import command, last_fault, say

MEMBERS = """\
The tables belong to duerank_owner; duerank_writer publishes nights; duerank_reader reads the _latest views.
Make a login a member of what it needs, and of nothing more:
  GRANT duerank_reader TO some_login;"""
NOT_REACHED = """\
Not reached, and yours to clean:
  - the ledger: whoever is in it is in the next night again
  - backups, copies, and what was exported or printed; links' targets; other folders in DIR than those of nights
  - what someone has open now, and nights that run now into another folder: they publish the customer again
  - a bare number as an id within a sentence, such as a note, where it may be anything
  - Prefect's database: each night's artifact worklist-head has the ids of the first ten
  - folders of backtest and import, simulated ledgers, and validate's where it was given --out"""


@click.group()
def database() -> None:
    """Bring the score tables up to date, make old nights small, or say who may do what with them."""


@database.command()
@click.argument("url")
@command
def upgrade(url: str) -> None:
    """Make the score tables at URL, or bring those of an older version up to date; no night is touched."""
    from worklists.score_db.connection import changing
    from worklists.score_db.migrate import bring_to_head

    with changing(url, "nothing was changed") as connection:
        before, after = bring_to_head(connection)
    say(f"Revision {after}: nothing to do." if before == after else f"Revision {after} (was {before or 'none'}).")


@database.command()
@click.argument("url")
@command
def roles(url: str) -> None:
    """Make the group roles owner, writer and reader in PostgreSQL at URL, each with no more rights than it needs."""
    from worklists.score_db.connection import changing
    from worklists.score_db.migrate import bring_to_head
    from worklists.score_db.roles import others, set_up

    if url.startswith("sqlite"):
        raise click.UsageError(
            "SQLite knows no users: who can read the file reads all of it. Set the modes of the file and its folder, "
            "or publish to PostgreSQL."
        )
    with changing(url, "no right was changed") as connection:
        bring_to_head(connection)
        set_up(connection)
        rest = others(connection)
    say(MEMBERS)
    for role in rest:
        say(f"Note: {role} has rights on these tables, too. REVOKE them where that is not meant.")


@database.command()
@click.argument("url")
@click.option("--older-than", "days", type=click.IntRange(1), metavar="DAYS", required=True, help="Before the latest.")
@command
def prune(url: str, days: int) -> None:
    """Take the details of old nights out of the score tables at URL: scores, reasons, worklists, forecasts.

    Runs, key figures, the contact log and all that happened (receipts, contacts, promises, outcomes) stay.
    """
    from worklists.score_db.prune import prune as run
    from worklists.score_db.prune import shortest_memory

    needed = shortest_memory(load_settings(()).labels.default_horizon_days)
    if days < needed:
        raise click.UsageError(
            f"--older-than {days}: later nights read the details of {needed} days; write that or more."
        )
    done = run(url, days)
    if done is None:
        say("There is no night.")
        return
    say(f"Nights before {done.before.date()} have no details any more:")
    for table, rows in done.rows.items():
        say(f"  {rows:>12,} rows of {table}")


@click.command()
@click.argument("customer")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The nights' folder.")
@click.option("--database", metavar="URL", help="Where the score tables are; SQLite DIR/duerank.db unless given.")
@command
def forget(customer: str, out: Path, database: str | None) -> None:
    """Take CUSTOMER (an id) out of the score tables of all nights and out of the files in DIR."""
    from worklists.erasure.forget_customer import forget as run
    from worklists.score_db.connection import url_of

    if not out.is_dir():
        raise click.UsageError(f"there is no folder {out}; --out is the folder of the nights.")
    done = run(customer, out, url_of(out, database), (home() / "validation",), (last_fault(),))
    say(f"Took {customer} out, but look at what is named below:" if done.left else f"Forgot {customer}:")
    for places in (done.rows, done.files):
        for place, count in places.items():
            say(f"  {count:>7,} in {place}")
    if done.left:
        say("The customer may be named still, and only you can look:")
        for place, why in done.left.items():
            say(f"  - {place}: {why}")
    say(NOT_REACHED)
