"""The hold-out measures what a contact brings: a known effect is found, and covered as often as the interval says."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from tests.support.view_from_rows import Row, view_of
from worklists.figures.holdout_measurement import (
    CONTACT_FIGURES,
    Measured,
    contact_measure,
    extra_cash_per_contact,
    first_nights,
)

HOLDOUT = load_settings().holdout
UPLIFT = 0.2  # a contact makes so many more of the customers pay


@dataclass(frozen=True)
class HoldoutWorld:
    """Debtors who pay all that they owe, or nothing; large ones are contacted more often, and pay less often."""

    customers: int
    periods: int
    share: float
    uplift: float = UPLIFT
    value_limit: float = np.inf
    expected: bool = False  # whether it was logged who would pay without a contact

    def draw(self, chance: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """Rows of the contact log with their cash (cents) and contacts."""
        size = self.customers * self.periods
        customer = np.repeat(np.arange(self.customers), self.periods)
        owed = 50_000 * np.exp(chance.normal(0, 1, self.customers)[customer] + chance.normal(0, 0.3, size))
        habit = chance.uniform(0, 0.4, self.customers)[customer]
        small = owed < 50_000
        at_random = owed <= self.value_limit
        held_out = at_random & (chance.uniform(size=size) < self.share)
        contacted = ~held_out & (chance.uniform(size=size) < np.where(small, 0.4, 0.9))
        alone = habit + 0.3 * small
        pays = chance.uniform(size=size) < alone + self.uplift * contacted
        propensity = np.where(at_random, np.where(held_out, self.share, 1 - self.share), 1.0)
        rows = pd.DataFrame(
            {
                "customer_id": customer,
                "as_of": pd.Timestamp("2024-01-01"),
                "period": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(size) % self.periods, unit="D"),
                "held_out": held_out.astype(np.int64),
                "propensity": propensity,
                "collectible_amount": np.rint(owed),
                "p_unpaid_30d": 1 - alone if self.expected else np.nan,
            }
        )
        return rows, np.rint(owed * pays), contacted.astype(np.float64)

    def true_effect(self) -> float:
        """Mean extra cash of those who are contacted among the drawn, in currency units."""
        owed = 50_000 * np.exp(np.random.default_rng(0).normal(0, np.hypot(1, 0.3), 2_000_000))
        owed = owed[owed <= self.value_limit]
        contacted = np.where(owed < 50_000, 0.4, 0.9)
        return float(np.average(owed * self.uplift, weights=contacted) / 100)


def values(measured: Measured) -> dict[str, float]:
    return measured.rows.set_index("name")["value"].to_dict()


def repeated(world: HoldoutWorld, times: int) -> pd.DataFrame:
    chance = np.random.default_rng(20)
    found = []
    for _ in range(times):
        rows, cash, contacts = world.draw(chance)
        drawn = (rows["propensity"] < 1).to_numpy()
        found.append(values(extra_cash_per_contact(rows[drawn], cash[drawn], contacts[drawn])))
    return pd.DataFrame(found)


@pytest.mark.parametrize(
    "world",
    [
        HoldoutWorld(1_000, 3, 0.1),
        HoldoutWorld(4_000, 2, 0.03),
        HoldoutWorld(1_000, 3, 0.1, uplift=0.0),
        HoldoutWorld(1_500, 3, 0.1, value_limit=150_000),
        HoldoutWorld(2_700, 1, 0.03, value_limit=1_000_000),
        HoldoutWorld(1_000, 3, 0.1, expected=True),
        HoldoutWorld(2_700, 1, 0.03, value_limit=1_000_000, expected=True),
    ],
    ids=["usual", "few held out", "no effect", "value limit", "hardly enough", "expected", "expected, hardly enough"],
)
def test_the_effect_is_found_without_bias_and_the_interval_covers_it_19_times_in_20(world: HoldoutWorld) -> None:
    times = 300
    found, truth = repeated(world, times).dropna(), world.true_effect()
    assert len(found) > 0.99 * times
    effect = found["extra_cash_per_contact"]
    assert abs(effect.mean() - truth) < 4 * effect.std() / np.sqrt(times)
    covered = (found["extra_cash_per_contact_low"] <= truth) & (truth <= found["extra_cash_per_contact_high"])
    assert 0.91 <= covered.mean() <= 0.98


def test_what_was_expected_without_a_contact_makes_the_interval_shorter() -> None:
    plain, adjusted = (repeated(HoldoutWorld(1_000, 3, 0.1, expected=known), 30) for known in (False, True))
    width = [found["extra_cash_per_contact_high"] - found["extra_cash_per_contact_low"] for found in (plain, adjusted)]
    assert width[1].mean() < 0.97 * width[0].mean()


def test_where_the_expected_cash_explains_all_the_rest_of_the_difference_is_exact() -> None:
    rows, _, _ = HoldoutWorld(800, 1, 0.2, expected=True).draw(np.random.default_rng(5))
    let_through = (rows["held_out"] == 0).to_numpy()
    cash = (rows["collectible_amount"] * (1 - rows["p_unpaid_30d"])).to_numpy() + 700.0 * let_through
    found = values(extra_cash_per_contact(rows, cash, let_through.astype(float)))
    assert found["extra_cash_per_contact"] == pytest.approx(7)
    assert found["extra_cash_per_contact_always_high"] == pytest.approx(7, abs=1e-6)


def test_rows_of_which_nothing_was_expected_are_adjusted_by_the_collectible_amount_alone() -> None:
    rows, cash, contacts = HoldoutWorld(800, 1, 0.2).draw(np.random.default_rng(5))
    of_old = extra_cash_per_contact(rows, cash, contacts).rows
    same_share = extra_cash_per_contact(rows.assign(p_unpaid_30d=0.4), cash, contacts).rows
    np.testing.assert_allclose(of_old["value"], same_share["value"])
    some = rows.assign(p_unpaid_30d=np.where(np.arange(len(rows)) % 2, 0.4, np.nan))
    np.testing.assert_allclose(of_old["value"], extra_cash_per_contact(some, cash, contacts).rows["value"])


def test_the_order_of_the_rows_is_of_no_account() -> None:
    rows, cash, contacts = HoldoutWorld(800, 2, 0.2, expected=True).draw(np.random.default_rng(6))
    order = np.random.default_rng(7).permutation(len(rows))
    moved = extra_cash_per_contact(rows.iloc[order], cash[order], contacts[order])
    np.testing.assert_allclose(moved.rows["value"], extra_cash_per_contact(rows, cash, contacts).rows["value"])


def measured(held_out: list[int], cash: list[float], contacts: list[float], propensity: float = 0.5) -> Measured:
    rows = pd.DataFrame(
        {
            "customer_id": range(len(held_out)),
            "held_out": held_out,
            "propensity": propensity,
            "collectible_amount": 100,
            "p_unpaid_30d": 0.5,
        }
    )
    return extra_cash_per_contact(rows, np.array(cash), np.array(contacts))


def test_the_figures_are_in_currency_units_in_declared_order_each_with_its_formula() -> None:
    arm = [10_000.0, 30_000.0] * 50
    found = measured([0] * 100 + [1] * 100, [value + 5_000 for value in arm] + arm, [2.0] * 100 + [0.0] * 100)
    assert found.note == ""
    assert found.rows["name"].tolist() == [figure.name for figure in CONTACT_FIGURES]
    assert found.rows["formula"].str.len().gt(20).all()
    assert found.rows["unit"].tolist() == ["currency"] * 5 + ["count"] * 2
    figures = values(found)
    assert figures["extra_cash_per_contact"] == pytest.approx(25)  # 50.00 more by two contacts
    assert figures["extra_cash_per_contact_low"] == pytest.approx(25 - (figures["extra_cash_per_contact_high"] - 25))
    # two samples of 100 with a deviation of 100.00: an error of 14.21 of the cash, half of it by contact
    assert figures["extra_cash_per_contact_high"] == pytest.approx(25 + 1.984 * np.sqrt(2 * 100**2 / 99) / 2, abs=0.2)
    assert figures["held_out_customers"] == figures["let_through_customers"] == 100


@pytest.mark.parametrize("held", [0, 49])
def test_with_few_customers_nothing_is_told_and_the_note_says_how_many_are_needed(held: int) -> None:
    size = held + 200
    found = measured([1] * held + [0] * 200, [1.0] * size, [0.0] * held + [1.0] * 200)
    assert found.note == (
        f"extra cash per contact is not measured yet: 30 days have been watched of {held} customers held out and of "
        "200 let through; at least 50 of each are needed"
    )
    assert values(found)["held_out_customers"] == held
    assert found.rows["value"].isna().tolist() == [True] * 5 + [False] * 2


def test_where_the_held_out_are_contacted_like_the_others_nothing_is_told() -> None:
    chance = np.random.default_rng(3)
    cash, contacts = chance.uniform(size=400), chance.integers(0, 3, 400).astype(float)
    found = measured([1] * 200 + [0] * 200, cash.tolist(), contacts.tolist())
    assert "contacted about as often as the others" in found.note
    assert found.rows["value"].isna().sum() == 5


def test_where_no_contact_is_recorded_nothing_is_told() -> None:
    found = measured([1] * 200 + [0] * 200, [1.0] * 400, [0.0] * 400)
    assert "contacted about as often as the others" in found.note


def log(**columns: object) -> pd.DataFrame:
    usual: Row = {
        "customer_id": "c1",
        "propensity": 0.97,
        "held_out": 0,
        "collectible_amount": 100,
        "p_unpaid_30d": 0.5,
    }
    frame = pd.DataFrame({**usual, **columns})
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]), period=pd.to_datetime(frame["period"]))


def test_the_first_night_with_a_draw_counts_once_for_each_customer_and_period() -> None:
    nights = log(
        as_of=["2024-01-05", "2024-01-03", "2024-01-02", "2024-03-01", "2024-01-04"],
        period=["2024-01-01", "2024-01-01", "2024-01-01", "2024-03-01", "2024-01-04"],
        propensity=[0.97, 0.03, 1.0, 0.97, 0.97],
        customer_id=["c1", "c1", "c1", "c1", "c2"],
    )
    assert first_nights(nights, HOLDOUT)["as_of"].dt.strftime("%m-%d").tolist() == ["01-03", "01-04", "03-01"]


@pytest.mark.parametrize(("as_of", "counted"), [("2024-01-31", 1), ("2024-02-01", 0)])
def test_the_thirty_days_must_end_within_the_period(as_of: str, counted: int) -> None:
    assert len(first_nights(log(as_of=[as_of], period=["2024-01-01"]), HOLDOUT)) == counted


def test_a_first_night_late_in_the_period_is_not_replaced_by_another() -> None:
    nights = log(as_of=["2024-02-10", "2024-02-15"], period=["2024-01-01"] * 2)
    assert len(first_nights(nights, HOLDOUT)) == 0


def test_the_measure_of_a_night_takes_cash_and_contacts_from_the_ledger() -> None:
    size = 60
    ids = [f"c{place}" for place in range(2 * size)]
    called: list[Row] = [{"customer_id": name, "contacted_on": "2024-02-12"} for name in ids[:size]]
    paid: list[Row] = [
        {
            "customer_id": name,
            "invoice_id": f"i{place}",
            "amount": 4_000 if place <= size else 1_000,
            "paid_on": "2024-02-20",
        }
        for place, name in enumerate(ids, start=1)
    ]
    view = view_of(
        "2024-03-12",
        invoices=[{"customer_id": name, "amount": 10_000} for name in ids],
        payments=paid,
        contacts=called,
    )
    held_out = np.repeat([0, 1], size)
    nights = log(
        customer_id=ids,
        held_out=held_out,
        propensity=np.where(held_out, 0.03, 0.97),
        as_of="2024-02-10",
        period="2024-02-01",
    )
    stranger = log(customer_id=["gone"], as_of=["2024-02-10"], period=["2024-02-01"])
    too_new = nights.assign(as_of=pd.Timestamp("2024-03-01"), period=pd.Timestamp("2024-03-01"))
    found = values(contact_measure(view, pd.concat([nights, stranger, too_new]), HOLDOUT))
    assert found["extra_cash_per_contact"] == pytest.approx(30)
    assert found["held_out_customers"] == found["let_through_customers"] == size


def test_an_empty_log_is_no_measure() -> None:
    nothing = log(as_of=["2024-02-10"], period=["2024-02-01"])[:0]
    assert (
        "0 customers held out"
        in contact_measure(view_of("2024-03-12", invoices=[{"amount": 1}]), nothing, HOLDOUT).note
    )
