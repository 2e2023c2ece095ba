"""A customer taken out of all nights: out of the score tables and the files. Others keep their rows, rank and bytes."""

import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from configs.language import LANGUAGES, speaking, translated
from ledger.atomic_files import write_whole
from ledger.importing.unchanged.kept_parts import KEPT
from models.risk import late_payment
from worklists.decide.parent_groups import AT_HEAD
from worklists.erasure.forget_files import LISTINGS, Cleaned, Person, clean_folder, names_in
from worklists.pages.night_folder import no_run, prepared, put_in_place
from worklists.score_db.actor import pseudonym
from worklists.score_db.audit import record
from worklists.score_db.connection import changing, compact
from worklists.score_db.migrate import bring_to_head
from worklists.score_db.schema import metadata
from worklists.score_db.tables import SCORE_TABLES

OF_A_CUSTOMER = tuple(name for name, table in SCORE_TABLES.items() if "customer_id" in table.names)
AT_PARENT = "contacted_at_parent"  # the one reason whose text names another customer
SOMEBODY = "a forgotten customer"


class UnknownCustomer(ValueError):
    """Neither a score table nor a file names the customer; nothing was changed."""


@dataclass(frozen=True)
class Forgotten:
    """How many rows of each table, and how many rows or values of each file, went."""

    rows: dict[str, int]
    files: dict[str, int]


def forget(customer: str, out: Path, url: str, more: tuple[Path, ...] = ()) -> Forgotten:
    """Take a customer out of the database at `url`, the nights and refused rows in `out`, and the folders `more`.

    The files are in place before the database commits: whatever ends it in between, the database still knows which
    invoices were the customer's, and running it again brings it to its end. NightUnderWay where any night is being
    written to `out`, a new one, too: it has read the customer; UnknownCustomer; PublishError where the database cannot
    be changed.
    """
    with ExitStack() as held:
        held.enter_context(no_run(out))
        nights = {path: _night_of(path) for path in sorted(out.glob("as_of=*")) if path.is_dir()}
        with changing(url, "no customer was forgotten in it") as connection:
            bring_to_head(connection)
            person = _person(connection, customer, list(nights))
            rows = _forget_rows(connection, person)
            folders = [*sorted((out / "refused").glob("as_of=*")), *more]
            cleaned = {folder: clean_folder(folder, person) for folder in (*nights, *folders)}
            # An example in data docs that is the same bare number may be an amount: it alone makes no one known.
            certain = {path for files in cleaned.values() for path in files if path.suffix == ".csv"}
            if not rows and not certain and (customer.isdigit() or not any(cleaned.values())):
                raise UnknownCustomer(
                    f"no score table and no file in {out} names customer {customer}: nothing was changed. Write the id "
                    f"as it is in customer_id."
                )
            _bring_out({folder: changes for folder, changes in cleaned.items() if changes}, nights, held)
            kept = _forget_what_imports_keep(connection)
            record(connection, "forget", person=pseudonym(customer))
    compact(url)
    removed = {str(folder / path): file.removed for folder, files in cleaned.items() for path, file in files.items()}
    return Forgotten(rows, removed | kept)


def _night_of(folder: Path) -> pd.Timestamp:
    return pd.Timestamp(folder.name.removeprefix("as_of="))


def _person(connection: sa.Connection, customer: str, folders: list[Path]) -> Person:
    """What the nights know the customer by; invoices are of their rows, which also say whose they are."""
    tables = metadata().tables
    named = [tables[name].c.customer_name for name in ("worklist", "handovers", "customers_dim")]
    scores, held, documents = tables["invoice_scores"], tables["suppressions"], tables["invoices_dim"]

    def values(column: sa.Column[str]) -> set[str]:
        ids = sa.select(column).distinct().where(column.table.c.customer_id == customer, column.is_not(None))
        return set(connection.execute(ids).scalars()) - {""}

    in_files = (names_in(path / name, customer) for path in folders for name in LISTINGS)
    names = set[str]().union(*map(values, named), *in_files)
    of_invoices = (scores.c.invoice_id, held.c.invoice_id, documents.c.invoice_id, documents.c.document_id)
    return Person(customer, frozenset(names), frozenset(set[str]().union(*map(values, of_invoices))))


def _forget_rows(connection: sa.Connection, person: Person) -> dict[str, int]:
    """Delete the rows that are about the person, and its id in those about members of its group; rows by table."""
    tables = metadata().tables
    counts: Counter[str] = Counter()
    nights = connection.execute(sa.select(tables["runs"].c.as_of)).scalars().all()
    for night in nights:  # the keys of all tables begin with the night: so their indexes serve
        for name in OF_A_CUSTOMER:
            about = tables[name].c.customer_id == person.customer
            counts[name] += _changed(connection, sa.delete(tables[name]).where(tables[name].c.as_of == night, about))
        told = tables["explanations"]
        for about in _explained(told, person):
            counts["explanations"] += _changed(connection, sa.delete(told).where(told.c.as_of == night, about))
    counts["suppressions"] += _forget_head(connection, tables["suppressions"], person.customer)
    members = tables["customers_dim"]
    of_group = sa.update(members).where(members.c.head_id == person.customer).values(head_id=SOMEBODY)
    counts["customers_dim"] += _changed(connection, of_group)
    return {name: count for name, count in counts.items() if count}


def _forget_what_imports_keep(connection: sa.Connection) -> dict[str, int]:
    """Delete what the imports of the nights' ledgers keep of names and refused rows: the next one is a whole one."""
    ledgers = connection.execute(sa.select(metadata().tables["audit"].c.ledger).distinct()).scalars()
    kept = [path for ledger in sorted(filter(None, ledgers)) if (path := Path(ledger) / KEPT).is_file()]
    for path in kept:
        path.unlink()
    return {str(path): 1 for path in kept}


def _forget_head(connection: sa.Connection, held: sa.Table, customer: str) -> int:
    """Take the id out of the rows about members of the group that the customer is the head of; how many there were.

    Nights of an earlier version say who the head is in a sentence only, in the language of the night.
    """
    changed = 0
    at_head, known_by = held.c.reason == AT_PARENT, sa.case((held.c.contacted_at.is_not(None), SOMEBODY))
    for language in LANGUAGES:
        with speaking(language):
            named, unnamed = (translated(AT_HEAD).format(head=head) for head in (customer, SOMEBODY))
        about = sa.update(held).where(at_head, held.c.text.startswith(named, autoescape=True))
        text = unnamed + sa.func.substr(held.c.text, len(named) + 1)
        changed += _changed(connection, about.values(text=text, contacted_at=known_by))
    others = sa.update(held).where(at_head, held.c.contacted_at == customer)  # in a language that is gone since
    return changed + _changed(connection, others.values(text=AT_HEAD.format(head=SOMEBODY), contacted_at=SOMEBODY))


def _explained(told: sa.Table, person: Person) -> list[sa.ColumnElement[bool]]:
    """Which explanations are the person's: the model distinguishes the ids of invoices and customers."""
    invoices, of_invoices = sorted(person.invoices), told.c.model == late_payment.NAME
    batches = [invoices[first : first + 1_000] for first in range(0, len(invoices), 1_000)]
    return [
        sa.and_(~of_invoices, told.c.entity == person.customer),
        *(sa.and_(of_invoices, told.c.entity.in_(batch)) for batch in batches),
    ]


def _changed(connection: sa.Connection, statement: sa.Delete | sa.Update) -> int:
    return connection.execute(statement).rowcount


def _bring_out(
    cleaned: Mapping[Path, Mapping[Path, Cleaned]], nights: Mapping[Path, pd.Timestamp], held: ExitStack
) -> None:
    """Put the cleaned files in place: nights as whole folders, all prepared before the first one, others one by one."""
    ready = {}
    for folder in cleaned.keys() & nights.keys():
        ready[folder] = prepared(folder.parent, nights[folder], partial(_copy_changed, folder, cleaned[folder]))
        held.callback(shutil.rmtree, ready[folder], ignore_errors=True)
    for folder, fresh in ready.items():
        put_in_place(fresh, nights[folder])
    for folder in cleaned.keys() - ready.keys():
        _write(folder, cleaned[folder])


def _copy_changed(folder: Path, changes: Mapping[Path, Cleaned], fresh: Path) -> None:
    shutil.copytree(folder, fresh, dirs_exist_ok=True)
    _write(fresh, changes)


def _write(folder: Path, changes: Mapping[Path, Cleaned]) -> None:
    for name, cleaned in changes.items():
        path = folder / name
        if cleaned.text is None:
            path.unlink()
            continue
        write_whole(path, partial(_write_as_before, path, cleaned.text))


def _write_as_before(path: Path, text: str, temporary: Path) -> None:
    """The text, as it is and under the rights of the file that it replaces."""
    temporary.write_text(text, "utf-8", newline="")
    temporary.chmod(path.stat().st_mode & 0o777)
