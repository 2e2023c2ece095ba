"""What collectors filled in on a worklist, read back as contacts, promises and disputes of the ledger."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from configs.language import in_any_language
from configs.near_names import closest
from ledger.errors import LedgerError, listed
from ledger.frames import Tables
from ledger.minor_units import as_units
from ledger.reading.read import read_rows
from ledger.reading.refusals import stacked
from ledger.sources.csv_and_parquet import RawRows, read_csv
from ledger.tables import TABLES
from worklists.pages.outcome_columns import OUTCOME_COLUMNS, OUTCOME_NAMES
from worklists.score_db.past_advice import Advice
from worklists.score_db.tables import WORKLIST

WHERE = ("run_id", "rank")
TABLES_OF = ("contacts", "promises", "disputes")
HEADS = in_any_language((*WORKLIST.names, *OUTCOME_NAMES))


@dataclass(frozen=True)
class FilledOutcomes:
    """Ledger rows by table (contacts, promises, disputes), how many rows of the worklist were worked, and what was
    refused (columns as of `ledger.reading.refusals`, `record` is run_id-rank)."""

    tables: Tables
    worked: int
    refused: pd.DataFrame


def read_filled(path: Path) -> pd.DataFrame:
    """The rows of a filled-in worklist that have something in an outcome column; all cells as text, empty as missing.

    CSV as we wrote it or as a spreadsheet program saved it (semicolons, decimal commas, days as 31.12.2024), or XLSX
    with any number of sheets. Heads and choices may be in any language. LedgerError where it cannot be read, or has no
    outcome columns.
    """
    if not path.is_file():
        raise LedgerError(f"{path}: there is no such file; expected a worklist (.csv or .xlsx) that was filled in.")
    filled = _workbook(path) if path.suffix.casefold() == ".xlsx" else _text_file(path)
    missing = [name for name in (*WHERE, "outcome") if name not in filled]
    if missing:
        raise LedgerError(
            f"{path}: the column {missing[0]!r} is missing.{closest(missing[0], filled.columns)} Fill in the worklist "
            f"as it was written, with all its columns."
        )
    filled = _plain(filled.reindex(columns=[*WHERE, *OUTCOME_NAMES]))
    return filled[filled[OUTCOME_NAMES].notna().any(axis=1)].reset_index(drop=True)


def _workbook(path: Path) -> pd.DataFrame:
    try:
        sheets = pd.read_excel(path, sheet_name=None, dtype=object, engine="openpyxl")
    except Exception as error:  # whatever a damaged file does to the library
        raise LedgerError(f"{path}: this is not a readable workbook ({type(error).__name__}).") from None
    named = [_named(sheet) for sheet in sheets.values()]
    rows = pd.concat([sheet for sheet in named if "run_id" in sheet] or [pd.DataFrame()], ignore_index=True)
    return _trimmed(rows.map(_cell))


def _named(sheet: pd.DataFrame) -> pd.DataFrame:
    return sheet.rename(columns=lambda head: HEADS.get(str(head).strip().casefold(), head))


def _plain(filled: pd.DataFrame) -> pd.DataFrame:
    """Choices in the ledger's own words and days as 2024-12-31; what is neither stays as it is, to be refused."""
    plain = filled.copy()
    for column in OUTCOME_COLUMNS:
        known = in_any_language(column.choices)
        words = {word: known.get(word.casefold(), word) for word in plain[column.name].dropna()}
        if column.kind == "date":
            words = {word: _iso_day(word) for word in words}
        plain[column.name] = plain[column.name].map(words).astype("str")
    return plain


def _cell(value: Any) -> str | None:
    """A cell of a workbook as a CSV would hold it."""
    if pd.isna(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.date().isoformat() if isinstance(value, pd.Timestamp) or hasattr(value, "hour") else str(value)


def _text_file(path: Path) -> pd.DataFrame:
    head = path.open("rb").readline()
    if head.count(b";") <= head.count(b","):
        return _trimmed(read_csv(path, encoding="utf-8-sig").frame)
    rows = _trimmed(read_csv(path, ";", "utf-8-sig").frame)
    for column in OUTCOME_COLUMNS:
        if column.name in rows and column.kind in ("money", "number"):
            rows[column.name] = rows[column.name].str.replace(".", "").str.replace(",", ".")
    return rows


def _iso_day(text: str) -> str:
    day, dot, rest = text.partition(".")
    month, _, year = rest.partition(".")
    return f"{year}-{month:0>2}-{day:0>2}" if dot and len(year) == 4 else text


def _trimmed(rows: pd.DataFrame) -> pd.DataFrame:
    text: pd.DataFrame = rows.astype("str").apply(lambda column: column.str.strip())
    return text.where(text != "")


def outcomes_of(filled: pd.DataFrame, advice: Advice, origin: str) -> FilledOutcomes:
    """The ledger's rows from what was filled in (`read_filled`) and what the nights advised.

    Each row is judged by the ledger's own rules. Ids depend on run and rank: the same file gives the same rows again.
    LedgerError where a run is not among those that the score tables hold: then another run of the night took its place.
    """
    unknown = set(filled["run_id"].dropna()) - set(advice.rows["run_id"])
    if unknown:
        raise LedgerError(
            f"{origin}: run {listed(sorted(unknown))} is not in the score tables: the night was run again since, or "
            f"--database is another one."
        )
    rows, refused = _usable(_with_advice(filled, advice))
    disputed = _disputes(rows, advice)
    strange = disputed[~disputed["open"]]
    refused.append(
        _refusal(
            strange, "invoice_id", "no open invoice of the customer on that night",
            "name open invoices of the customer, as they are in invoice_scores, or none for all overdue ones",
        )
    )  # fmt: skip
    raw = {
        "contacts": _contacts(rows),
        "promises": _promises(rows),
        "disputes": disputed[disputed["open"]].drop(columns=["record", "open"]),
    }
    read = {name: read_rows(TABLES[name], origin, RawRows(frame)) for name, frame in raw.items()}
    tables = {name: one.rows for name, one in read.items()}
    # A cell that was emptied is listed like a refused row: the collector can still say what was meant.
    told = [frame for one in read.values() for frame in (one.refused, one.repaired)]
    return FilledOutcomes(tables, len(rows), stacked([*refused, *told]))


def _with_advice(filled: pd.DataFrame, advice: Advice) -> pd.DataFrame:
    """What was filled in, and what was advised; `record` names the row."""
    rows = filled.merge(advice.rows.assign(rank=advice.rows["rank"].astype("str")), how="left", on=list(WHERE))
    own_day = rows["as_of"].dt.strftime("%Y-%m-%d")
    record = rows["run_id"].fillna("") + "-" + rows["rank"].fillna("")
    return rows.assign(record=record, contacted_on=rows["contacted_on"].fillna(own_day))


def _usable(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """The rows that say enough, and why the others do not."""
    problems = (
        ("rank", rows["customer_id"].isna(), "there is no such row in that worklist", "fill it in as it was written"),
        ("outcome", rows["outcome"].isna(), "filled in without an outcome", "fill in the outcome of the contact"),
        (
            "promised_on", (rows["outcome"] == "promise") & rows["promised_on"].isna(), "a promise without a day",
            "say by which day the payment is promised",
        ),
    )  # fmt: skip
    refused, fine = [], pd.Series(True, index=rows.index)
    for column, bad, rule, advice in problems:
        refused.append(_refusal(rows[fine & bad], column, rule, advice))
        fine &= ~bad
    return rows[fine], refused


def _contacts(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "contact_id": rows["record"],
            "customer_id": rows["customer_id"],
            "contacted_on": rows["contacted_on"],
            "channel": rows["contacted_by"].fillna(rows["channel"]),
            "outcome": rows["outcome"],
            "collector_id": rows["collector_id"],
            "minutes": rows["minutes_spent"],
            "propensity": rows["propensity"],
        }
    )


def _promises(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[rows["outcome"] == "promise"]
    collectible = rows["collectible_amount"].map(as_units)
    return pd.DataFrame(
        {
            "promise_id": rows["record"],
            "customer_id": rows["customer_id"],
            "made_on": rows["contacted_on"],
            "promised_on": rows["promised_on"],
            "amount": rows["promised_amount"].fillna(collectible),
        }
    )


def _disputes(rows: pd.DataFrame, advice: Advice) -> pd.DataFrame:
    """A row per disputed invoice: those that were named, else all that were overdue on the night; `open` says whether
    the invoice was open for the customer then."""
    rows = rows[rows["outcome"] == "dispute"]
    named = rows.assign(invoice_id=rows["disputed_invoices"].str.split(r"[\s,;]+")).explode("invoice_id")
    named = named[named["invoice_id"].notna() & (named["invoice_id"] != "")]
    of_customer = ["run_id", "customer_id"]
    overdue = advice.invoices[advice.invoices["days_past_due"] > 0]
    rest = rows[rows["disputed_invoices"].isna()].merge(overdue, on=of_customer)
    both = pd.concat([named, rest], ignore_index=True)
    known = both.merge(advice.invoices, how="left", on=[*of_customer, "invoice_id"], indicator=True)["_merge"]
    return pd.DataFrame(
        {
            "dispute_id": both["record"] + "-" + both["invoice_id"],
            "invoice_id": both["invoice_id"],
            "opened_on": both["contacted_on"],
            "reason": both["dispute_reason"],
            "record": both["record"],
            "open": (known == "both").to_numpy(),
        }
    )


def _refusal(rows: pd.DataFrame, column: str, rule: str, advice: str) -> pd.DataFrame:
    about = {"table": "worklist", "record": rows["record"], "column": column, "rule": rule, "value": rows[column]}
    return pd.DataFrame({**about, "advice": advice})
