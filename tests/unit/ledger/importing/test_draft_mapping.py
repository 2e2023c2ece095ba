"""A drafted mapping loads, imports clear exports without editing, and says at its place what no one can know."""

import json
import random
import sqlite3
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ledger.simulator import simulate
from tests.support.sources.drafts import cells, drafted, imported

GERMAN = """Offene und ausgeglichene Posten per 30.06.2024
Rechnungsnr.;Kundennr.;Kunde;Rechnungsdatum;Fälligkeit;Betrag in EUR;Ausgeglichen am;Sachbearbeiter
R1001;K10;Müller GmbH;05.01.2024;04.02.2024;1.234,50;12.02.2024;Jäger
R1002;K10;Müller GmbH;20.01.2024;19.02.2024;800,00;;Jäger
R1003;K11;Schulze & Söhne;22.03.2024;21.04.2024;2.310,00;25.04.2024;Weiß
G1004;K11;Schulze & Söhne;25.03.2024;25.03.2024;-210,00;;Weiß
"""
AMERICAN = """InvoiceID,CustomerName,CustomerKey,InvoiceDate,DueDate,InvoiceTotal,PaidDate
1,"Acme, Inc.",C-1,1/15/2024,2/14/2024,"$1,234.00",2/20/2024
2,"Acme, Inc.",C-1,3/4/2024,4/3/2024,$88.50,
3,Bolt,C-2,12/31/2023,1/30/2024,"$12,000.00",1/30/2024
"""
FRENCH = {
    "clients.csv": "Code client;Raison sociale;Pays;Téléphone\nC1;Société Durand;FR;01 02\nC2;Martin SA;FR;\n",
    "factures.csv": "N° facture;Code client;Date facture;Date échéance;Montant TTC;Montant HT;Devise\n"
    "F1;C1;15/01/2024;14/02/2024;1 200,00;1 000,00;EUR\nF2;C2;20/02/2024;21/03/2024;99,50;83,00;EUR\n",
    "reglements.csv": "N° règlement;N° facture;Date règlement;Montant;Mode de règlement\n"
    "R1;F1;16/02/2024;1 200,00;VIR\nR2;F2;01/04/2024;50,00;CHQ\n",
}
BOOKS = """Doc No,Account,Posting Date,Due Date,Debit,Credit,Applies to
100,A1,2024-01-05,2024-02-05,500.00,,
101,A2,2024-01-09,2024-02-09,70.25,,
200,A1,2024-02-07,,,300.00,100
"""
AMBIGUOUS = """invoice no,customer,date,due,amount,paid on
1,A,03/04/2024,05/06/2024,100.00,07/06/2024
2,B,01/02/2024,02/03/2024,50.00,
"""
TYPED = """Number,Client,Issued,Terms,Gross,VAT,Type,Applied to
1,A,13 Jan 2024,Net 30,"1,200.00",200.00,Invoice,
2,B,20 Feb 2024,2% 10 net 45,50.00,8.00,Invoice,
3,B,21 Feb 2024,Net 30,10.00,2.00,Credit Note,2
4,A,22 Feb 2024,,100.00,,Payment,1
5,A,22 Feb 2024,,100.00,,Journal,
"""
LINES = """Invoice Number,Customer ID,Invoice Date,Product,Qty,Line Amount,Terms,Paid Date
INV-1,C1,2024-01-05,Bolt,10,100.00,30,2024-02-09
INV-1,C1,2024-01-05,Nut,5,25.50,30,2024-02-09
INV-2,C2,2024-01-25,Nut,5,25.50,60,
"""


# Each line has the total of its invoice; the name of the account is no customer.
REPEATED = """ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,Description,Currency,Type{paid}
Miller,INV-1,2024-01-05,2024-02-05,100.00,Bolt,GBP,Sales invoice{on}
Miller,INV-1,2024-01-05,2024-02-05,100.00,Nut,GBP,Sales invoice{on}
Bolt,INV-2,2024-01-25,2024-02-25,80.00,Bolt,GBP,Sales invoice{no}
Bolt,CN-3,2024-01-26,2024-01-26,-30.00,Bolt,GBP,Sales credit note{no}
"""


def test_a_german_list_with_settlement_dates_comes_in_without_editing(tmp_path: Path) -> None:
    (tmp_path / "op.csv").write_bytes(GERMAN.encode("cp1252"))
    tables = imported(tmp_path / "op.csv", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "kind", "issued_on", "due_on", "amount", "currency") == [
        ["R1001", "invoice", "2024-01-05", "2024-02-04", "1234.50", "EUR"],
        ["R1002", "invoice", "2024-01-20", "2024-02-19", "800.00", "EUR"],
        ["R1003", "invoice", "2024-03-22", "2024-04-21", "2310.00", "EUR"],
        ["G1004", "credit_note", "2024-03-25", "2024-03-25", "-210.00", "EUR"],
    ]
    assert cells(tables["payments"], "invoice_id", "paid_on", "amount") == [
        ["R1001", "2024-02-12", "1234.50"],
        ["R1003", "2024-04-25", "2310.00"],
    ]
    assert list(tables["customers"]["name"]) == ["Müller GmbH", "Schulze & Söhne"]


def test_dollars_and_months_first_are_read_where_the_days_prove_it(tmp_path: Path) -> None:
    (tmp_path / "fact.csv").write_text(AMERICAN)
    tables = imported(tmp_path / "fact.csv", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "customer_id", "issued_on", "amount", "currency") == [
        ["1", "C-1", "2024-01-15", "1234.00", "USD"],
        ["2", "C-1", "2024-03-04", "88.50", "USD"],
        ["3", "C-2", "2023-12-31", "12000.00", "USD"],
    ]
    text = (tmp_path / "mapping.yaml").read_text()
    assert "unsure: $ is taken for USD" in text
    assert "month first" not in text


def test_three_french_files_are_known_by_their_columns_and_payers_come_from_the_invoices(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    for name, text in FRENCH.items():
        (export / name).write_text(text, "utf-8")
    tables = imported(export, tmp_path)
    assert cells(tables["payments"], "payment_id", "invoice_id", "customer_id", "paid_on", "amount", "method") == [
        ["R1", "F1", "C1", "2024-02-16", "1200.00", "VIR"],
        ["R2", "F2", "C2", "2024-04-01", "50.00", "CHQ"],
    ]
    assert cells(tables["invoices"], "invoice_id", "amount") == [["F1", "1200.00"], ["F2", "99.50"]]
    assert list(tables["customers"]["country"]) == ["FR", "FR"]
    assert "factures.csv: Montant HT" in (tmp_path / "mapping.yaml").read_text("utf-8")


def test_debits_become_invoices_and_credits_payments(tmp_path: Path) -> None:
    (tmp_path / "books.csv").write_text(BOOKS)
    tables = imported(tmp_path / "books.csv", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "amount") == [["100", "500.00"], ["101", "70.25"]]
    assert cells(tables["payments"], "payment_id", "invoice_id", "amount") == [["200", "100", "300.00"]]
    assert "credit notes" in (tmp_path / "mapping.yaml").read_text()


def test_days_that_could_be_months_are_marked_with_both_formats(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(AMBIGUOUS)
    text, said = drafted(tmp_path / "e.csv", tmp_path)
    lines = " ".join(text.replace("#", "").split())
    assert lines.count("day or month first?") == 3
    assert "%d/%m/%Y" in lines
    assert "%m/%d/%Y" in lines
    assert "invoices.issued_on: day or month first?" in said


def test_one_day_above_twelve_anywhere_in_the_file_settles_the_order(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(AMBIGUOUS.replace("07/06/2024", "06/30/2024"))
    tables = imported(tmp_path / "e.csv", tmp_path)
    assert "month first" not in (tmp_path / "mapping.yaml").read_text()
    assert cells(tables["invoices"], "issued_on") == [["2024-03-04"], ["2024-01-02"]]


def test_types_make_invoices_credit_notes_and_payments_and_terms_make_due_dates(tmp_path: Path) -> None:
    (tmp_path / "docs.csv").write_text(TYPED)
    tables = imported(tmp_path / "docs.csv", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "kind", "due_on", "amount") == [
        ["1", "invoice", "2024-02-12", "1200.00"],
        ["2", "invoice", "2024-04-05", "50.00"],
        ["3", "credit_note", "2024-03-22", "-10.00"],
    ]
    assert cells(tables["payments"], "payment_id", "invoice_id", "amount") == [["4", "1", "100.00"]]
    assert cells(tables["adjustments"], "invoice_id", "amount") == [["2", "10.00"], ["3", "-10.00"]]
    assert "Journal (1 rows)" in (tmp_path / "mapping.yaml").read_text()


def test_lines_of_one_invoice_are_summed(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(LINES)
    tables = imported(tmp_path / "sales.csv", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "amount") == [["INV-1", "125.50"], ["INV-2", "25.50"]]
    assert cells(tables["payments"], "invoice_id", "amount") == [["INV-1", "125.50"]]


def test_a_total_that_each_line_repeats_counts_once(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(REPEATED.format(paid=",Paid Date", on=",2024-02-09", no=","))
    tables = imported(tmp_path / "sales.csv", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "amount") == [
        ["INV-1", "100.00"], ["INV-2", "80.00"], ["CN-3", "-30.00"]]  # fmt: skip
    assert cells(tables["payments"], "invoice_id", "amount") == [["INV-1", "100.00"]]
    assert "repeat its 'Total'" in (tmp_path / "mapping.yaml").read_text()


def test_a_credit_note_by_its_type_is_not_read_as_a_payment_too(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(REPEATED.format(paid="", on="", no=""))
    text, said = drafted(tmp_path / "sales.csv", tmp_path)
    assert "payment_id: TO FILL IN" in text
    assert "Export the payments of the same time" in said


def test_a_workbook_with_a_title_and_two_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Ventas 2024"], [], ["Nº factura", "Cliente", "Fecha factura", "Vencimiento", "Importe total"]):
        sheet.append(row)
    sheet.append(["A1", "C1", pd.Timestamp("2024-01-05"), pd.Timestamp("2024-02-05"), 1234.5])
    sheet.append(["A2", "C1", pd.Timestamp("2024-01-06"), pd.Timestamp("2024-02-06"), 10])
    cobros = book.create_sheet("Cobros")
    for row in (
        ["Nº cobro", "Factura", "Cliente", "Fecha de cobro", "Importe"],
        ["P1", "A1", "C1", "31/01/2024", 1000],
    ):
        cobros.append(row)
    book.save(tmp_path / "ventas.xlsx")
    tables = imported(tmp_path / "ventas.xlsx", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "issued_on", "amount") == [
        ["A1", "2024-01-05", "1234.50"],
        ["A2", "2024-01-06", "10.00"],
    ]
    assert cells(tables["payments"], "payment_id", "paid_on", "amount") == [["P1", "2024-01-31", "1000.00"]]


def test_a_database_is_read_table_by_table(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "erp.db") as database:
        database.execute("CREATE TABLE klanten (klantnummer TEXT, naam TEXT, land TEXT)")
        database.execute(
            "CREATE TABLE facturen "
            "(factuurnummer INT, klantnummer TEXT, factuurdatum TEXT, vervaldatum TEXT, bedrag REAL)"
        )
        database.execute(
            "CREATE TABLE betalingen (id INT, factuurnummer INT, klantnummer TEXT, betaaldatum TEXT, bedrag REAL)"
        )
        database.execute("CREATE TABLE logboek (x TEXT)")
        database.executemany("INSERT INTO klanten VALUES (?, ?, 'NL')", [("K1", "Jansen"), ("K2", "De Vries")])
        database.executemany("INSERT INTO facturen VALUES (?, ?, ?, ?, ?)", [
            (1, "K1", "2024-01-05", "2024-02-04", 100.5), (2, "K2", "2024-01-06", "2024-02-05", 20)])  # fmt: skip
        database.execute("INSERT INTO betalingen VALUES (7, 1, 'K1', '2024-02-01', 100.5)")
    tables = imported(f"sqlite:///{tmp_path}/erp.db", tmp_path)
    assert cells(tables["invoices"], "invoice_id", "customer_id", "amount") == [
        ["1", "K1", "100.50"],
        ["2", "K2", "20.00"],
    ]
    assert cells(tables["payments"], "payment_id", "invoice_id", "amount") == [["7", "1", "100.50"]]
    assert list(tables["customers"]["name"]) == ["Jansen", "De Vries"]
    assert "table logboek: not used at all" in (tmp_path / "mapping.yaml").read_text()


def test_json_records_inside_a_document(tmp_path: Path) -> None:
    bills = [
        {
            "DocNumber": "1",
            "CustomerRef": {"value": "C1"},
            "TxnDate": "2024-01-05",
            "DueDate": "2024-02-04",
            "TotalAmt": 10.5,
        },
        {
            "DocNumber": "2",
            "CustomerRef": {"value": "C2"},
            "TxnDate": "2024-01-06",
            "DueDate": "2024-02-05",
            "TotalAmt": 7,
        },
    ]
    paid = [
        {"Id": "9", "InvoiceNumber": "1", "CustomerRef": {"value": "C1"}, "PaymentDate": "2024-02-01", "TotalAmt": 10.5}
    ]
    export = tmp_path / "export"
    export.mkdir()
    (export / "invoices.json").write_text(json.dumps({"QueryResponse": {"Bills": bills}}))
    (export / "payments.jsonl").write_text("\n".join(map(json.dumps, paid)))
    tables = imported(export, tmp_path)
    assert cells(tables["invoices"], "invoice_id", "customer_id", "amount") == [
        ["1", "C1", "10.50"],
        ["2", "C2", "7.00"],
    ]
    assert cells(tables["payments"], "payment_id", "invoice_id", "amount") == [["9", "1", "10.50"]]


def test_what_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("invoice no,customer,invoice date,amount\n1,A,2024-01-31,10.00\n")
    text, said = drafted(tmp_path / "list.csv", tmp_path)
    assert "payment_id: TO FILL IN" in text
    assert "# Not found, and needed:" in text
    assert "Export the payments of the same time" in said
    assert "30 days are assumed" in text


NAMES = {
    "en": (["Invoice No", "Customer No", "Invoice Date", "Due Date", "Total Amount", "Currency"],
           ["Payment ID", "Invoice No", "Customer No", "Payment Date", "Amount"]),
    "de": (["Rechnungsnummer", "Kundennummer", "Rechnungsdatum", "Fälligkeitsdatum", "Bruttobetrag", "Währung"],
           ["Zahlungsnr", "Rechnungsnummer", "Kundennummer", "Zahlungsdatum", "Betrag"]),
    "fr": (["Numéro de facture", "Numéro client", "Date de facture", "Date d'échéance", "Montant TTC", "Devise"],
           ["Numéro de règlement", "Facture", "Client", "Date de règlement", "Montant"]),
    "es": (["Número de factura", "Código cliente", "Fecha de factura", "Vencimiento", "Importe total", "Moneda"],
           ["Número de pago", "Factura", "Cliente", "Fecha de pago", "Importe"]),
    "it": (["Numero fattura", "Codice cliente", "Data fattura", "Data scadenza", "Importo totale", "Valuta"],
           ["Numero pagamento", "Fattura", "Cliente", "Data pagamento", "Importo"]),
    "nl": (["Factuurnummer", "Klantnummer", "Factuurdatum", "Vervaldatum", "Totaalbedrag", "Munt"],
           ["Betalingsnummer", "Factuurnummer", "Klantnummer", "Betaaldatum", "Bedrag"]),
    "pt": (["Número da fatura", "Código do cliente", "Data da fatura", "Data de vencimento", "Valor total", "Moeda"],
           ["Número do pagamento", "Fatura", "Cliente", "Data de pagamento", "Valor"]),
    "pl": (["Numer faktury", "Numer klienta", "Data wystawienia", "Termin płatności", "Kwota brutto", "Waluta"],
           ["Numer płatności", "Numer faktury", "Numer klienta", "Data płatności", "Kwota"]),
}  # fmt: skip
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%d.%m.%y")
AMOUNTS = ((".", ""), (".", ","), (",", "."), (",", " "), (",", ""), (".", "'"))


@cache
def simulated() -> dict[str, pd.DataFrame]:
    return simulate(20, 400, 5, "b2b").tables


def written(amount: Decimal, mark: str, group: str) -> str:
    return f"{amount:,.2f}".replace(",", "§").replace(".", mark).replace("§", group)


@pytest.mark.parametrize("language", NAMES)
def test_the_simulators_ledger_under_other_names_comes_back_to_the_cent(language: str, tmp_path: Path) -> None:
    chance = random.Random(f"draft-{language}")
    ledger = simulated()
    invoices, payments = ledger["invoices"], ledger["payments"]
    pattern, (mark, group) = chance.choice(DATES), chance.choice(AMOUNTS)
    delimiter = chance.choice(";\t|" if mark == "," or group == "," else ",;\t|")
    export = tmp_path / "export"
    export.mkdir()
    for name, frame, columns, heads in (
        ("a", invoices, ["invoice_id", "customer_id", "issued_on", "due_on", "amount", "currency"], NAMES[language][0]),
        ("b", payments, ["payment_id", "invoice_id", "customer_id", "paid_on", "amount"], NAMES[language][1]),
    ):
        chosen = frame[columns].copy()
        for column in columns:
            if column.endswith("_on"):
                chosen[column] = chosen[column].dt.strftime(pattern)
        chosen["amount"] = [written(Decimal(int(cents)) / 100, mark, group) for cents in frame["amount"]]
        order = chance.sample(range(len(columns)), len(columns))
        chosen.columns = pd.Index(heads)
        chosen[[heads[place] for place in order]].to_csv(export / f"{name}.csv", sep=delimiter, index=False)
    tables = imported(export, tmp_path)
    for name, frame, key in (("invoices", invoices, "invoice_id"), ("payments", payments, "payment_id")):
        back = tables[name].set_index(key).sort_index()
        before = frame.set_index(key).sort_index()
        assert list(back.index) == list(before.index)
        assert [int(amount * 100) for amount in back["amount"]] == [int(cents) for cents in before["amount"]]
        day = "issued_on" if name == "invoices" else "paid_on"
        assert list(back[day].astype(str)) == list(before[day].dt.strftime("%Y-%m-%d"))
        assert list(back["customer_id"]) == list(before["customer_id"])
