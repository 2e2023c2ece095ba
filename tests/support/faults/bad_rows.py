"""Bad rows: keys, references, dates, amounts and other cells that a ledger cannot hold, or seems not to."""

from collections.abc import Callable, Iterator

from tests.support.faults.bad_inputs import (
    BadInput,
    Kept,
    Quarantined,
    Repaired,
    Rows,
    cell,
    in_rows,
    more,
    refused_cell,
    repaired_cell,
)


def bad_rows() -> Iterator[BadInput]:
    yield from _keys_and_references()
    yield from _dates()
    yield from _amounts()
    yield from _other_cells()


def _keys_and_references() -> Iterator[BadInput]:
    yield in_rows(
        "a row that was exported twice",
        Quarantined("payments", "repeated row"),
        lambda rows: rows["payments"].append(dict(rows["payments"][0])),
    )
    yield in_rows(
        "two rows of one id that differ",
        Quarantined("contacts", "key not unique", 2),
        lambda rows: rows["contacts"].append({**rows["contacts"][0], "minutes": "99"}),
    )
    yield refused_cell("an empty id", "payments", "payment_id", "", "missing")
    yield refused_cell("an id of spaces", "payments", "payment_id", "   ", "missing")
    yield cell("spaces around an id", "contacts", "contact_id", "  K-99  ", Kept())
    yield in_rows(
        "an invoice of an unknown customer",
        Repaired("customers", "unknown customer"),
        more("invoices", customer_id="nobody"),
    )
    yield in_rows(
        "a payment of an unknown customer",
        Repaired("customers", "unknown customer"),
        more("payments", customer_id="nobody", invoice_id=""),
    )
    yield in_rows(
        "a contact with an unknown customer",
        Repaired("customers", "unknown customer"),
        more("contacts", customer_id="nobody", invoice_id=""),
    )
    yield repaired_cell("a payment of an unknown invoice", "payments", "invoice_id", "nothing", "unknown invoice")
    yield refused_cell("an adjustment of no known invoice", "adjustments", "invoice_id", "nothing", "unknown invoice")
    yield refused_cell("a dispute of an unknown invoice", "disputes", "invoice_id", "nothing", "unknown invoice")
    yield in_rows("payments for someone else's invoice", Kept(), _somebody_elses("payments"))
    yield in_rows(
        "promises for someone else's invoice",
        Quarantined("promises", "invoice of another customer"),
        _somebody_elses("promises"),
    )
    yield in_rows("parents in a circle", Kept("parents in a circle"), _circle)
    yield in_rows(
        "a customer that is its own parent",
        Kept("parents in a circle"),
        lambda rows: rows["customers"][0].update(parent_id=rows["customers"][0]["customer_id"]),
    )
    yield cell("a parent that is not in the ledger", "customers", "parent_id", "nobody", Kept("unknown parent"))


def _dates() -> Iterator[BadInput]:
    def invoice_with(name: str, column: str, value: str, rule: str) -> BadInput:
        return in_rows(name, Quarantined("invoices", rule), more("invoices", **{column: value}))

    yield invoice_with("a missing due date", "due_on", "", "missing")
    yield in_rows(
        "due before it was issued",
        Repaired("invoices", "due_on before issued_on"),
        more("invoices", due_on="2023-01-01"),
    )
    yield invoice_with("a date with slashes", "issued_on", "05/06/2024", "not a date")
    yield invoice_with("a German date", "due_on", "31.12.2024", "not a date")
    yield invoice_with("the thirtieth of February", "due_on", "2024-02-30", "not a date")
    yield invoice_with("a word in place of a date", "due_on", "soon", "not a date")
    yield invoice_with("a spreadsheet's number in place of a date", "due_on", "45000", "not a date")
    yield invoice_with("a date in 1900", "issued_on", "1900-01-01", "date out of bounds")
    yield invoice_with("a date in 2999", "due_on", "2999-12-31", "date out of bounds")
    yield invoice_with("the year 0000", "issued_on", "0000-00-00", "not a date")
    yield cell("a date with a time of day", "contacts", "contacted_on", "2024-01-05T23:59:59", Kept())
    yield in_rows("a payment before its invoice", Kept("paid before issued"), _paid_before_issued)
    yield in_rows(
        "a dispute that closed before it opened",
        Repaired("disputes", "closed_on before opened_on"),
        lambda rows: rows["disputes"][-1].update(closed_on="2001-01-01"),
    )
    yield in_rows(
        "a promise for a day before it was made",
        Quarantined("promises", "promised_on before made_on"),
        lambda rows: rows["promises"][-1].update(promised_on="2001-01-01"),
    )


def _amounts() -> Iterator[BadInput]:
    def invoice_of(name: str, amount: str, rule: str) -> BadInput:
        return in_rows(name, Quarantined("invoices", rule), more("invoices", amount=amount, kind="invoice"))

    yield invoice_of("an invoice below zero", "-100.00", "sign does not fit the kind")
    yield in_rows("an invoice of nothing", Kept(), more("invoices", amount="0.00", kind="invoice"))
    yield invoice_of("an amount that no one owes", "99999999999.00", "out of bounds")
    yield invoice_of("an amount of a thousand digits", "9" * 1000, "not an amount")
    yield invoice_of("an amount that is not a number", "NaN", "not an amount")
    yield invoice_of("an infinite amount", "Infinity", "not an amount")
    yield invoice_of("no amount", "", "missing")
    yield invoice_of("a decimal comma", "1234,56", "not an amount")
    yield invoice_of("thousands separators", "1,234.56", "not an amount")
    yield invoice_of("a currency sign", "€ 100", "not an amount")
    yield invoice_of("an amount in brackets", "(100.00)", "not an amount")
    yield invoice_of("the letter O for a zero", "1OO.00", "not an amount")
    yield in_rows(
        "a credit note above zero",
        Quarantined("invoices", "sign does not fit the kind"),
        more("invoices", kind="credit_note", amount="10.00"),
    )
    yield in_rows("half a cent", Kept(), more("invoices", amount="10.005", kind="invoice"))
    yield in_rows("paid more than was billed", Kept("reduced below zero"), _overpaid)
    yield in_rows("more taken back than was paid", Kept(), _reversed_twice)
    yield in_rows("instalments of more than the invoice", Kept("instalments beyond the amount"), _over_planned)


def _other_cells() -> Iterator[BadInput]:
    yield refused_cell("an unknown kind of adjustment", "adjustments", "kind", "gift", "unknown choice")
    yield refused_cell("an unknown channel", "contacts", "channel", "telegram", "unknown choice")
    yield repaired_cell("an unknown outcome", "contacts", "outcome", "shrug", "unknown choice")
    yield repaired_cell("a propensity above one", "contacts", "propensity", "1.5", "out of bounds")
    yield repaired_cell("negative minutes", "contacts", "minutes", "-3", "out of bounds")
    yield repaired_cell("an infinite propensity", "contacts", "propensity", "inf", "not a number")
    yield in_rows(
        "a negative credit limit",
        Repaired("customers", "out of bounds"),
        more("customers", credit_limit="-1", parent_id=""),
    )
    yield in_rows(
        "a flag that is neither yes nor no",
        Repaired("customers", "not true or false"),
        more("customers", do_not_contact="perhaps", parent_id=""),
    )
    yield in_rows(
        "a name of 10,000 characters",
        Repaired("customers", "text too long"),
        more("customers", name="x" * 10_000, parent_id=""),
    )
    yield in_rows(
        "a NUL byte in a name",
        Repaired("customers", "NUL byte in text"),
        more("customers", name="A\x00B", parent_id=""),
    )
    for name, value in (("a formula as a name", '=HYPERLINK("http://x")'), ("emoji and right to left", "👩‍💼 شركة")):
        yield cell(name, "customers", "name", value, Kept())
    yield in_rows(
        "a rare currency without a rate",
        Quarantined("invoices", "currency without a rate"),
        more("invoices", currency="XYZ"),
    )
    yield in_rows(
        "two rates for one day",
        Quarantined("fx_rates", "key not unique", 2),
        lambda rows: rows.update(
            fx_rates=[*_rates(), *({"on": "2020-01-01", "currency": "USD", "rate": rate} for rate in ("0.9", "0.8"))]
        ),
    )
    yield in_rows(
        "a rate of zero",
        Quarantined("fx_rates", "out of bounds"),
        lambda rows: rows.update(fx_rates=[*_rates(), {"on": "2020-01-01", "currency": "USD", "rate": "0"}]),
    )


def _rates() -> list[dict[str, str]]:
    return [
        {"on": f"2023-{month:02}-{day:02}", "currency": "USD", "rate": "0.9"}
        for month in (1, 2)
        for day in range(1, 29)
    ]


def _first_free_payment(rows: Rows) -> dict[str, str]:
    return next(row for row in rows["payments"] if row["invoice_id"])


def _somebody_elses(table: str) -> Callable[[Rows], object]:
    def change(rows: Rows) -> None:
        owner = {row["invoice_id"]: row["customer_id"] for row in rows["invoices"]}
        row = next(row for row in rows[table] if row["invoice_id"])
        row["customer_id"] = next(one for one in owner.values() if one != owner[row["invoice_id"]])

    return change


def _overpaid(rows: Rows) -> None:
    payment = _first_free_payment(rows)
    rows["payments"].append({**payment, "payment_id": "one more", "amount": "99999.00"})


def _over_planned(rows: Rows) -> None:
    rows["instalments"][-1]["amount"] = "99999.00"


def _reversed_twice(rows: Rows) -> None:
    payment = _first_free_payment(rows)
    for copy in ("once", "twice"):
        rows["payments"].append({**payment, "payment_id": copy, "amount": f"-{payment['amount']}"})


def _paid_before_issued(rows: Rows) -> None:
    payment = _first_free_payment(rows)
    payment.update(paid_on="2022-06-01", known_on="")


def _circle(rows: Rows) -> None:
    first, second, third = rows["customers"][:3]
    for below, above in ((first, second), (second, third), (third, first)):
        below["parent_id"] = above["customer_id"]
