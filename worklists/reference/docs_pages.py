"""The reference pages in docs/, from the declarations: `python -m worklists.reference.docs_pages` writes them."""

from collections.abc import Iterable
from pathlib import Path

from configs.markdown import grid
from features.catalogue import CATALOGUE
from features.declarations import ALL_HISTORY, Feature
from features.families.invoice import QUESTION
from ledger import tables as ledger
from ledger.declarations import Column, Table
from worklists.decide.suppression_reasons import REASONS
from worklists.figures.experiments import EXPERIMENT_FIGURES
from worklists.figures.key_figures import KEY_FIGURES
from worklists.pages.outcome_columns import OUTCOME_COLUMNS
from worklists.score_db import tables as scores
from worklists.score_db.schema import READ_AS_TABLES
from worklists.score_db.tables.joins import DAYS, joins
from worklists.score_db.tables.views import VIEWS, View

ROOT = Path(__file__).parents[2]
GENERATED = (
    "<!-- Made by `python -m worklists.reference.docs_pages` from the declarations; a test compares. Edit those. -->"
)

LEDGER_HEAD = f"""\
# The ledger

{GENERATED}

A ledger is a folder with one `<table>.parquet` or `<table>.csv` per table, or a folder `<table>/` of Parquet parts, or
an SQLAlchemy URL of a database with tables of these names. Only `invoices` and `payments` are required. An export with
other names comes in by a mapping: see [mapping.md](mapping.md).

- Amounts are currency units such as `123.45`. They are held exactly with two decimals, or with those of the finest
  currency that the ledger states (`KWD`: three); more decimals are rounded half-even. What people read is written with
  those of each amount's own currency (`EUR` two, `JPY` none), rounded half-even.
- A credit note's `amount` is negative, and so is a reversed payment's. A positive adjustment lowers what is open.
- Dates are calendar dates from {ledger.EARLIEST_DATE} to {ledger.LATEST_DATE}.
- A text has at most {ledger.LONGEST_TEXT:,} characters, an id (a column `..._id`) at most {ledger.LONGEST_ID}, the code
  of a country, currency or language at most {ledger.LONGEST_CODE}. Codes that ISO does not have are used and warned
  of.
- `known_on` is when the record could have been known. A night sees records with `known_on` before its date, and nothing
  else.
- A column that may be empty may be absent, too. An optional cell that cannot be used is emptied and listed; a row of
  which a required value cannot be used goes to quarantine with what to do.

## What a customer owes

Each of these laws is held by tests, and by a second, plain adding up of random ledgers.

1. **Net before floor.** Owed = billed - credited - received + paid back. Cash that names no invoice may be negative (a
   refund that names no document); it is netted with credit notes and overpayments, and only the customer's result is
   floored at zero.
2. **A lost claim is no money.** What comes in on a claim that was written off, handed over or cancelled reduces the
   loss. It is never the customer's credit.
3. **Every amount counts with its sign.** A posting of -x takes x of an earlier one back. An invoice that is cancelled
   in part keeps the rest, with its habits and its share of the billing.
4. **Known is not valued.** Money counts from its value date. Known earlier, it is expected on that day: still open,
   not asked for, in the forecast of that day. What is known to be taken back of it does not come.
5. **Money has a currency of its own.** A payment in another currency than its invoice's is exchanged at the rate of its
   value date. What is in a currency without a rate that night is left out, never taken one for one. Decimals are those
   of the currencies (ISO 4217): three thirds of 100.000 dinars are paid in full by 33.333, 33.333 and 33.334.
6. **Who pays may be another than who owes.** A payment settles the invoice that it names. A group that is contacted at
   its head is netted first, then floored.
7. **Credit has an age.** It covers what is asked for, the oldest first (`ledger.credit_covers`), then what is not yet
   due. Days past due, the action, the scores' weights and the forecast are of what is left.
8. **Days late are of the customer's money**, by value date, also where it was set against the invoice later. What a
   credit note settled is no habit. A small difference (`ledger.small_difference_amount` and
   `small_difference_share`) that was written off or stays open is no loss and no default.
9. **No one is asked for dust**: `least_amount` in the strategy, of a customer and of an invoice. A small difference
   (8.) that is left of an old invoice is asked for with the rest, and does not say how late a customer is.
10. **Instalments** are invoices of their own in all that a night writes, as `invoice_id #1` and so on. What is paid
    fills them in the order of their days.
11. **A hold is not a dispute.** While it runs, nothing of it is asked for; then it comes back by itself.
12. **A promise is kept by what came in for what was promised**: for its invoice, else for the customer, from the day on
    which it was made to its last day. What a customer promised for its account beyond what it had overdue itself is for
    its group: a head's is kept by what comes in for any member, another member's by what it pays for them. Who promises
    for a customer of another group names that customer: what it pays for it keeps no promise for its own account.
    What comes back, also after its last day, did not keep it: a reversal takes back the latest payment before it of the
    same invoice and amount, else what came last for the invoice; one that names none, cash on account, or else the
    customer's payment of its amount."""

FIGURES_HEAD = """\
Receivables are what is open of invoices, before credit that is not yet applied to one. Billed are invoices less what
was cancelled of them; credit notes are not taken off. Billed since are the invoices that became known in these days,
whatever their date, and 30 days ago is what that night knew, at tonight's exchange rates."""

SCORES_HEAD = f"""\
# What a night writes

{GENERATED}

`duerank nightly` writes these tables to `--database`, an SQLite file or PostgreSQL, in one transaction: a query sees
all of a night or none of it. A night that runs again replaces its own rows, those with its `as_of`; other nights stay.
Each table `t` but `audit` and `calendar` has a view `t_latest` with the rows of the latest night in `runs`.
`worklist.csv` has the columns of `worklist`, and those to fill in.

To some tables a night adds only what is new or has changed; a view `t_current` has the latest row of each. A record
that is entered more than 35 days after its day is not published there. Below `calendar` are views over all nights.
Dates join `{DAYS}`.

Amounts are units of the reporting currency (see `runs.reporting_currency`), with the decimals that the ledger is held
with; worklist.csv writes those of the currency. There probabilities have four digits, and a text that a spreadsheet
could take for a formula starts with `'`. To read several tables of the same night, read them in one transaction (on
PostgreSQL: `REPEATABLE READ`), or join on `run_id`.
SQLite keeps a write-ahead log next to the file while it is in use: copy the file only when nothing is being written."""

FEATURES_HEAD = f"""\
# The features

{GENERATED}

What the models see, computed as of a night from what was known before it, for training and for scoring alike. A window
of `w` days is the `w` days before the night. "Empty" is what a window without events gives; "missing" is left to the
model as such. A feature about an invoice is scored together with all features of its customer. The sentence
explains to a collector what a reason means; `{{value}}` and `{{other}}` stand for the figures."""


def documents() -> dict[Path, str]:
    """The text of every generated page, by its path from the project's root."""
    return {
        Path("docs/ledger.md"): _page(LEDGER_HEAD, map(_ledger_table, ledger.TABLES.values())),
        Path("docs/data-dictionary.md"): _page(
            SCORES_HEAD,
            [
                *map(_score_table, scores.SCORE_TABLES.values()),
                *map(_score_table, READ_AS_TABLES.values()),
                _score_table(scores.CALENDAR),
                *map(_score_table, VIEWS.values()),
                _named_figures(),
                _named_reasons(),
                _filled_in(),
                _score_table(scores.AUDIT),
            ],
        ),
        Path("docs/features.md"): _page(FEATURES_HEAD, _families((*CATALOGUE, *QUESTION))),
    }


def write_documents(root: Path) -> None:
    """Write every generated page below `root`."""
    for path, text in documents().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def _page(head: str, sections: Iterable[str]) -> str:
    return "\n\n".join([head, *sections]) + "\n"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _ledger_table(table: Table) -> str:
    needed = "Required." if table.required else "Optional."
    about = f"{needed} {table.meaning} Key: {_code(table.key)}. The record's own date: `{table.dated_by}`."
    rows = (
        (
            f"`{column.name}`",
            column.kind,
            column.unit,
            _bounds(column),
            "yes" if column.optional else "",
            column.meaning,
        )
        for column in table.columns
    )
    lines = grid(("column", "type", "unit", "allowed", "may be empty", "meaning"), rows)
    return f"## {table.name}\n\n{about}\n\n{lines}"


def _bounds(column: Column) -> str:
    if column.choices:
        return _code(column.choices)
    if column.low is None or column.high is None:
        return ""
    units = 100 if column.kind == "money" else 1
    return f"{column.low / units:,.15g} to {column.high / units:,.15g}"


def _score_table(table: Table | View) -> str:
    rows = (
        (f"`{column.name}`", column.kind, column.unit, "yes" if column.optional else "", column.meaning)
        for column in table.columns
    )
    about = f"{table.meaning} {_grain(table)}"
    return f"## {table.name}\n\n{about}\n\n{grid(('column', 'type', 'unit', 'may be empty', 'meaning'), rows)}"


def _grain(table: Table | View) -> str:
    """What a row is about, what its columns name, and where the state of things is."""
    grain = f"One row per {_code(table.key)}." if table.key else "No key."
    joined = ", ".join(f"`{name}` = `{target}`" for name, target in joins(table.name, table.columns).items())
    current = isinstance(table, Table) and table.about
    latest = f" `{table.name}_current` has the latest row of each {_code(current)}." if current else ""
    indexes = [_code(names) for names in table.indexes] if isinstance(table, Table) else []
    found = f" Also indexed by {'; and by '.join(indexes)}." if indexes else ""
    return grain + (f" Joins: {joined}." if joined else "") + latest + found


def _named_figures() -> str:
    rows = (
        (f"`{figure.name}`", figure.unit, figure.formula, figure.source)
        for figure in (*KEY_FIGURES, *EXPERIMENT_FIGURES)
    )
    table = grid(("name", "unit", "formula", "source"), rows)
    return f"## The names in key_figures\n\n{FIGURES_HEAD}\n\n{table}"


def _named_reasons() -> str:
    rows = (
        (f"`{reason.code}`", "holds the customer" if reason.holds else "lowers what is collectible", reason.meaning)
        for reason in REASONS.values()
    )
    return f"## The reasons in suppressions\n\n{grid(('reason', 'effect', 'meaning'), rows)}"


def _filled_in() -> str:
    rows = ((f"`{one.name}`", one.kind, _code(one.choices), one.meaning) for one in OUTCOME_COLUMNS)
    about = "Empty in worklist.csv and worklist.xlsx, for collectors; `duerank import-outcomes` brings them back."
    return f"## The columns to fill in\n\n{about}\n\n{grid(('column', 'type', 'allowed', 'meaning'), rows)}"


def _families(features: tuple[Feature, ...]) -> Iterable[str]:
    for family in dict.fromkeys(feature.family for feature in features):
        rows = (
            (f"`{f.name}`", f.entity, f.unit, _window(f), _empty(f), f.meaning, f.sentence)
            for f in features
            if f.family == family
        )
        lines = grid(("feature", "about", "unit", "window", "empty", "meaning", "sentence"), rows)
        yield f"## {family[:1].upper()}{family[1:]}\n\n{lines}"


def _window(feature: Feature) -> str:
    if feature.statistic == "current":
        return "the night"
    return "all history" if feature.window is ALL_HISTORY else f"{feature.window} days"


def _empty(feature: Feature) -> str:
    return "missing" if feature.empty is None else f"{feature.empty:g}"


if __name__ == "__main__":
    write_documents(ROOT)
