"""The demo simulator: a ledger that keeps the contract, and contacts that really move payments."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from ledger.frames import Tables
from ledger.simulator import Simulation, simulate
from ledger.simulator.habits import HABIT_NAMES
from ledger.simulator.worlds import WORLDS
from ledger.tables import CHANNELS, TABLES

CUSTOMERS, DAYS = 200, 400
AFTER_THE_LAST_DAY = pd.Timestamp("2023-01-02") + pd.Timedelta(days=DAYS)


@pytest.fixture(scope="module")
def b2b() -> Simulation:
    return simulate(CUSTOMERS, DAYS, seed=3)


@pytest.fixture(scope="module", params=list(WORLDS))
def any_world(request: pytest.FixtureRequest) -> Simulation:
    return simulate(CUSTOMERS, DAYS, seed=3, world=request.param)


def in_euros(tables: Tables) -> pd.DataFrame:
    """The payments with what was paid in dollars at the rate of its day."""
    payments, rates = tables["payments"], tables["fx_rates"]
    in_dollars = payments["currency"].notna()
    rate = rates.set_index("on")["rate"].reindex(payments["paid_on"], method="ffill").to_numpy()
    exact = np.where(in_dollars, payments["amount"] * np.where(in_dollars, rate, 1), payments["amount"])
    return payments.assign(amount=np.rint(exact).astype("int64"))


def open_amounts(simulation: Simulation) -> pd.DataFrame:
    """The invoices with what received payments and adjustments left open of each; below zero, a recovered loss."""
    tables = simulation.tables
    invoices = tables["invoices"].set_index("invoice_id")
    received = in_euros(tables).query("paid_on < @AFTER_THE_LAST_DAY")
    paid = received.groupby("invoice_id")["amount"].sum().reindex(invoices.index, fill_value=0)
    adjusted = tables["adjustments"].groupby("invoice_id")["amount"].sum().reindex(invoices.index, fill_value=0)
    return invoices.assign(open=invoices["amount"] - paid - adjusted)


def late_share(simulation: Simulation, since: str = "2023-01-01", until: pd.Timestamp = AFTER_THE_LAST_DAY) -> float:
    """The share of the invoices due in [since, until - 30 days) that were not settled by their due date."""
    invoices = open_amounts(simulation).query("kind == 'invoice'")
    settled = simulation.tables["payments"].groupby("invoice_id")["paid_on"].max().reindex(invoices.index)
    judged = (invoices["due_on"] >= since) & (invoices["due_on"] < until - pd.Timedelta(days=30))
    late = (settled > invoices["due_on"]) | (invoices["open"] > 0)
    return float(late[judged].mean())


def test_the_same_seed_gives_the_same_frames(b2b: Simulation) -> None:
    again = simulate(CUSTOMERS, DAYS, seed=3)
    for name, frame in b2b.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
    pd.testing.assert_frame_equal(b2b.truth, again.truth)


def test_the_hash_seed_of_python_changes_nothing() -> None:
    program = (
        "import hashlib; from ledger.simulator import simulate; s = simulate(40, 120, 3);"
        "print(hashlib.sha256(''.join(f.to_csv() for f in [*s.tables.values(), s.truth]).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(digests) == 1


def test_another_seed_gives_another_ledger(b2b: Simulation) -> None:
    assert not b2b.tables["payments"].equals(simulate(CUSTOMERS, DAYS, seed=8).tables["payments"])


def test_every_table_has_the_declared_columns_and_dtypes(any_world: Simulation) -> None:
    assert list(any_world.tables) == list(TABLES)
    for name, table in TABLES.items():
        declared = {column.name: column.dtype for column in table.columns} | {"known_on": "datetime64[s]"}
        assert any_world.tables[name].dtypes.astype(str).to_dict() == declared, name
        assert any_world.tables[name]["known_on"].notna().all(), name


def test_every_value_keeps_its_declared_bounds(any_world: Simulation) -> None:
    for name, table in TABLES.items():
        frame = any_world.tables[name]
        assert not frame.duplicated(list(table.key)).any(), name
        for column in table.columns:
            values = frame[column.name]
            assert column.optional or values.notna().all(), (name, column.name)
            if column.kind == "choice":
                assert values.dropna().isin(column.choices).all(), (name, column.name)
            if column.kind in ("money", "number"):
                low = -np.inf if column.low is None else column.low
                assert (values.dropna() >= low).all(), (name, column.name)


def test_every_identifier_that_is_referred_to_exists_and_belongs_to_the_same_customer(any_world: Simulation) -> None:
    tables = any_world.tables
    owner = tables["invoices"].set_index("invoice_id")["customer_id"]
    head = tables["customers"].set_index("customer_id")["parent_id"]
    for name, frame in tables.items():
        if "customer_id" in frame:
            assert frame["customer_id"].dropna().isin(tables["customers"]["customer_id"]).all()
        if "invoice_id" in frame:
            about = frame.dropna(subset="invoice_id")
            assert about["invoice_id"].isin(owner.index).all()
            if "customer_id" in frame and name != "holds":
                theirs = about["invoice_id"].map(owner)
                by_parent = (name == "payments") & (theirs.map(head) == about["customer_id"])
                assert ((theirs == about["customer_id"]) | by_parent).all()
    assert tables["customers"]["parent_id"].dropna().isin(tables["customers"]["customer_id"]).all()


def test_no_record_precedes_what_it_refers_to(any_world: Simulation) -> None:
    tables = any_world.tables
    known = tables["invoices"].set_index("invoice_id")["known_on"]
    onboarded = tables["customers"].set_index("customer_id")["onboarded_on"]
    assert (tables["invoices"]["issued_on"] >= tables["invoices"]["customer_id"].map(onboarded)).all()
    for name in ("payments", "instalments", "adjustments", "disputes", "holds", "promises", "contacts"):
        about = tables[name].dropna(subset="invoice_id")
        assert (about["known_on"] >= about["invoice_id"].map(known)).all(), name


def test_no_invoice_is_reduced_below_zero_at_any_time(any_world: Simulation) -> None:
    tables = any_world.tables
    adjustments, columns = tables["adjustments"], ["invoice_id", "known_on", "amount"]
    payments = in_euros(tables)
    lost = adjustments[adjustments["kind"].isin(["write_off", "collection_handover"])]
    events = pd.concat([payments[columns], adjustments[columns]])
    # What comes in on a claim that was given up lowers the loss, not the claim.
    events = events[~events["invoice_id"].isin(recovered(payments, lost))]
    daily = events.dropna(subset="invoice_id").groupby(["invoice_id", "known_on"])["amount"].sum()
    reduced = daily.groupby(level="invoice_id").cumsum().reset_index()
    billed = reduced["invoice_id"].map(tables["invoices"].set_index("invoice_id")["amount"])
    is_note = billed < 0
    assert (reduced["amount"] <= billed)[~is_note].all()
    assert ((reduced["amount"] >= billed) & (reduced["amount"] <= 0))[is_note].all()


def recovered(payments: pd.DataFrame, lost: pd.DataFrame) -> pd.Series:
    """The invoices for which money came in after they were given up."""
    both = payments.dropna(subset="invoice_id").merge(lost[lost["amount"] > 0], on="invoice_id")
    return both.loc[both["paid_on"] > both["posted_on"], "invoice_id"]


def test_credits_are_set_against_invoices_to_the_cent(b2b: Simulation) -> None:
    tables = b2b.tables
    adjustments, payments = tables["adjustments"], tables["payments"]
    owner = tables["invoices"].set_index("invoice_id")["customer_id"]
    applied = adjustments[adjustments["kind"] == "credit_applied"]
    from_notes = applied[applied["amount"] < 0]
    assert len(from_notes) > 0
    partners = applied[applied["amount"] > 0].assign(customer_id=lambda frame: frame["invoice_id"].map(owner))
    needed = from_notes.assign(amount=-from_notes["amount"], customer_id=from_notes["invoice_id"].map(owner))
    pair = ["customer_id", "posted_on", "amount"]
    assert needed.merge(partners, on=pair, how="left")["adjustment_id_y"].notna().all()
    # What is left alone came out of unapplied cash, and never more than there was.
    per_customer = applied.groupby(applied["invoice_id"].map(owner))["amount"].sum()
    cash = payments[payments["invoice_id"].isna()].groupby("customer_id")["amount"].sum()
    assert (per_customer <= cash.reindex(per_customer.index, fill_value=0)).all()
    assert (per_customer > 0).any()


def test_nothing_is_dated_after_the_last_day_except_what_is_agreed_or_announced(any_world: Simulation) -> None:
    for name, frame in any_world.tables.items():
        for column in frame.select_dtypes("datetime"):
            if column not in ("due_on", "promised_on", "paid_on", "until_on", "next_contact_on"):
                assert (frame[column].dropna() < AFTER_THE_LAST_DAY).all(), (name, column)
    assert (open_amounts(any_world)["open"] > 0).any()


def test_all_habits_and_kinds_of_records_occur() -> None:
    simulation = simulate(1_000, DAYS, seed=3)
    tables = simulation.tables
    assert set(simulation.truth["habit"]) == set(HABIT_NAMES)
    for name in ("invoices", "adjustments"):
        assert set(tables[name]["kind"]) == set(TABLES[name].column("kind").choices)
    assert set(tables["contacts"]["channel"]) == set(CHANNELS)
    assert set(tables["contacts"]["outcome"]) == set(TABLES["contacts"].column("outcome").choices)
    assert tables["contacts"]["propensity"].notna().mean() < 0.2
    payments, disputes = tables["payments"], tables["disputes"]
    assert (payments["amount"] < 0).any()
    assert payments["invoice_id"].isna().any()
    assert (payments["known_on"] > payments["paid_on"]).any()
    assert (payments.groupby("invoice_id").size() > 1).any()
    assert disputes["closed_on"].isna().any()
    assert disputes["closed_on"].notna().any()
    assert tables["customers"]["parent_id"].notna().any()
    assert tables["customers"]["do_not_contact"].any()


def test_a_letter_comes_only_after_another_contact_since_the_debt_fell_due_unless_it_was_drawn(b2b: Simulation) -> None:
    contacts, due = b2b.tables["contacts"], b2b.tables["invoices"].set_index("invoice_id")["due_on"]
    about_an_invoice = contacts[contacts["invoice_id"].notna()]
    chosen = about_an_invoice[about_an_invoice["propensity"].isna()]
    letters = chosen[chosen["channel"].isin(["letter", "visit"])]
    arrived = contacts[contacts["outcome"] != "bounced"]
    for letter in letters.itertuples():
        own = arrived.loc[arrived["customer_id"] == letter.customer_id, "contacted_on"]
        assert ((own > due[letter.invoice_id]) & (own < letter.contacted_on)).any(), letter
    assert len(letters) > 10


def test_promises_are_kept_and_broken(b2b: Simulation) -> None:
    promises = b2b.tables["promises"].dropna(subset="invoice_id")
    promises = promises[promises["promised_on"] < AFTER_THE_LAST_DAY]
    payments = b2b.tables["payments"][["invoice_id", "paid_on"]]
    both = promises.merge(payments, on="invoice_id", how="left")
    both["kept"] = (both["paid_on"] >= both["made_on"]) & (both["paid_on"] <= both["promised_on"])
    assert 0.2 < both.groupby("promise_id")["kept"].any().mean() < 0.85


def test_a_sane_share_of_the_invoices_is_paid_late(b2b: Simulation) -> None:
    assert 0.2 < late_share(b2b) < 0.4


def test_a_squeeze_worsens_the_last_third() -> None:
    squeezed = simulate(CUSTOMERS, 600, seed=3, world="squeeze")
    until = pd.Timestamp("2023-01-02") + pd.Timedelta(days=600)
    assert late_share(squeezed, "2024-04-01", until) > 1.2 * late_share(squeezed, until=pd.Timestamp("2024-01-01"))


def test_a_randomised_contact_makes_the_forgetful_pay() -> None:
    simulation = simulate(2_500, DAYS, seed=11)
    habit = simulation.truth.drop_duplicates("customer_id").set_index("customer_id")["habit"]
    forgetful = randomised_effect(simulation, habit.index[habit == "forgetful"])
    cash_strapped = randomised_effect(simulation, habit.index[habit == "cash_strapped"])
    assert forgetful > 0.1
    assert forgetful > cash_strapped


def randomised_effect(simulation: Simulation, customers: pd.Index) -> float:
    """Share of overdue invoices paid within 14 days of a randomised contact, minus that of those in the same lottery.

    The lottery of a working day holds every overdue, undisputed invoice of a customer not contacted for 7 days.
    """
    tables = simulation.tables
    adjusted = tables["adjustments"]["invoice_id"]
    contested = tables["disputes"]["invoice_id"]
    invoices = tables["invoices"].query("kind == 'invoice'")
    invoices = invoices[invoices["customer_id"].isin(customers) & ~invoices["invoice_id"].isin([*adjusted, *contested])]
    paid_on = tables["payments"].groupby("invoice_id")["paid_on"].max()
    invoices = invoices.assign(paid_on=invoices["invoice_id"].map(paid_on).fillna(pd.Timestamp("2100-01-01")))
    days = pd.bdate_range("2023-01-02", AFTER_THE_LAST_DAY - pd.Timedelta(days=18)).astype("datetime64[s]")
    lottery = invoices.merge(pd.DataFrame({"day": days}), how="cross")
    lottery = lottery[(lottery["due_on"] < lottery["day"]) & (lottery["paid_on"] > lottery["day"])]
    contacts = tables["contacts"].rename(columns={"contacted_on": "day"})[["customer_id", "day", "propensity"]]
    earlier = pd.concat([contacts.assign(day=contacts["day"] + pd.Timedelta(days=n)) for n in range(1, 7)])
    recently = pd.MultiIndex.from_frame(earlier[["customer_id", "day"]])
    lottery = lottery[~pd.MultiIndex.from_frame(lottery[["customer_id", "day"]]).isin(recently)]
    lottery = lottery.merge(contacts, on=["customer_id", "day"], how="left")
    paid = lottery["paid_on"] <= lottery["day"] + pd.Timedelta(days=14)
    drawn = lottery["propensity"].notna()
    return float(paid[drawn].mean() - paid[~drawn].mean())


def test_the_truth_says_what_a_contact_would_bring(b2b: Simulation) -> None:
    truth = b2b.truth
    assert not truth.duplicated(["customer_id", "channel"]).any()
    assert len(truth) == CUSTOMERS * len(CHANNELS)
    assert (truth["extra_cash_30d"] >= 0).all()
    assert (truth["extra_cash_30d"] <= truth["overdue_amount"]).all()
    assert (truth.loc[truth["habit"] == "failing", "extra_cash_30d"] == 0).all()
    called = truth[truth["channel"] == "call"].groupby("habit")["extra_hazard"].mean()
    assert called.idxmax() == "forgetful"
    assert (truth["extra_paid_30d"].isna() == (truth["overdue_amount"] == 0)).all()


@pytest.mark.parametrize(("customers", "days"), [(1, 1), (1, 30), (5, 2), (3, 200)])
@pytest.mark.parametrize("world", list(WORLDS))
def test_the_smallest_ledgers_can_be_simulated(customers: int, days: int, world: str) -> None:
    assert len(simulate(customers, days, seed=1, world=world).tables["customers"]) <= customers


def test_arguments_out_of_bounds_are_named() -> None:
    with pytest.raises(ValueError, match="customers is 0"):
        simulate(0, 10, seed=1)
    with pytest.raises(ValueError, match=r"no world 'moon'.*b2b, squeeze, consumer"):
        simulate(10, 10, seed=1, world="moon")
