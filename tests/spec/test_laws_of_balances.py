"""The laws of balances, each by small ledgers whose figures are worked out by hand.

Each is asked of the product and of the oracle that adds up row by row: a law that the two read differently shows here.
Figures are the parts that are not zero, in currency units.
"""

from collections.abc import Callable

import pytest

from tests.support.plain_ledger.both_ways import HABIT_BY, PARTS_BY, Amounts, Habit

NIGHT = "2024-03-01"
Parts = Callable[..., Amounts]
Habits = Callable[..., Habit]


@pytest.fixture(params=PARTS_BY)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def parts(way: str) -> Parts:
    return PARTS_BY[way]


@pytest.fixture
def habit(way: str) -> Habits:
    return HABIT_BY[way]


def table(name: str, columns: str, *rows: str) -> str:
    return "\n".join([name, columns, *rows, ""])


def invoices(*rows: str) -> str:
    """Rows of due_on amount."""
    return table("invoices", "due_on amount", *rows)


def documents(*rows: str) -> str:
    """Rows of invoice_id kind due_on amount."""
    return table("invoices", "invoice_id kind due_on amount", *rows)


def payments(*rows: str) -> str:
    """Rows of invoice_id paid_on amount."""
    return table("payments", "invoice_id paid_on amount", *rows)


def adjustments(*rows: str) -> str:
    """Rows of invoice_id kind posted_on amount."""
    return table("adjustments", "invoice_id kind posted_on amount", *rows)


def owes(amount: float) -> Amounts:
    """All of it overdue and nothing in the way."""
    return {"open": amount, "overdue": amount, "collectible": amount}


INVOICE = invoices("2024-01-31 100")
DATED = "invoice_id paid_on amount known_on"
RATES = table("fx_rates", "on currency rate", "2024-01-01 USD 0.80", "2024-02-20 USD 0.90")
BILLED = "invoice_id customer_id due_on amount currency"


class TestMoneyCountsFromItsValueDate:  # rule 1
    def test_a_payment_dated_ahead_is_coming_and_not_asked_for(self, parts: Parts) -> None:
        text = INVOICE + table("payments", DATED, "1 2024-03-05 60 2024-02-20")
        # 100 open and overdue, 60 of it comes on 5 March: 40 are asked for.
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "coming": 60, "collectible": 40}

    def test_it_counts_on_the_night_after_its_value_date(self, parts: Parts) -> None:
        text = INVOICE + table("payments", DATED, "1 2024-03-05 60 2024-02-20")
        assert parts(text, "2024-03-05") == {"open": 100, "overdue": 100, "coming": 60, "collectible": 40}
        assert parts(text, "2024-03-06") == owes(40)

    def test_more_than_is_open_that_comes_holds_what_is_open(self, parts: Parts) -> None:
        text = INVOICE + table("payments", DATED, "1 2024-03-05 130 2024-02-20")
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "coming": 100}

    def test_a_payment_known_late_does_not_count_before_it_is_known(self, parts: Parts) -> None:
        text = INVOICE + table("payments", DATED, "1 2024-02-10 60 2024-03-01")
        assert parts(text, NIGHT) == owes(100)
        assert parts(text, "2024-03-02") == owes(40)

    def test_an_adjustment_posted_ahead_does_not_count_before_its_day(self, parts: Parts) -> None:
        columns = "invoice_id kind posted_on amount known_on"
        text = INVOICE + table("adjustments", columns, "1 discount 2024-03-01 30 2024-02-20")
        assert parts(text, NIGHT) == owes(100)
        assert parts(text, "2024-03-02") == owes(70)

    def test_money_that_comes_without_an_invoice_is_not_asked_for_either(self, parts: Parts) -> None:
        text = INVOICE + table("payments", DATED, "- 2024-03-05 60 2024-02-20")
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "coming": 60, "collectible": 40}

    def test_a_post_dated_payment_that_is_taken_back_is_not_coming(self, parts: Parts) -> None:
        # The cheque of 5 March is stopped, which is known on 25 February.
        cheque, stopped = "1 2024-03-05 60 2024-02-20", "1 2024-03-05 -60 2024-02-25"
        for text in (table("payments", DATED, cheque, stopped), table("payments", DATED, stopped, cheque)):
            assert parts(INVOICE + text, "2024-02-25") == {"open": 100, "overdue": 100, "coming": 60, "collectible": 40}
            assert parts(INVOICE + text, NIGHT) == owes(100)
            assert parts(INVOICE + text, "2024-03-06") == owes(100)
        text = table("payments", DATED, cheque, "1 2024-03-07 -20 2024-02-25")
        assert parts(INVOICE + text, NIGHT) == {"open": 100, "overdue": 100, "coming": 40, "collectible": 60}

    @pytest.mark.parametrize("named", ["1", "-"])
    def test_so_is_money_that_comes_without_an_invoice(self, parts: Parts, named: str) -> None:
        text = table("payments", DATED, f"{named} 2024-03-05 60 2024-02-20", "- 2024-03-06 -60 2024-02-25")
        assert parts(INVOICE + text, NIGHT) == owes(100)

    def test_a_reversal_of_money_that_is_here_waits_for_its_day_and_takes_none_that_comes(self, parts: Parts) -> None:
        rows = "1 2024-02-10 30 2024-02-10", "1 2024-03-04 50 2024-02-20", "1 2024-03-05 -30 2024-02-25"
        text = INVOICE + table("payments", DATED, *rows)
        assert parts(text, NIGHT) == {"open": 70, "overdue": 70, "coming": 50, "collectible": 20}
        assert parts(text, "2024-03-06") == owes(50)

    def test_a_reversal_ahead_of_an_instalment_takes_its_money_back(self, parts: Parts) -> None:
        text = INVOICE + table("instalments", "due_on amount", "2024-01-31 40", "2024-02-20 60")
        text += table("payments", DATED, "1 2024-03-05 60 2024-02-20", "1 2024-03-05 -60 2024-02-25")
        assert parts(text, NIGHT) == owes(100)


class TestMoneyCountsForWhoOwesTheInvoice:  # rule 2
    PAID_BY_PARENT = "invoice_id customer_id paid_on amount"

    def test_a_parent_that_names_the_invoice_pays_for_its_subsidiary(self, parts: Parts) -> None:
        text = INVOICE + table("payments", self.PAID_BY_PARENT, "1 P 2024-02-10 60")
        assert parts(text, NIGHT) == owes(40)
        assert parts(text, NIGHT, "P") == {}

    def test_what_a_parent_pays_too_much_is_credit_of_who_owed_the_invoice(self, parts: Parts) -> None:
        text = INVOICE + table("payments", self.PAID_BY_PARENT, "1 P 2024-02-10 130")
        assert parts(text, NIGHT) == {"credit": 30}
        assert parts(text, NIGHT, "P") == {}

    def test_money_that_names_no_invoice_stays_with_who_paid(self, parts: Parts) -> None:
        text = INVOICE + table("payments", self.PAID_BY_PARENT, "- P 2024-02-10 60")
        assert parts(text, NIGHT) == owes(100)
        assert parts(text, NIGHT, "P") == {"credit": 60}

    def test_money_for_an_invoice_not_known_yet_is_the_payers_until_it_is_known(self, parts: Parts) -> None:
        text = table("invoices", "due_on amount known_on", "2024-02-10 100 2024-03-05")
        text += table("payments", self.PAID_BY_PARENT, "1 P 2024-02-20 100")
        assert (parts(text, NIGHT), parts(text, NIGHT, "P")) == ({}, {"credit": 100})
        assert (parts(text, "2024-03-06"), parts(text, "2024-03-06", "P")) == ({}, {})


class TestForeignMoney:  # rule 3
    PAID = "invoice_id paid_on amount currency"

    def test_a_payment_counts_at_the_rate_of_its_value_date(self, parts: Parts) -> None:
        text = INVOICE + RATES + table("payments", self.PAID, "1 2024-02-10 50 USD")
        assert parts(text, NIGHT) == owes(60)  # 50 x 0.80 = 40; the rate of 20 February does not count
        text = INVOICE + RATES + table("payments", self.PAID, "1 2024-02-20 50 USD")
        assert parts(text, NIGHT) == owes(55)  # 50 x 0.90 = 45

    def test_euros_pay_an_invoice_in_dollars(self, parts: Parts) -> None:
        text = table("invoices", "due_on amount currency", "2024-01-31 100 USD") + RATES
        text += table("payments", self.PAID, "1 2024-02-10 40 EUR")
        assert parts(text, NIGHT) == owes(45)  # 40 / 0.80 = 50 dollars; the other 50 are worth 45 that night

    def test_half_a_cent_rounds_to_the_even_one(self, parts: Parts) -> None:
        rates = table("fx_rates", "on currency rate", "2024-01-01 USD 0.50")
        text = INVOICE + rates + table("payments", self.PAID, "1 2024-02-10 0.05 USD", "1 2024-02-10 0.03 USD")
        assert parts(text, NIGHT) == owes(99.96)  # 2.5 cents are 2, 1.5 cents are 2

    def test_cash_on_account_keeps_its_currency_and_is_worth_what_the_night_says(self, parts: Parts) -> None:
        text = INVOICE + RATES + table("payments", self.PAID, "- 2024-02-10 50 USD")
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "credit": 45, "collectible": 55}

    def test_cash_on_account_without_a_currency_is_in_that_of_the_customer(self, parts: Parts) -> None:
        text = table("customers", "customer_id currency", "C USD") + RATES + payments("- 2024-02-10 50")
        assert parts(text, NIGHT) == {"credit": 45}

    def test_an_adjustment_in_another_currency_counts_at_the_rate_of_its_posting(self, parts: Parts) -> None:
        columns = "invoice_id kind posted_on amount currency"
        text = INVOICE + RATES + table("adjustments", columns, "1 discount 2024-02-10 50 USD")
        assert parts(text, NIGHT) == owes(60)

    def test_what_is_in_a_currency_without_a_rate_waits_for_one(self, parts: Parts) -> None:
        text = table("invoices", BILLED, "a C 2024-01-31 100 EUR", "b C 2024-01-31 70 CHF")
        text += table("payments", self.PAID, "b 2024-02-10 20 CHF", "- 2024-02-10 5 CHF")
        text += table("fx_rates", "on currency rate", "2024-03-01 CHF 1.00")
        assert parts(text, NIGHT) == owes(100)  # the rate is known on the next night
        assert parts(text, "2024-03-02") == {"open": 150, "overdue": 150, "credit": 5, "collectible": 145}


class TestMoneyForLostClaims:  # rule 4
    def test_what_an_agency_collects_reduces_the_loss_and_is_no_credit(self, parts: Parts) -> None:
        text = invoices("2024-01-31 1000", "2024-02-10 500")
        text += adjustments("1 collection_handover 2024-02-01 1000") + payments("1 2024-02-20 700")
        assert parts(text, NIGHT) == owes(500)

    def test_a_case_that_comes_back_is_ours_again(self, parts: Parts) -> None:
        handed = ("1 collection_handover 2024-02-01 100", "1 collection_handover 2024-02-20 -100")
        assert parts(INVOICE + adjustments(*handed), NIGHT) == owes(100)
        # 30 came in before it came back: 100 - 30 = 70.
        assert parts(INVOICE + adjustments(*handed) + payments("1 2024-02-10 30"), NIGHT) == owes(70)

    def test_money_beyond_the_loss_is_credit(self, parts: Parts) -> None:
        text = INVOICE + adjustments("1 write_off 2024-02-01 40") + payments("1 2024-02-10 130")
        # raw = 100 - 130 - 40 = -70; 40 of it recovers the loss, 30 are credit.
        assert parts(text, NIGHT) == {"credit": 30}

    def test_a_part_written_off_leaves_the_rest_to_ask_for(self, parts: Parts) -> None:
        text = INVOICE + adjustments("1 write_off 2024-02-01 40") + payments("1 2024-02-10 10")
        assert parts(text, NIGHT) == owes(50)

    def test_a_discount_is_no_loss_so_that_money_beyond_it_is_credit(self, parts: Parts) -> None:
        text = INVOICE + adjustments("1 discount 2024-02-01 40") + payments("1 2024-02-10 100")
        assert parts(text, NIGHT) == {"credit": 40}

    def test_money_for_a_cancelled_invoice_counts_for_what_was_withdrawn(self, parts: Parts) -> None:
        text = INVOICE + adjustments("1 cancellation 2024-02-01 100") + payments("1 2024-02-10 100")
        assert parts(text, NIGHT) == {}  # the spec's `lost` counts cancellations, too

    def test_a_credit_note_refunded_beyond_its_amount_is_negative_credit(self, parts: Parts) -> None:
        text = documents("a invoice 2024-01-31 100", "n credit_note 2024-01-31 -50") + payments("n 2024-02-10 -60")
        # n: -50 + 60 = 10 too much paid back: owed on top of 100.
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "credit": -10, "collectible": 110}


class TestUnappliedCash:  # rule 5
    def test_an_advance_paid_back_is_gone(self, parts: Parts) -> None:
        # R1: advance 100 received and paid back, invoice of 80 overdue.
        text = invoices("2024-01-31 80") + payments("- 2024-01-10 100", "- 2024-01-20 -100")
        assert parts(text, NIGHT) == owes(80)

    def test_a_credit_note_paid_back_by_a_refund_that_names_nothing_is_gone(self, parts: Parts) -> None:
        text = documents("a invoice 2024-01-31 100", "n credit_note 2024-01-31 -100") + payments("- 2024-02-10 -100")
        assert parts(text, NIGHT) == owes(100)

    def test_a_credit_note_paid_back_by_a_refund_that_names_it_is_gone(self, parts: Parts) -> None:
        text = documents("a invoice 2024-01-31 100", "n credit_note 2024-01-31 -100") + payments("n 2024-02-10 -100")
        assert parts(text, NIGHT) == owes(100)

    def test_what_was_overpaid_and_paid_back_is_gone(self, parts: Parts) -> None:
        text = invoices("2024-01-31 100", "2024-01-31 50") + payments("1 2024-02-01 120", "- 2024-02-10 -20")
        assert parts(text, NIGHT) == owes(50)

    def test_a_refund_of_a_credit_note_leaves_an_advance(self, parts: Parts) -> None:
        text = documents("a invoice 2024-01-31 100", "n credit_note 2024-01-31 -100")
        text += payments("- 2024-01-10 30", "- 2024-02-10 -100")
        # cash 30 - 100 = -70, credit note 100: credit 30.
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "credit": 30, "collectible": 70}

    def test_an_advance_that_is_applied_is_used_once(self, parts: Parts) -> None:
        text = INVOICE + payments("- 2024-01-10 130") + adjustments("1 credit_applied 2024-02-10 100")
        assert parts(text, NIGHT) == {"credit": 30}

    def test_a_credit_note_that_is_applied_uses_no_cash(self, parts: Parts) -> None:
        text = documents("a invoice 2024-01-31 100", "n credit_note 2024-01-31 -60") + payments("- 2024-01-10 10")
        text += adjustments("a credit_applied 2024-02-10 60", "n credit_applied 2024-02-10 -60")
        assert parts(text, NIGHT) == {"open": 40, "overdue": 40, "credit": 10, "collectible": 30}

    def test_what_was_overpaid_pays_another_invoice(self, parts: Parts) -> None:
        text = invoices("2024-01-31 100", "2024-01-31 50") + payments("1 2024-02-01 120")
        text += adjustments("1 credit_applied 2024-02-10 -20", "2 credit_applied 2024-02-10 20")
        assert parts(text, NIGHT) == owes(30)

    def test_a_refund_with_nothing_behind_it_is_owed(self, parts: Parts) -> None:
        assert parts(INVOICE + payments("- 2024-02-10 -25"), NIGHT) == {
            "open": 100, "overdue": 100, "credit": -25, "collectible": 125,
        }  # fmt: skip


class TestTheOrderOfTheParts:  # rule 6
    DISPUTE = table("disputes", "invoice_id opened_on amount", "1 2024-02-01 30")
    HOLD = table("holds", "invoice_id from_on until_on", "1 2024-02-01 2024-04-01")
    COMING = table("payments", DATED, "1 2024-03-05 50 2024-02-20")
    PROMISE = table("promises", "invoice_id made_on promised_on amount", "1 2024-02-10 2024-03-10 90")

    def test_disputed_comes_first_then_held(self, parts: Parts) -> None:
        text = INVOICE + self.DISPUTE + self.HOLD + self.COMING + self.PROMISE
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "disputed": 30, "held": 70}

    def test_then_coming_and_then_promised(self, parts: Parts) -> None:
        text = INVOICE + self.DISPUTE + self.COMING + self.PROMISE
        # 100 - 30 disputed - 50 coming leaves 20 of the 90 that are promised.
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "disputed": 30, "coming": 50, "promised": 20}

    def test_a_promise_for_the_account_takes_what_is_left_of_the_customer(self, parts: Parts) -> None:
        account = "invoice_id made_on promised_on amount", "- 2024-02-10 2024-03-10 150"
        text = invoices("2024-01-31 100", "2024-01-31 80") + self.DISPUTE + table("promises", *account)
        assert parts(text, NIGHT) == {"open": 180, "overdue": 180, "disputed": 30, "promised": 150}

    def test_credit_comes_off_what_the_parts_leave_and_never_below_zero(self, parts: Parts) -> None:
        cash = payments("- 2024-02-10 80")
        assert parts(INVOICE + self.DISPUTE + cash, NIGHT) == {
            "open": 100, "overdue": 100, "disputed": 30, "credit": 80,
        }  # fmt: skip

    def test_what_is_not_yet_due_has_no_parts(self, parts: Parts) -> None:
        text = invoices("2024-03-01 100") + self.DISPUTE + self.HOLD + self.COMING
        assert parts(text, NIGHT) == {"open": 100}


class TestWhatCreditCovers:  # rule 7
    TWO = invoices("2024-01-31 60", "2024-02-20 40", "2024-03-20 30")

    @pytest.mark.parametrize(
        ("cash", "days"),
        [
            ("0.01", 30),  # most of the invoice of 31 January is left
            ("59.99", 30),  # a cent of it is left
            ("60", 10),  # it is covered; the one of 20 February is left
            ("100", 0),  # all that is overdue is covered
            ("130", 0),
        ],
    )
    def test_it_covers_what_is_asked_for_oldest_first(self, habit: Habits, cash: str, days: int) -> None:
        assert habit(self.TWO + payments(f"- 2024-02-25 {cash}"), NIGHT)[0] == days

    def test_an_open_credit_note_covers_as_cash_does(self, habit: Habits) -> None:
        text = documents("a invoice 2024-01-31 60", "b invoice 2024-02-20 40", "n credit_note 2024-02-25 -60")
        assert habit(text, NIGHT)[0] == 10

    def test_it_does_not_cover_what_is_not_asked_for(self, habit: Habits, parts: Parts) -> None:
        disputed = table("disputes", "invoice_id opened_on", "1 2024-02-01")
        text = self.TWO + disputed + payments("- 2024-02-25 39")
        # The invoice of 31 January is disputed: the 39 cover that of 20 February, and a euro of it is left.
        assert habit(text, NIGHT)[0] == 10
        assert parts(text, NIGHT) == {"open": 130, "overdue": 100, "disputed": 60, "credit": 39, "collectible": 1}

    def test_credit_below_zero_covers_nothing_and_is_no_invoice(self, habit: Habits) -> None:
        assert habit(self.TWO + payments("- 2024-02-25 -5"), NIGHT)[0] == 30


class TestInstalments:  # rule 8
    INVOICE = invoices("2024-01-31 100")
    THREE = table("instalments", "due_on amount", "2024-01-31 40", "2024-02-20 30", "2024-03-20 30")

    def test_only_the_instalments_past_due_are_overdue(self, parts: Parts, habit: Habits) -> None:
        assert parts(self.INVOICE + self.THREE, NIGHT) == {"open": 100, "overdue": 70, "collectible": 70}
        assert habit(self.INVOICE + self.THREE, NIGHT)[0] == 30

    def test_payments_fill_them_in_order(self, parts: Parts, habit: Habits) -> None:
        text = self.INVOICE + self.THREE + payments("1 2024-02-10 50")
        # 40 fill the first, 10 the second: 20 of it are overdue since 20 February.
        assert parts(text, NIGHT) == {"open": 50, "overdue": 20, "collectible": 20}
        assert habit(text, NIGHT)[0] == 10

    def test_a_reversal_empties_the_one_filled_last_first(self, parts: Parts, habit: Habits) -> None:
        text = self.INVOICE + self.THREE + payments("1 2024-02-10 70", "1 2024-02-15 -20")
        assert parts(text, NIGHT) == {"open": 50, "overdue": 20, "collectible": 20}
        assert habit(text, NIGHT)[0] == 10

    def test_what_they_leave_is_due_on_the_invoices_own_day(self, parts: Parts) -> None:
        text = invoices("2024-02-25 100") + table("instalments", "due_on amount", "2024-03-20 40")
        # 60 are due on 25 February, 40 on 20 March; a payment of 10 fills the earlier one.
        assert parts(text + payments("1 2024-02-10 10"), NIGHT) == {"open": 90, "overdue": 50, "collectible": 50}

    def test_those_beyond_the_amount_are_cut(self, parts: Parts) -> None:
        text = invoices("2024-01-31 100") + table("instalments", "due_on amount", "2024-02-20 70", "2024-03-20 70")
        # 70 are due on 20 February, and 30 of the second on 20 March.
        assert parts(text, NIGHT) == {"open": 100, "overdue": 70, "collectible": 70}
        assert parts(text, "2024-03-21") == owes(100)

    def test_a_plan_not_known_yet_changes_nothing(self, parts: Parts) -> None:
        text = self.INVOICE + table("instalments", "due_on amount known_on", "2024-03-20 100 2024-03-01")
        assert parts(text, NIGHT) == owes(100)
        assert parts(text, "2024-03-02") == {"open": 100}

    def test_what_is_paid_too_much_is_credit(self, parts: Parts) -> None:
        assert parts(self.INVOICE + self.THREE + payments("1 2024-02-10 120"), NIGHT) == {"credit": 20}

    def test_a_dispute_takes_from_what_is_overdue(self, parts: Parts) -> None:
        text = self.INVOICE + self.THREE + table("disputes", "invoice_id opened_on amount", "1 2024-02-01 80")
        assert parts(text, NIGHT) == {"open": 100, "overdue": 70, "disputed": 70}


class TestHolds:  # rule 9
    TWO = invoices("2024-01-31 60", "2024-02-05 40")

    @pytest.mark.parametrize(
        ("hold", "held"),
        [
            ("2024-02-10 2024-03-10", 60),
            ("2024-02-10 2024-03-01", 60),  # its last day
            ("2024-02-10 2024-02-29", 0),  # over
            ("2024-02-10 -", 60),  # no end
            ("2024-03-01 -", 0),  # from tonight on, but known only then
        ],
    )
    def test_a_hold_of_an_invoice_holds_it_through_its_last_day(self, parts: Parts, hold: str, held: int) -> None:
        wanted = {"open": 100, "overdue": 100, "collectible": 100 - held} | ({"held": held} if held else {})
        assert parts(self.TWO + table("holds", "invoice_id from_on until_on", f"1 {hold}"), NIGHT) == wanted

    def test_a_hold_known_ahead_counts_from_its_first_day(self, parts: Parts) -> None:
        text = self.TWO + table("holds", "invoice_id from_on known_on", "1 2024-03-01 2024-02-20")
        assert parts(text, "2024-02-29") == owes(100)
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "held": 60, "collectible": 40}

    def test_a_hold_of_a_customer_holds_all_of_its_invoices(self, parts: Parts) -> None:
        text = self.TWO + table("holds", "from_on until_on", "2024-02-10 2024-03-10")
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "held": 100}
        assert parts(text, "2024-03-11") == owes(100)

    def test_a_hold_of_another_customer_holds_nothing(self, parts: Parts) -> None:
        assert parts(self.TWO + table("holds", "customer_id from_on", "D 2024-02-10"), NIGHT) == owes(100)

    def test_the_age_of_what_is_asked_is_that_of_the_invoices_not_held(self, habit: Habits) -> None:
        # The invoice of 5 February is 25 days past due.
        assert habit(self.TWO + table("holds", "invoice_id from_on", "1 2024-02-10"), NIGHT)[0] == 25

    def test_what_is_held_may_be_disputed_in_part(self, parts: Parts) -> None:
        text = self.TWO + table("holds", "invoice_id from_on", "1 2024-02-10")
        text += table("disputes", "invoice_id opened_on amount", "1 2024-02-01 25")
        assert parts(text, NIGHT) == {"open": 100, "overdue": 100, "disputed": 25, "held": 35, "collectible": 40}


class TestDaysLate:  # rule 10
    def test_an_invoice_settled_by_a_credit_note_is_no_habit(self, habit: Habits) -> None:
        text = documents("a invoice 2024-01-10 100", "n credit_note 2024-02-20 -100")
        text += adjustments("a credit_applied 2024-02-20 100", "n credit_applied 2024-02-20 -100")
        assert habit(text, NIGHT)[1] is None

    def test_an_advance_counts_from_its_value_date_and_not_from_its_booking(self, habit: Habits) -> None:
        text = INVOICE + payments("- 2024-01-21 100") + adjustments("1 credit_applied 2024-02-25 100")
        assert habit(text, NIGHT)[1] == -10

    def test_a_payment_that_names_the_invoice_counts_from_its_value_date(self, habit: Habits) -> None:
        assert habit(INVOICE + payments("1 2024-02-05 40", "1 2024-02-12 60"), NIGHT)[1] == 12

    def test_the_rest_after_a_credit_note_is_paid_on_the_day_of_the_money(self, habit: Habits) -> None:
        text = documents("a invoice 2024-01-31 100", "n credit_note 2024-02-20 -30") + payments("a 2024-02-05 70")
        text += adjustments("a credit_applied 2024-02-20 30", "n credit_applied 2024-02-20 -30")
        assert habit(text, NIGHT)[1] == 5  # cash due is 70, and 5 February covers it

    def test_an_advance_is_used_oldest_first(self, habit: Habits) -> None:
        text = INVOICE + payments("- 2024-02-10 60", "- 2024-01-21 60") + adjustments("1 credit_applied 2024-02-25 100")
        assert habit(text, NIGHT)[1] == 10  # 60 of 21 January and 40 of 10 February

    def test_a_reversal_takes_the_day_away(self, habit: Habits) -> None:
        assert habit(INVOICE + payments("1 2024-02-05 100", "1 2024-02-10 -100"), NIGHT)[1] is None
        again = payments("1 2024-02-05 100", "1 2024-02-10 -100", "1 2024-02-20 100")
        assert habit(INVOICE + again, NIGHT)[1] == 20

    def test_what_is_paid_in_part_is_not_paid(self, habit: Habits) -> None:
        assert habit(INVOICE + payments("1 2024-02-05 99.99"), NIGHT)[1] is None


class TestSmallDifferences:  # rule 11
    def written_off(self, amount: str, paid: str, small: str) -> str:
        """An invoice due on 31 January, paid two days early, and what was written off with it."""
        text = invoices(f"2024-01-31 {amount}") + payments(f"1 2024-01-29 {paid}")
        return text + adjustments(f"1 write_off 2024-01-29 {small}")

    @pytest.mark.parametrize(
        ("amount", "paid", "small"),
        [
            ("1000", "999.98", "0.02"),
            ("1000", "995.00", "5.00"),  # the most of the amount
            ("100", "98.00", "2.00"),  # the most of the share
        ],
    )
    def test_a_small_write_off_leaves_the_invoice_paid_in_full(
        self, habit: Habits, amount: str, paid: str, small: str
    ) -> None:
        assert habit(self.written_off(amount, paid, small), NIGHT)[1] == -2

    @pytest.mark.parametrize(
        ("amount", "paid", "small"),
        [
            ("1000", "994.99", "5.01"),  # above the amount
            ("100", "97.99", "2.01"),  # above the share
            ("100", "0", "100.00"),
        ],
    )
    def test_a_larger_one_is_a_loss_and_the_invoice_was_not_paid(
        self, habit: Habits, amount: str, paid: str, small: str
    ) -> None:
        assert habit(self.written_off(amount, paid, small), NIGHT)[1] is None

    @pytest.mark.parametrize(("small", "credit"), [("5.00", 5), ("5.01", 0)])
    def test_money_for_what_was_let_go_is_credit_for_what_was_lost_it_is_not(
        self, parts: Parts, small: str, credit: int
    ) -> None:
        text = self.written_off("1000", "1000", small)
        assert parts(text, NIGHT) == ({"credit": credit} if credit else {})
