"""A ledger judged as a whole: every row and cent is accounted for, whatever the order of the rows."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.telemetry import SWITCHES
from ledger.frames import Tables, complete, with_known_on
from ledger.reading.quarantine import write_quarantine
from ledger.reading.refusals import REFUSED_COLUMNS, no_refusals
from ledger.tables import TABLES
from ledger.validation.counts import TooManyRefused, reconcile
from tests.support.judged_in_memory import JudgedInMemory, ledger_settings, validate

ANY_SHARE = ledger_settings("EUR", 1.0)


def frame(name: str, rows: list[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    table = TABLES[name]
    given_values = pd.DataFrame(rows, columns=list(columns), dtype="object")
    typed = {
        column.name: given_values.get(column.name, pd.Series(None, index=given_values.index, dtype="object"))
        .fillna(False if column.dtype == "bool" else np.nan)
        .astype(column.dtype)
        for column in table.columns
    }
    return with_known_on(table, pd.DataFrame(typed))


def small_ledger(invoices: list[tuple[object, ...]], payments: list[tuple[object, ...]]) -> Tables:
    return complete(
        {
            "invoices": frame(
                "invoices", invoices, ("invoice_id", "customer_id", "issued_on", "due_on", "amount", "kind")
            ),
            "payments": frame("payments", payments, ("payment_id", "invoice_id", "customer_id", "paid_on", "amount")),
        }
    )


def invoice(number: int, amount: int = 10_000, due_on: str = "2024-01-31", kind: str = "invoice") -> tuple[object, ...]:
    return (f"i{number}", "c1", "2024-01-01", due_on, amount, kind)


def payment(number: int, of: int | None, amount: int = 1_000, customer: str = "c1") -> tuple[object, ...]:
    return (f"p{number}", None if of is None else f"i{of}", customer, "2024-02-01", amount)


def messy_rows(seed: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Invoices and payments that break rules in many combinations, with copies and contradictions among them."""
    draw = np.random.default_rng(seed)
    invoices = [
        invoice(
            int(draw.integers(200)),
            amount=int(draw.choice([-500, 0, 1, 10_000], p=[0.1, 0.1, 0.1, 0.7])),
            due_on=str(draw.choice(["2023-12-31", "2024-01-31"], p=[0.1, 0.9])),
            kind=str(draw.choice(["invoice", "credit_note"], p=[0.9, 0.1])),
        )
        for _ in range(250)
    ]
    payments = [
        payment(
            int(draw.integers(400)),
            of=None if draw.random() < 0.1 else int(draw.integers(220)),
            amount=int(draw.choice([-1_000, 1_000, 20_000])),
            customer=str(draw.choice(["c1", "c2"], p=[0.9, 0.1])),
        )
        for _ in range(400)
    ]
    return invoices, payments


def judged(tables: Tables, already_refused: pd.DataFrame | None = None) -> JudgedInMemory:
    return validate(tables, ANY_SHARE, no_refusals() if already_refused is None else already_refused)


def sorted_rows(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(list(rows.columns), ignore_index=True)


@pytest.mark.parametrize("seed", range(3))
def test_what_came_is_what_was_refused_and_what_is_used_in_rows_and_in_cents(seed: int) -> None:
    invoices, payments = messy_rows(seed)
    validation = judged(small_ledger(invoices, payments))
    for name, rows in (("invoices", invoices), ("payments", payments)):
        used = validation.tables[name]
        refused = [json.loads(row) for row in validation.refused.loc[validation.refused["table"] == name, "row"]]
        assert len(rows) == len(used) + len(refused)
        in_cents = sum(round(float(row["amount"]) * 100) for row in refused)
        assert sum(int(str(row[4])) for row in rows) == used["amount"].sum() + in_cents
        count = validation.counts.loc[name]
        assert [count["came"], count["refused"], count["used"]] == [len(rows), len(refused), len(used)]
        assert [count["refused_cents"], count["used_cents"]] == [in_cents, used["amount"].sum()]


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    invoices, payments = messy_rows(seed)
    first = judged(small_ledger(invoices, payments))
    assert first.refused["rule"].nunique() >= 4 and first.repaired["rule"].nunique() >= 2
    shuffler = random.Random(seed)
    shuffler.shuffle(invoices)
    shuffler.shuffle(payments)
    second = judged(small_ledger(invoices, payments))
    pd.testing.assert_frame_equal(first.refused, second.refused)
    pd.testing.assert_frame_equal(sorted_rows(first.repaired), sorted_rows(second.repaired))
    pd.testing.assert_frame_equal(first.counts, second.counts)
    assert first.warnings == second.warnings
    for name in TABLES:
        pd.testing.assert_frame_equal(sorted_rows(first.tables[name]), sorted_rows(second.tables[name]))


def test_a_clean_ledger_comes_out_as_it_went_in() -> None:
    tables = small_ledger([invoice(1), invoice(2)], [payment(1, of=1), payment(2, of=None)])
    validation = judged(tables)
    assert validation.refused.empty and list(validation.refused.columns) == list(REFUSED_COLUMNS)
    assert validation.warnings == []
    assert list(validation.tables) == list(TABLES)
    for name in TABLES:
        pd.testing.assert_frame_equal(validation.tables[name], tables[name])


def test_a_ledger_without_rows_is_judged_too() -> None:
    validation = judged(complete({}))
    assert validation.counts.to_numpy().sum() == 0


def test_a_refused_row_tells_its_record_its_value_and_the_row_as_a_file_would_hold_it() -> None:
    [row] = judged(small_ledger([invoice(1, amount=-1_250)], [])).refused.to_dict("records")
    assert (row["table"], row["record"], row["column"], row["value"]) == ("invoices", "i1", "amount", "-12.50")
    written = json.loads(row["row"])
    assert written["amount"] == "-12.50"
    assert written["issued_on"] == "2024-01-01"
    assert written["currency"] is None


def test_rows_refused_at_reading_are_counted_and_refuse_what_leans_on_them() -> None:
    unreadable = pd.DataFrame(
        [("invoices", "i7", "amount", "not an amount", "1O.00", "write it as 1234.56", "{}")],
        columns=list(REFUSED_COLUMNS),
        dtype="str",
    )
    validation = judged(small_ledger([invoice(1)], [payment(1, of=1), payment(2, of=7)]), unreadable)
    assert validation.refused[["table", "record", "rule"]].to_numpy().tolist() == [
        ["invoices", "i7", "not an amount"],
        ["payments", "p2", "invoice refused"],
    ]
    assert validation.counts.loc["invoices", ["came", "refused_at_reading", "refused", "used"]].tolist() == [2, 1, 0, 1]


def test_too_many_refused_rows_stop_the_night_with_a_sentence_and_with_the_quarantine_written(tmp_path: Path) -> None:
    tables = small_ledger([invoice(number) for number in range(1, 20)] + [invoice(20, amount=-1)], [])
    at_the_threshold = ledger_settings(None, 0.05)
    assert len(validate(tables, at_the_threshold, no_refusals()).tables["invoices"]) == 19

    below = ledger_settings(None, 0.049)
    with pytest.raises(TooManyRefused) as caught:
        validate(tables, below, no_refusals(), docs=tmp_path / "docs", quarantine=tmp_path / "quarantine")
    assert str(caught.value) == (
        "invoices: 1 of 20 rows (5.0%) were refused, and ledger.max_quarantined_share allows 4.9%, so the night stops. "
        "The most frequent rule is 'sign does not fit the kind' (1 rows), for example record 'i20' with amount = "
        "'-0.01': give a negative amount the kind credit_note and a positive one the kind invoice. "
        f"All refused rows are in {tmp_path / 'quarantine'}."
    )
    assert caught.value.refused["record"].tolist() == ["i20"]
    assert (tmp_path / "quarantine" / "invoices.csv").exists()
    assert (tmp_path / "docs" / "index.html").exists()


def test_rows_refused_at_reading_count_towards_the_threshold() -> None:
    unreadable = pd.DataFrame(
        [("payments", "p9", "amount", "not an amount", "x", "write it as 1234.56", "{}")],
        columns=list(REFUSED_COLUMNS),
        dtype="str",
    )
    tables = small_ledger([invoice(1)], [payment(1, of=1)])
    with pytest.raises(TooManyRefused, match=r"^payments: 1 of 2 rows \(50.0%\) .*'not an amount'.*'p9'"):
        validate(
            tables,
            ledger_settings(None, 0.4),
            unreadable,
        )


def test_lost_rows_or_cents_are_told() -> None:
    counts = judged(small_ledger([invoice(1)], [payment(1, of=1)])).counts
    reconcile(counts)
    counts.loc["payments", "used_cents"] -= 1
    with pytest.raises(ValueError, match=r"payments: validation lost 0 rows and 0\.01 currency units"):
        reconcile(counts)


def test_the_data_docs_name_every_table_and_the_record_that_broke_a_rule(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    tables = small_ledger([invoice(1), invoice(2, amount=-1)], [payment(1, of=1), payment(2, of=2)])
    validate(tables, ANY_SHARE, no_refusals(), docs=tmp_path)
    index = (tmp_path / "index.html").read_text("utf-8")
    for name, table in TABLES.items():
        assert f'<h2 id="{name}">' in index
        assert all(f"<li>{column.name} " in index for column in table.columns if not column.optional)
    assert {path.name for path in (tmp_path / "validations").iterdir()} == {"invoices", "payments"}
    [page] = (tmp_path / "validations" / "payments").rglob("*.html")
    text = page.read_text("utf-8")
    assert "the invoice was not refused" in text
    assert ">p2<" in text
    printed = capfd.readouterr()
    assert printed.out == "" and printed.err == ""


def test_no_cell_of_a_real_quarantine_is_a_formula(tmp_path: Path) -> None:
    tables = small_ledger([("=1+1", "@c", "2024-01-01", "2023-01-01", -5, "invoice")], [])
    write_quarantine([judged(tables).refused], tmp_path)
    line = (tmp_path / "invoices.csv").read_text("utf-8").splitlines()[1]
    assert line.startswith('"invoices","\'=1+1","amount","sign does not fit the kind","\'-0.05"')


def test_telemetry_is_off_before_the_libraries_are_loaded_but_a_user_may_turn_it_on() -> None:
    script = (
        "import json, os, sys, ledger; assert 'great_expectations' not in sys.modules; "
        "print(json.dumps({**os.environ}))"
    )
    outside = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    found = json.loads(
        subprocess.run(
            [sys.executable, "-c", script],
            env={**outside, "GX_ANALYTICS_ENABLED": "true"},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
    )
    assert {name: found[name] for name in SWITCHES} == {**SWITCHES, "GX_ANALYTICS_ENABLED": "true"}
