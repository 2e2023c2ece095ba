"""Lists of the systems of larger companies."""

from tests.support.faults.sloppy.cases import Sloppy

SAP = (
    "{invoice_id: DocumentNo, customer_id: Customer, issued_on: {column: Doc. Date, format: '%d.%m.%Y'}, "
    "due_on: {column: Net due dt, format: '%d.%m.%Y'}, amount: Amount, currency: Curr.}"
)

ERP_LISTS = (
    Sloppy(
        "SAP FBL5N, sums between the rows and a minus behind",
        "Customer Line Items\n\n"
        ";Customer;Type;DocumentNo;Doc. Date;Net due dt;Amount;Curr.\n"
        ";100023;RV;90000001;05.01.2024;04.02.2024;1.234,50;EUR\n"
        ";100023;DG;16000001;25.01.2024;25.01.2024;210,00-;EUR\n"
        "*;100023;;;;;1.024,50;EUR\n"
        "**;;;;;;1.024,50;EUR\n",
        columns=SAP,
        where="{column: Type, not_empty: true}",
        form="skip_rows: 2, delimiter: ';', decimal_comma: true, thousands: '.'",
        invoices=(
            "90000001,100023,2024-01-05,2024-02-04,1234.50,EUR",
            "16000001,100023,2024-01-25,2024-01-25,-210.00,EUR",
        ),
    ),
    Sloppy(
        "SAP FBL5N, the header again on every page",
        "Customer;Type;DocumentNo;Doc. Date;Net due dt;Amount;Curr.\n"
        "100023;RV;1;05.01.2024;04.02.2024;5,00;EUR\n"
        "Customer;Type;DocumentNo;Doc. Date;Net due dt;Amount;Curr.\n"
        "100023;RV;2;05.01.2024;04.02.2024;6,00;EUR\n",
        columns=SAP,
        where="{not: {column: Type, equals: Type}}",
        form="delimiter: ';', decimal_comma: true",
        invoices=("1,100023,2024-01-05,2024-02-04,5.00,EUR", "2,100023,2024-01-05,2024-02-04,6.00,EUR"),
    ),
    Sloppy(
        "SAP BSID, debit and credit by a letter of another column, terms, and padded numbers",
        "BUKRS,KUNNR,BELNR,BLDAT,ZFBDT,ZBD1T,DMBTR,SHKZG,WAERS\n"
        "0010,0000100023,0090000001,20240105,20240110,30,1234.50,S,EUR\n"
        "0010,0000100023,0016000001,20240125,00000000,0,210.00,H,EUR\n",
        columns="{invoice_id: {template: '{BUKRS}-{BELNR}', strip_zeros: true}, "
        "customer_id: {column: KUNNR, strip_zeros: true}, "
        "issued_on: {column: BLDAT, format: '%Y%m%d'}, "
        "due_on: {days_after: {first_of: [{column: ZFBDT, format: '%Y%m%d', values: {'00000000': ''}}, "
        "{column: BLDAT, format: '%Y%m%d'}]}, days: ZBD1T}, "
        "amount: {column: DMBTR, negate: {column: SHKZG, equals: H}}, currency: WAERS}",
        invoices=(
            "10-90000001,100023,2024-01-05,2024-02-09,1234.50,EUR",
            "10-16000001,100023,2024-01-25,2024-01-25,-210.00,EUR",
        ),
    ),
    Sloppy(
        "SAP, the master with leading zeros and the items without",
        "id,customer,issued,due,amount\n1,100023,2024-01-05,2024-02-04,5.00\n",
        columns="{invoice_id: id, customer_id: {column: customer, pad_zeros: 10}, issued_on: issued, due_on: due, "
        "amount: amount}",
        more="  customers: {file: none, columns: {customer_id: {column: customer, pad_zeros: 10}}}\n",
        invoices=("1,0000100023,2024-01-05,2024-02-04,5.00",),
    ),
    Sloppy(
        "SAP, a code of terms that the mapping does not know",
        "id,customer,issued,term,amount\n1,A,2024-01-15,Z030,5.00\n2,A,2024-01-15,ZEOM,5.00\n3,A,2024-01-15,,5.00\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: issued, amount: amount, "
        "due_on: {days_after: issued, days: {column: term, values: {Z030: 30}}}}",
        invoices=("1,A,2024-01-15,2024-02-14,5.00",),
        refused=("invoices.due_on: not a number of days: ZEOM", "invoices.due_on: missing: "),
    ),
    Sloppy(
        "45 days, end of month, in the French way",
        "id,customer,issued,amount\n1,A,2024-01-05,5.00\n2,A,2023-12-31,6.00\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: issued, amount: amount, "
        "due_on: {days_after: issued, days: 45, end_of_month: after_days}}",
        invoices=("1,A,2024-01-05,2024-02-29,5.00", "2,A,2023-12-31,2024-02-29,6.00"),
    ),
    Sloppy(
        "the tenth of the month that follows",
        "id,customer,issued,amount\n1,A,2024-01-05,5.00\n2,A,2024-12-31,6.00\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: issued, amount: amount, "
        "due_on: {days_after: issued, days: 10, end_of_month: before_days}}",
        invoices=("1,A,2024-01-05,2024-02-10,5.00", "2,A,2024-12-31,2025-01-10,6.00"),
    ),
    Sloppy(
        "DATEV, a posting date without its year",
        "Umsatz;S/H;Belegdatum\n1234,50;S;0501\n",
        columns="{invoice_id: Umsatz, customer_id: S/H, issued_on: {column: Belegdatum, format: '%d%m'}, "
        "due_on: Belegdatum, amount: Umsatz}",
        form="delimiter: ';'",
        stops="format '%d%m' does not give a day",
    ),
    Sloppy(
        "DATEV, a line of its own form above and everything in quotes",
        '"EXTF";700;21;"Buchungsstapel"\n'
        '"Umsatz";"S/H";"Konto";"Belegfeld 1";"Datum";"Fällig"\n'
        '"1.190,00";"S";"10023";"RE-1";"05.01.2024";"04.02.2024"\n"190,00";"H";"10023";"ZA-1";"10.02.2024";""\n',
        columns="{invoice_id: Belegfeld 1, customer_id: Konto, issued_on: {column: Datum, format: '%d.%m.%Y'}, "
        "due_on: {column: Fällig, format: '%d.%m.%Y'}, amount: Umsatz}",
        where="{column: S/H, equals: S}",
        form="skip_rows: 1, delimiter: ';', encoding: cp1252, decimal_comma: true, thousands: '.'",
        more="  payments: {file: items, where: {column: S/H, equals: H}, columns: {payment_id: Belegfeld 1, "
        "customer_id: Konto, paid_on: {column: Datum, format: '%d.%m.%Y'}, amount: Umsatz}}\n",
        encoding="cp1252",
        invoices=("RE-1,10023,2024-01-05,2024-02-04,1190.00",),
        payments=("ZA-1,,10023,2024-02-10,190.00",),
    ),
    Sloppy(
        "a German list with S and H behind the amount",
        "id;customer;issued;due;amount\n1;A;2024-01-05;2024-02-04;1.234,50 S\n2;A;2024-01-05;2024-02-04;210,00 H\n",
        form="delimiter: ';', decimal_comma: true, thousands: '.', signs: {S: '+', H: '-'}",
        invoices=("1,A,2024-01-05,2024-02-04,1234.50", "2,A,2024-01-05,2024-02-04,-210.00"),
    ),
    Sloppy(
        "NetSuite, a saved search with - None - for nothing",
        "Document Number,Name,Date,Due Date,Amount,Type\n"
        'INV1,C1 Acme,1/5/2024,2/4/2024,"1,000.00",Invoice\nCM1,C1 Acme,1/7/2024,- None -,($210.00),Credit Memo\n',
        columns="{invoice_id: Document Number, customer_id: Name, issued_on: {column: Date, format: '%m/%d/%Y'}, "
        "due_on: {first_of: [{column: Due Date, format: '%m/%d/%Y', values: {'- None -': ''}}, "
        "{column: Date, format: '%m/%d/%Y'}]}, amount: Amount}",
        form="thousands: ','",
        invoices=("INV1,C1 Acme,2024-01-05,2024-02-04,1000.00", "CM1,C1 Acme,2024-01-07,2024-01-07,-210.00"),
    ),
    Sloppy(
        "ERPNext, the general ledger with debit and credit",
        "Posting Date,Account,Debit,Credit,Voucher Type,Voucher No,Against Voucher,Party\n"
        ",Opening,0.00,0.00,,,,\n"
        '2024-01-05,Debtors,"1,000.00",0.00,Sales Invoice,SI-1,SI-1,A\n'
        "2024-01-09,Debtors,0.00,200.00,Sales Invoice,SI-2-RET,SI-2-RET,A\n"
        "2024-02-01,Debtors,0.00,500.00,Payment Entry,PE-1,SI-1,A\n"
        "2024-02-03,Debtors,40.00,,Payment Entry,PE-2,SI-1,A\n"
        ',Total,"1,040.00",700.00,,,,\n',
        columns="{invoice_id: Voucher No, customer_id: Party, issued_on: Posting Date, "
        "due_on: {days_after: Posting Date, days: 30}, amount: {difference: [Debit, Credit]}}",
        where="{column: Voucher Type, equals: Sales Invoice}",
        form="thousands: ','",
        more="  payments: {file: items, where: {column: Voucher Type, equals: Payment Entry}, columns: "
        "{payment_id: Voucher No, invoice_id: Against Voucher, customer_id: Party, paid_on: Posting Date, "
        "amount: {difference: [Credit, Debit]}}}\n",
        invoices=("SI-1,A,2024-01-05,2024-02-04,1000.00", "SI-2-RET,A,2024-01-09,2024-02-08,-200.00"),
        payments=("PE-1,SI-1,A,2024-02-01,500.00", "PE-2,SI-1,A,2024-02-03,-40.00"),
    ),
    Sloppy(
        "a general ledger with neither debit nor credit, and with a debit that cannot be read",
        "id,customer,issued,due,Debit,Credit\n1,A,2024-01-05,2024-02-04,,\n2,A,2024-01-05,2024-02-04,1O.00,\n"
        "3,A,2024-01-05,2024-02-04,0.30,0.10\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: issued, due_on: due, "
        "amount: {difference: [Debit, Credit]}}",
        invoices=("3,A,2024-01-05,2024-02-04,0.20",),
        refused=("invoices.amount: missing: ", "invoices.amount: not an amount: 1O.00"),
    ),
    Sloppy(
        "Odoo, a grouped list with a line of sums for each group",
        "Number,Partner,Invoice Date,Due Date,Total\n"
        'Azure (2),,,,"1,300.00"\n'
        'INV/2024/00001,Azure,2024-01-05,2024-02-04,"1,250.00"\nINV/2024/00002,Azure,2024-01-06,2024-02-05,50.00\n',
        columns="{invoice_id: Number, customer_id: Partner, issued_on: Invoice Date, due_on: Due Date, amount: Total}",
        where="{column: Partner, not_empty: true}",
        form="thousands: ','",
        invoices=(
            "INV/2024/00001,Azure,2024-01-05,2024-02-04,1250.00",
            "INV/2024/00002,Azure,2024-01-06,2024-02-05,50.00",
        ),
    ),
    Sloppy(
        "Oracle, months in capitals and two digits of the year",
        "id,customer,issued,due,amount\n1,A,05-JAN-24,04-FEB-24,5\n2,A,05-JAN-94,04-FEB-94,<7.00>\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: {column: issued, format: '%d-%b-%y'}, "
        "due_on: {column: due, format: '%d-%b-%y'}, amount: amount}",
        invoices=("1,A,2024-01-05,2024-02-04,5.00",),
        refused=("invoices.amount: not an amount: <7.00>",),
    ),
    Sloppy(
        "JD Edwards, days counted in the year, that no format knows",
        "id,customer,issued,due,amount\n1,A,124005,124035,5\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: {column: issued, format: excel}, "
        "due_on: {column: due, format: excel}, amount: amount}",
        refused=("invoices.issued_on: date out of bounds: 2239-07-06 00:00:00",),
    ),
    Sloppy(
        "rates of a bank, per unit of the other currency, under a column on",
        "id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,5\n",
        mapping="files: {items: {path: items.csv}, none: {path: none.csv}, rates: {path: rates.csv}}\n"
        "tables:\n"
        "  invoices: {file: items, columns: {invoice_id: id, customer_id: customer, issued_on: issued, due_on: due, "
        "amount: amount}}\n"
        "  payments: {file: none, columns: {payment_id: id, customer_id: customer, paid_on: day, amount: amount}}\n"
        "  fx_rates: {file: rates, columns: {on: day, currency: code, rate: {column: rate, invert: true}}}\n",
        others={"rates.csv": "day,code,rate\n2024-01-05,USD,1.25\n2024-01-05,JPY,160\n2024-01-05,XXX,0\n"},
        invoices=("1,A,2024-01-05,2024-02-04,5.00",),
        rates=("2024-01-05,USD,0.8", "2024-01-05,JPY,0.00625"),
        refused=("fx_rates.rate: no inverse: 0",),
    ),
    Sloppy(
        "invoices and credit notes by the sign, days from a day on",
        "id,customer,issued,due,amount\n"
        "1,A,05.01.2024,04.02.2024,10\n2,A,31.12.2023,30.01.2024,20\n3,A,06.01.2024,06.01.2024,-5\n"
        "4,A,07.01.2024,06.02.2024,ten\n5,A,soon,06.02.2024,3\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: {column: issued, format: '%d.%m.%Y'}, "
        "due_on: {column: due, format: '%d.%m.%Y'}, amount: amount}",
        where="[{column: amount, above: 0}, {column: issued, at_least: 2024-01-01, format: '%d.%m.%Y'}]",
        invoices=("1,A,2024-01-05,2024-02-04,10.00",),
        refused=("invoices.amount: not an amount: ten", "invoices.issued_on: not a date: soon"),
    ),
    Sloppy(
        "any of several conditions, and none of another",
        "id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,10\n2,B,2024-01-05,2024-02-04,20\n"
        "3,C,2024-01-05,2024-02-04,99\n4,A,2024-01-05,2024-02-04,0\n",
        where="[{any: [{column: customer, one_of: [A, B]}, {column: amount, at_least: 100}]}, "
        "{not: {column: amount, at_least: 0, at_most: 0}}]",
        invoices=("1,A,2024-01-05,2024-02-04,10.00", "2,B,2024-01-05,2024-02-04,20.00"),
    ),
)
