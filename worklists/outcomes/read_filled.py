"""A filled-in worklist read: every row judged by itself and against what the night advised, and made ledger rows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from configs.language import ENGLISH, translated
from configs.settings import OutcomeSettings
from ledger.errors import LedgerError, listed
from ledger.frames import Tables
from worklists.outcomes.advised_rows import advised_by_customer, advised_rows
from worklists.outcomes.days import day_of, day_order
from worklists.outcomes.filled_files import WHERE, Row, Sheet, read_sheets
from worklists.outcomes.invoice_names import plain_id
from worklists.outcomes.ledger_rows import ledger_rows
from worklists.outcomes.meaning import Advised, Impossible, completed, next_working_day, require_plausible
from worklists.outcomes.notes import notes_of
from worklists.outcomes.numbers import Unreadable, decimal_mark
from worklists.outcomes.read_cells import Habits, NotReadable, read_cell
from worklists.outcomes.refusals import Place, Refusal, shown
from worklists.pages.outcome_columns import OUTCOME_COLUMNS, TAKEN_BACK
from worklists.score_db.past_advice import Advice

Taken = tuple[Place, Advised, dict[str, Any]]  # what a row says, completed
DATES = tuple(column.name for column in OUTCOME_COLUMNS if column.kind == "date")
FIGURES = tuple(column.name for column in OUTCOME_COLUMNS if column.kind in ("money", "number"))


@dataclass(frozen=True)
class Filled:
    """The sheets of a filled-in worklist, the runs and nights that its rows are of, and the language of its heads."""

    sheets: list[Sheet]
    runs: frozenset[str]
    nights: frozenset[date]
    language: str

    @property
    def empty(self) -> bool:
        """Whether nothing was filled in."""
        return not any(sheet.rows or sheet.misshaped for sheet in self.sheets)


@dataclass(frozen=True)
class FilledOutcomes:
    """Ledger rows by table (contacts, promises, disputes), how many rows of the worklist were taken, by `record`
    (run_id-rank) where each is in the file, what was refused, and what was read from other cells, in sentences."""

    tables: Tables
    worked: int
    places: dict[str, Place]
    refused: list[Refusal]
    notes: list[str]


def read_filled(path: Path) -> Filled:
    """The rows of a filled-in worklist that have something in an outcome column.

    CSV or XLSX as we wrote it, or as a spreadsheet program or an editor saved it, heads in any language.
    LedgerError where it cannot be read, or has no outcome columns.
    """
    sheets = read_sheets(path)
    rows = [row for sheet in sheets for row in sheet.rows]
    runs = {str(row.cells["run_id"]) for row in rows if "run_id" in row.cells}
    nights = {night for row in rows if (night := _night(row)) is not None}
    spoken = [sheet.language for sheet in sheets if sheet.language != ENGLISH]
    return Filled(sheets, frozenset(runs), frozenset(nights), spoken[0] if spoken else ENGLISH)


def outcomes_of(
    filled: Filled,
    advice: Advice,
    rates: Mapping[tuple[date, str], float],
    limits: OutcomeSettings,
    today: date,
    origin: str,
) -> FilledOutcomes:
    """The ledger's rows from what was filled in (`read_filled`) and what the nights advised, with the `rates` of
    accounts in another currency (`account_rates`). A row that is taken back has a place and makes no row of the ledger.

    A row is taken whole or refused whole. Ids depend on run and rank: the same file gives the same rows again. No
    contact is later than `today`, or than the worklist's own day where that is later. Rows of a run whose place another
    one took are judged by what that one says of the customer. LedgerError where the score tables hold neither the run
    nor the night of a row.
    """
    advised = advised_rows(advice)
    by_customer, held = advised_by_customer(advised), set(advice.rows["run_id"])
    _require_known(filled, held, {night for night, _ in by_customer}, origin)
    taken: dict[str, list[Taken]] = {}
    refused: list[Refusal] = []
    understood = {"promise": 0, "dispute": 0, "call_back": 0, "earlier run": 0, TAKEN_BACK: 0}
    for sheet in filled.sheets:
        habits = _habits(sheet)
        refused += [_misshaped(sheet, row) for row in sheet.misshaped]
        for row in sheet.rows:
            place = _place(sheet, row, advised.get(_key(row)))
            try:
                one = _since(row, by_customer) if _replaced(row, held) else _advised(row, advised)
                cells = _cells(row, one, habits)
                full = completed(cells, one)
                require_plausible(full, one, limits, today)
            except Impossible as error:
                refused += [_refusal(place, sheet, row, column, why) for column, why in _reasons(error)]
                continue
            understood["earlier run"] += _replaced(row, held)
            if full["outcome"] != cells.get("outcome"):
                understood[full["outcome"]] += 1
            elif full["outcome"] == "call_back" and "next_contact_on" not in full:
                full["next_contact_on"] = next_working_day(full["contacted_on"])
                understood["call_back"] += 1
            understood[TAKEN_BACK] += full["outcome"] == TAKEN_BACK
            taken.setdefault(place.record, []).append((place, one, full))
    once, twice = _once(taken.values())
    worked = {place.record: (one, full) for place, one, full in once if full["outcome"] != TAKEN_BACK}
    return FilledOutcomes(
        ledger_rows(worked, rates, origin),
        len(once),
        {place.record: place for place, _, _ in once},
        [*refused, *twice],
        list(notes_of(understood)),
    )


class _SeveralImpossible(Impossible):
    """More than one cell of a row that cannot be taken."""

    def __init__(self, reasons: list[tuple[str, str]]) -> None:
        super().__init__(*reasons[0])
        self.reasons = reasons


def _reasons(error: Impossible) -> list[tuple[str, str]]:
    return error.reasons if isinstance(error, _SeveralImpossible) else [(error.column, error.why)]


def _key(row: Row) -> tuple[str, str]:
    run, rank = (row.cells.get(name, "") for name in WHERE)
    text = str(rank)
    return str(run), text.removesuffix(".0").removesuffix(",0")


def _habits(sheet: Sheet) -> Habits:
    """What people wrote decides, where it is clear; else what the program wrote."""
    figures = [str(row.cells[name]) for row in sheet.rows for name in FIGURES if isinstance(row.cells.get(name), str)]
    days = [str(row.cells[name]) for row in sheet.rows for name in DATES if isinstance(row.cells.get(name), str)]
    order = day_order(days) or (None if sheet.language == ENGLISH else "day first")
    return Habits(decimal_mark(figures) or sheet.mark, order)


def _advised(row: Row, advised: dict[tuple[str, str], Advised]) -> Advised:
    one = advised.get(_key(row))
    if one is None:
        raise Impossible("rank", translated("there is no such row in that worklist; fill it in as it was written"))
    said = row.cells.get("customer_id")
    if said is not None and plain_id(str(said)) != plain_id(one.customer_id):
        raise Impossible(
            "customer_id",
            translated("this row was written for {customer}: were some columns sorted without the others?").format(
                customer=one.customer_id
            ),
        )
    return one


def _since(row: Row, by_customer: Mapping[tuple[date, str], Advised]) -> Advised:
    """What the night's last run says of the customer of a row that is of an earlier one."""
    night, customer = _night(row), plain_id(str(row.cells.get("customer_id", "")))
    if night is None or (night, customer) not in by_customer:
        why = translated("the night was run again since, and this customer is not on its worklist any more")
        raise Impossible("customer_id", why)
    return by_customer[night, customer]


def _replaced(row: Row, held: Collection[str]) -> bool:
    return "run_id" in row.cells and _key(row)[0] not in held


def _night(row: Row) -> date | None:
    try:
        return day_of(row.cells.get("as_of"), date.today(), None)
    except Unreadable:
        return None


def _require_known(filled: Filled, runs: Collection[str], nights: Collection[date], origin: str) -> None:
    rows = [row for sheet in filled.sheets for row in sheet.rows]
    unknown = {_key(row)[0] for row in rows if _replaced(row, runs) and _night(row) not in nights}
    if unknown:
        raise LedgerError(
            f"{origin}: run {listed(sorted(unknown))} is not in the score tables: the night was run again since, or "
            f"--database is another one."
        )


def _cells(row: Row, advised: Advised, habits: Habits) -> dict[str, Any]:
    """What the outcome columns of a row say, empty ones left out."""
    cells, wrong = {}, []
    for column in OUTCOME_COLUMNS:
        if column.name in row.cells:
            try:
                cells[column.name] = read_cell(
                    column, row.cells[column.name], advised.night, advised.currency, habits
                )  # fmt: skip
            except NotReadable as error:
                wrong.append((column.name, str(error)))
    if wrong:
        raise _SeveralImpossible(wrong)
    return cells


def _place(sheet: Sheet, row: Row, advised: Advised | None) -> Place:
    said = [str(row.cells[name]) for name in ("customer_id", "customer_name") if name in row.cells]
    if advised is not None:
        said = [name for name in (advised.customer_id, advised.customer_name) if name]
    return Place(sheet.name, row.number, "-".join(_key(row)), " ".join(said))


def _refusal(place: Place, sheet: Sheet, row: Row, column: str, why: str) -> Refusal:
    return Refusal(place, column, sheet.heads.get(column, translated(column)), shown(row.cells.get(column)), why)


def _misshaped(sheet: Sheet, row: Row) -> Refusal:
    why = translated("the row has more cells than there are heads; put a text or a number with a separator in quotes")
    return _refusal(_place(sheet, row, None), sheet, row, "outcome", why)


def _once(taken: Iterable[list[Taken]]) -> tuple[list[Taken], list[Refusal]]:
    """Each row once where it was filled in once, or the same twice; the others are refused."""
    once, refused = [], []
    for same in taken:
        if all(full == same[0][2] for _, _, full in same):
            once.append(same[0])
            continue
        for place, _, full in same:
            others = "; ".join(other.words() for other, _, _ in same if other is not place)
            why = translated("this row is filled in differently in another place, too: {where}").format(where=others)
            refused.append(Refusal(place, "outcome", translated("outcome"), translated(full["outcome"]), why))
    return once, refused
