"""What a mapping says about cells: a wrong key is refused with its place and what would do, and the rest is read."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from ledger.errors import LedgerError
from ledger.importing.cells.amounts import read_amounts
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.import_export import import_ledger
from ledger.importing.mapping_schema import Mapping, load_mapping
from ledger.strict_yaml import read_yaml
from tests.support.judged_in_memory import read_ledger

MAPPING = """
files: {{f: {{path: f.csv{form}}}}}
tables:
  invoices:
    {{file: f{rule}, columns: {{invoice_id: {id}, customer_id: c, issued_on: {day}, due_on: {due}, amount: {amount}}}}}
  payments: {{file: f, columns: {{payment_id: id, customer_id: c, paid_on: d, amount: a}}}}
"""
USUAL = {"form": "", "rule": "", "id": "id", "day": "d", "due": "d", "amount": "a"}
AMOUNT, DUE, DAY = "invoices.0.columns.amount", "invoices.0.columns.due_on", "invoices.0.columns.issued_on"


def mapping(folder: Path, **parts: str) -> Mapping:
    (folder / "m.yaml").write_text(MAPPING.format(**USUAL | parts), "utf-8")
    return load_mapping(folder / "m.yaml")


WRONG = [
    ({"day": "{column: d, format: []}"}, DAY, "write one to 10 formats, found 0"),
    ({"day": "{column: d, format: ['%d/%m/%Y', '%d/%m']}"}, DAY, "format '%d/%m' does not give a day"),
    ({"day": "{column: d, format: ['%d/%m/%Y', '%m/%d/%Y']}"}, DAY, "read '02/01/2001' as different days"),
    ({"day": "{column: d, format: [iso, '%Y-%d-%m']}"}, DAY, "'iso' and '%Y-%d-%m' read '2001-01-02' as different"),
    ({"day": "{column: d, format: [excel, '%d%m%y']}"}, DAY, "'excel' and '%d%m%y' read"),
    ({"amount": "{column: a, format: '%d.%m.%Y'}"}, "invoices[0].columns.amount", "format is for dates"),
    ({"amount": "{column: a, negate: {column: s}}"}, AMOUNT, "write exactly one of equals, one_of, not_empty"),
    ({"amount": "{column: a, negate: maybe}"}, AMOUNT, "should be a valid boolean"),
    ({"amount": "{difference: [a]}"}, AMOUNT, "at least 2 items"),
    ({"amount": "{difference: [a, b], column: a}"}, AMOUNT, "exactly one of column, constant, template, difference"),
    ({"day": "{difference: [a, b]}"}, "invoices[0].columns.issued_on", "difference is for amounts and numbers"),
    ({"amount": "{column: a, invert: true}"}, "invoices[0].columns.amount", "invert is for numbers"),
    (
        {"amount": "{constant: '5', values: {a: b}}"},
        AMOUNT,
        "values goes with column or currency_of, not with constant",
    ),
    ({"amount": "{column: a, days: 30}"}, AMOUNT, "days goes with days_after, not with column"),
    ({"amount": "{column: a, strip_zeros: true}"}, "invoices[0].columns.amount", "strip_zeros is for ids"),
    ({"id": "{column: id, strip_zeros: true, pad_zeros: 5}"}, "columns.invoice_id", "one of strip_zeros and pad_zeros"),
    ({"id": "{column: id, pad_zeros: 0}"}, "columns.invoice_id.pad_zeros", "greater than or equal to 1"),
    ({"id": "{currency_of: a}"}, "invoices[0].columns.invoice_id", "currency_of is for currency"),
    ({"due": "{days_after: d}"}, DUE, "days_after needs days or end_of_month"),
    ({"due": "{days_after: d, days: -1}"}, DUE, "-1 is no term of payment; write 0 to 3660"),
    ({"due": "{days_after: d, days: {template: '{t}'}}"}, DUE, "days: write a number, a column"),
    ({"due": "{days_after: d, days: 5, end_of_month: yes}"}, DUE, "'before_days' or 'after_days'"),
    ({"due": "{days_after: {column: d, format: '%m'}, days: 5}"}, f"{DUE}.days_after", "does not give a day"),
    ({"due": "{first_of: [d]}"}, DUE, "at least 2 items"),
    ({"due": "{first_of: [d, {column: e, negate: true}]}"}, "columns.due_on.first_of[1]", "negate is for amounts"),
    ({"rule": ", where: {not: {column: a}}"}, "where.0.not", "write exactly one of equals"),
    ({"rule": ", where: {not: {column: a, equals: b}, column: c}"}, "where.0", "exactly one of column, not, any"),
    ({"rule": ", where: {any: []}"}, "where.0.any", "at least 1 item"),
    ({"rule": ", where: {column: a, above: ten}"}, "where.0.above", "'ten' is neither a number nor a day"),
    ({"rule": ", where: {column: a, above: true}"}, "where.0.above", "'True' is neither a number nor a day"),
    ({"rule": ", where: {column: a, above: 1, below: 2024-01-01}"}, "where.0", "all numbers, or all days"),
    (
        {"rule": ", where: {column: a, above: 1, format: '%d.%m.%Y'}"},
        "where.0",
        "format goes with bounds that are days",
    ),
    ({"rule": ", where: {column: a, abvoe: 1}"}, "where.0", "no key 'abvoe' here. The closest is 'above'"),
    ({"form": ", signs: {EUR: '-'}"}, "files.f", "'EUR' is no mark of a sign"),
    ({"form": ", signs: {CR: '-', cr: '+'}"}, "files.f", "the same letters are there twice"),
    ({"form": ", signs: {CR: minus}"}, "files.f.signs.CR", "'+' or '-'"),
    ({"form": ", language: german"}, "files.f", "no language 'german'; write de, fr or es"),
    ({"form": ", language: ../de"}, "files.f", "no language '../de'"),
]


@pytest.mark.parametrize(("parts", "place", "sentence"), WRONG)
def test_a_wrong_key_is_refused_with_the_place_and_what_would_do(
    tmp_path: Path, parts: dict[str, str], place: str, sentence: str
) -> None:
    with pytest.raises(LedgerError) as caught:
        mapping(tmp_path, **parts)
    [line] = [line for line in str(caught.value).splitlines() if sentence in line]
    assert place in line


NEEDED = ["Debit", "Credit", "Terms", "Issued", "Due", "Sign", "Kind", "Amount"]


@pytest.mark.parametrize("missing", NEEDED)
def test_each_column_of_the_export_that_a_form_needs_is_named_where_it_is_missing(tmp_path: Path, missing: str) -> None:
    names = [name for name in ("id", "c", "d", "a", *NEEDED) if name != missing]
    (tmp_path / "f.csv").write_text(",".join(names) + "\n")
    mapping(
        tmp_path,
        rule=", where: {any: [{not: {column: Kind, equals: x}}, {column: Amount, above: 0}]}",
        due="{first_of: [Due, {days_after: Issued, days: {column: Terms, values: {N: 30}}}]}",
        amount="{difference: [Debit, Credit], negate: {column: Sign, equals: H}}",
    )
    with pytest.raises(LedgerError, match=rf"tables\.invoices\[0\].*no column '{missing}'"):
        import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")


def test_a_condition_of_a_sign_that_cannot_be_judged_refuses_the_row(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id,c,d,a,s\n1,A,2024-01-05,5,-1\n2,A,2024-01-05,5,?\n3,A,2024-01-05,5,1\n")
    mapping(tmp_path, amount="{column: a, negate: {column: s, below: 0}}")
    done = import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")
    assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == [-500, 500]
    assert done.refused[["record", "rule"]].to_numpy().tolist() == [["2", "sign unknown"]]


@pytest.mark.parametrize(
    ("form", "cells", "invoices"),
    [
        ("", "1.234 1.000 950 -2.500", [95_000]),
        (", thousands: ','", "1.234 1.000 950", [95_000]),
        (", decimal_comma: true", "1,234 950", [95_000]),
        ("", "1.234 1.000 12.50", [123, 100, 1250]),
        ("", "1.234 0.500", [123, 50]),
        ("", "1.230 12.500", [123, 1250]),
        ("", "1.234 1234.567", [123, 123_457]),
        ("", "1.2345 950", [123, 95_000]),
    ],
)
@pytest.mark.parametrize("amount", ["a", "{difference: [a, less]}", "{first_of: [less, a]}"])
def test_amounts_are_refused_where_every_mark_has_three_digits_and_tenths_of_a_cent_are_among_them(
    tmp_path: Path, form: str, cells: str, invoices: list[int], amount: str
) -> None:
    rows = [f'{place},A,2024-01-05,"{cell}",' for place, cell in enumerate(cells.split())]
    (tmp_path / "f.csv").write_text("\n".join(["id,c,d,a,less", *rows]))
    mapping(tmp_path, form=form, amount=amount)
    done = import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")
    assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == invoices
    assert set(done.refused["rule"]) == ({"thousands or decimals"} if len(invoices) < len(rows) else set())


def test_three_digits_are_decimals_where_a_currency_has_three(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id,c,d,a\n1,A,2024-01-05,1.234\n2,A,2024-01-05,KWD 12.345\n")
    mapping(tmp_path, amount="a, currency: {currency_of: a}")
    done = import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")
    assert done.refused.empty
    assert pd.read_parquet(tmp_path / "ledger" / "invoices.parquet")["amount"].astype("str").tolist() == [
        "1.234",
        "12.345",
    ]


def test_native_numbers_and_days_are_subtracted_compared_and_counted_from(tmp_path: Path) -> None:
    day = pd.Timestamp("2024-01-31")
    pd.DataFrame(
        {"id": [1, 2], "c": ["A", "B"], "d": [day, day], "a": [0.1, 0.0], "b": [0.3, None], "t": [30.0, 0.0]}
    ).to_parquet(tmp_path / "f.parquet")
    (tmp_path / "m.yaml").write_text(
        MAPPING.format(
            **USUAL
            | {"rule": ", where: [{column: d, at_most: 2024-01-31}, {column: b, at_least: 0.3}]"}
            | {"amount": "{difference: [a, b]}", "due": "{days_after: d, days: t}"}
        ).replace("f.csv", "f.parquet")
    )
    import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")
    invoices = read_ledger(tmp_path / "ledger").tables["invoices"]
    assert invoices[["amount", "due_on"]].to_numpy().tolist() == [[-20, pd.Timestamp("2024-03-01")]]


def test_long_amounts_are_subtracted_to_the_last_digit(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id,c,d,a,b\n1,A,2024-01-05,9999999999.990000000001,9999999999.98\n")
    mapping(tmp_path, amount="{difference: [a, b]}")
    import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")
    assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == [1]


@pytest.mark.parametrize(
    ("written", "code"),
    [("EUR 5", "EUR"), ("5 €", "EUR"), ("$5", "$"), ("$5 USD", "USD"), ("US$5", "USD"), ("5 kr", "kr"), ("5", None)],
)
def test_the_currency_that_an_amount_names_is_known(written: str, code: str | None) -> None:
    [found] = read_amounts(pd.Series([written], dtype="str"), CellForm()).currencies
    assert found == code if code else pd.isna(found)


@pytest.mark.parametrize("key", ["on", "off", "yes", "no", "NO", "true", "y"])
def test_a_key_that_yaml_takes_for_true_or_false_is_its_text(key: str) -> None:
    assert read_yaml(f"{{{key}: 1, a: {{{key}: x}}}}") == {key: 1, "a": {key: "x"}}
    with pytest.raises(yaml.YAMLError, match="is there twice"):
        read_yaml(f"{{{key}: 1, {key}: 2}}")


def test_nothing_is_taken_from_an_infinite_amount(tmp_path: Path) -> None:
    mapping(tmp_path, form=", format: parquet", amount="{difference: [a, b]}")
    export = pd.DataFrame({"id": ["1", "2", "3"], "c": "K", "d": "2024-01-02"})
    export.assign(a=[5.0, np.inf, 7.0], b=[1.0, 1.0, -np.inf]).to_parquet(tmp_path / "f.csv")
    done = import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")
    assert read_ledger(tmp_path / "ledger").tables["invoices"]["amount"].tolist() == [400]
    refused = done.refused[done.refused["table"] == "invoices"]
    assert refused[["rule", "value"]].to_numpy().tolist() == [["not an amount", "inf"], ["not an amount", "-inf"]]


def test_a_table_without_a_rule_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("files: {f: {path: f.csv}}\ntables: {invoices: [], payments: []}\n")
    with pytest.raises(LedgerError, match=r"tables\.invoices.*at least 1"):
        load_mapping(tmp_path / "m.yaml")
