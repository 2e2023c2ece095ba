"""Files that are not quite a CSV, or none at all."""

import io
import zipfile

from tests.support.faults.sloppy.cases import HEADER, PLAIN, Sloppy

LINE = "1,A,2024-01-05,2024-02-04,5\n"
ROW = "1,A,2024-01-05,2024-02-04,5.00"


def workbook() -> bytes:
    """The start of every .xlsx: a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


BROKEN_FILES = (
    Sloppy("a mark of the byte order", HEADER + LINE, encoding="utf-8-sig", invoices=(ROW,)),
    Sloppy(
        "UTF-16 with tabs, as Excel's Unicode text",
        (HEADER + LINE).replace(",", "\t"),
        form='encoding: utf-16, delimiter: "\\t"',
        encoding="utf-16",
        invoices=(ROW,),
    ),
    Sloppy("UTF-16 that is taken for UTF-8", HEADER + LINE, encoding="utf-16", stops="items.csv"),
    Sloppy(
        "the encoding of Windows that is taken for UTF-8",
        HEADER + LINE.replace("A", "Müller"),
        encoding="cp1252",
        stops="utf-8",
    ),
    Sloppy("semicolons where commas are stated", (HEADER + LINE).replace(",", ";"), stops="Is the delimiter right?"),
    Sloppy(
        "Excel's hint at the delimiter above the header",
        "sep=,\n" + HEADER + LINE,
        form="skip_rows: 1",
        invoices=(ROW,),
    ),
    Sloppy("Excel's hint at the delimiter that is not skipped", "sep=,\n" + HEADER + LINE, stops="no column 'id'"),
    Sloppy(
        "lines with too many and too few fields",
        HEADER + LINE + "2,A,2024-01-05,2024-02-04,5,00\n3,A\n",
        invoices=(ROW,),
        refused=(
            "invoices.: wrong number of fields: 2,A,2024-01-05,2024-02-04,5,00",
            "invoices.: wrong number of fields: 3,A",
        ),
    ),
    Sloppy(
        "a delimiter at the end of every line",
        "id,customer,issued,due,amount,\n1,A,2024-01-05,2024-02-04,5,\n",
        invoices=(ROW,),
    ),
    Sloppy(
        "a line break and a doubled quote inside a quoted name",
        HEADER + '1,"A ""the first""\nof two",2024-01-05,2024-02-04,5\n',
        columns=PLAIN,
        invoices=('1,A "the first"\nof two,2024-01-05,2024-02-04,5.00',),
    ),
    Sloppy(
        "a quote that never closes",
        HEADER + LINE + '2,"B,2024-01-05,2024-02-04,5\n3,C,2024-01-05,2024-02-04,5\n',
        invoices=(ROW,),
        refused=(
            'invoices.: wrong number of fields: 2,"B,2024-01-05,2024-02-04,5',
            "invoices.: wrong number of fields: 3,C,2024-01-05,2024-02-04,5",
        ),
    ),
    Sloppy("line ends of an old Macintosh", (HEADER + LINE).replace("\n", "\r"), invoices=(ROW,)),
    Sloppy("line ends of Windows", (HEADER + LINE).replace("\n", "\r\n"), invoices=(ROW,)),
    Sloppy(
        "a header with a line break and blanks",
        'id,customer,issued,"due\ndate", amount \n1,A,2024-01-05,2024-02-04,5\n',
        columns='{invoice_id: id, customer_id: customer, issued_on: issued, due_on: "due\\ndate", amount: amount}',
        invoices=(ROW,),
    ),
    Sloppy(
        "a header of two lines with merged cells",
        ",Who,Dates,,Money\n" + HEADER + LINE,
        form="skip_rows: 1",
        invoices=(ROW,),
    ),
    Sloppy(
        "two columns of one name",
        "id,customer,issued,due,amount,amount\n1,A,2024-01-05,2024-02-04,5,6\n",
        stops="amount",
    ),
    Sloppy("an empty file", b"", stops="items.csv"),
    Sloppy("a file of blank lines", "\n\n\n", stops="items.csv"),
    Sloppy("a header and nothing else", HEADER),
    Sloppy("a workbook under the name of a CSV", workbook(), stops="items.csv"),
    Sloppy("a page under the name of a CSV", "<html><table><tr><td>id</td></tr></table></html>\n", stops="no column"),
    Sloppy(
        "a NUL byte in an id",
        HEADER + "1\x00,A,2024-01-05,2024-02-04,5\n",
        refused=("invoices.invoice_id: NUL byte in text: 1\\x00",),
    ),
)
