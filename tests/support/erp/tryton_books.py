"""A company in a real Tryton: its books are written and read by Tryton's own models, wizards and reports.

Imported by `tryton_year`, in the environment that has `trytond` and `proteus`, never by a test.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency

CLOCK = {"today": date(2025, 1, 1)}


class Books:
    """The company's books, open to be written into: parties by name, invoices by a name of our own."""

    def __init__(self) -> None:
        create_company()
        self.company = get_company()
        self.company.cancel_invoice_out = True
        self.company.save()
        create_chart()
        year = create_fiscalyear(today=(date(2025, 1, 1), date(2025, 12, 31)))
        set_fiscalyear_invoice_sequences(year).click("create_period")
        self.accounts = get_accounts()
        journal = Model.get("account.journal")
        (self.cash_journal,) = journal.find([("type", "=", "cash")])
        (self.exchange_journal,) = journal.find([("code", "=", "EXC")])
        self.general_journal = journal(name="General", type="general")
        self.loss_journal = journal(name="Write-off", type="write-off")
        journal.save([self.general_journal, self.loss_journal])
        self.euro = get_currency("EUR")  # two euros a dollar, as Tryton's own tools have it
        self.euro.rates.new(date=date(2025, 3, 1), rate=Decimal("1.6"))
        self.euro.save()
        in_out = {f"{side}_account": self.accounts["cash"] for side in ("debit", "credit")}
        self.by_cash = Model.get("account.invoice.payment.method")(name="Cash", journal=self.cash_journal, **in_out)
        self.by_cash.save()
        losses = {f"{side}_account": self.accounts["expense"] for side in ("debit", "credit")}
        self.write_off = Model.get("account.move.reconcile.write_off")(name="Loss", journal=self.loss_journal, **losses)
        self.write_off.save()
        self._exchange_accounts()
        self.halves = self._term(("percent", 30), ("remainder", 60))
        self.net_30 = self._term(("remainder", 30))
        self.procedure = self._procedure()
        self.parties: dict[str, Any] = {}
        self.invoices: dict[str, int] = {}

    def _exchange_accounts(self) -> None:
        settings = Model.get("account.configuration")(1)
        settings.currency_exchange_journal = self.exchange_journal
        settings.currency_exchange_credit_account = self.accounts["revenue"]
        settings.currency_exchange_debit_account = self.accounts["expense"]
        settings.save()

    def _term(self, *parts: tuple[str, int]) -> Any:
        term = Model.get("account.invoice.payment_term")(name=" and ".join(str(days) for _, days in parts))
        for kind, days in parts:
            part = term.lines.new(type=kind)
            if kind == "percent":
                part.ratio = Decimal("0.5")
            part.relativedeltas.new(days=days)
        term.save()
        return term

    def _procedure(self) -> Any:
        """First an e-mail, ten days after the due date, then a letter after thirty."""
        procedure = Model.get("account.dunning.procedure")(name="Reminders")
        procedure.levels.new(sequence=1, overdue=timedelta(10), send_email=True, email_from="books@example.com")
        procedure.levels.new(sequence=2, overdue=timedelta(30), print_on_letter=True)
        procedure.save()
        return procedure

    def party(self, name: str) -> Any:
        if name not in self.parties:
            party = Model.get("party.party")(name=name, dunning_procedure=self.procedure)
            party.contact_mechanisms.new(type="email", value=f"{name.lower()}@example.com")
            party.save()
            self.parties[name] = party.id
        return Model.get("party.party")(self.parties[name])

    def invoice(self, name: str) -> Any:
        return Model.get("account.invoice")(self.invoices[name])

    def bill(self, name: str, party: str, amount: str, **more: Any) -> None:
        """An invoice, or a credit note where `amount` is negative, posted today."""
        invoice = Model.get("account.invoice")(type="out", party=self.party(party), payment_term=self.net_30)
        for field, value in more.items():
            setattr(invoice, field, value)
        invoice.invoice_date = CLOCK["today"]
        sign = -1 if Decimal(amount) < 0 else 1
        invoice.lines.new(account=self.accounts["revenue"], quantity=sign, unit_price=abs(Decimal(amount)))
        invoice.click("post")
        self.invoices[name] = invoice.id

    def pay(self, name: str, amount: str, kind: str = "", *, on: date | None = None) -> None:
        """What the wizard "Pay" does: in part, in full, with a write-off of the rest, or with too much."""
        wizard = self.invoice(name).click("pay")
        wizard.form.amount = Decimal(amount)
        wizard.form.payment_method = self.by_cash
        wizard.form.date = on or CLOCK["today"]
        wizard.execute("choice")
        if kind:
            wizard.form.type = kind
            if kind == "writeoff":
                wizard.form.writeoff = self.write_off
            wizard.execute("pay")

    def book(self, party: str, amount: str, journal: Any, *, on: date | None = None) -> int:
        """What a party owes more, or less where `amount` is negative, without an invoice; the receivable line's id."""
        money = Decimal(amount)
        owed, against = max(money, Decimal(0)), max(-money, Decimal(0))
        other = self.accounts["cash" if journal == self.cash_journal else "revenue"]
        move = Model.get("account.move")(journal=journal, date=on or CLOCK["today"])
        move.lines.new(account=other, debit=against, credit=owed)
        line = move.lines.new(account=self.accounts["receivable"], debit=owed, credit=against)
        line.party = self.party(party)
        move.click("post")
        return next(line.id for line in move.lines if line.account == self.accounts["receivable"])

    def reconcile(self, *lines: int) -> None:
        Wizard("account.move.reconcile_lines", [Model.get("account.move.line")(line) for line in lines])

    def lines_of(self, name: str) -> list[int]:
        return [line.id for line in self.invoice(name).lines_to_pay]

    def credit(self, name: str) -> None:
        """A credit note over the whole invoice, set against it at once."""
        wizard = Wizard("account.invoice.credit", [self.invoice(name)])
        wizard.form.with_refund = True
        wizard.execute("credit")

    def dun(self) -> None:
        """A run of today: levels are found, then processed, which sends the e-mails and prints the letters."""
        run = Wizard("account.dunning.create")
        run.form.date = CLOCK["today"]
        run.execute("create_")
        drafts = Model.get("account.dunning").find([("state", "=", "draft")])
        if drafts:
            Wizard("account.dunning.process", drafts).execute("process")


def _night_of(books: Books, day: date) -> dict[str, Any]:
    """What Tryton reports as of `day`, from its books as they are now."""
    by_party: dict[str, dict[str, str]] = {}
    terms = {"term1": 30, "term2": 60, "term3": 90, "unit": "day"}
    context = {"company": books.company.id, "type": "customer", "date": day, **terms}
    with config.get_config().set_context(context):
        for row in Model.get("account.aged_balance").find([]):
            columns = ("balance", "term0", "term1", "term2", "term3")
            by_party[row.party.name] = {column: str(getattr(row, column)) for column in columns}
        for name, party in books.parties.items():
            receivable = Model.get("party.party")(party).receivable
            by_party.setdefault(name, {})["receivable"] = str(receivable)
    return by_party


def reported(books: Books, days: list[date]) -> dict[str, Any]:
    """Balances and ages by day and party, and what is to pay of each invoice now, in its own currency."""
    invoices = Model.get("account.invoice").find([("type", "=", "out")])
    return {
        "as_of": {day.isoformat(): _night_of(books, day) for day in days},
        "to_pay": {
            invoice.number: [invoice.party.name, invoice.currency.code, str(invoice.amount_to_pay)]
            for invoice in invoices
            if invoice.number
        },
        "dunnings": [
            [dunning.party.name, dunning.level.sequence, str(dunning.date), dunning.state]
            for dunning in Model.get("account.dunning").find([])
        ],
    }
