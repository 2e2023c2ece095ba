"""What keeps a promise to pay, by small ledgers whose figures are worked out by hand.

Each is asked of the product and of the oracle that adds up row by row.
"""

from collections.abc import Callable

import pytest

from tests.support.plain_ledger.both_ways import PAID_BY

NIGHT = "2024-03-01"
Paid = Callable[[str, str], list[float]]


@pytest.fixture(params=PAID_BY)
def paid(request: pytest.FixtureRequest) -> Paid:
    return PAID_BY[str(request.param)]


def table(name: str, columns: str, *rows: str) -> str:
    return "\n".join([name, columns, *rows, ""])


class TestWhatIsPaidForAGroup:
    # The head H owes 40, its member M owes 60, and N, a member too, owes 25. X is of none.
    GROUP = table("customers", "customer_id parent_id", "H -", "M H", "N H", "X -") + table(
        "invoices", "invoice_id customer_id due_on amount",
        "h H 2024-01-31 40", "m M 2024-01-31 60", "n N 2024-01-31 25", "x X 2024-01-31 80",
    )  # fmt: skip

    def promised(self, customer: str, amount: str) -> str:
        columns = "customer_id made_on promised_on amount"
        return self.GROUP + table("promises", columns, f"{customer} 2024-02-10 2024-02-20 {amount}")

    def paying(self, *rows: str) -> str:
        """Rows of invoice_id, who paid, paid_on, amount."""
        return table("payments", "invoice_id customer_id paid_on amount", *rows)

    def test_what_the_head_promises_beyond_its_own_debts_is_kept_by_what_comes_in_for_members(self, paid: Paid) -> None:
        both = self.paying("h H 2024-02-15 40", "m M 2024-02-15 60")
        assert paid(self.promised("H", "100") + both, NIGHT) == [100]

    def test_whoever_pays_for_the_member(self, paid: Paid) -> None:
        assert paid(self.promised("H", "100") + self.paying("m H 2024-02-15 60"), NIGHT) == [60]
        assert paid(self.promised("H", "100") + self.paying("- M 2024-02-15 60"), NIGHT) == [60]

    def test_what_the_head_owes_itself_is_not_kept_by_a_members_payments(self, paid: Paid) -> None:
        # 40 of the promise are its own debts, and they are open: 60 at most count of the 85 that came for others.
        others = self.paying("m M 2024-02-15 60", "n N 2024-02-15 25")
        assert paid(self.promised("H", "100") + others, NIGHT) == [60]
        assert paid(self.promised("H", "40") + others, NIGHT) == [0]

    def test_what_it_had_paid_of_its_own_debts_before_leaves_more_for_others(self, paid: Paid) -> None:
        before = self.paying("h H 2024-02-05 30", "m M 2024-02-15 60", "n N 2024-02-15 25")
        assert paid(self.promised("H", "90") + before, NIGHT) == [80]  # 10 of its own were left
        given_up = table("adjustments", "invoice_id kind posted_on amount", "h write_off 2024-02-05 40")
        assert paid(self.promised("H", "90") + before + given_up, NIGHT) == [85]

    def test_a_debt_that_was_not_due_when_it_promised_is_none_of_it(self, paid: Paid) -> None:
        text = self.promised("H", "100").replace("h H 2024-01-31 40", "h H 2024-02-10 40")
        assert paid(text + self.paying("m M 2024-02-15 60", "n N 2024-02-15 25"), NIGHT) == [85]

    def test_the_days_of_the_promise_count_for_members_too(self, paid: Paid) -> None:
        off = self.paying("m M 2024-02-09 20", "m M 2024-02-21 20", "n N 2024-02-20 25")
        assert paid(self.promised("H", "100") + off, NIGHT) == [25]

    def test_a_member_that_promises_has_kept_what_it_pays_for_the_others(self, paid: Paid) -> None:
        # M owes 60 itself and promised 85: of what it pays for N and H, 25 count; what others pay for them does not.
        text = self.promised("M", "85")
        assert paid(text + self.paying("n M 2024-02-15 25"), NIGHT) == [25]
        assert paid(text + self.paying("m M 2024-02-15 60", "n M 2024-02-15 25"), NIGHT) == [85]
        assert paid(text + self.paying("m M 2024-02-15 60", "n N 2024-02-15 25", "h H 2024-02-15 40"), NIGHT) == [60]

    def test_what_is_paid_for_a_member_keeps_the_members_own_promise(self, paid: Paid) -> None:
        assert paid(self.promised("M", "60") + self.paying("m H 2024-02-15 60"), NIGHT) == [60]

    def test_a_debt_outside_the_group_is_nothing_of_its_promise(self, paid: Paid) -> None:
        assert paid(self.promised("H", "100") + self.paying("x H 2024-02-15 80"), NIGHT) == [0]
        assert paid(self.promised("X", "120") + self.paying("m X 2024-02-15 60"), NIGHT) == [0]

    def test_a_promise_that_names_an_invoice_is_about_that_invoice(self, paid: Paid) -> None:
        columns = "customer_id invoice_id made_on promised_on amount"
        text = self.GROUP + table("promises", columns, "H h 2024-02-10 2024-02-20 40")
        assert paid(text + self.paying("m H 2024-02-15 60"), NIGHT) == [0]
        assert paid(text + self.paying("h M 2024-02-15 40"), NIGHT) == [40]

    def test_it_is_compared_in_the_currency_of_who_promised(self, paid: Paid) -> None:
        text = self.promised("H", "100") + table("fx_rates", "on currency rate", "2024-01-01 USD 0.50")
        text += table("payments", "invoice_id customer_id paid_on amount currency", "- N 2024-02-15 30 USD")
        assert paid(text, NIGHT) == [15]


class TestMoneyThatGoesBack:
    INVOICES = table("invoices", "invoice_id kind due_on amount", "1 invoice 2024-01-31 200", "2 invoice 2024-01-31 90")
    PROMISE = INVOICES + table("promises", "invoice_id made_on promised_on amount", "1 2024-02-10 2024-02-20 60")
    FOR_ALL = INVOICES + table("promises", "made_on promised_on amount", "2024-02-10 2024-02-20 60")

    def payments(self, *rows: str) -> str:
        """Rows of invoice_id paid_on amount."""
        return table("payments", "invoice_id paid_on amount", *rows)

    def test_a_payment_that_is_returned_after_the_day_did_not_keep_the_promise(self, paid: Paid) -> None:
        text = self.PROMISE + self.payments("1 2024-02-15 60", "1 2024-02-28 -60")
        assert paid(text, "2024-02-28") == [60]  # the return is not known yet
        assert paid(text, NIGHT) == [0]

    def test_of_what_is_returned_in_part_the_rest_stays(self, paid: Paid) -> None:
        assert paid(self.PROMISE + self.payments("1 2024-02-15 60", "1 2024-02-28 -20"), NIGHT) == [40]

    def test_the_return_of_another_payment_breaks_nothing(self, paid: Paid) -> None:
        later = self.payments("1 2024-02-15 60", "1 2024-02-22 60", "1 2024-02-25 -60")
        assert paid(self.PROMISE + later, NIGHT) == [60]
        earlier = self.payments("1 2024-02-05 30", "1 2024-02-15 60", "1 2024-02-18 -30")
        assert paid(self.PROMISE + earlier, NIGHT) == [60]  # what comes back has the amount of what came
        of_another = self.payments("1 2024-02-15 60", "2 2024-02-16 60", "2 2024-02-25 -60")
        assert paid(self.FOR_ALL + of_another, NIGHT) == [60]

    def test_what_is_paid_again_in_time_keeps_it(self, paid: Paid) -> None:
        again = self.payments("1 2024-02-12 60", "1 2024-02-14 -60", "1 2024-02-19 60")
        assert paid(self.PROMISE + again, NIGHT) == [60]

    def test_more_than_came_takes_no_more_than_that(self, paid: Paid) -> None:
        assert paid(self.PROMISE + self.payments("1 2024-02-15 60", "1 2024-02-25 -100"), NIGHT) == [0]
        before = self.payments("1 2024-02-12 -100", "1 2024-02-15 60")
        assert paid(self.PROMISE + before, NIGHT) == [60]  # the payment that it takes back is older than the ledger

    @pytest.mark.parametrize(("came", "went"), [("1", "1"), ("-", "-"), ("1", "-")])
    def test_a_promise_for_the_account_is_broken_by_any_return(self, paid: Paid, came: str, went: str) -> None:
        text = self.payments(f"{came} 2024-02-15 60", f"{went} 2024-02-25 -60")
        assert paid(self.FOR_ALL + text, NIGHT) == [0]

    def test_a_credit_note_that_is_paid_out_takes_no_payment_back(self, paid: Paid) -> None:
        note = self.FOR_ALL.replace("2 invoice 2024-01-31 90", "2 credit_note 2024-01-31 -90")
        for named in ("2", "-"):
            assert paid(note + self.payments("1 2024-02-15 60", f"{named} 2024-02-18 -90"), NIGHT) == [60]

    def test_the_same_for_the_members_of_a_group(self, paid: Paid) -> None:
        text = TestWhatIsPaidForAGroup.GROUP + table(
            "promises", "customer_id made_on promised_on amount", "H 2024-02-10 2024-02-20 100"
        )
        rows = ("m M 2024-02-15 60", "n H 2024-02-15 25", "m M 2024-02-28 -60")
        assert paid(text + table("payments", "invoice_id customer_id paid_on amount", *rows), NIGHT) == [25]
