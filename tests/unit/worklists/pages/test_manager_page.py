"""The manager's page says what was done and what is ahead, in figures that can be counted, and nothing unknown."""

import re
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from configs.language import speaking
from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.rendered_report import NIGHT, RenderedPage, expected_of, managed, night
from tests.support.small_nights import nothing_beside
from worklists.manager.cash_so_far import Cash
from worklists.manager.of_night import ForTheManager
from worklists.pages.report import render_report


def page_of(manager: ForTheManager) -> str:
    page = render_report(night(), replace(nothing_beside(), manager=manager), call_sheet_of("C1"))
    return page[page.index("<h2>For the manager") : page.index("<h3>Key figures")]


def said(manager: ForTheManager) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page_of(manager)))


def test_contacts_and_promises_are_by_collector_with_their_sums() -> None:
    text = said(managed("agent-01"))
    assert "not known who 3 20 2 5,000 1 1,500 1 400 50%" in text
    assert "agent-01 3 20 2 5,000 1 1,500 1 400 50% Together 6 41 4 10,000 2 3,000 2 800 50%" in text


def test_cash_is_compared_with_what_the_night_before_expected_of_the_same_days() -> None:
    text = said(managed("key"))
    assert "Key 900 600 1,000 Rest 0 0 50 Together 900 600 1,050" in text
    assert "The night of 29 Feb expected 750 to 1,450 together in eight cases of ten." in text, "50 are not issued yet"
    assert "booked within 2 days of their value date" in text
    assert "not complete" not in said(replace(managed(), lag=0))


def test_ranges_of_several_days_add_up_as_those_of_independent_days() -> None:
    four_days = expected_of(pd.Timestamp("2024-02-26"), NIGHT, "key")
    text = said(replace(managed("key"), expected=four_days))
    assert "expected 3,600 to 5,000 together" in text, "4,000 and 4 x 50, less 2 x 300, and more 2 x 400"


def test_days_whose_payments_are_booked_are_compared_where_booking_takes_time() -> None:
    words = "Days that are complete, 27 Feb to 28 Feb: 1,100 came in. The night of 27 Feb expected 2,100"
    assert words in said(managed())
    assert "Days that are complete" not in said(replace(managed(), lag=0)), "these are the days since the night before"


def test_an_old_bank_feed_is_a_warning_and_a_fresh_one_is_not() -> None:
    for booked, warned in (("2024-02-26", True), ("2024-02-27", False)):
        day = pd.Timestamp(booked)
        text = said(replace(managed(), cash=Cash(day, day, 0, 0, 0)))
        assert ("Please check the bank feed" in text) == warned
    assert "the last payment was booked on 2024-02-26, 4 working days ago." in said(
        replace(managed(), cash=Cash(pd.Timestamp("2024-02-26"), NIGHT, 0, 0, 0))
    )
    assert "The ledger has no payment." in said(replace(managed(), cash=Cash(None, None, 0, 0, 0)))


def test_customers_are_named_with_their_figures_and_can_be_erased() -> None:
    page = page_of(managed("C5"))
    text = said(managed("C5"))
    assert "1 promise over 500 together, of which 200 came in." in text
    assert "01 Mar C5 C5 500.00 200.00 C5" in text
    assert "C5 C5 12,345.67 4,000.00 D (12.5%) –" in text
    assert "They owe 33% of all that is open." in text
    assert len(re.findall(r'<tr data-customer="C5">.*?</tr>\n', page)) == 3


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (None, "Received from 01 Feb to 01 Feb, for comparison 8,000 No target is set"),
        (20_000.0, "Target of the month 20,000 Short of the target 2,500 35% of the target came in so far."),
        (10_000.0, "Target of the month 10,000 Above the target 7,500 70% of the target came in so far."),
    ],
)
def test_the_month_is_measured_against_its_target_or_the_month_before(target: float | None, words: str) -> None:
    frames = night()
    second = pd.Timestamp("2024-03-02")
    days = pd.date_range(second, "2024-04-05", unit="s")
    parts = pd.DataFrame({"day": days, "part": "open", "segment": "key", "expected": 35000, "p10": 0, "p90": 0})
    frames |= {"cash_forecast_parts": parts, "runs": frames["runs"].assign(as_of=second)}
    manager = replace(managed(), target=target)
    page = render_report(frames, replace(nothing_beside(), manager=manager), call_sheet_of("C1"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Received since 01 Mar 7,000 Expected until 31 Mar, open and not yet issued 10,500 Together 17,500" in text
    assert words in text


def test_a_forecast_that_ends_before_the_month_is_not_added_up() -> None:
    text = said(replace(managed(), target=20_000.0))
    assert "Together – Target of the month 20,000 Against the target – 35% of the target came in so far." in text
    assert "The forecast ends before the month does." in text


def test_the_list_is_compared_with_that_of_the_night_before() -> None:
    text = said(managed())
    assert "Of 4 customers on the list of 29 Feb, 2 (50%) are on it again, and 1 (25%) were contacted." in text
    assert "Without a contact, 2 left it." in text
    assert "Of 30 customers on tonight's list, 28 are new." in text


def test_a_first_night_says_that_nothing_is_known_to_compare_with() -> None:
    text = said(nothing_beside().manager)
    for words in (
        "No earlier night is known to compare with", "The ledger has no payment.", "No promise falls due.",
        "Nothing is open.", "No customer's score or habits worsened.", "No list of an earlier night is known",
    ):  # fmt: skip
        assert words in text
    assert "<td" not in page_of(nothing_beside().manager).split("Month to")[0]


def test_headings_are_in_order_and_every_head_of_a_table_says_what_it_heads() -> None:
    page = RenderedPage(page_of(managed()))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 2 and all(after - before <= 1 for before, after in pairwise(levels))
    assert {attributes.get("scope") for tag, attributes in page.tags if tag == "th"} == {"col", "row"}


def test_the_page_speaks_german() -> None:
    with speaking("de"):
        page = render_report(night(), replace(nothing_beside(), manager=managed()), call_sheet_of("C1"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Von 4 Kunden auf der Liste vom 29.02. stehen 2 (50 %) wieder darauf" in text
    assert "1 Zahlungszusage über zusammen 500, davon gingen 200 ein." in text
