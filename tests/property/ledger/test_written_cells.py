"""Amounts, dates, conditions and terms are read as slow and obvious readers read them."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.importing.cells.amounts import read_amounts
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.condition_schema import RowCondition
from ledger.importing.cells.conditions import judged
from ledger.importing.cells.date_formats import disagreement
from ledger.importing.cells.dates import read_days
from ledger.importing.cells.due_days import days_later
from tests.oracle.written_amounts import slow_amount

FORMS = [
    CellForm(),
    CellForm(thousands=","),
    CellForm(thousands="'"),
    CellForm(thousands="any"),
    CellForm(decimal_comma=True),
    CellForm(decimal_comma=True, thousands="."),
    CellForm(decimal_comma=True, thousands=" "),
    CellForm(decimal_comma=True, thousands="any", signs={"S": "+", "H": "-"}),
    CellForm(thousands=",", signs={"CR": "-", "Dr": "+"}),
]
GROUPS = {",": [","], ".": ["."], " ": [" ", "\u00a0", "\u202f"], "'": ["'", "\u2019"]}
CURRENCIES = ["", "$", "€", "EUR", "usd", "R$", "kr", "Rs.", "zł"]
PIECES = st.sampled_from(
    [*"0123456789", *"0123456789", *".,-+() '", "\u00a0", "\u2212", "$", "EUR", "CR", "H", "kr.", "x"]
)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Decimal, CellForm]:
    """An amount in one of the many ways that a form allows, and what it is."""
    form = draw(st.sampled_from(FORMS))
    cents = draw(st.integers(0, 10**11))
    negative = draw(st.booleans())
    mark = "," if form.decimal_comma else "."
    kinds = [kind for kind in GROUPS if form.thousands in (kind, "any") and kind != mark]
    separator = draw(st.sampled_from(["", *(one for kind in kinds for one in GROUPS[kind])]))
    size = f"{cents // 100:,}".replace(",", separator) + mark + f"{cents % 100:02d}"
    currency, blank = draw(st.sampled_from(CURRENCIES)), draw(st.sampled_from(["", " ", "\u00a0"]))
    size = currency + blank + size if draw(st.booleans()) else size + blank + currency
    letters = [one for one, sign in form.signs.items() if sign == ("-" if negative else "+")]
    ways = ["({})", "-{}", "{}-", "{} -", "\u2212{}", "- {}"] if negative else ["{}", "+{}"]
    way = draw(
        st.sampled_from([*ways, *(f"{{}} {one}" for one in letters), *(f"{{}}{one.lower()}" for one in letters)])
    )
    return way.format(size), Decimal(cents if not negative else -cents) / 100, form


@given(written())
@settings(max_examples=250)
def test_an_amount_comes_back_from_each_way_of_writing_it(drawn: tuple[str, Decimal, CellForm]) -> None:
    text, amount, form = drawn
    read = read_amounts(pd.Series([text], dtype="str"), form)
    assert not read.unread[0], text
    assert Decimal(read.plain.iloc[0]) == amount


@given(st.lists(st.lists(PIECES, min_size=1, max_size=9).map("".join), min_size=1, max_size=20), st.sampled_from(FORMS))
@example(["5.-", "(5.)", "Rs.5", "1,23,456", "-(5)", "(5)-", "$5 USD", "€5 USD", "5 CR-"], FORMS[-1])
@example([".0.", "0.0.", "5.", ".5"], FORMS[0])
@settings(max_examples=250)
def test_any_text_is_read_as_letter_by_letter_or_not_at_all(texts: list[str], form: CellForm) -> None:
    trimmed = [text.strip() for text in texts if text.strip()]
    read = read_amounts(pd.Series(trimmed, dtype="str"), form)
    found = [None if pd.isna(plain) else Decimal(plain) for plain in read.plain]
    assert dict(zip(trimmed, found, strict=True)) == {text: slow_amount(text, form) for text in trimmed}
    assert read.unread.tolist() == [amount is None for amount in found]


PATTERNS = ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y%m%d", "%d %b %Y", "%B %d, %Y", "%d-%b-%y", "%Y/%m/%d"]
DAYS = st.dates(date(1990, 1, 1), date(2068, 12, 31))


@given(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=4, unique=True), st.lists(DAYS, min_size=1), st.data())
@settings(max_examples=60)
def test_a_day_is_read_by_the_first_format_that_reads_it(patterns: list[str], days: list[date], data: Any) -> None:
    texts = [day.strftime(data.draw(st.sampled_from([*PATTERNS, "%Y-%m-%d"]))) for day in days]
    read, unread = read_days(pd.Series(texts, dtype="str"), patterns)
    slow = [_slow_day(text, [*patterns, "%Y-%m-%d"]) for text in texts]
    assert [None if pd.isna(day) else day.date() for day in read] == slow
    assert unread.tolist() == [day is None for day in slow]


def _slow_day(text: str, patterns: list[str]) -> date | None:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


@given(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS), DAYS)
@settings(max_examples=150)
def test_two_formats_that_may_be_together_agree_on_every_cell(first: str, second: str, day: date) -> None:
    if disagreement(first, second) is None:
        for pattern in (first, second):
            read = {_slow_day(day.strftime(pattern), [one]) for one in (first, second)} - {None}
            assert len(read) <= 1


CELLS = st.sampled_from(["", "0", "5", "-5", "10.00", "x", "A", "B"])
TESTS = st.one_of(
    st.sampled_from([{"equals": "A"}, {"one_of": ["A", "5"]}, {"not_empty": True}]),
    st.dictionaries(
        st.sampled_from(["above", "at_least", "below", "at_most"]), st.integers(-5, 10), min_size=1, max_size=2
    ),
)
CONDITIONS = st.recursive(
    st.tuples(st.sampled_from(["p", "q"]), TESTS).map(lambda drawn: {"column": drawn[0], **drawn[1]}),
    lambda inner: (
        inner.map(lambda one: {"not": one}) | st.lists(inner, min_size=1, max_size=3).map(lambda some: {"any": some})
    ),
    max_leaves=5,
)


@given(st.lists(CONDITIONS, max_size=3), st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
@settings(max_examples=120)
def test_conditions_hold_as_row_by_row_and_unknown_is_neither(
    conditions: list[Any], rows: list[tuple[str, str]]
) -> None:
    frame = pd.DataFrame(rows, columns=["p", "q"], dtype="str")
    found = judged(frame, [RowCondition.model_validate(one) for one in conditions], CellForm())
    slow = [_all(_slow_truth(one, dict(zip("pq", row, strict=True))) for one in conditions) for row in rows]
    assert [None if unknown else bool(holds) for holds, unknown in zip(*found, strict=True)] == slow


def _slow_truth(condition: dict[str, Any], row: dict[str, str]) -> bool | None:
    if "not" in condition:
        inner = _slow_truth(condition["not"], row)
        return None if inner is None else not inner
    if "any" in condition:
        opposite = _all(_slow_truth({"not": one}, row) for one in condition["any"])
        return None if opposite is None else not opposite
    cell = row[condition["column"]]
    if "equals" in condition:
        return cell == condition["equals"]
    if "one_of" in condition:
        return cell in condition["one_of"]
    if "not_empty" in condition:
        return cell != ""
    if cell in ("x", "A", "B"):
        return None
    checks = {"above": "__gt__", "at_least": "__ge__", "below": "__lt__", "at_most": "__le__"}
    return cell != "" and all(
        getattr(Decimal(cell), checks[key])(Decimal(bound)) for key, bound in condition.items() if key in checks
    )


def _all(truths: Any) -> bool | None:
    every = list(truths)
    return False if False in every else None if None in every else True


@given(DAYS, st.integers(0, 400), st.sampled_from([None, "before_days", "after_days"]))
@settings(max_examples=150)
def test_terms_give_the_day_that_a_calendar_gives(day: date, days: int, end: Any) -> None:
    start = _month_end(day) if end == "before_days" else day
    due = start + timedelta(days=days)
    due = _month_end(due) if end == "after_days" else due
    read = days_later(pd.Series([pd.Timestamp(day)]).astype("datetime64[s]"), pd.Series([float(days)]), end)
    assert read.iloc[0].date() == due


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
