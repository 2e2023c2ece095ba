"""Sentences on what a night cannot see: refused money by customer, repaired cells, and what the import lost."""

import json
from decimal import Decimal
from typing import Any

import pandas as pd

from configs.language import counted
from ledger.minor_units import decimals, written_decimals
from ledger.reading.import_losses import ImportLosses
from ledger.reading.parsing import to_money
from ledger.validation.rules import REPEATED

NAMED = 10  # customers in a sentence; the rest is added up
MISSED = {"invoices": "is not on this list", "payments": "was paid and is not taken off"}


def money_not_used(refused: pd.DataFrame) -> list[str]:
    """A sentence for invoices and one for payments that were refused: how many, and how much of whom.

    A copy that was refused lost nothing, and rows of one key count once, with the largest amount.
    """
    rows = refused[refused["table"].isin(list(MISSED)) & (refused["rule"] != REPEATED)]
    if rows.empty:
        return []
    money = _money(rows)
    return [_sentence(name, money[money["table"] == name]) for name in MISSED if (money["table"] == name).any()]


def cells_repaired(repaired: pd.DataFrame) -> list[str]:
    """A sentence on the cells that could not be used, where there are any."""
    if repaired.empty:
        return []
    if len(repaired) == 1:
        return [
            f"1 cell could not be used and was left empty or replaced ({by_rule(repaired)}); its row is used. It is in "
            f"quarantine/repaired"
        ]
    return [
        f"{len(repaired):,} cells could not be used and were left empty or replaced ({by_rule(repaired)}); their rows "
        f"are used. Each is in quarantine/repaired"
    ]


def lost_at_import(losses: ImportLosses) -> list[str]:
    """Sentences on what the ledger's own import left out."""
    told = []
    if len(losses.refused):
        rows = counted("{count} row", "{count} rows", len(losses.refused))
        told.append(
            f"the import of this ledger refused {rows} ({by_rule(losses.refused)}): no "
            f"night sees {'it' if len(losses.refused) == 1 else 'them'}. Correct the export or the mapping and import "
            f"again"
        )
    if len(losses.repaired):
        cells = counted("{count} cell", "{count} cells", len(losses.repaired))
        told.append(f"the import of this ledger left {cells} empty that it could not read ({by_rule(losses.repaired)})")
    return told


def by_rule(listing: pd.DataFrame) -> str:
    """The tables and rules of a listing with their numbers, the most frequent first."""
    often = listing.groupby(["table", "rule"]).size().sort_values(ascending=False, kind="stable")
    return ", ".join(f"{table}: {rule} {rows:,}" for (table, rule), rows in zip(often.index, often, strict=True))


def _money(rows: pd.DataFrame) -> pd.DataFrame:
    """Table, customer, currency and amount of refused rows (minor units), which is missing where it cannot be read."""
    cells = [json.loads(row) for row in rows["row"]]
    told = {
        name: pd.Series([cell.get(name) for cell in cells], index=rows.index, dtype="str")
        for name in ("customer_id", "currency", "amount")
    }
    amounts, _ = to_money(told["amount"])
    frame = rows[["table", "record"]].assign(
        customer=told["customer_id"].fillna("unnamed customers"),
        currency=told["currency"].fillna(""),
        money=amounts.to_numpy(),
    )
    keyed = frame["record"].fillna("") != ""
    by_size = frame[keyed].assign(size=frame["money"].abs()).sort_values(["size", "customer", "currency"])
    largest = by_size.drop_duplicates(["table", "record"], keep="last").drop(columns="size")
    return pd.concat([largest, frame[~keyed]])


def _sentence(table: str, money: pd.DataFrame) -> str:
    by_customer = money.dropna(subset=["money"]).groupby(["customer", "currency"])["money"].sum()
    by_customer = by_customer.sort_index().sort_values(key=abs, ascending=False, kind="stable")
    parts = [
        f"{_units(amount, currency)} of {customer}{f' ({currency})' if currency else ''} {MISSED[table]}"
        for (customer, currency), amount in zip(by_customer.index[:NAMED], by_customer[:NAMED], strict=True)
    ]
    rest = by_customer[NAMED:]
    if len(rest):
        sums = rest.groupby(level="currency").sum()
        amounts = " and ".join(f"{_units(amount, currency)} {currency}".strip() for currency, amount in sums.items())
        parts.append(f"nor are {amounts} of {len(rest):,} more customers")
    unread = int(money["money"].isna().sum())
    if unread:
        parts.append(f"of {unread:,} the amount cannot be read")
    return f"{table}: {len(money):,} {'was' if len(money) == 1 else 'were'} refused: {'; '.join(parts)}"


def _units(amount: int, currency: Any) -> str:
    return f"{Decimal(int(amount)).scaleb(-decimals()):,.{written_decimals(currency)}f}"
