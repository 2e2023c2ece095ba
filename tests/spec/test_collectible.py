"""Collectible = overdue - disputed - promised and not yet due - unapplied credit, floored at zero."""

import pytest

from tests.support.view_from_text import balances, night, view_of

NIGHT = night("2024-03-01")
INVOICE = "invoices\n due_on amount\n 2024-01-31 100.00\n"


def parts(text: str) -> tuple[float, float, float, float]:
    """Disputed, promised, credit and collectible, in currency units."""
    found = balances(INVOICE + text, NIGHT)
    return tuple(found[f"{name}_amount"] for name in ("disputed", "promised", "credit", "collectible"))


def promise(invoice: str, made_on: str, promised_on: str, amount: str) -> str:
    return f"promises\n invoice_id made_on promised_on amount\n {invoice} {made_on} {promised_on} {amount}\n"


def payment(invoice: str, paid_on: str, amount: str) -> str:
    return f"payments\n invoice_id paid_on amount\n {invoice} {paid_on} {amount}\n"


def kept(text: str) -> list[bool]:
    return view_of(INVOICE + text, NIGHT).promises_due["kept"].tolist()


@pytest.mark.parametrize(
    ("dispute", "disputed"),
    [
        ("1 2024-02-10 - 30.00", 30.00),  # a stated part
        ("1 2024-02-10 - -", 100.00),  # the whole invoice
        ("1 2024-02-10 - 500.00", 100.00),  # more than is open
        ("1 2024-02-10 2024-02-20 30.00", 0),  # resolved
        ("1 2024-02-10 2024-03-01 30.00", 30.00),  # resolved on the day that the night does not see
    ],
)
def test_a_dispute_holds_its_part(dispute, disputed):
    text = f"disputes\n invoice_id opened_on closed_on amount\n {dispute}\n"
    assert parts(text) == (disputed, 0, 0, 100.00 - disputed)


@pytest.mark.parametrize(
    ("own", "disputed"),
    [
        ("ERP-1 1 2024-02-12 2024-02-20", 0),  # closed since it was heard on the telephone
        ("ERP-1 1 2024-01-10 2024-02-10", 0),  # on that day
        ("ERP-1 1 2024-01-10 2024-02-09", 100.00),  # an earlier one
        ("ERP-1 1 2024-02-12 2024-03-01", 100.00),  # the night does not know it yet
        ("ERP-1 1 2024-02-12 2024-02-20\n ERP-2 1 2024-02-25 2024-03-05", 100.00),  # the second is open
        ("ERP-1 2 2024-02-12 2024-02-20", 100.00),  # another invoice
    ],
)
def test_a_dispute_that_a_collector_wrote_down_ends_with_the_ledgers_own_of_that_invoice(own, disputed):
    text = f" 2099-01-31 1.00\ndisputes\n dispute_id invoice_id opened_on closed_on\n {own}\n"
    text += " 0123456789abcdef-7-1 1 2024-02-10 -\n"
    assert parts(text)[0] == disputed


@pytest.mark.parametrize(("promised_on", "promised"), [("2024-02-29", 0), ("2024-03-01", 60.00), ("2024-03-10", 60.00)])
def test_a_promise_holds_its_amount_until_its_day_has_passed(promised_on, promised):
    assert parts(promise("1", "2024-02-20", promised_on, "60.00")) == (0, promised, 0, 100.00 - promised)


def test_a_promise_paid_in_part_holds_the_rest():
    text = promise("1", "2024-02-20", "2024-03-10", "60.00") + payment("1", "2024-02-25", "20.00")
    assert parts(text) == (0, 40.00, 0, 40.00)


def test_a_payment_before_the_promise_does_not_count_for_it():
    text = promise("1", "2024-02-20", "2024-03-10", "60.00") + payment("1", "2024-02-19", "20.00")
    assert parts(text) == (0, 60.00, 0, 20.00)


def test_a_dispute_comes_before_a_promise_about_the_same_cents():
    dispute = "disputes\n invoice_id opened_on amount\n 1 2024-02-10 70.00\n"
    assert parts(dispute + promise("1", "2024-02-20", "2024-03-10", "60.00")) == (70.00, 30.00, 0, 0)


def test_a_promise_for_the_account_holds_what_is_overdue():
    assert parts(promise("-", "2024-02-20", "2024-03-10", "60.00")) == (0, 60.00, 0, 40.00)
    assert parts(promise("-", "2024-02-20", "2024-03-10", "160.00")) == (0, 100.00, 0, 0)


def test_credit_lowers_what_may_be_collected_but_never_below_zero():
    assert parts(payment("-", "2024-02-20", "30.00")) == (0, 0, 30.00, 70.00)
    assert parts(payment("-", "2024-02-20", "300.00")) == (0, 0, 300.00, 0)


@pytest.mark.parametrize(
    ("paid_on", "amount", "was_kept"),
    [
        ("2024-02-10", "60.00", True),  # on the day of the promise
        ("2024-02-20", "60.00", True),  # on its last day
        ("2024-02-21", "60.00", False),  # a day late
        ("2024-02-20", "59.99", False),  # a cent short
        ("2024-02-09", "60.00", False),  # before it was made
    ],
)
def test_a_promise_is_kept_by_the_amount_on_the_day(paid_on, amount, was_kept):
    assert kept(promise("1", "2024-02-10", "2024-02-20", "60.00") + payment("1", paid_on, amount)) == [was_kept]


def test_a_promise_for_an_invoice_is_not_kept_by_cash_on_account():
    assert kept(promise("1", "2024-02-10", "2024-02-20", "60.00") + payment("-", "2024-02-15", "60.00")) == [False]


def test_a_promise_for_the_account_is_kept_by_any_payment():
    assert kept(promise("-", "2024-02-10", "2024-02-20", "60.00") + payment("1", "2024-02-15", "60.00")) == [True]


def test_a_reversal_breaks_a_promise():
    text = promise("1", "2024-02-10", "2024-02-20", "60.00") + payment("1", "2024-02-15", "60.00\n 1 2024-02-18 -60.00")
    assert kept(text) == [False]


def test_a_promise_for_the_account_is_compared_in_the_currency_of_the_account():
    text = """
        invoices
        due_on amount currency
        2024-01-31 100.00 USD
        promises
        invoice_id made_on promised_on amount
        - 2024-02-10 2024-02-20 60.00
        payments
        invoice_id paid_on amount
        1 2024-02-15 100.00
        fx_rates
        on currency rate
        2024-01-01 USD {rate}
    """
    assert view_of(text.format(rate="0.60"), NIGHT).promises_due["kept"].tolist() == [True]
    assert view_of(text.format(rate="0.59"), NIGHT).promises_due["kept"].tolist() == [False]
