"""A training on the whole ledger, as a backtest has it, and one on what a night knew give the same models."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.frames import Tables
from ledger.simulator import simulate
from models.past import Past, gather
from models.registry.effect_files import save_effect
from models.registry.risk_files import save
from models.retraining import fit, fit_effect
from models.risk import default, late_payment
from tests.support.nights.in_this_process import loaded

NIGHT = pd.Timestamp("2023-11-20")
SETTINGS = load_settings(
    ("training.max_rows=800", "training.spine_every_days=21", "training.trees=20", "training.min_events=2",
     "effect.min_contacts=20", "effect.max_contacts=200"),
)  # fmt: skip
EARLIER = "A0"  # an id before all others, so that every customer and invoice after it has another place


def tables() -> Tables:
    """A simulated ledger, and a customer who comes after the night."""
    whole = simulate(120, 500, 9).tables
    new = whole["customers"].head(1).assign(customer_id=EARLIER, onboarded_on=NIGHT, known_on=NIGHT)
    billed = whole["invoices"].tail(1).assign(customer_id=EARLIER, invoice_id=EARLIER)
    more = {"customers": new, "invoices": billed}
    return whole | {name: pd.concat([whole[name], rows], ignore_index=True) for name, rows in more.items()}


def past_of(tables: Tables) -> Past:
    return gather(loaded(tables), NIGHT, SETTINGS)


@pytest.fixture(scope="module")
def pasts() -> tuple[Past, Past]:
    whole = tables()
    then = {name: frame[frame["known_on"] < NIGHT] for name, frame in whole.items()}
    return past_of(whole), past_of(then)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", [late_payment.NAME, default.NAME])
def test_a_model_of_risk_is_the_same(pasts: tuple[Past, Past], tmp_path: Path, name: str) -> None:
    for past, folder in zip(pasts, ("whole", "then"), strict=True):
        save(fit(name, past, SETTINGS), tmp_path / folder)
    assert files(tmp_path / "whole") == files(tmp_path / "then")


def test_the_effect_of_a_contact_is_the_same(pasts: tuple[Past, Past], tmp_path: Path) -> None:
    for past, folder in zip(pasts, ("whole", "then"), strict=True):
        save_effect(fit_effect(past, SETTINGS), tmp_path / folder)
    assert files(tmp_path / "whole") == files(tmp_path / "then")
