"""Two files of a Dutch accounting package: semicolons, decimal commas, cp1252, a title, a line of totals."""

from decimal import Decimal
from pathlib import Path

from tests.support.erp.unseen.invented_books import Books

TITLE = "Verkoopboek 2023-2024 – Brouwerij De Zwaluw"


def write(books: Books, folder: Path) -> str:
    """Write the export; its folder, as the command takes it. Customer 7 is 00007 in the one file and 7 in the other."""
    bills = [
        f"VF{bill.number:06};{bill.customer:05};Café Nº {bill.customer};{bill.issued:%d-%m-%Y};{bill.due:%d-%m-%Y};"
        f"{_money(sum((net for net, _ in bill.lines), Decimal(0)))};{_money(bill.amount)};EUR"
        for bill in books.bills
    ]
    total = f"Totaal;;;;;;{_money(sum((bill.amount for bill in books.bills), Decimal(0)))};"
    head = "Factuurnr;Debiteurnr;Naam;Factuurdatum;Vervaldatum;Bedrag excl;Bedrag incl;Valuta"
    _write(folder / "verkoopboek.csv", [TITLE, "", head, *bills, total])
    receipts = [
        f"B{one.number};{one.paid:%d-%m-%Y};{one.customer};"
        f"{'' if one.bill is None else f'VF{one.bill:06}'};{_money(one.amount)};bank"
        for one in books.receipts
    ]
    _write(folder / "bankboek.csv", ["Boekstuk;Datum ontvangst;Debiteurnr;Factuurnr;Ontvangen;Wijze", *receipts])
    return str(folder)


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _write(path: Path, lines: list[str]) -> None:
    path.write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
