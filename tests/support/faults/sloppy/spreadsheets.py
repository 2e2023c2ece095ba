"""Lists that went through a spreadsheet, as each country writes them."""

from tests.support.faults.sloppy.cases import Sloppy

HARD, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"


def dated(pattern: str) -> str:
    """The columns of a list whose dates have this format, in YAML."""
    return (
        f"{{invoice_id: id, customer_id: customer, issued_on: {{column: issued, format: {pattern}}}, "
        f"due_on: {{column: due, format: {pattern}}}, amount: amount}}"
    )


SPREADSHEETS = (
    Sloppy(
        "German Excel, short names of months and the sign behind",
        "id;customer;issued;due;amount\n1;Müller;5. Jan 2024;12. Mär 2024;1.234,50 €\n"
        "2;Müller;5. Dez 2023;4. Mrz. 2024;-5,00 €\n",
        columns=dated("'%d. %b %Y'"),
        form="delimiter: ';', encoding: cp1252, decimal_comma: true, thousands: '.', language: de",
        encoding="cp1252",
        invoices=("1,Müller,2024-01-05,2024-03-12,1234.50", "2,Müller,2023-12-05,2024-03-04,-5.00"),
    ),
    Sloppy(
        "Austrian, the month in full",
        "id;customer;issued;due;amount\n1;A;5. Jänner 2024;4. Februar 2024;10,00\n",
        columns=dated("'%d. %B %Y'"),
        form="delimiter: ';', decimal_comma: true, language: de",
        invoices=("1,A,2024-01-05,2024-02-04,10.00",),
    ),
    Sloppy(
        "Swiss, apostrophes of both kinds and the code before",
        "id;customer;issued;due;amount\n1;A;05.01.24;04.02.24;1'234.50\n2;A;05.01.24;04.02.24;CHF 1’234’567.05\n",
        columns=dated("'%d.%m.%y'"),
        form="delimiter: ';', thousands: \"'\"",
        invoices=("1,A,2024-01-05,2024-02-04,1234.50", "2,A,2024-01-05,2024-02-04,1234567.05"),
    ),
    Sloppy(
        "Swiss, a stroke for no cents, which looks like a minus",
        "id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,5.-\n2,A,2024-01-05,2024-02-04,CHF 5.--\n"
        "3,A,2024-01-05,2024-02-04,(5.-)\n",
        refused=(
            "invoices.amount: not an amount: 5.-",
            "invoices.amount: not an amount: CHF 5.--",
            "invoices.amount: not an amount: (5.-)",
        ),
    ),
    Sloppy(
        "French, narrow spaces and months with a point",
        f"id;customer;issued;due;amount\n1;A;5 janv. 2024;4 févr. 2024;1{NARROW}234,50{HARD}€\n"
        f"2;A;1 août 2024;31 août 2024;- 1 234 567,00 €\n",
        columns=dated("'%d %b %Y'"),
        form="delimiter: ';', decimal_comma: true, thousands: ' ', language: fr",
        invoices=("1,A,2024-01-05,2024-02-04,1234.50", "2,A,2024-08-01,2024-08-31,-1234567.00"),
    ),
    Sloppy(
        "French, hard spaces in the encoding of Windows",
        f"id;customer;issued;due;amount\n1;Société;05/01/2024;04/02/2024;12{HARD}345,60\n",
        columns=dated("'%d/%m/%Y'"),
        form="delimiter: ';', decimal_comma: true, thousands: ' ', encoding: cp1252",
        encoding="cp1252",
        invoices=("1,Société,2024-01-05,2024-02-04,12345.60",),
    ),
    Sloppy(
        "Indian, crores and rupees",
        'id,customer,issued,due,amount\n1,A,05-01-2024,04-02-2024,"₹1,23,45,678.90"\n'
        '2,A,05-01-2024,04-02-2024,"Rs. 1,000"\n'
        '3,A,05-01-2024,04-02-2024,"1,23,4"\n',
        columns=dated("'%d-%m-%Y'"),
        form="thousands: ','",
        invoices=("1,A,2024-01-05,2024-02-04,12345678.90", "2,A,2024-01-05,2024-02-04,1000.00"),
        refused=("invoices.amount: not an amount: 1,23,4",),
    ),
    Sloppy(
        "American accounting format, brackets outside and a stroke for zero",
        'id,customer,issued,due,amount\n1,A,1/5/2024,2/4/2024," $ 1,234.50 "\n2,A,1/5/2024,1/5/2024," $ (210.00)"\n'
        '3,A,1/5/2024,2/4/2024," $ -   "\n4,A,1/5/2024,2/4/2024,-\n',
        columns="{invoice_id: id, customer_id: customer, issued_on: {column: issued, format: '%m/%d/%Y'}, "
        "due_on: {column: due, format: '%m/%d/%Y'}, amount: {column: amount, values: {'$ -': '0'}}}",
        form="thousands: ','",
        invoices=(
            "1,A,2024-01-05,2024-02-04,1234.50",
            "2,A,2024-01-05,2024-01-05,-210.00",
            "3,A,2024-01-05,2024-02-04,0.00",
        ),
        refused=("invoices.amount: not an amount: -",),
    ),
    Sloppy(
        "days of a spreadsheet as numbers, with dates as text between them",
        "id,customer,issued,due,amount\n1,A,45296,45326.75,5\n2,A,05.01.2024,45326,6\n3,A,7,45326,6\n",
        columns=dated("[excel, '%d.%m.%Y']"),
        invoices=("1,A,2024-01-05,2024-02-04,5.00", "2,A,2024-01-05,2024-02-04,6.00"),
        refused=("invoices.issued_on: not a date: 7",),
    ),
    Sloppy(
        "dates of a workbook in ISO form where the mapping knows those of the hand",
        "id,customer,issued,due,amount\n1,A,2024-01-05 00:00:00,04/02/2024,5\n",
        columns=dated("'%d/%m/%Y'"),
        invoices=("1,A,2024-01-05,2024-02-04,5.00",),
    ),
    Sloppy(
        "ids in scientific notation",
        'id,customer,issued,due,amount\n1,4.711E+03,2024-01-05,2024-02-04,5\n2,"4,7E+11",2024-01-05,2024-02-04,5\n'
        "3,4711,2024-01-05,2024-02-04,5\n",
        invoices=("3,4711,2024-01-05,2024-02-04,5.00",),
        refused=("invoices.customer_id: shortened id: 4.711E+03", "invoices.customer_id: shortened id: 4,7E+11"),
    ),
    Sloppy(
        "the id of the paid invoice in scientific notation",
        "id,customer,issued,due,amount,pays\n1,A,2024-01-05,2024-02-04,5,4.7E+11\n",
        more="  payments: {file: items, columns: {payment_id: id, invoice_id: pays, customer_id: customer, "
        "paid_on: issued, amount: amount}}\n",
        invoices=("1,A,2024-01-05,2024-02-04,5.00",),
        payments=("1,,A,2024-01-05,5.00",),
        repaired=("payments.invoice_id: shortened id: 4.7E+11",),
    ),
    Sloppy(
        "ids that became numbers with a decimal in one column",
        "id,customer,issued,due,amount,pays\n17,4711.0,2024-01-05,2024-02-04,5,\n18,4711,2024-01-05,2024-02-04,5,17.0\n",
        more="  payments: {file: items, where: {column: pays, not_empty: true}, columns: {payment_id: "
        "{template: 'p-{pays}'}, invoice_id: pays, customer_id: customer, paid_on: issued, amount: amount}}\n",
        invoices=("17,4711,2024-01-05,2024-02-04,5.00", "18,4711,2024-01-05,2024-02-04,5.00"),
        payments=("p-17,17,4711,2024-01-05,5.00",),
    ),
    Sloppy(
        "ids with and without leading zeros, and one with letters",
        "id,customer,issued,due,amount\n1,00100023,2024-01-05,2024-02-04,5\n2,100023,2024-01-05,2024-02-04,5\n"
        "3,0A23,2024-01-05,2024-02-04,5\n4,000,2024-01-05,2024-02-04,5\n",
        columns="{invoice_id: id, customer_id: {column: customer, strip_zeros: true}, issued_on: issued, due_on: due, "
        "amount: amount}",
        invoices=(
            "1,100023,2024-01-05,2024-02-04,5.00",
            "2,100023,2024-01-05,2024-02-04,5.00",
            "3,0A23,2024-01-05,2024-02-04,5.00",
            "4,0,2024-01-05,2024-02-04,5.00",
        ),
    ),
    Sloppy(
        "Japanese, full-width and plain signs of the yen",
        'id,customer,issued,due,amount\n1,A,2024/01/05,2024/02/04,"¥123,456"\n2,A,2024/01/05,2024/02/04,"￥123,456"\n',
        columns=dated("'%Y/%m/%d'"),
        form="thousands: ','",
        invoices=("1,A,2024-01-05,2024-02-04,123456.00",),
        refused=("invoices.amount: not an amount: ￥123,456",),
    ),
    Sloppy(
        "Brazilian, reais with the currency read from the amount",
        "id;customer;issued;due;amount\n1;A;05/01/2024;04/02/2024;R$ 1.234,50\n2;A;05/01/2024;04/02/2024;-R$ 5,00\n",
        columns=dated("'%d/%m/%Y'")[:-1] + ", currency: {currency_of: amount}}",
        form="delimiter: ';', decimal_comma: true, thousands: '.'",
        invoices=("1,A,2024-01-05,2024-02-04,1234.50,BRL", "2,A,2024-01-05,2024-02-04,-5.00,BRL"),
    ),
    Sloppy(
        "Swedish, crowns and the minus of typography",
        f"id;customer;issued;due;amount\n1;A;2024-01-05;2024-02-04;1 234,50 kr\n"
        f"2;A;2024-01-05;2024-02-04;{MINUS}210,00 kr\n",
        form="delimiter: ';', decimal_comma: true, thousands: ' '",
        invoices=("1,A,2024-01-05,2024-02-04,1234.50", "2,A,2024-01-05,2024-02-04,-210.00"),
    ),
    Sloppy(
        "Polish, złoty",
        "id;customer;issued;due;amount\n1;A;2024-01-05;2024-02-04;1 234,50 zł\n",
        columns="{invoice_id: id, customer_id: customer, issued_on: issued, due_on: due, amount: amount, "
        "currency: {constant: PLN}}",
        form="delimiter: ';', decimal_comma: true, thousands: ' '",
        invoices=("1,A,2024-01-05,2024-02-04,1234.50,PLN",),
    ),
    Sloppy(
        "a list of several hands, thousands of every kind",
        "id;customer;issued;due;amount\n1;A;2024-01-05;2024-02-04;1.234,50\n2;A;2024-01-05;2024-02-04;1 234,50\n"
        "3;A;2024-01-05;2024-02-04;1'234,50\n4;A;2024-01-05;2024-02-04;1.234 567,50\n"
        "5;A;2024-01-05;2024-02-04;1,234.50\n",
        form="delimiter: ';', decimal_comma: true, thousands: any",
        invoices=(
            "1,A,2024-01-05,2024-02-04,1234.50",
            "2,A,2024-01-05,2024-02-04,1234.50",
            "3,A,2024-01-05,2024-02-04,1234.50",
        ),
        refused=("invoices.amount: not an amount: 1.234 567,50", "invoices.amount: not an amount: 1,234.50"),
    ),
    Sloppy(
        "a line of the total at the end, and blank rows",
        "id;customer;issued;due;amount\n1;A;2024-01-05;2024-02-04;5\n;;;;\n\n;;;;\nTotal;;;;5\n",
        where="[{column: customer, not_empty: true}, {not: {column: id, equals: Total}}]",
        form="delimiter: ';'",
        invoices=("1,A,2024-01-05,2024-02-04,5.00",),
    ),
    Sloppy(
        "a total and blank rows that no condition leaves out",
        "id;customer;issued;due;amount\n1;A;2024-01-05;2024-02-04;5\n;;;;\nTotal;;;;5\n",
        form="delimiter: ';'",
        invoices=("1,A,2024-01-05,2024-02-04,5.00",),
        refused=("invoices.invoice_id: missing: ", "invoices.customer_id: missing: "),
    ),
    Sloppy(
        "times of day in the local way",
        "id,customer,issued,due,amount\n1,A,05/01/2024 13:45,04/02/2024 00:00,5\n2,A,05/01/2024,04/02/2024,6\n",
        columns=dated("['%d/%m/%Y %H:%M', '%d/%m/%Y']"),
        invoices=("1,A,2024-01-05,2024-02-04,5.00", "2,A,2024-01-05,2024-02-04,6.00"),
    ),
)
