"""Whatever people fill in, what is accepted is never refused or repaired by the ledger's own rules the next night."""

import csv
import random
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from configs.settings import LedgerSettings, load_settings
from ledger.importing.append_rows import append_rows
from ledger.partitioned.added_rows import refused_when_added
from tests.support.judged_in_memory import read_ledger, validate
from tests.support.nights.filled_worklists import COLUMNS, outcomes_in
from worklists.outcomes.choice_words import USUAL_WORDS
from worklists.score_db.past_advice import Advice

NIGHT = date(2024, 3, 1)
ROWS = 150
FILES = 7  # together a thousand rows
WORDS = [word for words in USUAL_WORDS["outcome"].values() for word in words.split(",")]
DAYS = [
    "2024-03-04", "4.3.2024", "04.03.24", "4.3.", "04/03/2024", "31/03/2024", "20.03.2024", "20.3.", "45371",
    "1.4.2024", "29.02.2024", "31.2.2024", "1.1.2023", "1.3.2025", "2099-01-01", "20240320", "soon", "5. März",
    "0001-01-01", "9999-12-31", 45371, 45371.5, 15.3, -1, 99_999_999, "",
]  # fmt: skip
FIGURES = [
    "7,5", "7.5", "5.000,50", "5,000.50", "5.000", "1,234", "1 200", "1'200.50", "€ 500", "500 EUR", "500,-", "50 USD",
    "99999999", "1e308", "-5", "0", "0,001", "nan", "inf", "", "100", "12.345", 100, 12.5, 1e300, True, "10 Min.", "٣",
]  # fmt: skip
TEXTS = [
    "",
    "ok",
    "=1+1",
    "a\nb",
    "a\rb",
    "x" * 1_000,
    "x" * 1_001,
    "\ufeff",
    " ",
    "'",
    '"',
    ";,\t",
    4711,
    "é",
]
INVOICES = ["", "I1", "i2", "I1 I2", "I1, I2", "all", "I9", "I1 #1", "gone", 7, "0007"]
POOLS = {
    "outcome": [*WORDS, *USUAL_WORDS["outcome"], "no anwser", "", "", "#N/A", 5],
    "contacted_on": DAYS, "contacted_by": ["", "", "Telefon", "letter", "pigeon"], "minutes_spent": FIGURES,
    "promised_on": DAYS, "promised_amount": FIGURES, "disputed_invoices": INVOICES, "dispute_reason": TEXTS,
    "spoke_with": TEXTS, "note": TEXTS, "next_contact_on": DAYS, "customer_id": ["", "", "", "", "C3"],
    "run_id": ["a"], "rank": [],
}  # fmt: skip


CUSTOMERS = [f"C{number}" for number in range(1, ROWS + 1)]


def ledger(folder: Path) -> Path:
    """Customers with an invoice each, one of which is refused; the first has three more."""
    folder.mkdir()
    named = [*((f"R{one}", one) for one in CUSTOMERS), *((one, "C1") for one in ("I1", "I2", "7"))]
    frame = pd.DataFrame(named, columns=["invoice_id", "customer_id"])
    frame = frame.assign(issued_on="2024-01-01", due_on="2024-02-01", amount="100")
    frame.loc[frame["invoice_id"] == "RC2", "amount"] = "-9"  # an invoice below zero is refused
    frame.to_csv(folder / "invoices.csv", index=False)
    (folder / "payments.csv").write_text("payment_id,customer_id,paid_on,amount\nP1,C1,2024-01-05,1\n")
    pd.DataFrame({"customer_id": CUSTOMERS}).to_csv(folder / "customers.csv", index=False)
    return folder


def advice() -> Advice:
    """A night that knew an invoice more than the ledger has now."""
    rows = pd.DataFrame({"rank": range(1, ROWS + 1), "customer_id": CUSTOMERS})
    rows = rows.assign(
        run_id="a", as_of=pd.Timestamp(NIGHT), customer_name="Name", collector_id="ann", channel="call", currency="EUR",
        open_amount=60_000, collectible_amount=10_000, propensity=0.9,
    )  # fmt: skip
    named = [("C1", "I1 #1"), ("C1", "I2"), ("C1", "7"), ("C3", "gone"), *((one, f"R{one}") for one in CUSTOMERS)]
    open_then = pd.DataFrame(named, columns=["customer_id", "invoice_id"]).assign(run_id="a", days_past_due=5)
    return Advice(rows, open_then)


def fill_in(draw: random.Random, path: Path) -> None:
    rows = []
    for rank in range(1, ROWS + 1):
        filled = draw.random() ** 2  # most have few cells
        row = {name: draw.choice(pool) if pool and draw.random() < filled else "" for name, pool in POOLS.items()}
        rows.append({**row, "run_id": "a", "rank": rank, "outcome": draw.choice(POOLS["outcome"])})
    if path.suffix == ".csv":
        encoding, separator = draw.choice([("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file, delimiter=separator)
            writer.writerows([COLUMNS, *([row[name] for name in COLUMNS] for row in rows)])
        return
    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    for row in rows:
        book.active.append([None if row[name] == "" else row[name] for name in COLUMNS])
    book.save(path)


@pytest.mark.parametrize("seed", range(FILES))
def test_what_is_accepted_of_sloppy_cells_passes_the_ledgers_own_rules(tmp_path: Path, seed: int) -> None:
    folder = ledger(tmp_path / "ledger")
    path = tmp_path / f"filled{'.csv' if seed % 2 else '.xlsx'}"
    fill_in(random.Random(seed), path)
    found = outcomes_in(path, advice=advice())
    judged = refused_when_added(found.tables, folder, settings())
    assert set(judged["table"]) <= {"disputes"} and set(judged["value"]) <= {"gone", "RC2"}
    named = judged["record"].tolist()
    disputes = found.tables["disputes"]
    kept = found.tables | {"disputes": disputes[~disputes["dispute_id"].isin(named)]}
    append_rows(kept, folder, instead_of=found.places)
    read = read_ledger(folder)
    after = validate(read.tables, settings(), read.refused)
    assert after.refused["record"].tolist() == ["RC2"] and after.repaired.empty and read.repaired.empty
    assert {name: len(read.tables[name]) for name in kept} == {name: len(rows) for name, rows in kept.items()}
    assert found.worked > 20 and len(found.refused) > 20, "the cells are neither all good nor all bad"


def settings() -> LedgerSettings:
    return load_settings().ledger.model_copy(update={"max_quarantined_share": 1.0})
