"""A workbook of a data warehouse: a fact table with a row for each line of an invoice, and a sheet of receipts."""

from pathlib import Path

import openpyxl

from tests.support.erp.unseen.invented_books import Books


def write(books: Books, folder: Path) -> str:
    """Write the export; its file, as the command takes it. Tax is in a column of its own, and in no total."""
    book = openpyxl.Workbook(write_only=True)
    lines = book.create_sheet("FactInvoiceLine")
    lines.append(["Invoice Number", "Line No", "Customer Key", "Invoice Date", "Due Date", "Net Amount", "Tax Amount"])
    for bill in books.bills:
        for place, (net, tax) in enumerate(bill.lines, start=1):
            lines.append([bill.number, place, f"C-{bill.customer}", bill.issued, bill.due, float(net), float(tax)])
    receipts = book.create_sheet("Receipts")
    receipts.append(["Receipt No", "Customer Key", "Invoice Number", "Received On", "Amount Received", "Currency"])
    for one in books.receipts:
        receipts.append([f"R{one.number}", f"C-{one.customer}", one.bill, one.paid, float(one.amount), "USD"])
    book.save(folder / "receivables.xlsx")
    return str(folder / "receivables.xlsx")
