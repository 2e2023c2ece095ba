"""The plain oracle of balances is right where a hand can add up, and the random accounts hold what they promise."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from tests.support.at_random.random_accounts import NIGHTS, random_accounts
from tests.support.ledger_from_text import rows_of
from tests.support.plain_ledger.balances import TAKEN, Account, accounts, balances, groups, head
from tests.support.plain_ledger.book import Book, Rows
from tests.support.plain_ledger.both_ways import plain_habit, plain_parts
from tests.support.plain_ledger.days_late import average_days_late
from tests.support.plain_ledger.key_figures import key_figures

NIGHT = "2024-06-25"
SEEDS = range(60)


def book(text: str, night: str = NIGHT) -> Book:
    return Book(rows_of(text), date.fromisoformat(night))


def collectible(text: str, night: str = NIGHT) -> dict[str, float]:
    """In currency units, by customer."""
    return {name: figures["collectible_amount"] / 100 for name, figures in balances(book(text, night)).items()}


def test_incoming_and_outgoing_money_cancel_out() -> None:
    text = """
        invoices
        invoice_id customer_id kind due_on amount
        A1 A invoice 2024-05-01 240
        B1 B invoice 2024-05-01 75
        B2 B credit_note 2024-05-02 -75
        D1 D invoice 2024-03-01 310
        D2 D invoice 2024-05-01 90
        E1 E invoice 2024-05-01 500
        E2 E credit_note 2024-04-10 -200
        payments
        invoice_id customer_id paid_on amount
        - A 2024-03-01 150
        - A 2024-03-20 -150
        - B 2024-05-15 -75
        D1 D 2024-02-20 400
        D1 D 2024-03-20 -60
        - D 2024-03-21 -30
        - E 2024-03-01 45
        E2 E 2024-05-15 -80
    """
    # A: 240. B: 75 - 75 + 75. D: 310 + 90 - 400 + 60 + 30. E: 500 - 200 - 45 + 80.
    assert collectible(text) == {"A": 240, "B": 75, "D": 90, "E": 335}


def test_a_case_of_the_agency_is_asked_for_only_after_it_has_come_back() -> None:
    text = """
        invoices
        invoice_id customer_id due_on amount
        A1 A 2023-11-01 800
        B1 B 2023-02-01 800
        B2 B 2024-05-15 120
        D1 D 2023-11-01 800
        D2 D 2024-05-15 120
        adjustments
        invoice_id kind posted_on amount
        A1 collection_handover 2024-01-10 800
        A1 collection_handover 2024-03-01 -800
        B1 collection_handover 2023-05-01 800
        D1 collection_handover 2024-01-10 800
        payments
        invoice_id customer_id paid_on amount
        B1 B 2024-04-01 500
        D1 D 2024-02-20 800
    """
    assert collectible(text) == {"A": 800, "B": 120, "D": 120}
    assert collectible(text, "2024-03-01") == {"A": 0, "B": 0, "D": 0}  # the night before A comes back
    assert [account.figures["credit_amount"] for account in accounts(book(text)).values()] == [0, 0, 0]


def test_only_money_makes_a_habit() -> None:
    text = """
        invoices
        invoice_id customer_id kind due_on amount
        A1 A invoice 2024-02-01 700
        A2 A credit_note 2024-04-01 -700
        B1 B invoice 2024-04-10 700
        D1 D invoice 2024-04-10 700
        adjustments
        invoice_id kind posted_on amount
        A1 credit_applied 2024-04-01 700
        A2 credit_applied 2024-04-01 -700
        B1 credit_applied 2024-06-09 700
        payments
        invoice_id customer_id paid_on amount
        - B 2024-03-01 700
        D1 D 2024-03-01 700
    """
    # 2024-03-01 is 40 days before 2024-04-10.
    assert average_days_late(book(text)) == {"A": None, "B": -40, "D": -40}


GROUP = """
    customers
    customer_id parent_id
    HQ -
    S HQ
    T S
    invoices
    invoice_id customer_id due_on amount
    S1 S 2024-05-01 900
    T1 T 2024-06-01 300
    payments
    customer_id paid_on amount
    HQ 2024-05-03 1000
"""


def test_a_group_owes_what_its_members_owe_less_what_its_head_paid() -> None:
    assert collectible(GROUP) == {"HQ": 0, "S": 900, "T": 300}
    (group,) = groups(book(GROUP)).values()
    # 900 + 300 - 1,000 = 200. The credit covers S1 and 100 of T1, due 24 days before the night.
    assert group.figures["collectible_amount"] == 200_00
    assert group.days_past_due(date.fromisoformat(NIGHT)) == 24


def test_a_group_is_floored_once() -> None:
    text = GROUP + "disputes\n invoice_id opened_on\n S1 2024-05-05\n"
    # Overdue 1,200 - 900 disputed - 1,000 credit is below zero, whatever T owes.
    assert groups(book(text))["HQ"].figures["collectible_amount"] == 0


def test_the_head_is_the_top_of_the_tree_and_a_circle_has_none() -> None:
    text = "customers\n customer_id parent_id\n A B\n B A\n D -\n E D\n F E\n G missing\n H A\n"
    of = book(text)
    assert {customer: head(of, customer) for customer in of.customer_ids} == {
        "A": "A", "B": "B", "D": "D", "E": "D", "F": "D", "G": "G", "H": "H",
    }  # fmt: skip


def test_what_is_blocked_comes_back_by_itself() -> None:
    text = """
        invoices
        invoice_id customer_id due_on amount
        A1 A 2024-05-01 350
        A2 A 2024-06-01 150
        B1 B 2024-05-01 500
        holds
        customer_id invoice_id from_on until_on
        - A1 2024-06-10 2024-07-10
        B - 2024-06-10 2024-07-10
    """
    assert plain_parts(text, NIGHT, "A") == {"open": 500, "overdue": 500, "held": 350, "collectible": 150}
    assert plain_habit(text, NIGHT, "A")[0] == 24
    assert collectible(text, "2024-07-10") == {"A": 150, "B": 0}
    assert collectible(text, "2024-07-11") == {"A": 500, "B": 500}


def test_parts_of_a_payment_add_up_and_a_small_rest_is_owed() -> None:
    text = """
        invoices
        invoice_id customer_id due_on amount
        A1 A 2024-05-01 50.00
        B1 B 2024-05-01 464.19
        payments
        invoice_id customer_id paid_on amount
        A1 A 2024-04-20 16.66
        A1 A 2024-04-25 16.67
        A1 A 2024-04-30 16.67
        B1 B 2024-04-30 464.09
    """
    assert collectible(text) == {"A": 0, "B": 0.10}


@pytest.mark.parametrize(("kind", "amount", "late"), [("write_off", "0.05", -2), ("discount", "20", -2)])
def test_a_difference_that_is_let_go_leaves_a_habit(kind: str, amount: str, late: float) -> None:
    paid = 1000 - float(amount)
    text = f"invoices\n due_on amount\n 2024-03-01 1000\n payments\n invoice_id paid_on amount\n 1 2024-02-28 {paid}\n"
    text += f"adjustments\n invoice_id kind posted_on amount\n 1 {kind} 2024-02-28 {amount}\n"
    assert plain_habit(text, NIGHT)[1] == late


def test_the_habit_is_that_of_the_last_year_or_else_of_ever() -> None:
    text = """
        invoices
        due_on amount
        2022-05-01 100
        2024-05-01 100
        payments
        invoice_id paid_on amount
        1 2022-05-31 100
        2 2024-05-11 100
    """
    assert plain_habit(text, NIGHT)[1] == 10
    assert plain_habit(text, "2024-05-01")[1] == 30


def test_each_instalment_has_its_own_day() -> None:
    text = """
        invoices
        due_on amount
        2024-05-01 100
        instalments
        due_on amount
        2024-03-01 60
        2024-05-01 40
        payments
        invoice_id paid_on amount
        1 2024-03-11 60
        1 2024-05-21 40
    """
    assert plain_habit(text, NIGHT)[1] == 15  # 10 and 20 days late


def test_an_invoice_with_instalments_settled_by_a_credit_note_is_no_habit() -> None:
    text = """
        invoices
        invoice_id kind due_on amount
        1 invoice 2024-05-01 100
        2 credit_note 2024-05-20 -100
        instalments
        due_on amount
        2024-03-01 60
        2024-05-01 40
        adjustments
        invoice_id kind posted_on amount
        1 credit_applied 2024-05-20 100
        2 credit_applied 2024-05-20 -100
    """
    assert plain_habit(text, NIGHT)[1] is None


def test_the_key_figures_are_what_a_hand_adds_up() -> None:
    text = """
        invoices
        invoice_id due_on amount
        a 2024-02-15 100
        b 2024-04-10 200
        c 2024-03-20 300
        d 2024-03-10 80
        payments
        invoice_id paid_on amount
        c 2024-03-25 150
        adjustments
        invoice_id kind posted_on amount
        d cancellation 2024-03-05 30
    """
    found = key_figures(rows_of(text), date(2024, 3, 31))
    # Open: a 100, 45 days past due; b 200, not due; c 150, 11 days; d 50, 21 days. Together 500.
    # Billed since 1 January: 100 + 200 + 300 + 80 less the 30 cancelled = 650; since 1 March 200.
    # A month ago: a 100, 15 days past due; c 300 and d 80 less 30 not due. Together 450.
    wanted = {
        "dso": 500 / 650 * 90,
        "best_possible_dso": 200 / 650 * 90,
        "average_days_delinquent": 300 / 650 * 90,
        "collection_effectiveness_index": 100 * (450 + 200 - 500) / (450 + 200 - 200),
        "ageing_current": 200_00,
        "ageing_1_30": 200_00,
        "ageing_31_60": 100_00,
        "ageing_61_90": 0,
        "ageing_91_up": 0,
        "roll_current_to_1_30": (150 + 50) / (300 + 50),
        "roll_1_30_to_31_60": 1,
    }
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)
    assert found["roll_31_60_to_61_90"] is None


def test_instalments_age_each_for_itself() -> None:
    text = "invoices\n due_on amount\n 2024-05-01 100\n instalments\n due_on amount\n 2024-03-01 60\n 2024-05-01 40\n"
    found = key_figures(rows_of(text), date(2024, 4, 10))
    assert (found["ageing_31_60"], found["ageing_current"]) == (60_00, 40_00)


# What must hold of any ledger


def each_book() -> Iterator[tuple[Rows, Book]]:
    for seed in SEEDS:
        rows = random_accounts(seed)
        for night in NIGHTS:
            yield rows, Book(rows, night)


def all_in_euro(of: Book, customer_id: str) -> bool:
    money = [row["currency"] for row in of.cash if row["customer_id"] == customer_id]
    return {*money, *(document.currency for document in of.of(customer_id))} <= {"EUR"}


def test_open_less_credit_is_billed_less_received_and_given_up() -> None:
    compared = 0
    for _, of in each_book():
        for customer_id, figures in balances(of).items():
            if not all_in_euro(of, customer_id):
                continue
            documents = of.of(customer_id)
            billed = sum(document.amount for document in documents)
            received = sum(row["cents"] for row in of.payments if row["customer_id"] == customer_id)
            given_up = sum(
                row["cents"] for each in documents for row in each.adjustments if row["kind"] != "credit_applied"
            )
            recovered = sum(document.open - of.raw(document) for document in documents)
            assert figures["open_amount"] - figures["credit_amount"] == billed - received - given_up + recovered
            compared += 1
    assert compared > 200


def test_what_is_left_after_credit_is_what_may_be_collected() -> None:
    for _, of in each_book():
        for account in (*accounts(of).values(), *groups(of).values()):
            if account.figures["credit_amount"] >= 0:
                asked, _ = account.left
                # Rounding of parts may leave a cent between currencies.
                assert abs(sum(cents for _, cents in asked) - account.figures["collectible_amount"]) <= _cents(account)


def _cents(account: Account) -> int:
    return 1 + len(account.asked)


def test_parts_are_never_below_zero_and_never_more_than_is_overdue() -> None:
    for _, of in each_book():
        for figures in balances(of).values():
            assert all(figures[name] >= 0 for name in (*TAKEN, "open_amount", "overdue_amount", "collectible_amount"))
            assert sum(figures[name] for name in TAKEN) <= figures["overdue_amount"] + 3


def test_the_parts_of_an_invoice_add_up_to_it() -> None:
    for _, of in each_book():
        for document in of.documents.values():
            assert sum(part.amount for part in document.parts) == document.amount
            assert sum(part.open for part in document.parts) == document.open


def test_the_random_accounts_hold_every_kind_of_happening() -> None:
    seen: Counter[str] = Counter()
    for rows, of in each_book():
        owner = {row["invoice_id"]: row["customer_id"] for row in rows["invoices"]}
        seen["invoice of nothing"] += any(row["amount"] == 0 for row in rows["invoices"])
        seen["known late"] += any(row.get("known_on") for row in rows["adjustments"])
        seen["parent pays"] += any(
            owner.get(row["invoice_id"]) not in (None, row["customer_id"]) for row in rows["payments"]
        )
        seen["refund without document"] += any(row["amount"] < 0 and not row["invoice_id"] for row in rows["payments"])
        seen["refund with document"] += any(row["amount"] < 0 and row["invoice_id"] for row in rows["payments"])
        seen["stopped before its day"] += len(of.coming) < sum(row["cents"] > 0 for row in of.ahead)
        seen["foreign payment"] += any(
            row.get("currency") in ("USD", "JPY") and row["invoice_id"] for row in rows["payments"]
        )
        seen["foreign adjustment"] += any(row.get("currency") for row in rows["adjustments"])
        seen["currency without rate"] += len(of.known_invoice_ids) > len(of.documents)
        seen["advance applied"] += any(row["kind"] == "credit_applied" for row in rows["adjustments"])
        for kind in ("write_off", "collection_handover", "cancellation", "discount"):
            of_kind = [row for row in rows["adjustments"] if row["kind"] == kind]
            seen[kind] += bool(of_kind)
            seen[f"{kind} taken back"] += any(row["amount"] < 0 for row in of_kind)
        for document in of.documents.values():
            seen["recovered"] += document.open != of.raw(document)
            seen["several parts"] += len(document.parts) > 1
            seen["coming"] += document.coming > 0
            seen["credit note beyond its amount"] += not document.is_invoice and document.open > 0
            seen["small difference"] += any(of.is_small(document, row) for row in document.adjustments)
        for figures in balances(of).values():
            seen["credit below zero"] += figures["credit_amount"] < 0
            for name in TAKEN:
                seen[name] += figures[name] > 0
    assert not [name for name, count in seen.items() if not count], seen
