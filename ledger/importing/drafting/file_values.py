"""The columns of one file as a mapping writes them, with what is unsure about each."""

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ledger.importing.cells.amounts import read_amounts
from ledger.importing.cells.currency_marks import CODE_OF_SIGN
from ledger.importing.drafting.column_names import words_of
from ledger.importing.drafting.currency_words import code_of_sign, is_code, named_currency
from ledger.importing.drafting.draft import TO_FILL_IN, Chosen, Draft
from ledger.importing.drafting.guess_dates import NOTHING, Dates, decided
from ledger.importing.drafting.guess_formats import Cells, form_of, is_serial, numbers_in
from ledger.importing.drafting.looking.look_at_export import Looked
from ledger.importing.drafting.roles_of_columns import AMOUNTS, DATES, Role
from ledger.reading.iso_codes import CURRENCIES

TOTALS = r"(?i)\s*(grand )?(total|totals|summe|gesamt|gesamtsumme|totale|totaal|suma|razem|sum|saldo|somme)\b.*"
OF_CREDIT = ("h", "c", "cr", "credit", "haben", "-", "haber", "avere", "k", "ma")
CENTS = frozenset(("cent", "cents", "centimes", "centimos", "centesimi", "pence", "rappen", "grosze", "ore", "minor"))
MOSTLY, RARELY = 0.8, 0.05
FEWEST_GROUPS = 2
NEEDED = {
    "invoice_id": "the number of the invoice", "customer_id": "the number of the customer",
    "issued_on": "the date of the invoice", "amount": "the amount", "paid_on": "the date of the payment",
    "paid_amount": "the amount paid",
}  # fmt: skip
LEDGER_NAME = {"paid_amount": "amount"}


class FileValues:
    """What the columns of a file with roles become; the file is noted in the draft, with the form of its cells.

    `others` are the files of the same export, which one hand writes one way.
    """

    def __init__(self, look: Looked, roles: dict[str, Role], draft: Draft, others: Sequence[Looked] = ()) -> None:
        self.look, self.roles, self.draft, self.others = look, roles, draft, others
        self.ids_are_names = False
        amounts = [self.cells(role) for role in AMOUNTS if role in roles]
        self.form, unsure = form_of(amounts, look.whole or look.kind != "csv")
        self.dates = {role: self._dates(role) for role in DATES if role in roles}
        keys = dict(look.keys)
        if self.form.decimal_comma:
            keys["decimal_comma"] = True
        if self.form.thousands:
            keys["thousands"] = self.form.thousands
        if self.form.signs:
            keys["signs"] = dict(self.form.signs)
        spoken = {dates.language for dates in self.dates.values() if dates.language}
        if spoken:
            keys["language"] = sorted(spoken)[0]
        draft.files[look.name] = Chosen(keys, [*look.unsure, *unsure])

    @property
    def file(self) -> str:
        return self.look.name

    def has(self, role: str) -> bool:
        return role in self.roles

    def column(self, role: str) -> str | None:
        """The export's column of a role."""
        return self.roles[role].column if role in self.roles else None

    def cells(self, role: str) -> Cells:
        return self.look.columns[self.roles[role].column]

    def plain(self, role: str) -> Chosen:
        """The column as it is; as a text to fill in where it is not there."""
        if role not in self.roles:
            return Chosen(TO_FILL_IN)
        return Chosen(self.roles[role].column, list(self.roles[role].unsure))

    def of(self, role: str) -> Chosen:
        """The column with the form of its cells."""
        chosen = self.plain(role)
        if role in self.dates:
            return self._dated(role, chosen)
        cells = self.cells(role)
        empty = {text: "" for text in cells.unlike if role in AMOUNTS and text.casefold() in NOTHING - {"0"}}
        if empty:
            chosen.value = {"column": chosen.value, "values": empty}
        if role in AMOUNTS and (texts := cells.no_amounts):
            chosen.unsure.append(f"some cells are no amounts, such as {texts[0][:40]!r}: their rows will be refused")
        if role in AMOUNTS and _in_cents(cells):
            chosen.unsure.append(
                f"{cells.name!r} seems to be in cents, and would come in a hundred times too large: divide it by 100 "
                f"in a query, as docs/mapping.md shows"
            )
        return chosen

    def needed(self, role: str, table: str) -> Chosen:
        """As `of`; where the file has no such column, a text to fill in, which the draft names as missing."""
        if role in self.roles:
            return self.of(role)
        if role == "customer_id" and "name" in self.roles:
            self.ids_are_names = True
            return Chosen(self.column("name"), ["customers have no number here: two of the same name become one"])
        name = LEDGER_NAME.get(role, role)
        head = self._head_of_a_group() if role == "customer_id" else None
        what_to_do = (
            f"Name it under `{table}` where it says {TO_FILL_IN!r}, or export it, too"
            if head is None
            else f"{head[:40]!r} is in a line of its own above its rows: export the list with it in each row"
        )
        self.draft.missing.append(
            f"{table}.{name}: no column of {self.look.shown} is clearly {NEEDED.get(role, name)}. {what_to_do}"
        )
        return Chosen(TO_FILL_IN, [f"no column was found for {NEEDED.get(role, name)}: fill it in"])

    def _head_of_a_group(self) -> str | None:
        """A text that is alone in its row, above rows without it; None where the list is not grouped so."""
        frame = self.look.frame
        alone = frame.notna().sum(axis=1) == 1
        heads = frame.loc[alone & frame.iloc[:, 0].notna()].iloc[:, 0]
        rest = frame.loc[~alone].iloc[:, 0]
        grouped = len(heads) >= FEWEST_GROUPS and rest.isna().mean() > RARELY
        return str(heads.iloc[0]) if grouped else None

    def difference(self, first: str, second: str) -> Chosen:
        return Chosen({"difference": [self.column(first), self.column(second)]}, self.plain(first).unsure)

    def currency(self, says: bool = True) -> Chosen | None:
        """Where the currency comes from: a column, the amounts' own signs, or the name of their column."""
        if "currency" in self.roles:
            chosen = self.plain("currency")
            texts = [str(one) for one in self.cells("currency").unlike if not is_code(one)]
            codes = {one: code for one in texts if (code := named_currency(one)) is not None}
            if codes:
                chosen.value = {"column": chosen.value, "values": codes}
            return chosen
        role = next((one for one in ("amount", "paid_amount", "debit") if one in self.roles), None)
        if role is None:
            return None
        column, named = str(self.column(role)), self.cells(role).currencies
        if named:
            signs = {sign: code_of_sign(sign) for sign in named if sign not in CURRENCIES}
            value: dict[str, Any] = {"currency_of": column}
            unsure = [
                f"{sign} is taken for {code}, and is the sign of other currencies, too" for sign, code in signs.items()
            ]
            if signs:
                value["values"] = signs
            whole = len(self.cells(role).text) == self.look.frame[column].notna().sum() and _all_named(self, role)
            if not whole:
                code = signs.get(named[0], named[0])
                return Chosen(
                    {"first_of": [value, {"constant": code}]}, [*unsure, f"amounts without a sign are {code}"]
                )
            return Chosen(value, unsure if says else [])
        in_name = [
            word.upper() for word in re.findall(r"[A-Za-z]{3}", column) if word.upper() in CURRENCIES and word.isupper()
        ]
        in_name += [CODE_OF_SIGN[sign] for sign in CODE_OF_SIGN if not sign.isalpha() and sign in column]
        return Chosen({"constant": in_name[0]}) if in_name else None

    def real_rows(self, role: str = "invoice_id") -> list[dict[str, Any]]:
        """Conditions that leave out lines of totals, repeated column names, and lines without a number."""
        if role not in self.roles:
            return []
        column, cells = str(self.column(role)), self.cells(role)
        found: list[dict[str, Any]] = []
        if len(cells.text) < cells.rows:
            found.append({"column": column, "not_empty": True})
        # Lists that were printed page by page have the names of their columns on each.
        words = [text for text in cells.counts.index if re.fullmatch(TOTALS, text) or text == column][:5]
        return found + [{"not": {"column": column, "equals": word}} for word in words]

    def above(self, role: str) -> dict[str, Any]:
        """The condition that the amount of a role is more than nothing."""
        return {"column": self.column(role), "above": 0}

    def mostly_negative(self, role: str) -> bool:
        """Whether more than half of the amounts of a role are negative."""
        return self.negative_rows(role) > 0.5

    def numbers(self, role: str) -> "pd.Series[float]":
        """The amounts of a role by their row."""
        return numbers_in(self.cells(role), self.form)

    def debit_less_credit(self) -> "pd.Series[float]":
        """What each row adds by its two columns; nothing where both are empty."""
        rows = self.look.frame.index
        debit, credit = (self.numbers(role).reindex(rows).fillna(0) for role in ("debit", "credit"))
        return debit - credit

    def negative_rows(self, role: str) -> float:
        """The share of amounts below zero."""
        if role not in self.roles:
            return 0
        numbers = self.numbers(role)
        return float((numbers < 0).mean()) if len(numbers) else 0

    def mean_sign(self, role: str, column: str, among: Sequence[str]) -> int:
        """1 where most amounts of these rows are above zero, -1 where most are below, 0 where there are none."""
        if role not in self.roles:
            return 0
        rows = self.look.frame[column].isin(list(among))
        numbers = self.numbers(role)
        numbers = numbers[rows.reindex(numbers.index)]
        above, below = int((numbers > 0).sum()), int((numbers < 0).sum())
        return (above > below) - (above < below)

    def credit_sign(self, opposite: bool = False) -> dict[str, Any]:
        """The condition that the column of debit and credit says credit, or debit."""
        values = [str(value) for value in self.cells("sign").counts.index]
        credit = next((value for value in values if value.casefold() in OF_CREDIT), values[-1])
        condition: dict[str, Any] = {"column": self.column("sign"), "equals": credit}
        return {"not": condition} if opposite else condition

    def empty_rows(self, role: str, among: tuple[str, list[str]] | None) -> int:
        """How many rows have no such cell, of those where a column has one of some values."""
        frame = self.look.frame
        numbers = frame[str(self.column("invoice_id"))] if "invoice_id" in self.roles else frame.iloc[:, 0]
        rows = numbers.notna() & ~numbers.str.fullmatch(TOTALS, na=False)
        if among is not None:
            rows &= frame[among[0]].isin(among[1])
        elif "debit" in self.roles and "credit" in self.roles:
            rows &= self.numbers("debit").reindex(frame.index).fillna(0) > 0
        cells = frame[str(self.column(role))]
        nothing = self.dates[role].nothing if role in self.dates else ()
        return int((rows & (cells.isna() | cells.isin(list(nothing)))).sum())

    def all_rows(self) -> "pd.Series[bool]":
        return pd.Series(True, index=self.look.frame.index)

    def unnamed(self, rows: "pd.Series[bool]", invoices: "FileValues") -> list[str]:
        """What to say where payments, in these rows, name no invoice, or what is no number of an invoice."""
        if "invoice_id" not in invoices.roles:
            return []
        cells = self.look.frame.loc[rows, str(self.column("invoice_ref"))]
        named, numbers = cells.dropna(), invoices.look.frame[str(invoices.column("invoice_id"))].dropna()
        strangers = named[~named.isin(set(numbers))]
        said = []
        if len(named) < MOSTLY * len(cells):
            said.append(
                f"{len(cells) - len(named)} of {len(cells)} payments of the sample name no invoice: they are unapplied "
                f"cash, and say nothing of how late a customer pays"
            )
        least = MOSTLY if self.look.whole and invoices.look.whole else RARELY
        if len(named) and 1 - len(strangers) / len(named) < least and len(numbers):
            said.append(
                f"{1 - len(strangers) / len(named):.0%} of its values are invoices of {invoices.look.shown}: it has "
                f"{strangers.iloc[0][:40]!r}, where {numbers.iloc[0][:40]!r} is a number there"
            )
        return said

    def repeats(self, role: str) -> bool:
        return role in self.roles and self.cells(role).distinct < len(self.cells(role).text)

    def _dates(self, role: str) -> Dates:
        own = self.cells(role).dates or is_serial(self.cells(role))
        assert own is not None
        for files in ([self.look], self.others):
            cells = [cells.dates for look in files for cells in look.columns.values()]
            own = decided(own, [dates for dates in cells if dates is not None])
        return own

    def _dated(self, role: str, chosen: Chosen) -> Chosen:
        dates = self.dates[role]
        value: dict[str, Any] = {"column": chosen.value}
        if dates.formats:
            value["format"] = dates.formats[0] if len(dates.formats) == 1 else list(dates.formats)
        if dates.nothing:
            value["values"] = dict.fromkeys(dates.nothing, "")
        if dates.other is not None:
            chosen.unsure.append(
                f"day or month first? Every cell can be read both ways, such as {self.cells(role).unlike.iloc[0]}. "
                f"Keep {dates.formats[0]!r}, or write {dates.other!r}"
            )
        if dates.unread:
            chosen.unsure.append(
                f"{dates.unread} cells of the sample are no dates in this form, such as {dates.example[:40]!r}"
            )
        chosen.value = value if len(value) > 1 else chosen.value
        return chosen


def _in_cents(cells: Cells) -> bool:
    """Whether a column is called so, and no cell has decimals."""
    return bool(CENTS & set(words_of(cells.name))) and not cells.unlike.str.contains("[.,]").any()


def _all_named(values: FileValues, role: str) -> bool:
    return bool(read_amounts(values.cells(role).amount_texts, values.form).currencies.notna().all())
