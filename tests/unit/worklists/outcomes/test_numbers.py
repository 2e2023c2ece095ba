"""Numbers are read as people write them, and never taken for another number."""

from decimal import Decimal

import pytest

from worklists.outcomes.numbers import Unreadable, decimal_mark, number_of, without_unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", "7"), ("7.5", "7.5"), ("7,5", "7.5"), ("0,50", "0.5"), ("0.500", "0.5"), ("5.000,50", "5000.5"),
        ("5,000.50", "5000.5"), ("1 200", "1200"), ("1 200,50", "1200.5"), ("1'200.50", "1200.5"),
        ("1’200,5", "1200.5"), ("1\u00a0200", "1200"), ("1\u202f234\u202f567,89", "1234567.89"),
        ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("1234,567", "1234.567"), ("+5", "5"), ("-5,5", "-5.5"),
        ("−5", "-5"),
    ],
)  # fmt: skip
def test_what_can_be_read_in_one_way_is_read_so_whatever_the_file_writes(text: str, value: str) -> None:
    plain = without_unit(text)[0]
    assert {number_of(plain, mark) for mark in (".", ",", None)} == {Decimal(value)}


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [("5.000", ",", "5000"), ("1,234", ".", "1234"), ("12.345", ",", "12345")],
)
def test_a_group_of_three_is_read_as_the_file_writes_thousands(text: str, mark: str, value: str) -> None:
    assert number_of(text, mark, most_decimals=2) == Decimal(value)


@pytest.mark.parametrize(("text", "mark"), [("5.000", None), ("5.000", "."), ("1,234", ",")])
def test_three_decimals_of_an_amount_that_has_two_are_in_doubt(text: str, mark: str | None) -> None:
    with pytest.raises(Unreadable) as error:
        number_of(text, mark, most_decimals=2)
    assert len(error.value.ambiguous) == 2


def test_three_decimals_are_what_they_are_where_the_ledger_has_three_or_no_money_is_counted() -> None:
    assert number_of("5.000", ".", most_decimals=3) == 5
    assert number_of("7.125", ".") == Decimal("7.125")


@pytest.mark.parametrize(
    "text",
    ["", "much", "1.2.3", "1.23.456", "5,00,000", "1..5", "1e5", "(500)", "5 000,5,5", "--5", "0.000.000", "5k5"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        number_of(without_unit(text)[0], ".")


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("€ 500", "500", "€"), ("500 EUR", "500", "EUR"), ("500€", "500", "€"), ("EUR 1.234,50", "1.234,50", "EUR"),
        ("500,-", "500", ""), ("500,– €", "500", "€"), ("7,5 Min.", "7,5", "Min"), ("CHF 1'200.50", "1'200.50", "CHF"),
    ],
)  # fmt: skip
def test_a_unit_stands_before_or_after(text: str, number: str, unit: str) -> None:
    assert without_unit(text) == (number, unit)


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["7,5", "12"], ","), (["7.5", "5.000"], "."), (["7,5", "7.5"], None), (["5.000"], None), ([], None),
        (["EUR 5.000,50", "five"], ","),
    ],
)  # fmt: skip
def test_the_files_mark_is_the_one_that_all_clear_numbers_agree_on(texts: list[str], mark: str | None) -> None:
    assert decimal_mark(texts) == mark
