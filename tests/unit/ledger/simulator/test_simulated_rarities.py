"""A simulated ledger has everything that the laws of what a customer owes speak of, in small shares."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.frames import Tables
from ledger.reading.refusals import REFUSED_COLUMNS
from ledger.simulator import simulate
from tests.support.judged_in_memory import JudgedInMemory, validate

CUSTOMERS, DAYS = 300, 540
AFTER_THE_LAST_DAY = pd.Timestamp("2023-01-02") + pd.Timedelta(days=DAYS)
Found = Callable[[Tables], int]


@pytest.fixture(scope="module", params=["b2b", "squeeze", "consumer"])
def world(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def tables(world: str) -> Tables:
    return simulate(CUSTOMERS, DAYS, seed=3, world=world).tables


def loose(tables: Tables) -> pd.DataFrame:
    return tables["payments"][tables["payments"]["invoice_id"].isna()]


def posted(tables: Tables, kind: str) -> pd.DataFrame:
    """The adjustments of a kind, with the amount, the issue and the customer of their invoice."""
    invoices = tables["invoices"][["invoice_id", "customer_id", "amount", "issued_on"]]
    found = tables["adjustments"].query("kind == @kind")
    return found.merge(invoices, on="invoice_id", suffixes=("", "_billed"))


def taken_back(kind: str) -> Found:
    return lambda tables: int((posted(tables, kind)["amount"] < 0).sum())


def refunds(tables: Tables) -> int:
    return int((loose(tables)["amount"] < 0).sum())


def chargebacks(tables: Tables) -> int:
    payments = tables["payments"]
    return int(((payments["amount"] < 0) & payments["invoice_id"].notna()).sum())


def recovered(*kinds: str) -> Found:
    """Money that came in on a claim after it was given up, and while it was."""

    def found(tables: Tables) -> int:
        lost = pd.concat([posted(tables, kind) for kind in kinds])
        given_up = lost.groupby("invoice_id").agg(cents=("amount", "sum"), on=("posted_on", "min"))
        both = tables["payments"].merge(given_up[given_up["cents"] > 0].reset_index(), on="invoice_id")
        return int(((both["paid_on"] > both["on"]) & (both["amount"] > 0)).sum())

    return found


def cancelled_in_part(tables: Tables) -> int:
    found = posted(tables, "cancellation")
    return int((found["amount"] < found["amount_billed"]).sum())


def announced(tables: Tables) -> int:
    return int((tables["payments"]["known_on"] < tables["payments"]["paid_on"]).sum())


def to_come(tables: Tables) -> int:
    return int((tables["payments"]["paid_on"] >= AFTER_THE_LAST_DAY).sum())


def in_advance(tables: Tables) -> int:
    """Cash on account, set in full against an invoice that was issued later."""
    both = loose(tables).merge(posted(tables, "credit_applied"), on=["customer_id", "amount"])
    return int(((both["paid_on"] < both["issued_on"]) & (both["posted_on"] > both["issued_on"])).sum())


def small_differences(tables: Tables) -> int:
    found = posted(tables, "write_off")
    small = found["amount"].between(1, 500) & (found["amount"] <= 0.02 * found["amount_billed"])
    return int((small & found["invoice_id"].isin(tables["payments"]["invoice_id"])).sum())


def planned(tables: Tables) -> pd.DataFrame:
    plans = tables["instalments"].groupby("invoice_id")["amount"].agg(["sum", "size"])
    return plans.join(tables["invoices"].set_index("invoice_id"))


def in_instalments(tables: Tables) -> int:
    plans = planned(tables)
    assert (plans["sum"] <= plans["amount"]).all()
    return int((plans["sum"] == plans["amount"]).sum())


def with_a_first_part(tables: Tables) -> int:
    return int((planned(tables)["sum"] < planned(tables)["amount"]).sum())


def held(column: str) -> Found:
    def found(tables: Tables) -> int:
        holds = tables["holds"]
        assert (holds["customer_id"].isna() != holds["invoice_id"].isna()).all()
        assert (holds["until_on"] > holds["from_on"]).all()
        return int(holds[column].notna().sum())

    return found


def in_dollars(tables: Tables) -> int:
    return int((tables["payments"]["currency"] == "USD").sum())


def paid_by_a_parent(tables: Tables) -> int:
    owner = tables["invoices"].set_index("invoice_id")["customer_id"]
    head = tables["customers"].set_index("customer_id")["parent_id"]
    payments = tables["payments"].dropna(subset="invoice_id")
    return int((payments["invoice_id"].map(owner).map(head) == payments["customer_id"]).sum())


KINDS: dict[str, Found] = {
    "refund": refunds,
    "hand-over taken back": taken_back("collection_handover"),
    "write-off taken back": taken_back("write_off"),
    "charge-back": chargebacks,
    "recovered loss": recovered("write_off", "collection_handover"),
    "cancellation in part": cancelled_in_part,
    "announced payment": announced,
    "payment to come": to_come,
    "payment in advance": in_advance,
    "small difference": small_differences,
    "invoice in instalments": in_instalments,
    "invoice with a first part": with_a_first_part,
    "held customer": held("customer_id"),
    "held invoice": held("invoice_id"),
}
AMONG_BUSINESSES: dict[str, Found] = {"payment in dollars": in_dollars, "parent who pays": paid_by_a_parent}


@pytest.mark.parametrize("kind", [*KINDS, *AMONG_BUSINESSES])
def test_a_simulated_ledger_has(kind: str, world: str, tables: Tables) -> None:
    count = (KINDS | AMONG_BUSINESSES)[kind](tables)
    if kind in AMONG_BUSINESSES and world == "consumer":
        assert count == 0
    else:
        assert 1 <= count <= 0.012 * len(tables["invoices"])


def test_what_is_held_or_announced_is_not_asked_for(tables: Tables) -> None:
    contacts, invoices = tables["contacts"], tables["invoices"]
    holds = tables["holds"].merge(invoices[["invoice_id", "customer_id"]], on="invoice_id", how="left")
    whose = holds["customer_id_x"].fillna(holds["customer_id_y"])
    spans = [pd.DataFrame({"customer_id": whose, "first": holds["from_on"], "last": holds["until_on"]})]
    early = tables["payments"].query("known_on < paid_on")
    after_known = early["known_on"] + pd.Timedelta(days=1)
    spans.append(pd.DataFrame({"customer_id": early["customer_id"], "first": after_known, "last": early["paid_on"]}))
    both = pd.concat(spans).merge(contacts, on="customer_id")
    assert not ((both["contacted_on"] >= both["first"]) & (both["contacted_on"] <= both["last"])).any()


def test_what_is_paid_in_dollars_is_the_invoice_to_the_cent() -> None:
    tables = simulate(CUSTOMERS, DAYS, seed=3).tables
    rates = tables["fx_rates"].set_index("on")["rate"]
    assert rates.between(0.85, 0.99).all()
    paid = tables["payments"].query("currency == 'USD'").merge(tables["invoices"], on="invoice_id")
    exchanged = paid["amount_x"] * rates.reindex(paid["paid_on"], method="ffill").to_numpy()
    assert (np.rint(exchanged) == paid["amount_y"]).all()


def judged(tables: Tables) -> JudgedInMemory:
    return validate(tables, load_settings().ledger, pd.DataFrame(columns=list(REFUSED_COLUMNS)))


def test_validation_refuses_and_repairs_nothing(tables: Tables) -> None:
    found = judged(tables)
    assert found.refused.empty
    assert found.repaired.empty


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("customers", [10, 40])
def test_small_ledgers_are_valid_too(customers: int, seed: int) -> None:
    for world in ("b2b", "consumer"):
        found = judged(simulate(customers, 200, seed, world).tables)
        assert found.refused.empty and found.repaired.empty
