"""In how many decimals a ledger is held: by the currencies that it states, and before an amount is read."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from configs.settings import load_settings
from ledger.declarations import Column
from ledger.importing.import_export import import_ledger
from ledger.minor_units import counted_in, decimals, held_with, in_hundredths, written_decimals
from ledger.partitioned.load import END_OF_TIME, load_ledger
from ledger.reading.parsing import to_money
from ledger.reading.stated_decimals import decimals_of
from ledger.sources.chunks import opened
from ledger.tables import TABLES

NIGHT = pd.Timestamp("2024-06-25")
INVOICES = "invoice_id,customer_id,issued_on,due_on,amount,currency,known_on\n"
PAYMENTS = "payment_id,invoice_id,customer_id,paid_on,amount,currency\n"


def folder_of(home: Path, invoices: str, payments: str = "", **more: str) -> Path:
    """A ledger of CSV files; rows are parted by spaces."""
    home.mkdir()
    for name, text in {"invoices": INVOICES + invoices, "payments": PAYMENTS + payments, **more}.items():
        (home / f"{name}.csv").write_text("\n".join(text.split()) + "\n", "utf-8")
    return home


def needed(source: str | Path, known_by: pd.Timestamp = END_OF_TIME, reporting_currency: str | None = None) -> int:
    with opened(source) as found:
        return decimals_of(found.pieces, known_by, reporting_currency)


EURO, YEN = "e,C,2024-04-01,2024-05-01,10.00,EUR, ", "y,C,2024-04-01,2024-05-01,1000,JPY, "
DINAR = "d,C,2024-04-01,2024-05-01,10.004,KWD, "
UNIT_OF_ACCOUNT = "u,C,2024-04-01,2024-05-01,10.0004,CLF, "


@pytest.mark.parametrize(
    ("rows", "expected"),
    [("", 2), (EURO, 2), (YEN, 2), (EURO + YEN, 2), (DINAR, 3), (EURO + DINAR, 3), (DINAR + UNIT_OF_ACCOUNT, 4)],
)
def test_a_ledger_has_the_decimals_of_its_finest_currency_and_two_at_least(
    tmp_path: Path, rows: str, expected: int
) -> None:
    assert needed(folder_of(tmp_path / "ledger", rows)) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"payments": "1,e,C,2024-05-01,10.004,OMR"},
        {"customers": "customer_id,currency\nC,BHD"},
        {"adjustments": "adjustment_id,invoice_id,kind,posted_on,amount,currency\n1,e,discount,2024-05-01,0.004,TND"},
    ],
)
def test_every_table_with_money_counts(tmp_path: Path, more: dict[str, str]) -> None:
    assert needed(folder_of(tmp_path / "ledger", EURO, **more)) == 3


def test_the_reporting_currency_counts_and_the_currency_of_a_rate_does_not(tmp_path: Path) -> None:
    home = folder_of(tmp_path / "ledger", EURO, fx_rates="on,currency,rate\n2024-01-01,KWD,3.02")
    assert needed(home) == 2
    assert needed(home, reporting_currency="KWD") == 3


@pytest.mark.parametrize(
    ("known", "later"),
    [
        (DINAR, "d,C,2024-06-25,2024-07-25,10.004,KWD, "),
        ("d,C,2024-04-01,2024-05-01,10.004,KWD,2024-06-24 ", "d,C,2024-04-01,2024-05-01,10.004,KWD,2024-06-25 "),
    ],
)
def test_what_is_known_later_adds_no_decimals(tmp_path: Path, known: str, later: str) -> None:
    assert needed(folder_of(tmp_path / "known", EURO + known), NIGHT) == 3
    assert needed(folder_of(tmp_path / "later", EURO + later), NIGHT) == 2
    assert needed(tmp_path / "later") == 3


def test_a_row_without_a_day_that_can_be_read_counts_at_once(tmp_path: Path) -> None:
    assert needed(folder_of(tmp_path / "ledger", "d,C,soon,2024-05-01,10.004,KWD, "), NIGHT) == 3


def as_parquet(home: Path) -> str | Path:
    for path in home.glob("*.csv"):
        pd.read_csv(path, dtype=str).to_parquet(path.with_suffix(".parquet"))
        path.unlink()
    return home


def as_database(home: Path) -> str | Path:
    url = f"sqlite:///{home / 'ledger.db'}"
    engine = sa.create_engine(url)
    for path in home.glob("*.csv"):
        pd.read_csv(path, dtype=str).to_sql(path.stem, engine, index=False)
    engine.dispose()
    return url


@pytest.mark.parametrize("kept", [as_parquet, as_database])
def test_whatever_holds_the_ledger_its_decimals_are_the_same(
    tmp_path: Path, kept: Callable[[Path], str | Path]
) -> None:
    source = kept(folder_of(tmp_path / "ledger", DINAR))
    assert needed(source, NIGHT) == 3
    assert load_ledger(str(source), NIGHT, load_settings()).portfolio.tables["invoices"]["amount"].sum() == 10_004


@pytest.mark.parametrize("kept", [Path, as_parquet, as_database])
def test_a_ledger_that_states_no_currency_has_two_decimals(tmp_path: Path, kept: Callable[[Path], str | Path]) -> None:
    home = folder_of(tmp_path / "ledger", "")
    (home / "invoices.csv").write_text("invoice_id,customer_id,issued_on,due_on,amount\ni,C,2024-04-01,2024-05-01,1\n")
    assert needed(kept(home)) == 2


@pytest.mark.parametrize(
    ("rows", "amounts"),
    [
        ("a,C,2024-04-01,2024-05-01,10.005,EUR, b,C,2024-04-01,2024-05-01,10.015,EUR, ", [1000, 1002]),
        ("a,C,2024-04-01,2024-05-01,12.345,KWD, b,C,2024-04-01,2024-05-01,12.3455,KWD, ", [12345, 12346]),
        ("a,C,2024-04-01,2024-05-01,1234,JPY, ", [123_400]),
        ("a,C,2024-04-01,2024-05-01,12.345,KWD, b,C,2024-04-01,2024-05-01,12.34,EUR, ", [12345, 12340]),
        ("a,C,2024-04-01,2024-05-01,10000000000,KWD, b,C,2024-04-01,2024-05-01,10000000000.001,KWD, ", [10**13]),
    ],
)
def test_amounts_are_read_exactly_and_rounded_half_even_beyond(tmp_path: Path, rows: str, amounts: list[int]) -> None:
    settings = load_settings(("ledger.max_quarantined_share=1", "ledger.reporting_currency=EUR"))
    rates = "on,currency,rate\n2024-01-01,KWD,3.02\n2024-01-01,JPY,0.006"
    loaded = load_ledger(str(folder_of(tmp_path / "ledger", rows, fx_rates=rates)), NIGHT, settings)
    assert loaded.portfolio.tables["invoices"].sort_values("invoice_id")["amount"].tolist() == amounts


def test_every_thousandth_is_exact_as_text_and_as_float() -> None:
    thousandths = pd.Series(range(-100_000, 100_000))
    text = thousandths.map(lambda one: f"{'-' if one < 0 else ''}{abs(one) // 1000}.{abs(one) % 1000:03d}")
    with held_with(3):
        for values in (text.astype("str"), text.astype(float)):
            read, unread = to_money(values)
            assert not unread.any()
            assert read.tolist() == thousandths.tolist()


def test_bounds_are_the_same_amounts_whatever_they_are_held_with() -> None:
    column = TABLES["instalments"].column("amount")

    def in_units() -> list[float]:
        return [bound / 10 ** decimals() for bound in column.bounds if bound is not None]

    assert in_units() == [0.01, 10**10]
    with held_with(3):
        assert in_units() == [0.01, 10**10]
        assert Column("minutes", "number", "", low=0, high=5).bounds == (0, 5)


def test_hundredths_of_a_finer_ledger_are_those_of_another() -> None:
    amounts = pd.Series([1234, 5])
    assert in_hundredths(amounts) is amounts
    with held_with(3):
        assert in_hundredths(amounts * 10).tolist() == [1234.0, 5.0]
        assert in_hundredths(pd.Series([4])).tolist() == [0.4]


@pytest.mark.parametrize(("currency", "amount"), [("KWD", "33.333"), ("EUR", "33.33")])
def test_an_import_keeps_the_decimals_of_the_currency_that_it_finds(tmp_path: Path, currency: str, amount: str) -> None:
    (tmp_path / "export.csv").write_text(f"number,who,day,currency,total\n1,C,2024-04-01,{currency},33.3333\n", "utf-8")
    (tmp_path / "mapping.yaml").write_text(
        """
files: {export: {path: export.csv}}
tables:
  invoices:
    file: export
    columns: {invoice_id: number, customer_id: who, issued_on: day, due_on: day, amount: total, currency: currency}
  payments:
    file: export
    columns: {payment_id: number, customer_id: who, paid_on: day, amount: total}
""",
        "utf-8",
    )
    import_ledger(tmp_path / "mapping.yaml", tmp_path / "export.csv", tmp_path / "ledger")
    for name in ("invoices", "payments"):
        assert pd.read_parquet(tmp_path / "ledger" / f"{name}.parquet")["amount"].map(str).tolist() == [amount]


def test_an_amount_is_written_with_the_decimals_of_its_currency_and_no_more_than_it_is_held_with() -> None:
    with held_with(3):
        assert [written_decimals(one) for one in ("EUR", "JPY", "KWD", "CLF", "XYZ")] == [2, 0, 3, 3, 2]
        assert written_decimals() == 3  # in which currency is not known
        with counted_in("EUR"):
            assert (written_decimals(), written_decimals(""), written_decimals("KWD")) == (2, 2, 3)
    assert written_decimals("KWD") == 2
