"""What changed since last night is said in one sentence with its figures, the most important first."""

import pandas as pd
import pytest

from tests.support.nights.worklists import with_promise
from tests.support.view_from_rows import Row, view_of
from worklists.ranking.what_changed import news, paid_since, what_changed
from worklists.score_db.earlier_nights import Previous

LAST_NIGHT = pd.Timestamp("2024-03-01")
USUAL: Row = {
    "customer_id": "c1", "rank": 10, "action": "follow_up", "risk_band": "C", "overdue_amount": 50_000,
    "collectible_amount": 50_000, "promise_status": "none",
    "contacts_90d": 0,
}  # fmt: skip
EVERYBODY = ["customer_id", "risk_band", "overdue_amount", "collectible_amount"]


def rows(*changed: Row) -> pd.DataFrame:
    """Rows of a worklist with the promise's state and day, of which the published status is made."""
    return with_promise(pd.DataFrame([{**USUAL, **one} for one in changed]).set_axis(range(4, 4 + len(changed))))


def last_night(*changed: Row) -> Previous:
    before = rows(*changed).reset_index(drop=True)
    return Previous(LAST_NIGHT, before, before[EVERYBODY])


def told(today: Row, before: Row, paid: int = 0) -> tuple[str, bool]:
    """The sentence, and whether it is news."""
    given = rows(today), last_night(before), pd.Series({4: paid})
    return what_changed(*given)[4], bool(news(*given)[4])


@pytest.mark.parametrize(
    ("today", "before", "paid", "sentence", "is_news"),
    [
        ({}, {}, 0, "", False),
        ({"rank": 3}, {}, 0, "", False),
        ({"risk_band": "D", "rank": 3}, {}, 0, "Risk band D, was C.", False),
        ({"promise_status": "broken 2024-03-01"}, {"promise_status": "open until 2024-03-01"}, 0,
         "The promise of 2024-03-01 was broken.", True),
        ({"promise_status": "broken 2024-02-28"}, {"promise_status": "broken 2024-02-28"}, 0, "", False),
        ({"promise_status": "none"}, {"promise_status": "broken 2024-02-28"}, 0, "", False),
        ({"promise_status": "open until 2024-03-09"}, {}, 0, "A part is promised by 2024-03-09.", True),
        ({"overdue_amount": 40_000, "collectible_amount": 40_000}, {}, 10_000, "Paid 100.00 since 2024-03-01.", True),
        ({}, {}, -10_000, "100.00 of payments was reversed since 2024-03-01.", True),
        ({"overdue_amount": 62_345, "collectible_amount": 62_345}, {}, 0, "123.45 more is overdue.", True),
        ({"collectible_amount": 20_000}, {}, 0, "", True),
        ({"overdue_amount": 50_100, "collectible_amount": 50_100}, {}, 0, "", False),
        ({"action": "firm_demand"}, {}, 0, "Now firm demand, was follow up.", True),
        ({"action": "firm_demand", "rank": 2, "promise_status": "broken 2024-03-02"}, {}, 500,
         "The promise of 2024-03-02 was broken; paid 5.00 since 2024-03-01.", True),
    ],
)  # fmt: skip
def test_a_change_is_told_with_its_figures(today: Row, before: Row, paid: int, sentence: str, is_news: bool) -> None:
    assert told(today, before, paid) == (sentence, is_news)


def test_a_customer_that_was_not_on_the_list_is_new_and_says_what_it_owes_more() -> None:
    tonight = rows({"customer_id": "c2", "overdue_amount": 70_000}, {"customer_id": "c3"})
    before = last_night({})
    scores = pd.concat([before.customers, before.customers.assign(customer_id="c2", overdue_amount=20_000)])
    given = tonight, Previous(LAST_NIGHT, before.worklist, scores), pd.Series(dtype="int64")
    assert what_changed(*given).to_dict() == {
        4: "New on the list; 500.00 more is overdue.",
        5: "New on the list; 500.00 more is overdue.",
    }
    assert news(*given).all()


def test_who_was_contacted_before_is_back_on_the_list() -> None:
    tonight = rows({"customer_id": "c2", "contacts_90d": 1})
    before = last_night({})
    given = tonight, Previous(LAST_NIGHT, before.worklist, before.customers.assign(customer_id="c2"))
    assert what_changed(*given, pd.Series({4: 0}))[4] == "Back on the list."


def test_a_broken_promise_that_brings_a_customer_back_is_told() -> None:
    tonight = rows({"customer_id": "c2", "promise_status": "broken 2024-03-01"})
    before = last_night({})
    scores = before.customers.assign(customer_id="c2")
    given = tonight, Previous(LAST_NIGHT, before.worklist, scores), pd.Series({4: 0})
    assert what_changed(*given)[4] == "New on the list; the promise of 2024-03-01 was broken."


def test_without_an_earlier_night_nothing_is_told_and_everything_may_jump() -> None:
    nothing = Previous(None, rows({})[:0], rows({})[:0][EVERYBODY])
    assert what_changed(rows({}), nothing, pd.Series({4: 0})).tolist() == [""]
    assert news(rows({}), nothing, pd.Series({4: 0})).tolist() == [True]


def test_an_earlier_night_with_an_empty_list_makes_everybody_new() -> None:
    before = last_night({})
    empty = Previous(LAST_NIGHT, before.worklist[:0], before.customers)
    assert what_changed(rows({}), empty, pd.Series({4: 0})).tolist() == ["New on the list."]


def test_an_empty_list_has_nothing_to_tell() -> None:
    nobody = rows({})[:0]
    assert what_changed(nobody, last_night({}), pd.Series({4: 0})).tolist() == []
    assert news(nobody, last_night({}), pd.Series({4: 0})).tolist() == []


def test_news_needs_no_rank() -> None:
    assert news(rows({}).drop(columns="rank"), last_night({}), pd.Series({4: 0})).tolist() == [False]


def test_every_row_is_told_on_its_own_whatever_the_order() -> None:
    customers: list[Row] = [{"customer_id": f"c{place}", "rank": place} for place in range(1, 30)]
    before = last_night(*[{**one, "rank": 30 - place} for place, one in enumerate(customers, start=1)])
    tonight = rows(*customers)
    paid = pd.Series({4: 100, 6: 2_000})
    whole = what_changed(tonight, before, paid)
    shuffled = what_changed(tonight.sample(frac=1, random_state=2), before, paid)
    pd.testing.assert_series_equal(shuffled.sort_index(), whole)


def test_what_was_paid_since_is_what_became_known_since_on_any_invoice_or_none() -> None:
    view = view_of(
        "2024-03-03",
        invoices=[{"amount": 10_000}, {"amount": 10_000, "customer_id": "c2"}],
        payments=[
            {"invoice_id": "i1", "amount": 1, "paid_on": "2024-02-29"},
            {"invoice_id": "i1", "amount": 10, "paid_on": "2024-02-20", "known_on": "2024-03-01"},
            {"amount": 100, "paid_on": "2024-03-02"},
            {"amount": 1_000, "paid_on": "2024-03-03"},
            {"amount": -500, "paid_on": "2024-03-02", "customer_id": "c2"},
        ],
    )
    assert paid_since(view, LAST_NIGHT).to_dict() == {0: 110, 1: -500}
