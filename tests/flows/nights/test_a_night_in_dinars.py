"""A night of a ledger in dinars, from its files to all that is written: three decimals everywhere, and none is lost."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.support.nights.flow_runs import TWO_WORKERS, duerank
from tests.support.nights.published_nights import digests, everything

INVOICES = """
invoice_id,customer_id,issued_on,due_on,amount,currency
N1-A,N1,2024-04-01,2024-05-01,100.000,KWD
N2-A,N2,2024-04-01,2024-05-01,464.19,KWD
N3-A,N3,2024-04-01,2024-05-01,10.004,KWD
N4-A,N4,2024-04-01,2024-05-01,250.505,KWD
"""
PAYMENTS = """
payment_id,invoice_id,customer_id,paid_on,amount
1,N1-A,N1,2024-04-20,33.333
2,N1-A,N1,2024-04-25,33.333
3,N1-A,N1,2024-04-30,33.334
4,N2-A,N2,2024-04-30,464.09
5,N3-A,N3,2024-04-30,10.000
"""
NIGHT, NEXT_NIGHT = "2024-06-25", "2024-06-26"


def ledger_in(folder: Path) -> Path:
    folder.mkdir()
    (folder / "invoices.csv").write_text(INVOICES.lstrip(), "utf-8")
    (folder / "payments.csv").write_text(PAYMENTS.lstrip(), "utf-8")
    return folder


def run(ledger: Path, out: Path, as_of: str, *more: str) -> None:
    rules = ("--set", "night.without_champion=rules")
    done = duerank("nightly", ledger, "--as-of", as_of, "--out", out, *rules, *more)
    assert done.exit_code == 0, done.output


@pytest.fixture(scope="module")
def untrained(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home where nothing was trained, so that the rules score."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUERANK_HOME", str(tmp_path_factory.mktemp("untrained")))
        for said_by_the_session in ("MLFLOW_TRACKING_URI", "_MLFLOW_SERVER_ARTIFACT_ROOT"):
            patch.delenv(said_by_the_session, raising=False)
        yield


@pytest.fixture(scope="module")
def out(untrained: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the nights after one, and the ledger in it."""
    folder = tmp_path_factory.mktemp("nights")
    run(ledger_in(folder / "ledger"), folder, NIGHT)
    return folder


def query(out: Path, sql: str) -> list[list[object]]:
    return pd.read_sql(sql, f"sqlite:///{out / 'duerank.db'}").to_numpy().tolist()


def test_what_was_paid_in_three_parts_is_paid_in_full_and_a_few_thousandths_are_owed(out: Path) -> None:
    of_customers = query(out, f"select customer_id, open_amount from customer_scores where as_of = '{NIGHT}'")
    assert of_customers == [["N1", 0.0], ["N2", 0.1], ["N3", 0.004], ["N4", 250.505]]
    of_invoices = query(out, f"select invoice_id, open_amount from invoice_scores where as_of = '{NIGHT}'")
    assert of_invoices == [["N2-A", 0.1], ["N3-A", 0.004], ["N4-A", 250.505]]


def test_key_figures_are_of_all_decimals(out: Path) -> None:
    (((ageing),),) = query(out, f"select value from key_figures where name = 'ageing_31_60' and as_of = '{NIGHT}'")
    assert ageing == pytest.approx(250.609)


def test_no_one_is_asked_for_less_than_the_strategy_asks_for_and_it_is_told_with_all_decimals(out: Path) -> None:
    held = query(out, f"select customer_id, amount, text from suppressions where as_of = '{NIGHT}'")
    told = "Less than the strategy asks for. {} waits."
    assert held == [["N2", 0.1, told.format("0.100")], ["N3", 0.004, told.format("0.004")]]


def test_the_files_of_the_night_have_three_decimals(out: Path) -> None:
    folder = out / f"as_of={NIGHT}"
    worklist = pd.read_csv(folder / "worklist.csv", dtype=str)
    assert worklist[["customer_id", "open_amount", "collectible_amount"]].to_numpy().tolist() == [
        ["N4", "250.505", "250.505"]
    ]
    assert "250.505" in (folder / "report.html").read_text("utf-8")
    sheet = openpyxl.load_workbook(folder / "worklist.xlsx").worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    amount = sheet.cell(2, heads["Collectible amount"])
    assert (amount.value, amount.number_format) == (250.505, "#,##0.000")


MIXED = """
invoice_id,customer_id,issued_on,due_on,amount,currency
E-A,E,2024-04-01,2024-05-01,1000.50,EUR
E-B,E,2024-04-01,2024-05-01,200.00,EUR
J-A,J,2024-04-01,2024-05-01,99001,JPY
K-A,K,2024-04-01,2024-05-01,250.505,KWD
"""
RATES = """
on,currency,rate
2024-01-01,KWD,3.0217
2024-01-01,JPY,0.0062
"""


@pytest.fixture(scope="module")
def mixed(untrained: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a night of a ledger in euros, with a customer in dinars and one in yen."""
    folder = tmp_path_factory.mktemp("mixed")
    ledger = folder / "ledger"
    ledger.mkdir()
    (ledger / "invoices.csv").write_text(MIXED.lstrip(), "utf-8")
    (ledger / "payments.csv").write_text(PAYMENTS.lstrip().splitlines()[0] + "\n", "utf-8")
    (ledger / "fx_rates.csv").write_text(RATES.lstrip(), "utf-8")
    run(ledger, folder, NIGHT)
    return folder


def test_every_amount_is_written_with_the_decimals_of_its_own_currency(mixed: Path) -> None:
    folder = mixed / f"as_of={NIGHT}"
    worklist = pd.read_csv(folder / "worklist.csv", dtype=str).set_index("customer_id")
    # The list is in euros: 99,001 yen are 613.8062 of them, 250.505 dinars 756.951 (held in thousandths).
    assert worklist["open_amount"].to_dict() == {"E": "1200.50", "J": "613.81", "K": "756.95"}
    assert worklist["collectible_amount"].to_dict() == {"E": "1200.50", "J": "613.81", "K": "756.95"}
    report = (folder / "report.html").read_text("utf-8")
    assert all(amount in report for amount in (">1,000.50<", ">99,001<", ">250.505<", ">756.95<", ">1,200.50<"))
    assert all(amount not in report for amount in ("1,000.500", "99,001.0", "756.951", "1,200.500"))
    sheets = openpyxl.load_workbook(folder / "worklist.xlsx")
    heads = {cell.value: cell.column for cell in sheets.worksheets[0][1]}
    formats = {row[0].value: row[heads["Collectible amount"] - 1].number_format for row in sheets.worksheets[0].rows}
    assert set(formats.values()) - {"General"} == {"#,##0.00"}
    items = {row[0].value: (row[4].value, row[4].number_format) for row in sheets["Open items"].rows}
    assert items["E-A"] == (1000.5, "#,##0.00")
    assert items["J-A"] == (99001, "#,##0")
    assert items["K-A"] == (250.505, "#,##0.000")
    stored = query(mixed, f"select invoice_id, amount from open_items where as_of = '{NIGHT}'")
    assert stored == [["E-A", 1000.5], ["E-B", 200.0], ["J-A", 99001.0], ["K-A", 250.505]]


def test_the_next_night_reads_the_night_before_with_all_decimals(out: Path) -> None:
    run(out / "ledger", out, NEXT_NIGHT)
    assert query(out, f"select what_changed from worklist where as_of = '{NEXT_NIGHT}'") == [[""]]


@pytest.mark.slow
def test_workers_hold_money_with_the_decimals_of_the_ledger(untrained: None, tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path / "ledger")
    with (ledger / "invoices.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"M{n}-A,M{n},2024-04-01,2024-05-01,{n}.00{n % 10},KWD\n" for n in range(2_500))
    run(ledger, tmp_path / "alone", NIGHT)
    run(ledger, tmp_path / "shared", NIGHT, "--set", "scale.rows_per_partition=1000", *TWO_WORKERS)
    of_customer = "select open_amount from customer_scores where customer_id = 'M1999'"
    assert query(tmp_path / "shared", of_customer) == [[1999.009]]
    assert digests(tmp_path / "shared", NIGHT) == digests(tmp_path / "alone", NIGHT)
    assert everything(tmp_path / "shared", NIGHT) == everything(tmp_path / "alone", NIGHT)


def test_what_a_collector_was_promised_reaches_the_ledger_with_all_decimals(out: Path, tmp_path: Path) -> None:
    filled = pd.read_csv(out / f"as_of={NIGHT}" / "worklist.csv", dtype=str)
    said = filled.assign(outcome="promise", contacted_on=NIGHT, promised_on="2024-07-01")
    for amount, kept in ((None, "250.505"), ("83.335", "83.335")):
        said.assign(promised_amount=amount).to_csv(tmp_path / "filled.csv", index=False)
        ledger = ledger_in(tmp_path / f"ledger of {kept}")
        database = f"sqlite:///{out / 'duerank.db'}"
        done = duerank("import-outcomes", tmp_path / "filled.csv", "--ledger", ledger, "--database", database)
        assert done.exit_code == 0, done.output
        assert pd.read_parquet(ledger / "promises.parquet")["amount"].map(str).tolist() == [kept]


def test_a_check_of_the_ledger_says_refused_money_with_all_decimals(untrained: None, tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path / "ledger")
    with (ledger / "invoices.csv").open("a", encoding="utf-8") as file:
        file.write("N5-A,N5,2024-04-01,soon,1.005,KWD\n")
    more = ("--set", "ledger.max_quarantined_share=0.5")
    done = duerank("validate", ledger, "--out", tmp_path / "checked", *more)
    assert done.exit_code == 0, done.output
    assert "1.005 of N5 (KWD) is not on this list" in done.output
