"""Rows that do not fit together."""

from benchmarks.robustness.bad_days.day import NIGHTLY, Day
from benchmarks.robustness.bad_days.edits import add, all_of, cells, every, only_heads

KNOWN = {"known_on": "2023-12-20"}
HOLD = {"hold_id": "HX", "from_on": "2023-12-01", "until_on": "", "known_on": "2023-12-01"}

ROWS = (
    Day(
        "a payment that was exported twice",
        lambda place: place.write("payments", [*place.rows("payments"), place.rows("payments")[0]]),
        NIGHTLY,
        says=("repeated row",),
    ),
    Day(
        "two invoices of one number that differ",
        cells("invoices", 1, invoice_id="I0000001"),
        NIGHTLY,
        says=("key not unique",),
    ),
    Day(
        "all payments exported twice",
        lambda place: place.write("payments", place.rows("payments") * 2),
        NIGHTLY,
        3,
        ("were refused",),
    ),
    Day(
        "parents in a circle",
        all_of(cells("customers", 0, parent_id="C00002"), cells("customers", 1, parent_id="C00001")),
        NIGHTLY,
        says=("parents in a circle",),
    ),
    Day(
        "a customer that is its own parent",
        cells("customers", 0, parent_id="C00001"),
        NIGHTLY,
        says=("parents in a circle",),
    ),
    Day("a chain of sixty parents", every("customers", "parent_id", lambda n, _was: f"C{n:05}" if n else ""), NIGHTLY),
    Day(
        "a parent that is not in the ledger",
        cells("customers", 0, parent_id="C99999"),
        NIGHTLY,
        says=("unknown parent",),
    ),
    Day(
        "invoices of a customer that is not in the ledger",
        cells("invoices", 5, customer_id="C99999"),
        NIGHTLY,
        says=("unknown customer",),
    ),
    Day("a payment by a customer for another's invoice", cells("payments", 3, customer_id="C00001"), NIGHTLY),
    Day(
        "an adjustment of an unknown invoice",
        cells("adjustments", invoice_id="I999"),
        NIGHTLY,
        says=("unknown invoice",),
    ),
    Day("an adjustment of an unknown kind", cells("adjustments", kind="gift"), NIGHTLY, says=("unknown choice",)),
    Day(
        "a credit applied without its credit note",
        add("adjustments", adjustment_id="AX", kind="credit_applied", posted_on="2023-12-20", amount="10.00", **KNOWN),
        NIGHTLY,
    ),
    Day(
        "instalments that are more than the invoice",
        cells("instalments", amount="99999.00"),
        NIGHTLY,
        says=("instalments beyond the amount",),
    ),
    Day(
        "instalments of an unknown invoice",
        cells("instalments", invoice_id="I999"),
        NIGHTLY,
        code=3,
        says=("unknown invoice",),
    ),
    Day(
        "a dispute of an unknown invoice",
        cells("disputes", invoice_id="I999"),
        NIGHTLY,
        code=3,
        says=("unknown invoice",),
    ),
    Day(
        "a promise for another's invoice",
        cells("promises", customer_id="C00001"),
        NIGHTLY,
        says=("invoice of another customer",),
    ),
    Day(
        "a hold of no one and nothing",
        add("holds", **HOLD, customer_id="", invoice_id=""),
        NIGHTLY,
        code=3,
        says=("neither a customer nor an invoice",),
    ),
    Day(
        "every customer on hold",
        lambda place: place.write(
            "holds",
            [
                {
                    **HOLD,
                    "hold_id": f"H{row['customer_id']}",
                    "customer_id": row["customer_id"],
                    "invoice_id": "",
                    "reason": "",
                }
                for row in place.rows("customers")
            ],
        ),
        NIGHTLY,
        says=("0 customers to contact",),
    ),
    Day(
        "no one may be contacted",
        every("customers", "do_not_contact", lambda _n, _was: "True"),
        NIGHTLY,
        says=("0 customers to contact",),
    ),
    Day(
        "a flag that is neither yes nor no",
        cells("customers", do_not_contact="maybe"),
        NIGHTLY,
        says=("not true or false",),
    ),
    Day("a propensity above one", cells("contacts", propensity="7"), NIGHTLY, says=("out of bounds",)),
    Day("a country that does not exist", cells("customers", country="XX"), NIGHTLY, says=("unknown country",)),
    Day("a country by its name", cells("customers", country="Germany"), NIGHTLY, says=("unknown country",)),
    Day("an unknown channel", cells("contacts", channel="pigeon"), NIGHTLY, says=("unknown choice",)),
    Day("an empty id of a payment", cells("payments", payment_id=""), NIGHTLY, says=("missing",)),
    Day("no payment at all", only_heads("payments", "adjustments"), NIGHTLY, says=("payment",)),
    Day(
        "no invoice at all",
        only_heads("invoices", "instalments", "disputes", "promises", "adjustments", "holds"),
        NIGHTLY,
        3,
        ("no invoice is known before",),
    ),
    Day("customers with heads alone", only_heads("customers", "people"), NIGHTLY, says=("customers has no rows",)),
    Day(
        "nothing is overdue, and reminders are due",
        every("invoices", "due_on", lambda _n, was: max(was, "2024-01-09")),
        NIGHTLY,
    ),
    Day(
        "all is of one customer",
        lambda place: [
            every(table, "customer_id", lambda _n, _was: "C00001")(place)
            for table in ("invoices", "payments", "promises", "contacts", "holds")
        ],
        NIGHTLY,
    ),
    Day(
        "everything is in dispute",
        lambda place: place.write(
            "disputes",
            [
                {
                    "dispute_id": row["invoice_id"],
                    "invoice_id": row["invoice_id"],
                    "opened_on": max(row["issued_on"], "2023-01-02"),
                    "closed_on": "",
                    "reason": "",
                    "amount": "",
                }
                for row in place.rows("invoices")
            ],
        ),
        NIGHTLY,
    ),
)
