"""Cells that mean nothing, or two things; none is guessed."""

from tests.support.faults.sloppy.cases import HEADER, Sloppy
from tests.support.faults.sloppy.spreadsheets import dated

WRONG_CELLS = (
    Sloppy(
        "day and month, or month and day",
        HEADER + "1,A,04/02/2024,05/03/2024,5\n",
        columns=dated("['%d/%m/%Y', '%m/%d/%Y']"),
        stops="read '02/01/2001' as different days",
    ),
    Sloppy(
        "a day that is no day of the month",
        HEADER + "1,A,30/02/2024,04/03/2024,5\n2,A,31/04/2024,04/03/2024,5\n3,A,29/02/2023,04/03/2024,5\n",
        columns=dated("'%d/%m/%Y'"),
        refused=(
            "invoices.issued_on: not a date: 30/02/2024",
            "invoices.issued_on: not a date: 31/04/2024",
            "invoices.issued_on: not a date: 29/02/2023",
        ),
    ),
    Sloppy(
        "a month that is no month in the stated order",
        HEADER + "1,A,01/13/2024,04/02/2024,5\n",
        columns=dated("'%d/%m/%Y'"),
        refused=("invoices.issued_on: not a date: 01/13/2024",),
    ),
    Sloppy(
        "no date at all, in no row",
        HEADER + "1,A,,,5\n2,A,,,6\n",
        columns=dated("['%d/%m/%Y', excel]"),
        refused=("invoices.issued_on: missing: ",) * 2,
    ),
    Sloppy(
        "no row, and formats of dates and bounds for it",
        HEADER,
        columns=dated("'%d. %B %Y'"),
        where="[{column: amount, above: 0}, {column: issued, above: 2024-01-01, format: '%d.%m.%Y'}]",
        form="language: de, signs: {H: '-'}",
    ),
    Sloppy(
        "zeros for no date",
        HEADER + "1,A,05.01.2024,00.00.0000,5\n2,A,00.00.0000,05.01.2024,5\n",
        columns=dated("'%d.%m.%Y'"),
        refused=("invoices.due_on: not a date: 00.00.0000", "invoices.issued_on: not a date: 00.00.0000"),
    ),
    Sloppy(
        "the zero date of MySQL and the first and last days of other systems",
        HEADER + "1,A,0000-00-00,2024-02-04,5\n2,A,0001-01-01,2024-02-04,5\n3,A,2024-01-05,9999-12-31,5\n",
        refused=(
            "invoices.issued_on: not a date: 0000-00-00",
            "invoices.issued_on: date out of bounds: 0001-01-01",
            "invoices.due_on: date out of bounds: 9999-12-31",
        ),
    ),
    Sloppy(
        "two digits of the year that mean the last century",
        HEADER + "1,A,05.01.70,04.02.24,5\n",
        columns=dated("'%d.%m.%y'"),
        refused=("invoices.issued_on: date out of bounds: 1970-01-05 00:00:00",),
    ),
    Sloppy(
        "a date without its leading zeros that could be two days",
        HEADER + "1,A,2024111,20240204,5\n2,A,20240111,20240204,5\n",
        columns=dated("'%Y%m%d'"),
        invoices=("2,A,2024-01-11,2024-02-04,5.00",),
        refused=("invoices.issued_on: not a date: 2024111",),
    ),
    Sloppy(
        "a week, a quarter and a word for a date",
        HEADER + "1,A,2024-W03,2024-02-04,5\n2,A,Q1 2024,2024-02-04,5\n3,A,yesterday,2024-02-04,5\n",
        refused=(
            "invoices.issued_on: not a date: 2024-W03",
            "invoices.issued_on: not a date: Q1 2024",
            "invoices.issued_on: not a date: yesterday",
        ),
    ),
    Sloppy(
        "a month in a language that the mapping does not name",
        HEADER + "1,A,5 Mai 2024,4 Dez 2024,5\n",
        columns=dated("'%d %b %Y'"),
        refused=("invoices.issued_on: not a date: 5 Mai 2024",),
    ),
    Sloppy(
        "a month that two names begin with",
        HEADER + "1,A,5 jui 2024,4 août 2024,5\n",
        columns=dated("'%d %b %Y'"),
        form="language: fr",
        refused=("invoices.issued_on: not a date: 5 jui 2024",),
    ),
    Sloppy(
        "the error values of a spreadsheet",
        HEADER + "1,A,2024-01-05,2024-02-04,#N/A\n2,A,2024-01-05,2024-02-04,#REF!\n3,A,#VALUE!,2024-02-04,5\n"
        "4,A,2024-01-05,2024-02-04,########\n",
        refused=(
            "invoices.amount: not an amount: #N/A",
            "invoices.amount: not an amount: #REF!",
            "invoices.issued_on: not a date: #VALUE!",
            "invoices.amount: not an amount: ########",
        ),
    ),
    Sloppy(
        "words for nothing in an amount",
        HEADER + "1,A,2024-01-05,2024-02-04,NULL\n2,A,2024-01-05,2024-02-04,nil\n3,A,2024-01-05,2024-02-04,NaN\n"
        "4,A,2024-01-05,2024-02-04,inf\n",
        refused=tuple(f"invoices.amount: not an amount: {word}" for word in ("NULL", "nil", "NaN", "inf")),
    ),
    Sloppy(
        "zero with a sign",
        HEADER + "1,A,2024-01-05,2024-02-04,-0.00\n2,A,2024-01-05,2024-02-04,(0.00)\n3,A,2024-01-05,2024-02-04,0-\n",
        invoices=tuple(f"{n},A,2024-01-05,2024-02-04,0.00" for n in (1, 2, 3)),
    ),
    Sloppy(
        "two signs, or half a bracket",
        HEADER
        + "".join(f"{n},A,2024-01-05,2024-02-04,{cell}\n" for n, cell in enumerate(["-5-", "(-5)", "(5", "5)", "--5"])),
        refused=tuple(f"invoices.amount: not an amount: {cell}" for cell in ["-5-", "(-5)", "(5", "5)", "--5"]),
    ),
    Sloppy(
        "two currencies in one cell",
        HEADER
        + "1,A,2024-01-05,2024-02-04,€5 USD\n2,A,2024-01-05,2024-02-04,EUR 5 USD\n3,A,2024-01-05,2024-02-04,XYZ 5\n",
        refused=tuple(f"invoices.amount: not an amount: {cell}" for cell in ("€5 USD", "EUR 5 USD", "XYZ 5")),
    ),
    Sloppy(
        "thousands that the mapping does not state",
        'id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,"1,234.50"\n2,A,2024-01-05,2024-02-04,1 234\n',
        refused=("invoices.amount: not an amount: 1,234.50", "invoices.amount: not an amount: 1 234"),
    ),
    Sloppy(
        "a decimal comma that the mapping does not state",
        'id,customer,issued,due,amount\n1,A,2024-01-05,2024-02-04,"1234,50"\n2,A,2024-01-05,2024-02-04,"1,23"\n',
        form="thousands: ','",
        refused=("invoices.amount: not an amount: 1234,50", "invoices.amount: not an amount: 1,23"),
    ),
    Sloppy(
        "a decimal point where commas are stated, which could be thousands",
        HEADER + "1,A,2024-01-05,2024-02-04,1234.50\n2,A,2024-01-05,2024-02-04,1.234\n",
        form="decimal_comma: true, thousands: '.'",
        invoices=("2,A,2024-01-05,2024-02-04,1234.00",),
        refused=("invoices.amount: not an amount: 1234.50",),
    ),
    Sloppy(
        "shortened, scientific and spelled amounts",
        HEADER
        + "".join(
            f"{n},A,2024-01-05,2024-02-04,{cell}\n" for n, cell in enumerate(["1.2k", "5M", "1.2E+05", "five", "5%"])
        ),
        refused=tuple(f"invoices.amount: not an amount: {cell}" for cell in ["1.2k", "5M", "1.2E+05", "five", "5%"]),
    ),
    Sloppy(
        "digits of other scripts",
        HEADER + "1,A,2024-01-05,2024-02-04,１２３\n2,A,2024-01-05,2024-02-04,١٢٣\n",
        refused=("invoices.amount: not an amount: １２３", "invoices.amount: not an amount: ١٢٣"),
    ),
    Sloppy(
        "an amount that is a typing error, and one of a hundred digits",
        HEADER + f"1,A,2024-01-05,2024-02-04,99999999999999\n2,A,2024-01-05,2024-02-04,{'9' * 100}\n",
        refused=(
            "invoices.amount: out of bounds: 99999999999999",
            f"invoices.amount: not an amount: {'9' * 100}",
        ),
    ),
    Sloppy(
        "hard spaces around everything",
        "id,customer,issued,due,amount\n\u00a01\u00a0,\u00a0A ,\u00a02024-01-05,2024-02-04\u00a0,\u00a0-5.00\u00a0\n",
        invoices=("1,A,2024-01-05,2024-02-04,-5.00",),
    ),
    Sloppy(
        "ids that look like a formula, a path or a line of a program",
        HEADER + "=1+1,../../etc,2024-01-05,2024-02-04,5\n<script>,'; DROP TABLE x; --,2024-01-05,2024-02-04,6\n",
        invoices=(
            "=1+1,../../etc,2024-01-05,2024-02-04,5.00",
            "<script>,'; DROP TABLE x; --,2024-01-05,2024-02-04,6.00",
        ),
    ),
    Sloppy(
        "an id of a hundred thousand letters",
        HEADER + f"{'x' * 100_000},A,2024-01-05,2024-02-04,5\n",
        refused=(f"invoices.invoice_id: text too long: {'x' * 200}…",),
    ),
)
