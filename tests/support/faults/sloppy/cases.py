"""One small export: its text, the mapping of it, and what must come out, by hand."""

from dataclasses import dataclass, field

PLAIN = "{invoice_id: id, customer_id: customer, issued_on: issued, due_on: due, amount: amount}"
HEADER = "id,customer,issued,due,amount\n"


@dataclass(frozen=True)
class Sloppy:
    """An export `items.csv` with a mapping of its invoices, and of `more` tables.

    `columns`, `where` and `form` are YAML; `mapping` is a whole one instead of them, `others` are further files.
    Rows come out as `id,customer,issued,due,amount[,currency]` of invoices, as
    `id,invoice,customer,paid,amount[,currency]` of payments, as `on,currency,rate` of rates; what was refused and
    repaired as `table.column: rule: value`. `stops` is a part of the sentence by which the whole import is refused.
    """

    name: str
    export: str | bytes
    columns: str = PLAIN
    where: str = ""
    form: str = ""
    more: str = ""
    mapping: str = ""
    others: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    invoices: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    stops: str = ""

    @property
    def yaml(self) -> str:
        """The mapping; a ledger needs payments, so that a case without any has an empty file of them."""
        if self.mapping:
            return self.mapping
        form = f", {self.form}" if self.form else ""
        where = f"    where: {self.where}\n" if self.where else ""
        payments = "" if "payments:" in self.more else NO_PAYMENTS
        return (
            f'files:\n  items: {{path: "items.csv"{form}}}\n  none: {{path: none.csv}}\n'
            f"tables:\n  invoices:\n    file: items\n{where}    columns: {self.columns}\n{payments}{self.more}"
        )


NO_PAYMENTS = (
    "  payments: {file: none, columns: {payment_id: id, customer_id: customer, paid_on: day, amount: amount}}\n"
)
