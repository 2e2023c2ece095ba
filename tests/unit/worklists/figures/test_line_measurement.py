"""At the line at which minutes end, a known effect is found, covered, and a reason is given where there is none."""

import numpy as np
import pandas as pd
import pytest

from tests.support.view_from_rows import Row, view_of
from worklists.figures.line_measurement import LINE_FIGURES, bandwidth, extra_cash_at_the_line, watched_at_the_line


def customers_near(seed: int, effect: float, size: int = 3_000, above: float = 0.8, below: float = 0.1) -> pd.DataFrame:
    """Customers near the line, contacted so often on either side of it, where a contact brings so many cents; without
    one they pay more the more they owe, and the more a minute with them is worth."""
    chance = np.random.default_rng(seed)
    distance = chance.uniform(-np.log(2), np.log(2), size)
    owed = np.rint(60_000 * np.exp(chance.normal(0, 0.8, size)))
    unpaid = chance.uniform(0.3, 0.9, size)
    contacted = chance.uniform(size=size) < np.where(distance >= 0, above, below)
    alone = owed * (chance.uniform(size=size) > unpaid) + 8_000 * distance + 6_000 * distance**2
    return pd.DataFrame(
        {
            "customer_id": chance.integers(0, size // 2, size).astype("str"), "collectible_amount": owed,
            "p_unpaid_30d": unpaid, "line_ratio": np.exp(distance), "cash": alone + effect * contacted,
            "contacted": contacted.astype(float),
        }
    )  # fmt: skip


def values(rows: pd.DataFrame) -> list[float]:
    found = extra_cash_at_the_line(rows)
    assert found.note == ""
    assert found.rows["name"].tolist() == [figure.name for figure in LINE_FIGURES]
    return found.rows["value"].tolist()


@pytest.mark.parametrize("effect", [0.0, 20_000.0])
def test_the_effect_is_found_without_bias_and_covered_19_times_in_20(effect: float) -> None:
    found = np.array([values(customers_near(seed, effect)) for seed in range(200)])
    assert abs(found[:, 0].mean() - effect / 100) < 4 * found[:, 0].std() / np.sqrt(len(found))
    assert 0.90 <= ((found[:, 1] <= effect / 100) & (effect / 100 <= found[:, 2])).mean() <= 0.985


def test_a_jump_without_noise_is_exact() -> None:
    distance = np.linspace(-0.6, 0.6, 1_001)
    above = distance >= 0
    rows = pd.DataFrame(
        {
            "customer_id": np.arange(1_001).astype("str"), "collectible_amount": 1_000, "p_unpaid_30d": np.nan,
            "line_ratio": np.exp(distance), "cash": 5_000 + 300 * distance + above * (1_200 - 700 * distance),
            "contacted": above * 1.0,
        }
    )  # fmt: skip
    assert values(rows) == pytest.approx([12, 12, 12])


def test_the_width_is_the_rule_by_hand() -> None:
    distance = np.linspace(-0.5, 0.5, 4_096)
    assert bandwidth(distance) == pytest.approx(1.84 * np.std(distance) / 8)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (customers_near(1, 0.0)[:0], "on no night of the last year that was 30 days ago"),
        (customers_near(1, 0.0).assign(cash=np.nan), "on no night of the last year that was 30 days ago"),
        (customers_near(1, 0.0, 200), "at least 50 of each are needed"),
        (customers_near(1, 0.0, above=0.5, below=0.5), "were contacted about as often within 3 days"),
        (customers_near(1, 0.0, above=0.0, below=0.0), "were contacted about as often within 3 days"),
    ],
    ids=["no line", "too new", "few", "no jump", "no contact"],
)
def test_where_it_cannot_be_measured_a_reason_is_given(rows: pd.DataFrame, said: str) -> None:
    found = extra_cash_at_the_line(rows)
    assert found.rows["value"].isna().all()
    assert said in found.note


def test_cash_of_thirty_days_and_contacts_of_three_are_those_of_the_ledger() -> None:
    ids = ["soon", "late", "never"]
    called: list[Row] = [
        {"customer_id": "soon", "contacted_on": "2024-02-12"}, {"customer_id": "late", "contacted_on": "2024-02-13"},
    ]  # fmt: skip
    paid: list[Row] = [{"customer_id": "late", "invoice_id": "i2", "amount": 1_000, "paid_on": "2024-02-20"}]
    view = view_of(
        "2024-03-12", invoices=[{"customer_id": name, "amount": 10_000} for name in ids], payments=paid, contacts=called
    )
    line = pd.DataFrame(
        {
            "as_of": pd.to_datetime(["2024-02-10"] * 4 + ["2024-03-01"]), "customer_id": [*ids, "gone", "soon"],
            "collectible_amount": 1_000_000, "p_unpaid_30d": 0.5, "line_ratio": 1.1,
        }
    )  # fmt: skip
    found = watched_at_the_line(view, line)
    assert found["contacted"].tolist()[:3] == [1.0, 0.0, 0.0]
    assert found["cash"].tolist()[:3] == [0.0, 1_000.0, 0.0]
    assert found["cash"].isna().tolist() == [False] * 3 + [True]
