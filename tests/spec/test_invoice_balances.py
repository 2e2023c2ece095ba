"""What is open of an invoice, and since when nothing is."""

import pytest

from tests.support.view_from_text import balances, invoice, night

NIGHT = night("2024-03-01")
INVOICE = "invoices\n due_on amount\n 2024-01-31 100.00\n"


def payments(*rows: str) -> str:
    return "payments\n invoice_id paid_on amount\n" + "\n".join(rows) + "\n"


def adjustments(*rows: str) -> str:
    return "adjustments\n invoice_id kind posted_on amount\n" + "\n".join(rows) + "\n"


def state(text: str) -> tuple[float, str | None]:
    """Open currency units and the settled day."""
    found = invoice(INVOICE + text, NIGHT)
    return found["open_amount"] / 100, str(found["settled_on"].date()) if found["settled_on"] == found[
        "settled_on"
    ] else None


def test_an_unpaid_invoice_is_open():
    assert state("") == (100.00, None)


def test_a_payment_in_part_lowers_what_is_open():
    assert state(payments("1 2024-02-05 30.01")) == (69.99, None)


def test_an_invoice_paid_in_parts_is_settled_on_the_day_of_the_last():
    assert state(payments("1 2024-02-05 30.00", "1 2024-02-09 70.00")) == (0.00, "2024-02-09")


def test_a_reversal_reopens_an_invoice():
    assert state(payments("1 2024-02-05 100.00", "1 2024-02-12 -100.00")) == (100.00, None)


def test_an_invoice_paid_again_after_a_reversal_is_settled_on_the_second_day():
    again = payments("1 2024-02-05 100.00", "1 2024-02-12 -100.00", "1 2024-02-20 100.00")
    assert state(again) == (0.00, "2024-02-20")


def test_a_reversal_repaid_on_its_own_day_leaves_the_first_settled_day():
    again = payments("1 2024-02-05 100.00", "1 2024-02-12 -100.00", "1 2024-02-12 100.00")
    assert state(again) == (0.00, "2024-02-05")


def test_a_write_off_closes_an_invoice():
    assert state(adjustments("1 write_off 2024-02-20 100.00")) == (0.00, "2024-02-20")


def test_what_is_paid_too_much_is_credit():
    text = payments("1 2024-02-05 120.00")
    assert state(text) == (-20.00, "2024-02-05")
    assert balances(INVOICE + text, NIGHT)["credit_amount"] == 20.00


def test_an_open_credit_note_is_credit():
    text = "invoices\n kind due_on amount\n credit_note 2024-02-10 -25.00\n"
    assert balances(text, NIGHT) == {
        "open_amount": 0, "overdue_amount": 0, "disputed_amount": 0, "held_amount": 0, "coming_amount": 0,
        "promised_amount": 0, "credit_amount": 25.00, "collectible_amount": 0,
    }  # fmt: skip


def test_a_credit_note_used_on_an_invoice_lowers_both():
    text = "invoices\n kind due_on amount\n invoice 2024-01-31 100.00\n credit_note 2024-02-10 -25.00\n"
    found = balances(
        text + adjustments("1 credit_applied 2024-02-15 25.00", "2 credit_applied 2024-02-15 -25.00"), NIGHT
    )
    assert (found["open_amount"], found["credit_amount"], found["collectible_amount"]) == (75.00, 0, 75.00)


def test_unapplied_cash_is_credit_until_it_is_used():
    cash = payments("- 2024-02-05 60.00")
    found = balances(INVOICE + cash, NIGHT)
    assert (found["open_amount"], found["credit_amount"], found["collectible_amount"]) == (100.00, 60.00, 40.00)
    found = balances(INVOICE + cash + adjustments("1 credit_applied 2024-02-15 45.00"), NIGHT)
    assert (found["open_amount"], found["credit_amount"], found["collectible_amount"]) == (55.00, 15.00, 40.00)


def test_a_payment_known_before_its_invoice_is_cash_on_account_until_the_invoice_is_known():
    text = "invoices\n due_on amount known_on\n 2024-03-31 100.00 2024-03-05\n" + payments("1 2024-02-20 100.00")
    assert balances(text, NIGHT)["credit_amount"] == 100.00
    later = balances(text, night("2024-03-06"))
    assert (later["open_amount"], later["credit_amount"]) == (0, 0)


@pytest.mark.parametrize(("day", "overdue"), [("2024-01-31", 0), ("2024-02-01", 100.00)])
def test_an_invoice_is_overdue_from_the_night_after_its_due_date(day, overdue):
    assert balances(INVOICE, night(day))["overdue_amount"] == overdue


def test_amounts_of_another_currency_count_at_the_latest_rate_that_is_known():
    text = """
        invoices
        due_on amount currency
        2024-01-31 100.00 USD
        fx_rates
        on currency rate
        2024-01-01 USD 0.80
        2024-02-29 USD 0.90
        2024-03-01 USD 0.10
    """
    assert balances(text, NIGHT)["open_amount"] == 90.00
