"""Lists of accounting packages for small companies."""

from tests.support.faults.sloppy.cases import Sloppy

QUICKBOOKS = (
    "{invoice_id: Num, customer_id: Name, issued_on: {column: Date, format: '%m/%d/%Y'}, "
    "due_on: {first_of: [{column: Due Date, format: '%m/%d/%Y'}, {column: Date, format: '%m/%d/%Y'}]}, amount: Amount}"
)
QUICKBOOKS_PAYMENTS = """\
  payments:
    file: items
    where: {column: Type, equals: Payment}
    columns: {payment_id: Num, customer_id: Name, paid_on: {column: Date, format: '%m/%d/%Y'},
      amount: {column: Amount, negate: true}}
"""

ACCOUNTING_PACKAGES = (
    Sloppy(
        "QuickBooks Desktop, transactions by customer with group lines and totals",
        ",Type,Date,Num,Name,Due Date,Amount\n"
        "ACME,,,,,,\n"
        ',Invoice,01/05/2024,1001,ACME,02/04/2024,"1,234.50"\n'
        ',Payment,02/12/2024,P7,ACME,,"-1,234.50"\n'
        "Total ACME,,,,,,0.00\n"
        "Baker,,,,,,\n"
        ",Credit Memo,01/25/2024,1002,Baker,,-210.00\n"
        "Total Baker,,,,,,-210.00\n"
        "TOTAL,,,,,,-210.00\n",
        columns=QUICKBOOKS,
        where="{column: Type, one_of: [Invoice, Credit Memo]}",
        form="thousands: ','",
        more=QUICKBOOKS_PAYMENTS,
        invoices=("1001,ACME,2024-01-05,2024-02-04,1234.50", "1002,Baker,2024-01-25,2024-01-25,-210.00"),
        payments=("P7,,ACME,2024-02-12,1234.50",),
    ),
    Sloppy(
        "QuickBooks Desktop, a list with dollars and brackets",
        "Type,Date,Num,Name,Due Date,Amount\n"
        'Invoice,01/05/2024,1,A,02/04/2024,"$1,000.00"\n'
        "Invoice,01/06/2024,2,B,02/05/2024,$75.00\n"
        "Credit Memo,01/07/2024,3,A,,($210.00)\n"
        "Payment,02/01/2024,4,A,,($300.00)\n",
        columns=QUICKBOOKS,
        where="{not: {column: Type, equals: Payment}}",
        form="thousands: ','",
        more=QUICKBOOKS_PAYMENTS,
        invoices=(
            "1,A,2024-01-05,2024-02-04,1000.00",
            "2,B,2024-01-06,2024-02-05,75.00",
            "3,A,2024-01-07,2024-01-07,-210.00",
        ),
        payments=("4,,A,2024-02-01,300.00",),
    ),
    Sloppy(
        "QuickBooks Online, a report with titles above and a line of the clock below",
        'Invoice List\nCraig\'s Design\n"January 1-31, 2024"\n\n'
        "Date,Num,Name,Due Date,Amount\n"
        "01/05/2024,1037,Sonnenschein,02/04/2024,362.07\n"
        '"Friday, Jan 05, 2024 10:00:14 AM GMT-8"\n',
        columns=QUICKBOOKS,
        form="skip_rows: 4",
        invoices=("1037,Sonnenschein,2024-01-05,2024-02-04,362.07",),
        refused=('invoices.: wrong number of fields: "Friday, Jan 05, 2024 10:00:14 AM GMT-8"',),
    ),
    Sloppy(
        "Xero, dates that the list and the hand have written",
        "ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,Currency\n"
        'Ridgeway,INV-1,5 Jan 2024,04/02/2024,"1,000.00",NZD\n'
        "Ridgeway,INV-2,06/01/2024,5 Feb 2024,20.00,NZD\n",
        columns="{invoice_id: InvoiceNumber, customer_id: ContactName, issued_on: &date {column: InvoiceDate, "
        "format: ['%d %b %Y', '%d/%m/%Y']}, due_on: {<<: *date, column: DueDate}, amount: Total, currency: Currency}",
        form="thousands: ','",
        invoices=(
            "INV-1,Ridgeway,2024-01-05,2024-02-04,1000.00,NZD",
            "INV-2,Ridgeway,2024-01-06,2024-02-05,20.00,NZD",
        ),
    ),
    Sloppy(
        "Xero, a line for each item with the total of the invoice on each",
        "ContactName,InvoiceNumber,InvoiceDate,DueDate,Total,Description\n"
        "A,INV-1,2024-01-05,2024-02-04,150.00,work\nA,INV-1,2024-01-05,2024-02-04,150.00,travel\n"
        "B,INV-2,2024-01-06,2024-02-05,75.00,work\n",
        mapping="files: {items: {path: items.csv}, none: {path: none.csv}}\n"
        "tables:\n"
        "  invoices: {file: items, distinct: true, columns: {invoice_id: InvoiceNumber, customer_id: ContactName, "
        "issued_on: InvoiceDate, due_on: DueDate, amount: Total}}\n"
        "  payments: {file: none, columns: {payment_id: id, customer_id: customer, paid_on: day, amount: amount}}\n",
        invoices=("INV-1,A,2024-01-05,2024-02-04,150.00", "INV-2,B,2024-01-06,2024-02-05,75.00"),
    ),
    Sloppy(
        "Sage 50, types with unsigned amounts",
        "Type,A/C,Ref,Date,Due,Gross\n"
        "SI,ABS001,101,05/01/2024,04/02/2024,120.00\nSC,ABS001,102,08/01/2024,08/01/2024,20.00\n"
        "SA,ABS001,R9,10/02/2024,,100.00\n",
        columns="{invoice_id: Ref, customer_id: A/C, issued_on: {column: Date, format: '%d/%m/%Y'}, "
        "due_on: {column: Due, format: '%d/%m/%Y'}, amount: {column: Gross, negate: {column: Type, equals: SC}}}",
        where="{column: Type, one_of: [SI, SC]}",
        more="  payments: {file: items, where: {column: Type, equals: SA}, columns: {payment_id: Ref, "
        "customer_id: A/C, paid_on: {column: Date, format: '%d/%m/%Y'}, amount: Gross}}\n",
        invoices=("101,ABS001,2024-01-05,2024-02-04,120.00", "102,ABS001,2024-01-08,2024-01-08,-20.00"),
        payments=("R9,,ABS001,2024-02-10,100.00",),
    ),
    Sloppy(
        "Zoho Books, the currency in the amount and lakhs",
        "Invoice#,Customer,Date,Due,Total\n"
        'INV-1,A,2024-01-05,2024-02-04,"INR 12,34,567.00"\nINV-2,B,2024-01-05,2024-02-04,"$1,234.50"\n',
        columns="{invoice_id: Invoice#, customer_id: Customer, issued_on: Date, due_on: Due, amount: Total, "
        "currency: {currency_of: Total, values: {$: USD}}}",
        form="thousands: ','",
        invoices=("INV-1,A,2024-01-05,2024-02-04,1234567.00,INR", "INV-2,B,2024-01-05,2024-02-04,1234.50,USD"),
    ),
    Sloppy(
        "Tally, Dr and Cr behind the amount",
        "Date,Particulars,Vch Type,Vch No.,Amount\n"
        '5-Apr-24,Gupta,Sales,S/1,"1,18,000.00 Dr"\n6-Apr-24,Gupta,Receipt,R/1,"18,000.00 Cr"\n',
        columns="{invoice_id: Vch No., customer_id: Particulars, issued_on: &date {column: Date, format: '%d-%b-%y'}, "
        "due_on: {days_after: *date, days: 45}, amount: Amount}",
        where="{column: Vch Type, equals: Sales}",
        form="thousands: ',', signs: {Dr: '+', Cr: '-'}",
        more="  payments: {file: items, where: {column: Vch Type, equals: Receipt}, columns: {payment_id: Vch No., "
        "customer_id: Particulars, paid_on: {column: Date, format: '%d-%b-%y'}, "
        "amount: {column: Amount, negate: true}}}\n",
        invoices=("S/1,Gupta,2024-04-05,2024-05-20,118000.00",),
        payments=("R/1,,Gupta,2024-04-06,18000.00",),
    ),
    Sloppy(
        "Tally, Dr and Cr that the mapping does not name",
        "id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,5.00 Cr\n",
        refused=("invoices.amount: not an amount: 5.00 Cr",),
    ),
    Sloppy(
        "FreshBooks, the name of the month in full",
        'id,customer,issued,due,amount\n1,A,"January 5, 2024","February 4, 2024",10\n',
        columns="{invoice_id: id, customer_id: customer, issued_on: {column: issued, format: '%B %d, %Y'}, "
        "due_on: {column: due, format: '%B %d, %Y'}, amount: amount}",
        invoices=("1,A,2024-01-05,2024-02-04,10.00",),
    ),
    Sloppy(
        "Wave, a sign and a code of the currency",
        'id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,"$1,234.50 USD"\n',
        columns="{invoice_id: id, customer_id: customer, issued_on: issued, due_on: due, amount: amount, "
        "currency: {currency_of: amount}}",
        form="thousands: ','",
        invoices=("1,A,2024-01-05,2024-02-04,1234.50,USD",),
    ),
    Sloppy(
        "MYOB, amounts in another currency than the row's",
        "id,customer,issued,due,amount,cur\n1,A,2024-01-05,2024-02-04,A$10.00,USD\n2,A,2024-01-05,2024-02-04,A$20.00,AUD\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: issued, due_on: due, "
        "amount: amount, currency: cur}",
        invoices=("2,A,2024-01-05,2024-02-04,20.00,AUD",),
        refused=("invoices.amount: other currency: A$10.00",),
    ),
    Sloppy(
        "amounts in two currencies and no column for them",
        "id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,€10.00\n2,A,2024-01-05,2024-02-04,£20.00\n"
        "3,A,2024-01-05,2024-02-04,30.00\n",
        invoices=("3,A,2024-01-05,2024-02-04,30.00",),
        refused=("invoices.amount: other currency: €10.00", "invoices.amount: other currency: £20.00"),
    ),
    Sloppy(
        "Stripe, moments with a zone and no due date where it is charged at once",
        "id,Customer ID,Created (UTC),Due Date (UTC),Amount Due\n"
        "in_1,cus_1,2024-01-05 23:45:00,2024-02-04T23:59:59Z,19.99\nin_2,cus_1,2024-01-06 08:00,,5.00\n",
        columns="{invoice_id: id, customer_id: Customer ID, issued_on: Created (UTC), "
        "due_on: {first_of: [Due Date (UTC), Created (UTC)]}, amount: Amount Due}",
        invoices=("in_1,cus_1,2024-01-05,2024-02-04,19.99", "in_2,cus_1,2024-01-06,2024-01-06,5.00"),
    ),
    Sloppy(
        "Invoice Ninja, terms in words instead of a due date",
        "number,client,date,terms,amount\n1,A,2024-01-05,Net 30,10\n2,A,2024-01-05,Due on receipt,20\n"
        "3,A,2024-01-05,Net 7 EOM,30\n",
        columns="{invoice_id: number, customer_id: client, issued_on: date, amount: amount, "
        "due_on: {days_after: date, days: {column: terms, values: {Net 30: 30, Due on receipt: 0}}}}",
        invoices=("1,A,2024-01-05,2024-02-04,10.00", "2,A,2024-01-05,2024-01-05,20.00"),
        refused=("invoices.due_on: not a number of days: Net 7 EOM",),
    ),
)
