"""Texts of money and days convert as one by one and by slow means; `distinct` rules see rows that are alike once."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.importing import apply_rules
from ledger.importing.apply_rules import PlacedRule
from ledger.importing.mapping_schema import SourceFile, TableRule
from ledger.minor_units import held_with
from ledger.reading.parsing import to_days, to_money
from ledger.sources.csv_and_parquet import RawRows

PRECISE = Context(prec=80)
AMOUNTS = st.one_of(
    st.from_regex(r"\A[+-]?[0-9]{0,13}(\.[0-9]{0,6})?\Z"),
    st.text("0123456789.+-", max_size=6),
    st.sampled_from(["", "1234.565", "-0", "99999999999.99", "123456789012.34", "1e5", "1,5", "٣", "." + "9" * 30]),
)


@given(st.lists(AMOUNTS, max_size=12), st.sampled_from([2, 3, 4]))
@example(["0.5" + "0" * 28, "12345678901234567890123456789012"], 2)
@settings(max_examples=120)
def test_texts_of_money_are_whole_minor_units_rounded_half_even(texts: list[str], decimals: int) -> None:
    with held_with(decimals):
        amounts, unread = to_money(pd.Series(texts, dtype="str"))
    slow = [_slow_money(text, decimals) for text in texts]
    assert [None if pd.isna(amount) else int(amount) for amount in amounts] == slow
    assert unread.tolist() == [amount is None and text != "" for text, amount in zip(texts, slow, strict=True)]


def _slow_money(text: str, decimals: int) -> int | None:
    whole, _, behind = text.removeprefix("-" if text.startswith("-") else "+").partition(".")
    digits = whole + behind
    if not (digits.isascii() and digits.isdigit()) or len(whole) > 30 or len(behind) > 30:
        return None
    units = Decimal(text).scaleb(decimals, PRECISE).quantize(Decimal(1), ROUND_HALF_EVEN, PRECISE)
    beyond = 10 ** (10 + decimals) + 1
    return int(max(-beyond, min(beyond, units)))


DAYS = st.one_of(
    st.dates(date(1900, 1, 1)).map(str),
    st.from_regex(r"\A2024-[0-3][0-9]-[0-3][0-9]([T ][0-9]{2}:[0-9]{2})?\Z"),
    st.sampled_from(["", "2024-02-30", "2024-02-29", "20240229", "29.02.2024"]),
)


@given(st.lists(DAYS, max_size=12))
@settings(max_examples=75)
def test_texts_of_days_are_read_as_python_reads_them(texts: list[str]) -> None:
    days, unread = to_days(pd.Series(texts, dtype="str"))
    slow = [_slow_day(text) for text in texts]
    assert [None if pd.isna(day) else day.date() for day in days] == slow
    assert unread.tolist() == [day is None and text != "" for text, day in zip(texts, slow, strict=True)]


def _slow_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) >= 10 and text[4] == "-" else None
    except ValueError:
        return None


CELLS = st.sampled_from(["", " A ", "A", "B", "1.50", "1.5", "x", "EUR", "5 USD"])
RULE = TableRule.model_validate(
    {
        "file": "f",
        "distinct": True,
        "columns": {"customer_id": "p", "name": {"template": "{p}-{q}"}, "credit_limit": "q"},
    }
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=10))
@settings(max_examples=120)
def test_a_distinct_rule_gives_what_it_gives_where_it_looks_at_every_row(rows: list[tuple[str, str, str]]) -> None:
    raw = RawRows(pd.DataFrame(rows, columns=["p", "q", "unused"], dtype="str"))
    placed = [PlacedRule("customers", 0, "here", RULE)]
    found = apply_rules.apply_rules(placed, SourceFile(), raw, "f.csv", 2).made[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apply_rules, "_of_different_rows", lambda *_: None)
        slow = apply_rules.apply_rules(placed, SourceFile(), raw, "f.csv", 2).made[0]
    assert (found.good, found.finest) == (slow.good, slow.finest)
    for one, other in (
        (found.rows, slow.rows),
        (found.shown.refused, slow.shown.refused),
        (found.shown.repaired, slow.shown.repaired),
        (found.losses.refused, slow.losses.refused),
    ):
        pd.testing.assert_frame_equal(one, other, check_dtype=len(one) > 0)
