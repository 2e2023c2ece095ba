"""A ledger judged partition by partition: what all partitions must know of the whole, and one verdict in the end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from configs.settings import LedgerSettings
from ledger.currencies import billed_currencies, counted, reporting_currency, without_rate
from ledger.fingerprint import Sums, fingerprint, row_sums
from ledger.partitioned.distribute import Layout, PlacedRows, is_in_any_partition, rates_of, rows_of
from ledger.partitioned.portfolio_files import load_portfolio, save_portfolio
from ledger.partitioned.shared_folder import SharedFolder
from ledger.portfolio import Portfolio, number
from ledger.reading.import_losses import ImportLosses
from ledger.reading.quarantine import write_quarantine
from ledger.reading.refusals import REFUSED_COLUMNS, no_refusals, stacked
from ledger.tables import TABLES
from ledger.validation.counts import reconcile, stop_above, too_many_refused, with_emptied, with_unreadable
from ledger.validation.judge import (
    RestOfLedger,
    Validation,
    Warned,
    accepted_customers,
    sentences,
    unreadable_keys,
    validate_part,
    validate_rates,
)
from ledger.validation.lost_money import cells_repaired, lost_at_import, money_not_used
from ledger.validation.verdicts import SuiteVerdict

REFUSED = "refused.parquet"
REPAIRED = "repaired.parquet"
NO_CUSTOMERS = (
    "the table customers has no rows: no name, country, address and no do_not_contact is known. Look at its export"
)
JUDGED = "judged"


@dataclass(frozen=True)
class WholeLedger:
    """What is known of a ledger once every row has its partition; `refused` and `repaired` are those of reading, and
    `losses` those of the import that wrote the ledger."""

    layout: Layout
    refused: pd.DataFrame
    repaired: pd.DataFrame
    losses: ImportLosses
    notes: tuple[str, ...]
    reporting_currency: str | None
    surroundings: RestOfLedger
    rates: Validation
    rules: LedgerSettings


@dataclass(frozen=True)
class JudgedPartition:
    """What was found in one partition; its accepted rows are on disk (`portfolio_of`), and so are the refused ones."""

    number: int
    counts: pd.DataFrame
    warned: tuple[Warned, ...]
    verdicts: tuple[SuiteVerdict, ...]
    sums: Sums


@dataclass(frozen=True)
class AcceptedLedger:
    """A ledger that passed, without its rows."""

    reporting_currency: str | None
    counts: pd.DataFrame
    notes: tuple[str, ...]
    data_hash: str
    refused_at_import: int

    @property
    def refused(self) -> int:
        """How many rows were refused, by the import of the ledger or now."""
        return int((self.counts["came"] - self.counts["used"]).sum()) + self.refused_at_import


def survey(
    layout: Layout,
    placed: Sequence[PlacedRows],
    billed: Counter[str],
    settings: LedgerSettings,
    notes: tuple[str, ...],
    losses: ImportLosses,
) -> WholeLedger:
    """What all partitions must know; `billed` counts the invoices of each currency."""
    refused = stacked([no_refusals(), *(one.refused for one in placed)])
    repaired = stacked([no_refusals(), *(one.repaired for one in placed)])
    rated = {currency for one in placed if one.table == "fx_rates" for currency in one.currencies}
    rates = validate_rates(rates_of(layout))
    accepted = rates.tables["fx_rates"]
    currency = reporting_currency(billed, accepted, settings, rated)
    several = {name: layout.keys(name).in_several_partitions() for name in TABLES}
    of_customers = [one.rows for one in placed if one.table == "customers"]
    surroundings = RestOfLedger(
        has_customers=any(of_customers),
        unreadable=unreadable_keys(refused),
        without_rate=without_rate(billed, accepted, settings, rated),
        reporting_currency=currency,
        fx_rates=accepted,
        repeated=several,
        is_abroad=partial(is_in_any_partition, layout),
    )
    emptied = [NO_CUSTOMERS] if of_customers and not any(of_customers) else []
    told = dict.fromkeys([*notes, *(note for one in placed for note in one.notes), *emptied])
    return WholeLedger(layout, refused, repaired, losses, tuple(told), currency, surroundings, rates, settings)


def stated_currencies(placed: Sequence[PlacedRows]) -> Counter[str] | None:
    """The invoices of each currency, where these state them all and none has to be looked up; else None."""
    of_invoices = [one for one in placed if one.table == "invoices"]
    customers_tell = any(one.currencies for one in placed if one.table == "customers")
    if customers_tell and any(one.some_without for one in of_invoices):
        return None
    return sum((one.currencies for one in of_invoices), Counter())


def looked_up_currencies(layout: Layout, partition: int, placed: Sequence[PlacedRows]) -> Counter[str]:
    """The invoices of each currency in a partition; of their customers' where they state none."""
    came = rows_of(layout, partition)
    unreadable = unreadable_keys(stacked([no_refusals(), *(one.refused for one in placed)]))
    customers = accepted_customers(came, unreadable)
    return counted(billed_currencies({"customers": customers, "invoices": came["invoices"]}))


def judge_rows(ledger: WholeLedger, partition: int) -> JudgedPartition:
    """Validate and number a partition; accepted and refused rows go to the disk."""
    judged = validate_part(rows_of(ledger.layout, partition), ledger.surroundings)
    folder = judged_folder(ledger, partition)
    save_portfolio(number(judged.tables, ledger.rules), folder)
    for file, listing in ((REFUSED, judged.refused), (REPAIRED, judged.repaired)):
        rows = listing.sort_values(list(REFUSED_COLUMNS))
        folder.write(file, partial(rows.to_parquet, index=False))
    sums = row_sums({name: frame for name, frame in judged.tables.items() if name != "fx_rates"})
    return JudgedPartition(partition, judged.counts, judged.warned, judged.verdicts, sums)


def portfolio_of(ledger: WholeLedger, partition: int) -> Portfolio:
    """The accepted rows of a partition that was judged."""
    return load_portfolio(judged_folder(ledger, partition), ledger.rules)


def judged_folder(ledger: WholeLedger, partition: int) -> SharedFolder:
    """Where the accepted and the refused rows of a partition lie."""
    return ledger.layout.folder / JUDGED / f"{partition:03}"


def accept(
    ledger: WholeLedger,
    parts: Sequence[JudgedPartition],
    settings: LedgerSettings,
    quarantine: Path | None,
) -> AcceptedLedger:
    """The verdict on the whole ledger; refused rows are written where a folder is given.

    With some of the parts it is the verdict on those, without the rows refused at reading, which are of no part.
    TooManyRefused where a table loses more than `max_quarantined_share` of its rows.
    """
    if quarantine is not None:
        write_quarantine(_listed_rows(ledger, parts), quarantine, _listed_cells(ledger, parts))
    counts = sum((part.counts for part in parts), ledger.rates.counts)
    if len(parts) == ledger.layout.partitions:
        counts = with_emptied(with_unreadable(counts, ledger.surroundings.unreadable), ledger.repaired)
    reconcile(counts)
    if too_many_refused(settings.max_quarantined_share, counts):
        stop_above(settings.max_quarantined_share, counts, stacked(list(all_refused_rows(ledger, parts))), quarantine)
    used = {str(name): int(rows) for name, rows in counts["used"].items()}
    warned = [*ledger.rates.warned, *(one for part in parts for one in part.warned)]
    warnings = sentences(warned, used)
    data_hash = fingerprint([row_sums({"fx_rates": ledger.surroundings.fx_rates}), *(part.sums for part in parts)])
    notes = (*ledger.notes, *_losses(ledger, parts), *warnings)
    return AcceptedLedger(ledger.reporting_currency, counts, notes, data_hash, len(ledger.losses.refused))


def all_verdicts(ledger: WholeLedger, parts: Sequence[JudgedPartition]) -> list[SuiteVerdict]:
    """What was found in all parts, and in the rates, which are of none."""
    return [*ledger.rates.verdicts, *(verdict for part in parts for verdict in part.verdicts)]


def _losses(ledger: WholeLedger, parts: Sequence[JudgedPartition]) -> list[str]:
    """What a night does not see: by import, by refused rows, and by cells that could not be used."""
    return [
        *lost_at_import(ledger.losses),
        *money_not_used(stacked(list(_listed_rows(ledger, parts)))),
        *cells_repaired(stacked(list(all_repaired_cells(ledger, parts)))),
    ]


def refusals_by_rule(ledger: WholeLedger, parts: Sequence[JudgedPartition]) -> pd.DataFrame:
    """How many rows each rule refused: table, rule, rows; the most frequent first."""
    counted = [part.groupby(["table", "rule"]).size() for part in _listed_rows(ledger, parts)]
    rows = pd.concat(counted).groupby(level=[0, 1]).sum().sort_values(ascending=False, kind="stable")
    return rows.rename("rows").reset_index()


def all_refused_rows(ledger: WholeLedger, parts: Sequence[JudgedPartition]) -> Iterator[pd.DataFrame]:
    """All refused rows, partition by partition; of a ledger in one partition sorted as a whole."""
    yield from _all_listed(ledger, parts, [ledger.refused, ledger.rates.refused], REFUSED)


def all_repaired_cells(ledger: WholeLedger, parts: Sequence[JudgedPartition]) -> Iterator[pd.DataFrame]:
    """All cells that could not be used, and blank records, in the same order."""
    yield from _all_listed(ledger, parts, [ledger.repaired, ledger.rates.repaired], REPAIRED)


def _listed_rows(ledger: WholeLedger, parts: Sequence[JudgedPartition]) -> Iterator[pd.DataFrame]:
    """All refused rows, and before them those that the import refused, which the ledger never had."""
    yield ledger.losses.refused
    yield from all_refused_rows(ledger, parts)


def _listed_cells(ledger: WholeLedger, parts: Sequence[JudgedPartition]) -> Iterator[pd.DataFrame]:
    yield ledger.losses.repaired
    yield from all_repaired_cells(ledger, parts)


def _all_listed(
    ledger: WholeLedger, parts: Sequence[JudgedPartition], of_reading: list[pd.DataFrame], file: str
) -> Iterator[pd.DataFrame]:
    first = stacked(of_reading).sort_values(list(REFUSED_COLUMNS))
    files = [judged_folder(ledger, part.number).file(file) for part in parts]
    if len(files) == 1:
        yield stacked([first, pd.read_parquet(files[0])]).sort_values(list(REFUSED_COLUMNS), ignore_index=True)
        return
    yield first
    yield from map(pd.read_parquet, files)
