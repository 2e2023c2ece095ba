"""A customer taken out of all nights: out of the score tables and the files. Others keep their rows, rank and bytes."""

import re
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
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
from worklists.erasure.forget_files import LISTINGS, clean_folder, names_in
from worklists.erasure.person import Cleaned, Person
from worklists.kept_night import drop_all
from worklists.pages.night_folder import no_run, prepared, put_in_place
from worklists.score_db.actor import pseudonym
from worklists.score_db.audit import record
from worklists.score_db.connection import changing, compact
from worklists.score_db.migrate import bring_to_head
from worklists.score_db.schema import metadata
from worklists.score_db.tables import SCORE_TABLES

OF_A_CUSTOMER = tuple(name for name, table in SCORE_TABLES.items() if "customer_id" in table.names)
AT_PARENT = "contacted_at_parent"  # the one reason whose text names another customer
NIGHT = re.compile(r"as_of=\d{4}-\d{2}-\d{2}")
SOMEBODY = "a forgotten customer"


class UnknownCustomer(ValueError):
    """Neither a score table nor a file names the customer; nothing was changed."""


@dataclass(frozen=True)
class Forgotten:
    """How many rows of each table, and how many rows or values of each file, went; and where the customer may be named
    still, each with why."""

    rows: dict[str, int]
    files: dict[str, int]
    left: dict[str, str]


def forget(customer: str, out: Path, url: str, more: tuple[Path, ...] = (), faults: tuple[Path, ...] = ()) -> Forgotten:
    """Take a customer out of the database at `url`, the nights and refused rows in `out`, and the folders `more`; and
    delete those of `faults`, texts of what went wrong, that name it.

    The files are in place before the database commits: whatever ends it in between, the database still knows which
    invoices were the customer's, and running it again brings it to its end. NightUnderWay where any night is being
    written to `out`, a new one, too: it has read the customer; UnknownCustomer; PublishError where the database cannot
    be changed.
    """
    with ExitStack() as held:
        held.enter_context(no_run(out))
        drop_all()
        nights = {path: pd.Timestamp(path.name[-10:]) for path in sorted(out.glob("as_of=*")) if _is_night(path)}
        with changing(url, "no customer was forgotten in it") as connection:
            bring_to_head(connection)
            person = _person(connection, customer, list(nights))
            rows = _forget_rows(connection, person)
            folders = [*_further_folders(out, nights), *more]
            cleaned = {folder: clean_folder(folder, person) for folder in (*nights, *folders)}
            left = {str(folder / path): file.left for folder, path, file in _each(cleaned) if file.left}
            cleaned = {folder: _changed_files(files) for folder, files in cleaned.items()}
            if not _is_known(customer, rows, [path for _, path, _ in _each(cleaned)]):
                raise UnknownCustomer(
                    f"no score table and no file in {out} names customer {customer}: nothing was changed. Write the id "
                    f"as it is in customer_id.{_to_look_at(left)}"
                )
            _bring_out({folder: changes for folder, changes in cleaned.items() if changes}, nights, held)
            kept = _forget_what_imports_keep(connection)
            record(connection, "forget", person=pseudonym(customer))
    compact(url)
    removed = {str(folder / path): file.removed for folder, path, file in _each(cleaned)}
    return Forgotten(rows, removed | kept | _delete_faults(faults, person), left)


def _is_night(folder: Path) -> bool:
    return bool(NIGHT.fullmatch(folder.name)) and folder.is_dir() and not folder.is_symlink()


def _further_folders(out: Path, nights: Collection[Path]) -> list[Path]:
    """Folders of refused rows, and of nights that someone moved, copied or linked."""
    found: list[Path] = []
    for path in sorted(out.rglob("*as_of=*")):
        if path.is_dir() and path not in nights and not any(parent in (*nights, *found) for parent in path.parents):
            found.append(path)
    return found


def _each(cleaned: Mapping[Path, Mapping[Path, Cleaned]]) -> Iterator[tuple[Path, Path, Cleaned]]:
    return ((folder, path, file) for folder, files in cleaned.items() for path, file in files.items())


def _changed_files(files: Mapping[Path, Cleaned]) -> dict[Path, Cleaned]:
    return {path: file for path, file in files.items() if file.removed}


def _is_known(customer: str, rows: Mapping[str, int], files: Collection[Path]) -> bool:
    """Whether what was found is about a customer. A bare number as an example in data docs may be an amount, and words
    of a note may be anyone's: they alone make no one known."""
    if rows.keys() - {"runs"} or any(path.suffix in (".csv", ".eml") for path in files):
        return True
    return not customer.isdigit() and any(path.name != "report.html" for path in files)


def _to_look_at(left: Mapping[str, str]) -> str:
    """What to add where nothing was found, though not all could be searched."""
    return "".join(f" Look yourself: {path}: {why}." for path, why in left.items())


def _delete_faults(faults: Iterable[Path], person: Person) -> dict[str, int]:
    """Delete the texts that name the person, also by a bare number: no one misses a traceback."""
    named = [path for path in faults if path.is_file() and _has_trace(path.read_text("utf-8", "replace"), person)]
    for path in named:
        path.unlink()
    return {str(path): 1 for path in named}


def _has_trace(text: str, person: Person) -> bool:
    return any(trace in text for trace in person.ids | person.names if trace)


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
    counts["runs"] += _forget_in_notes(connection, tables["runs"], person)
    return {name: count for name, count in counts.items() if count}


def _forget_in_notes(connection: sa.Connection, runs: sa.Table, person: Person) -> int:
    """Replace the words that name the person in what nights noted."""
    changed = 0
    for as_of, notes in connection.execute(
        sa.select(runs.c.as_of, runs.c.notes).where(runs.c.notes.is_not(None))
    ).all():
        if (without := person.without(notes)) != notes:
            changed += _changed(connection, sa.update(runs).where(runs.c.as_of == as_of).values(notes=without))
    return changed


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
        if cleaned.content is None:
            path.unlink()
            continue
        write_whole(path, partial(_write_as_before, path, cleaned.content))


def _write_as_before(path: Path, content: bytes, temporary: Path) -> None:
    """The bytes, as they are and under the rights of the file that they replace."""
    temporary.write_bytes(content)
    temporary.chmod(path.stat().st_mode & 0o777)
