"""A simulated ledger as SAP's tables of customer items: what `configs/sources/sap` reads, written the other way round.

Payments clear their invoices with one line, or leave a residual item, or are payments in part that name their invoice
(the last two in turn). Lost on the way: promises, disputes, holds and instalments as such (an instalment is a line of
its own), contacts other than letters, how money was paid. A cancelled part becomes a credit note, a handover a loss.
"""

from collections import defaultdict
from datetime import date
from itertools import groupby
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import BookedItems, Item, Match, booked
from tests.support.erp.round_trip import Written

COMPANY = "1000"
KEYS = {
    "invoice": "01", "credit_note": "11", "cash": "15", "write_off": "17", "discount": "17", "cancellation": "11",
    "taken_back": "04",
}  # fmt: skip
TYPES = {"invoice": "RV", "credit_note": "RG", "cash": "DZ", "cancellation": "DG"}
SAME_DAY_CREDITS = ("cash", "write_off", "discount", "cancellation")
Line = dict[str, object]


class _Sap:
    """Documents and lines in the making; `opened` is the line on which an item is still open, by the item's number."""

    def __init__(self, books: BookedItems) -> None:
        self.books = books
        self.heads: dict[str, Line] = {}
        self.lines: list[Line] = []
        self.opened: dict[int, Line] = {}
        self.parts: dict[int, list[Line]] = defaultdict(list)  # payments in part of an item that are not cleared
        self.places: dict[str, int] = defaultdict(int)  # lines of each document
        self.own: dict[int, list[Match]] = defaultdict(list)  # what was set against an item when it was entered
        for match in books.matches:
            if (item := _own(match)) is not None:
                self.own[item.number].append(match)
        # A discount is in the line of the payment that took it.
        self.taken: dict[int, Item] = {}
        self.merged: set[int] = set()
        for item in books.items:
            paid = [match.debit for match in self.own[item.number]]
            if item.kind == "discount" and len(paid) == 1:
                self._merge(item, paid[0])

    def _merge(self, discount: Item, claim: Item) -> None:
        for money in self.books.items:
            of = self.own[money.number]
            same = (money.document, money.known, money.dated) == (discount.document, discount.known, discount.dated)
            if same and money.kind == "cash" and money.cents < 0 and [match.debit for match in of] == [claim]:
                self.taken[money.number] = discount
                self.merged.add(discount.number)
                of[0].cents += abs(discount.cents)
                money.cents += discount.cents
                money.own_cents += discount.cents
                return

    def head(self, number: str, kind: str, dated: date, known: date, currency: str = "EUR") -> str:
        self.heads[number] = {
            "MANDT": "100", "BUKRS": COMPANY, "BELNR": number, "GJAHR": str(known.year), "BLART": TYPES.get(kind, "AB"),
            "BLDAT": _day(dated), "BUDAT": _day(dated), "CPUDT": _day(known), "WAERS": currency, "HWAER": "EUR",
            "STBLG": "", "STJAH": "0000", "XREVERSAL": "",
        }  # fmt: skip
        return number

    def line(
        self, document: str, item: Item, key: str, cents: int, own: int | None = None, refers: Line | None = None,
        kind: str = "",
    ) -> Line:  # fmt: skip
        head = self.heads[document]
        self.places[document] += 1
        place = self.places[document]
        refers = refers or {}
        row: Line = {
            "BUKRS": COMPANY, "KUNNR": item.customer, "BELNR": document, "GJAHR": head["GJAHR"], "BUZEI": f"{place:03}",
            "BSCHL": key, "UMSKZ": "", "SHKZG": "S" if cents > 0 else "H", "cents": cents,
            "WRBTR": _money(cents if own is None else own), "DMBTR": _money(cents), "WSKTO": "0.00",
            "WAERS": item.currency if own is not None else "EUR", "BLART": head["BLART"], "BLDAT": head["BLDAT"],
            "BUDAT": head["BUDAT"], "CPUDT": head["CPUDT"], "ZFBDT": _day(item.dated),
            "ZBD1T": "0", "ZBD2T": "0", "ZBD3T": str(max((item.due - item.dated).days, 0)) if cents > 0 else "0",
            "REBZG": refers.get("BELNR", ""), "REBZJ": refers.get("GJAHR", "0000"),
            "REBZZ": refers.get("BUZEI", "000"), "REBZT": kind, "AUGDT": "00000000", "AUGBL": "", "AUGGJ": "",
        }  # fmt: skip
        self.lines.append(row)
        return row

    def clear(self, document: str, lines: list[Line]) -> None:
        head = self.heads[document]
        for line in lines:
            line |= {"AUGBL": document, "AUGDT": head["BUDAT"], "AUGGJ": head["GJAHR"]}

    def post(self, item: Item) -> None:
        """The item's document with what it was set against on its own day."""
        if item.number in self.merged:
            return
        first = len(self.lines)
        self.post_lines(item)
        if item.number in self.taken:
            self.lines[first]["WSKTO"] = _money(self.taken[item.number].cents)

    def post_lines(self, item: Item) -> None:
        of_day = self.own[item.number]
        number = self.number(item)
        if item.kind == "cancellation" and self.reverses(item, of_day, number):
            return
        if number not in self.heads:
            self.head(number, item.kind, item.dated, item.known, item.currency)
        document, key = number, self.key(item)
        if not of_day:
            refers = self.taken_from(item)
            self.opened[item.number] = self.line(document, item, key, item.cents, item.own_cents, refers)
            return
        whole = [match for match in of_day if self.left(_other(match, item)) == match.cents]
        rest = abs(item.cents) - sum(match.cents for match in whole)
        sign = 1 if item.cents > 0 else -1
        if whole:  # one line for all that is cleared whole
            cents = sign * sum(match.cents for match in whole)
            own = item.own_cents if not rest else None
            others = [line for match in whole for line in self.whole(_other(match, item))]
            self.clear(document, [self.line(document, item, key, cents, own), *others])
        for match in of_day:
            if any(match is one for one in whole):
                continue
            other = _other(match, item)
            rest -= match.cents
            refers = self.opened[other.number]
            if item.kind == "cash" and sign < 0 and item.number % 2:
                part = self.line(document, item, "15", -match.cents, refers=refers, kind="Z")
                self.parts[other.number].append(part)
            else:
                line = self.line(document, item, key, sign * match.cents)
                self.residual(document, other, match.cents)
                self.clear(document, [line])
        if rest:
            self.opened[item.number] = self.line(document, item, key, sign * rest)

    def number(self, item: Item) -> str:
        """The document's number: the simulator's own for an invoice, whose instalments are lines of one document."""
        if item.kind in ("invoice", "credit_note"):
            return item.document
        return f"C{item.document}" if item.kind == "cancellation" else f"B{item.number:07}"

    def key(self, item: Item) -> str:
        return "05" if item.kind == "cash" and item.cents > 0 else KEYS[item.kind]

    def taken_from(self, item: Item) -> Line | None:
        """The invoice that a claim which is taken back names."""
        if item.kind != "taken_back":
            return None
        first = self.number(self.books.claims[item.document][0])
        return next(line for line in self.lines if line["BELNR"] == first)

    def left(self, item: Item) -> int:
        lines = [self.opened[item.number], *self.parts[item.number]]
        return abs(sum(int(line["cents"]) for line in lines))  # type: ignore[call-overload]

    def whole(self, item: Item) -> list[Line]:
        """All open lines of an item, which are cleared now."""
        return [self.opened.pop(item.number), *self.parts.pop(item.number, [])]

    def residual(self, document: str, item: Item, cents: int) -> None:
        """The item's line is cleared but for a residual item."""
        rest = self.left(item) - cents
        lines = self.whole(item)
        self.clear(document, lines)
        if rest:
            sign, key = (1, "06") if item.cents > 0 else (-1, "16")
            self.opened[item.number] = self.line(document, item, key, sign * rest, refers=lines[0], kind="V")

    def reverses(self, item: Item, of_day: list[Match], number: str) -> bool:
        """A whole invoice of one line is reversed by a document of the same line on the other side."""
        claims = self.books.claims[item.document]
        if len(claims) > 1 or len(of_day) != 1 or of_day[0].cents != claims[0].cents or self.parts[claims[0].number]:
            return False
        first = self.heads[self.number(claims[0])]
        document = self.head(number, "invoice", item.dated, item.known)
        self.heads[document] |= {"STBLG": first["BELNR"], "STJAH": first["GJAHR"], "XREVERSAL": "2"}
        first |= {"STBLG": document, "STJAH": self.heads[document]["GJAHR"], "XREVERSAL": "1"}
        self.clear(document, [self.line(document, item, "12", item.cents), *self.whole(claims[0])])
        return True

    def set_against(self, match: Match) -> None:
        """A clearing document without lines of its own, but for what it leaves of either side."""
        document = self.head(f"A{len(self.heads):07}", "clearing", match.known, match.known)
        for item in (match.debit, match.credit):
            self.residual(document, item, match.cents)


def _own(match: Match) -> Item | None:
    """The item that was set against the other when it was entered."""
    if match.credit.kind in SAME_DAY_CREDITS and match.credit.known == match.known:
        return match.credit
    return match.debit if match.debit.kind == "cash" and match.debit.known == match.known else None


def _other(match: Match, item: Item) -> Item:
    return match.debit if match.credit is item else match.credit


def _day(value: date) -> str:
    return value.strftime("%Y%m%d")


def _money(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02}"


def write(tables: Tables, folder: Path) -> Written:
    """BSID, BSAD, BKPF, KNA1, KNB1, ADR6, MHNK and TCURR as CSV files, texts as SAP has them."""
    books = booked(tables)
    sap = _Sap(books)
    later = [match for match in books.matches if _own(match) is None]
    # A loss is taken back before the money for it is set against it.
    items = sorted(books.items, key=lambda item: (item.known, item.kind in SAME_DAY_CREDITS))
    for _, events in groupby(sorted([*items, *later], key=lambda event: event.known), key=lambda event: event.known):
        of_day = list(events)
        for event in of_day:
            if isinstance(event, Item):
                sap.post(event)
        for event in of_day:
            if isinstance(event, Match):
                sap.set_against(event)
    lines = pd.DataFrame(sap.lines).drop(columns="cents")
    cleared = lines["AUGBL"] != ""
    lines[~cleared].to_csv(folder / "bsid.csv", index=False)
    lines[cleared].to_csv(folder / "bsad.csv", index=False)
    pd.DataFrame(sap.heads.values()).to_csv(folder / "bkpf.csv", index=False)
    customers = tables["customers"]
    numbers = [f"{place:010}" for place in range(len(customers))]
    pd.DataFrame(
        {
            "KUNNR": customers["customer_id"], "LAND1": customers["country"], "NAME1": customers["name"],
            "KONZS": customers["parent_id"], "TELF1": customers["phone"], "ADRNR": numbers,
            "ERDAT": customers["onboarded_on"].dt.strftime("%Y%m%d"),
        }
    ).to_csv(folder / "kna1.csv", index=False)  # fmt: skip
    pd.DataFrame({"ADDRNUMBER": numbers, "SMTP_ADDR": customers["email"]}).to_csv(folder / "adr6.csv", index=False)
    contacts = tables["contacts"]
    letters = contacts.loc[
        contacts["channel"] == "letter", ["customer_id", "contacted_on", "channel"]
    ].drop_duplicates()
    pd.DataFrame(
        {
            "LAUFD": letters["contacted_on"].dt.strftime("%Y%m%d"), "LAUFI": "DUN01", "KOART": "D", "BUKRS": COMPANY,
            "KUNNR": letters["customer_id"], "MAHNS": "1", "AUSDT": letters["contacted_on"].dt.strftime("%Y%m%d"),
        }
    ).to_csv(folder / "mhnk.csv", index=False)  # fmt: skip
    rates = tables["fx_rates"]
    pd.DataFrame(
        {
            "KURST": "M", "FCURR": rates["currency"], "TCURR": "EUR", "UKURS": rates["rate"], "FFACT": 1, "TFACT": 1,
            "GDATU": 99999999 - rates["on"].dt.strftime("%Y%m%d").astype(int),
        }
    ).to_csv(folder / "tcurr.csv", index=False)  # fmt: skip
    return Written({one: one for one in customers["customer_id"]}, letters)
