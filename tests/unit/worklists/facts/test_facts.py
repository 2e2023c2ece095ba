"""A night publishes what no night before it has: small ledgers, night after night, through a real database."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from tests.support.nights.fake_score_tables import night as fake_night
from tests.support.view_from_text import view_of
from worklists.facts.of_partition import facts_of
from worklists.score_db.earlier_facts import earlier_facts
from worklists.score_db.publish import publish
from worklists.score_db.schema import declared
from worklists.score_db.staged_rows import StagedRows
from worklists.score_db.tables import SCORE_TABLES

LABELS = load_settings().labels
Frames = dict[str, pd.DataFrame]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'duerank.db'}"


def facts(text: str, as_of: str, url: str, **more: pd.DataFrame) -> Frames:
    """The facts of a night, published with what `more` it has."""
    day = pd.Timestamp(as_of)
    earlier = earlier_facts(url, day, LABELS.default_horizon_days)
    found = facts_of(view_of(text, day), earlier, LABELS, 0)
    written = {name: declared(name, rows, as_of, day) for name, rows in (found | more).items()}
    publish({"runs": fake_night(as_of, as_of)["runs"], **written}, url, StagedRows(()))
    return found


def row(name: str, **values: object) -> pd.DataFrame:
    """One row of a score table, whose other values are nothing."""
    nothing = {"text": "", "date": pd.Timestamp("2024-01-01").as_unit("s"), "money": 0, "whole": 0}
    columns = {c.name: [values.get(c.name, nothing.get(c.kind, 0.0))] for c in SCORE_TABLES[name].columns}
    return pd.DataFrame(columns)


CASH = """
    invoices
    due_on amount
    2024-03-31 900.00
    payments
    payment_id invoice_id paid_on amount known_on
    old 1 2023-11-01 1.00 2023-11-01
    seen 1 2024-03-01 10.00 2024-03-02
    ahead 1 2024-03-12 20.00 2024-03-05
    late 1 2024-03-06 30.00 2024-03-11
    back 1 2024-03-11 -5.00 2024-03-11
"""


def test_a_payment_is_published_once_on_the_first_night_that_counts_it(url: str) -> None:
    nights = ["2024-03-10", "2024-03-11", "2024-03-12", "2024-03-13"]
    found = {as_of: facts(CASH, as_of, url)["receipts"] for as_of in nights}
    assert {as_of: rows["payment_id"].tolist() for as_of, rows in found.items()} == {
        "2024-03-10": ["seen"], "2024-03-11": [], "2024-03-12": ["late", "back"], "2024-03-13": ["ahead"],
    }  # fmt: skip
    assert found["2024-03-12"]["amount"].tolist() == [3000, -500]
    assert found["2024-03-13"]["known_on"].tolist() == [pd.Timestamp("2024-03-12")]


def test_a_payment_that_was_entered_late_is_published_and_a_night_run_again_is_the_same(url: str) -> None:
    first = facts(CASH, "2024-03-13", url)
    entered = CASH + "    entered 1 2024-03-01 7.00 2024-03-01\n"
    second = facts(entered, "2024-03-14", url)
    assert second["receipts"]["payment_id"].tolist() == ["entered"]
    again = facts(entered, "2024-03-14", url)
    assert all(again[name].equals(second[name]) for name in second)
    assert all(facts(CASH, "2024-03-13", url)[name].equals(first[name]) for name in first)


def test_what_is_known_later_changes_nothing(url: str) -> None:
    before = facts(CASH, "2024-03-10", url)
    later = CASH + "    future 1 2024-03-01 7.00 2024-03-10\n    refund 1 2024-03-10 -7.00 2024-03-10\n"
    after = facts(later, "2024-03-10", url)
    assert all(after[name].equals(before[name]) for name in before)


def test_a_payment_of_several_instalments_is_one_receipt_and_each_instalment_a_document(url: str) -> None:
    text = """
    invoices
    due_on amount
    2024-03-31 300.00
    instalments
    due_on amount
    2024-02-29 100.00
    2024-03-31 200.00
    payments
    invoice_id paid_on amount
    1 2024-03-01 150.00
    """
    found = facts(text, "2024-03-10", url)
    assert found["receipts"][["invoice_id", "amount"]].to_numpy().tolist() == [["1", 15000]]
    documents = found["invoices_dim"].set_index("invoice_id")
    assert documents["document_id"].to_dict() == {"1 #1": "1", "1 #2": "1"}
    assert documents["settled_on"].notna().to_dict() == {"1 #1": True, "1 #2": False}


PROMISES = """
    invoices
    due_on amount
    2024-01-31 900.00
    promises
    promise_id made_on promised_on amount
    kept 2024-03-01 2024-03-10 50.00
    broken 2024-03-01 2024-03-10 500.00
    payments
    invoice_id paid_on amount
    1 2024-03-08 60.00
    contacts
    contact_id contacted_on channel outcome collector_id
    a 2024-03-01 call promise ida
    b 2024-03-01 email no_answer bob
"""


def test_a_promise_is_published_when_its_state_or_what_was_paid_changes(url: str) -> None:
    told = {}
    for day in (5, 6, 9, 10, 11, 12):
        rows = facts(PROMISES, f"2024-03-{day:02}", url)["promises_tracked"].set_index("promise_id")
        told[day] = {name: (one["state"], int(one["paid"]), one["collector_id"]) for name, one in rows.iterrows()}
    assert told == {
        5: {"kept": ("open", 0, "ida"), "broken": ("open", 0, "ida")},
        6: {},
        9: {"kept": ("kept", 6000, "ida"), "broken": ("open", 6000, "ida")},
        10: {},
        11: {"broken": ("broken", 6000, "ida")},
        12: {},
    }


def test_an_invoice_is_published_when_it_is_new_settled_or_open_again(url: str) -> None:
    text = """
    invoices
    invoice_id issued_on due_on amount
    open 2023-01-01 2023-01-31 5.00
    done 2023-01-01 2023-01-31 6.00
    new 2024-03-09 2024-04-08 7.00
    payments
    invoice_id paid_on amount
    done 2023-02-01 6.00
    open 2024-03-09 2.00
    new 2024-03-10 7.00
    new 2024-03-12 -7.00
    """
    told = {}
    for day in (9, 10, 11, 12, 13, 14):
        rows = facts(text, f"2024-03-{day:02}", url)["invoices_dim"].set_index("invoice_id")
        told[day] = {name: str(one["settled_on"])[:10] for name, one in rows.iterrows()}
    settled = {"new": "2024-03-10"}
    assert told == {9: {"open": "NaT"}, 10: {"new": "NaT"}, 11: settled, 12: {}, 13: {"new": "NaT"}, 14: {}}


def test_a_customer_is_published_when_described_anew_with_the_head_of_its_group(url: str) -> None:
    text = """
    customers
    customer_id name country parent_id credit_limit
    C Alder DE G 100.00
    G Grove DE - -
    invoices
    due_on amount
    2024-03-31 5.00
    """
    first = facts(text, "2024-03-09", url)["customers_dim"].set_index("customer_id")
    assert first["head_id"].to_dict() == {"C": "G", "G": "G"}
    assert (first["credit_limit"]["C"], first["customer_name"]["C"], first["do_not_contact"]["C"]) == (
        10000,
        "Alder",
        0,
    )
    assert facts(text, "2024-03-10", url)["customers_dim"].empty
    moved = facts(text.replace("Alder DE", "Alder FR"), "2024-03-11", url)["customers_dim"]
    assert moved[["customer_id", "country"]].to_numpy().tolist() == [["C", "FR"]]
    assert facts(text.replace("Alder DE", "Alder FR"), "2024-03-12", url)["customers_dim"].empty


def test_a_contact_knows_the_list_that_was_at_hand_and_whether_it_had_the_customer(url: str) -> None:
    text = """
    invoices
    due_on amount
    2024-01-31 900.00
    contacts
    contact_id contacted_on channel collector_id
    before 2024-03-07 call ida
    after 2024-03-10 call ida
    """
    log = row("contact_log", customer_id="C", recommended=1, propensity=0.9)
    first = facts(text, "2024-03-08", url, contact_log=log)["contacts_made"]
    assert first["contact_id"].tolist() == ["before"]
    assert first[["list_of", "recommended", "held_out"]].isna().all(axis=None)
    found = facts(text, "2024-03-11", url)["contacts_made"].iloc[0]
    assert (found["contact_id"], found["list_of"]) == ("after", pd.Timestamp("2024-03-08"))
    assert (found["recommended"], found["held_out"]) == (1, 0)


def test_the_scores_of_a_night_are_followed_up_once_after_37_days(url: str) -> None:
    text = """
    invoices
    invoice_id due_on amount
    paid 2024-02-20 100.00
    unpaid 2024-03-05 300.00
    later 2024-06-30 10.00
    payments
    invoice_id paid_on amount
    paid 2024-03-20 100.00
    """
    scored = [
        ("paid", "2024-02-20", 10000, 1.0),
        ("unpaid", "2024-03-05", 30000, 0.4),
        ("later", "2024-06-30", 1000, 0.2),
    ]
    invoices = pd.concat(
        [
            row("invoice_scores", invoice_id=name, customer_id="C", due_on=pd.Timestamp(due).as_unit("s"),
                open_amount=amount, p_late=late, p_paid_30d=0.7)
            for name, due, amount, late in scored
        ],
        ignore_index=True,
    )  # fmt: skip
    customers = row("customer_scores", customer_id="C", open_amount=41000, collectible_amount=20000, p_unpaid_30d=0.6)
    facts(text, "2024-03-01", url, invoice_scores=invoices, customer_scores=customers)
    assert facts(text, "2024-04-06", url)["outcomes"].empty
    found = facts(text, "2024-04-07", url)["outcomes"].set_index(["measure", "entity"])
    assert found[["expected", "actual", "amount"]].T.to_dict("list") == {
        ("paid_30d", "paid"): [0.7, 1.0, 10000],
        ("paid_30d", "unpaid"): [0.7, 0.0, 30000],
        ("paid_30d", "later"): [0.7, 0.0, 1000],
        ("late", "unpaid"): [0.4, 1.0, 30000],
        ("unpaid_30d", "C"): [0.6, 0.5, 20000],  # 100 of 200 came in
    }
    assert set(found["scored_on"]) == {pd.Timestamp("2024-03-01")}
    assert facts(text, "2024-04-08", url)["outcomes"].empty
