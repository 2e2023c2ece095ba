"""Amounts and money that cannot be right, in an invoice that is open."""

from benchmarks.robustness.bad_days.day import NIGHTLY, VALIDATE, Day
from benchmarks.robustness.bad_days.edits import Harm, add, all_of, cells, every, open_invoice

NOT_AN_AMOUNT = ("not an amount",)
WRITTEN = {
    "a decimal comma": "1234,56",
    "thousands separators": "1,234.56",
    "a Swiss apostrophe": "1'234.56",
    "not a number (NaN)": "nan",
    "1e308": "1e308",
    "an underscore between digits": "12_000.00",
    "full-width digits": "１２３.45",
    "Arabic digits": "١٢٣",
    "brackets for a minus": "(100.00)",
    "a minus behind the number": "100.00-",
}
NEW = {"payment_id": "PX1", "invoice_id": "", "paid_on": "2023-12-20", "known_on": "2023-12-20"}
CREDIT = {"invoice_id": "IX1", "kind": "credit_note", "issued_on": "2023-12-20", "due_on": "2023-12-20",
          "known_on": "2023-12-20"}  # fmt: skip


def in_a_currency(currency: str, rate: str, amount: str = "10000000.00") -> Harm:
    """The open invoice in a currency of its own, with a rate for it."""
    rated = add("fx_rates", on="2023-01-02", currency=currency, rate=rate)
    return all_of(open_invoice(currency=currency, amount=amount), rated)


AMOUNTS = (
    *(
        Day(f"an amount with {name}", open_invoice(amount=value), VALIDATE, says=NOT_AN_AMOUNT)
        for name, value in WRITTEN.items()
    ),
    Day("an amount as a spreadsheet shortens it (1.23E+03)", open_invoice(amount="1.23E+03"), NIGHTLY),
    Day("an amount between blanks", open_invoice(amount="  100.00 "), NIGHTLY),
    Day("half a cent", open_invoice(amount="100.005"), NIGHTLY),
    Day("no amount", open_invoice(amount=""), NIGHTLY, says=("missing",)),
    Day("an amount of a trillion", open_invoice(amount="1000000000000.00"), NIGHTLY, says=("out of bounds",)),
    Day("an invoice below zero", open_invoice(amount="-100.00"), NIGHTLY, says=("sign does not fit the kind",)),
    Day(
        "a credit note above zero",
        add("invoices", **CREDIT, amount="100.00"),
        NIGHTLY,
        says=("sign does not fit the kind",),
    ),
    Day("a credit note larger than all debts", add("invoices", **CREDIT, amount="-9999999.00"), NIGHTLY),
    Day("money received that names no invoice", add("payments", **NEW, amount="5000.00"), NIGHTLY),
    Day(
        "a payment of an unknown invoice",
        add("payments", **NEW | {"invoice_id": "I999"}, amount="50.00"),
        NIGHTLY,
        says=("unknown invoice",),
    ),
    Day(
        "a payment twice as high as its invoice",
        cells("payments", amount="1788.38"),
        NIGHTLY,
        says=("reduced below zero",),
    ),
    Day("a currency that has no rate", open_invoice(currency="XAU"), NIGHTLY, says=("currency without a rate",)),
    Day("a currency that does not exist", open_invoice(currency="QQQ"), NIGHTLY, says=("QQQ",)),
    Day("a currency in small letters", open_invoice(currency="eur"), NIGHTLY, says=("currency",)),
    Day(
        "ten million at a rate of a thousand million",
        in_a_currency("VND", "1000000000"),
        NIGHTLY,
        code=3,
        says=("correct the rate, or the amount",),
    ),
    Day("a rate of zero", in_a_currency("VND", "0", "100.00"), NIGHTLY, code=3, says=("out of bounds",)),
    Day("a rate of NaN", in_a_currency("VND", "nan", "100.00"), NIGHTLY, code=3, says=("not a number",)),
    Day(
        "every tenth amount cannot be read",
        every("invoices", "amount", lambda n, was: was if n % 10 else "1,5"),
        NIGHTLY,
        3,
        ("were refused",),
    ),
)
