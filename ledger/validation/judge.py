"""A part of a ledger judged: clean tables, refused rows, warnings, and a count of every row and cent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ledger.declarations import Table
from ledger.frames import Tables, complete, rows_where, with_known_on
from ledger.hashing import NOT_FOUND, Hashes
from ledger.minor_units import as_units
from ledger.reading.conversion import convert
from ledger.reading.parsing import Mask
from ledger.reading.refusals import Problem, no_refusals, refused_rows, repaired_cells, stacked
from ledger.tables import TABLES
from ledger.validation.counts import counted_rows, listed_by_table
from ledger.validation.key_hashes import key_hashes
from ledger.validation.rule_predicates import JudgedRows, are_known
from ledger.validation.rules import STAGES, ValidationRule, rules_of
from ledger.validation.verdicts import Judge, SuiteVerdict

NOT_REPEATED = np.zeros(0, dtype=np.uint64)
# What names a customer and lies with it; a payment that names an invoice is the invoice's owner's, whoever paid it.
OF_CUSTOMERS = ("invoices", "payments", "holds", "people", "promises", "contacts")


@dataclass(frozen=True)
class RestOfLedger:
    """What a part of a ledger must know of the rest, so that its rows are judged as in the whole.

    `unreadable` holds the keys of all rows refused at reading, by table; `without_rate` the billed currencies that
    cannot be converted into `reporting_currency`; `fx_rates` the accepted rates; `repeated` the hashes
    (`prefilter.key_hashes`) of keys that more than one part holds, by table; `is_abroad` says which of some invoice_ids
    are of another part.
    """

    has_customers: bool
    unreadable: dict[str, pd.Series]
    without_rate: frozenset[str]
    reporting_currency: str | None
    fx_rates: pd.DataFrame
    repeated: dict[str, Hashes]
    is_abroad: Callable[[pd.Series], Mask]


@dataclass(frozen=True)
class Warned:
    """A rule that only warns, and how many of the rows it was asked of break it; `example` is the first key."""

    table: str
    rule: ValidationRule
    broken: int
    rows: int
    example: str


@dataclass(frozen=True)
class Validation:
    """A judged ledger, or a part of one.

    `tables` hold the accepted rows in the order in which they came, and after the customers a blank record of each that
    is named but was refused or never came. `refused` has `REFUSED_COLUMNS`, one row for each refused row with the first
    rule that it breaks, those of reading included (in a part: without those); `repaired` is the same of single cells
    and blank records. `counts` has a row per table: `came`, `refused_at_reading`, `refused`, `used` (rows; came =
    refused_at_reading + refused + used), `repaired` (cells), and `came_cents`, `refused_cents`, `used_cents` (the sum
    of the amounts that could be read).
    """

    tables: Tables
    refused: pd.DataFrame
    repaired: pd.DataFrame
    warned: tuple[Warned, ...]
    counts: pd.DataFrame
    verdicts: tuple[SuiteVerdict, ...]


def validate_part(tables: Tables, surroundings: RestOfLedger) -> Validation:
    """Judge a part of a ledger, all of some customers; the verdict on a row is the same in whatever parts it comes.

    Counts and refused rows leave out what was refused at reading.
    """
    judged = _judge(tables, surroundings.unreadable, surroundings)
    return replace(judged, tables=judged.tables | {"fx_rates": surroundings.fx_rates})


def validate_rates(rates: pd.DataFrame) -> Validation:
    """Judge fx_rates, which are of no part of a ledger but of the whole."""
    nothing = {name: pd.Series(dtype="str") for name in TABLES}
    return _judge({"fx_rates": rates}, nothing, None, (("fx_rates",),))


def accepted_customers(tables: Tables, unreadable: dict[str, pd.Series]) -> pd.DataFrame:
    """The customers of a part that the part's verdict will accept."""
    return _judge({"customers": tables["customers"]}, unreadable, None, (("customers",),)).tables["customers"]


def _judge(
    tables: Tables,
    unreadable: dict[str, pd.Series],
    surroundings: RestOfLedger | None,
    stages: tuple[tuple[str, ...], ...] = STAGES,
) -> Validation:
    came = {name: frame.reset_index(drop=True) for name, frame in complete(tables).items()}
    judge = Judge()
    accepted: Tables = {}
    refused, repaired = [no_refusals()], [no_refusals()]
    bad: dict[str, Mask] = {}
    known = JudgedRows(came, accepted, unreadable)
    if surroundings is not None:
        known = _surrounded(known, surroundings)
    for stage in stages:
        for name in stage:
            as_came, repairs = came[name], _repair(known, name)  # in `came`
            fine = {rule.name: rule.fine(known) for rule in rules_of(name, "refuse")}
            repeated = NOT_REPEATED if surroundings is None else surroundings.repeated[name]
            problems = judge.declared(TABLES[name], came[name], fine, _held_elsewhere(name, came[name], repeated))
            bad[name] = np.logical_or.reduce([np.zeros(len(came[name]), dtype=bool), *(p.bad for p in problems)])
            refused.append(_refusals(TABLES[name], came[name], problems, bad[name]))
            repaired.append(_repairs(TABLES[name], as_came, repairs))
        accepted |= {  # seen by `known` too
            name: rows_where(came[name], ~bad[name]).reset_index(drop=True) for name in stage
        }
    accepted = complete(accepted)
    if surroundings is not None and surroundings.has_customers:
        blank, listing = _blank_records(known, accepted)
        accepted["customers"] = stacked([accepted["customers"], blank])
        repaired.append(listing)
    whole = {name for name, rows in bad.items() if not rows.any()}
    places = {pair: found for pair, found in known.places.items() if whole.issuperset(pair)}
    warned = _warned(judge, replace(known, came=accepted, accepted=accepted, places=places, indexes={}))
    cells = stacked(repaired)
    counts = counted_rows(came, bad).assign(repaired=listed_by_table(cells))
    return Validation(accepted, stacked(refused), cells, warned, counts, tuple(judge.verdicts))


def _repair(known: JudgedRows, name: str) -> list[Problem]:
    """Correct the cells of a table that break a rule that repairs, in `known` itself; returns what was wrong."""
    repairs = []
    for rule in rules_of(name, "repair"):
        rows = known.came[name]
        bad = ~rule.fine(known).to_numpy(dtype=bool)
        if not bad.any():
            continue
        repairs.append(Problem(rule.column, rule.name, rule.advice, bad))
        mended = rows[rule.column].mask(bad, rows[rule.becomes]) if rule.becomes else rows[rule.column].mask(bad)
        known.came[name] = rows.assign(**{rule.column: mended})
        known.places.pop(("invoices", name), None)  # found for the cells as they were
    return repairs


def _repairs(table: Table, as_came: pd.DataFrame, repairs: list[Problem]) -> pd.DataFrame:
    """Every repaired cell, also of refused rows: which of two copies is refused must not change the listing."""
    if not repairs:
        return no_refusals()
    touched = np.logical_or.reduce([np.zeros(len(as_came), dtype=bool), *(one.bad for one in repairs)])
    rows = as_written(table, as_came[touched])
    cells = [replace(one, bad=one.bad[touched]) for one in repairs]
    return repaired_cells(table, rows, cells, rows, np.zeros(len(rows), dtype=bool))


def _blank_records(known: JudgedRows, accepted: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A record with nothing but its id for each customer whom accepted rows name though it was refused or never came,
    so that what it owes is not lost with it; and the listing of these."""
    named = [_owners(name, accepted[name]).drop_duplicates() for name in OF_CUSTOMERS]
    ids = pd.concat(named).dropna().drop_duplicates().sort_values(ignore_index=True)
    ids = ids[~are_known(accepted["customers"]["customer_id"], ids)].reset_index(drop=True)
    table = TABLES["customers"]
    blank = with_known_on(table, convert(table, pd.DataFrame({"customer_id": ids})).rows)
    came = are_known(pd.concat([known.came["customers"]["customer_id"], known.unreadable["customers"]]), ids)
    problems = [
        Problem(
            "customer_id",
            "customer refused",
            "correct the customer, which is in quarantine; its invoices are used, its name and its other data are not",
            came.to_numpy(),
        ),
        Problem(
            "customer_id",
            "unknown customer",
            "add the customer to customers, or correct the customer_id; what it owes is used without a name",
            ~came.to_numpy(),
        ),
    ]
    written = as_written(table, blank)
    return blank, refused_rows(table, written, problems, written)


def _owners(name: str, rows: pd.DataFrame) -> pd.Series:
    """The customers whom the rows of a table are about."""
    return rows["customer_id"][rows["invoice_id"].isna()] if name == "payments" else rows["customer_id"]


def unreadable_keys(already_refused: pd.DataFrame) -> dict[str, pd.Series]:
    """The keys of the rows refused at reading, by table."""
    return {name: already_refused.loc[already_refused["table"] == name, "record"] for name in TABLES}


def _surrounded(known: JudgedRows, surroundings: RestOfLedger) -> JudgedRows:
    abroad = {name: _abroad(known, name, surroundings) for name in ("holds", "promises", "contacts")}
    return replace(
        known,
        without_rate=surroundings.without_rate,
        rates=surroundings.fx_rates,
        reporting_currency=surroundings.reporting_currency,
        abroad=abroad,
    )


def _abroad(known: JudgedRows, name: str, surroundings: RestOfLedger) -> pd.Series:
    """Which rows name an invoice that another part holds; looked up only for those that this part does not."""
    ids = known.came[name]["invoice_id"]
    gone = np.flatnonzero(ids.notna() & (known.place_of("invoices", name) == NOT_FOUND))
    abroad = np.zeros(len(ids), dtype=np.bool_)
    abroad[gone] = surroundings.is_abroad(ids.iloc[gone])
    return pd.Series(abroad, index=ids.index)


def _held_elsewhere(name: str, frame: pd.DataFrame, repeated: Hashes) -> Mask | None:
    """Which rows of a table have a key that is among the `repeated`; None where none are."""
    return np.isin(key_hashes(TABLES[name], frame), repeated) if len(repeated) else None


def _refusals(table: Table, came: pd.DataFrame, problems: list[Problem], bad: np.ndarray) -> pd.DataFrame:
    if not bad.any():
        return no_refusals()
    rows = as_written(table, came[bad])
    return refused_rows(table, rows, [Problem(p.column, p.rule, p.advice, p.bad[bad]) for p in problems], rows)


def as_written(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows as a ledger's file would hold them: money in currency units, dates as YYYY-MM-DD; for a few rows."""
    written = frame.astype(object).where(frame.notna(), None)
    for column in table.columns:
        if column.kind == "money":
            written[column.name] = [None if pd.isna(amount) else as_units(int(amount)) for amount in frame[column.name]]
        elif column.kind == "date":
            written[column.name] = frame[column.name].dt.strftime("%Y-%m-%d")
    return written[list(table.names)]


def _warned(judge: Judge, evidence: JudgedRows) -> tuple[Warned, ...]:
    """The rules that warn, asked of the accepted rows, which are all that `evidence` has."""
    accepted, warnings = evidence.accepted, []
    for name, table in TABLES.items():
        rules = rules_of(name, "warn")
        if rules and len(accepted[name]):
            by_name = {rule.name: rule for rule in rules}
            fine = {rule.name: rule.fine(evidence) for rule in rules}
            for problem in judge.warned(table, accepted[name], fine):
                broken = accepted[name][problem.bad]
                warnings.append(
                    Warned(name, by_name[problem.rule], len(broken), len(accepted[name]), _first_key(table, broken))
                )
    return tuple(warnings)


def _first_key(table: Table, rows: pd.DataFrame) -> str:
    """The first of the rows' keys, written as those of refused rows are."""
    key = list(table.key)
    first = rows[rows[key[0]] == rows[key[0]].min()].sort_values(key).head(1)
    return "/".join(as_written(table, first)[key].iloc[0])


def sentences(warned: Sequence[Warned], rows: dict[str, int] | None = None) -> list[str]:
    """A sentence for each rule that warned; warnings of parts add up, and `rows` are then those of the whole tables."""
    lines = []
    for table in TABLES:
        for rule in rules_of(table, "warn"):
            parts = [one for one in warned if one.table == table and one.rule.name == rule.name]
            if parts:
                broken, of = sum(one.broken for one in parts), parts[0].rows if rows is None else rows[table]
                lines.append(
                    f"{table}: {rule.name} in {broken} of {of} rows, for example "
                    f"{min(one.example for one in parts)!r} ({rule.column}; expected: {rule.meaning}). The rows are "
                    f"used; {rule.advice}."
                )
    return lines
