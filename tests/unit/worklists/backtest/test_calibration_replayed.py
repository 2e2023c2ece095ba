"""Predicted and observed shares of replayed nights: each row in its customer's segment and ageing of that night."""

import numpy as np
import pandas as pd
import pytest

from ledger.frames import Tables
from ledger.portfolio import Portfolio, number
from ledger.tables import TABLES
from models.evaluation.calibration_by_group import COLUMNS
from worklists.backtest.calibration_replayed import calibration_replayed


def portfolio() -> Portfolio:
    tables: Tables = {
        table.name: pd.DataFrame({column.name: pd.Series(dtype="object") for column in table.columns})
        for table in TABLES.values()
    }
    tables["customers"] = pd.DataFrame({"customer_id": ["a", "b"], "country": ["DE", "FR"], "industry": ["food", None]})
    return number(tables)


ONE, TWO = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-02-01")
INVOICES = pd.DataFrame(
    [
        # as_of, customer_id, days_past_due, p_late, late
        (ONE, "a", -5, 0.25, 1.0),
        (ONE, "a", -9, 0.75, 1.0),
        (ONE, "a", 40, 1.0, 1.0),  # late already: nothing was foretold
        (ONE, "b", -1, 0.5, 0.0),
        (TWO, "a", -2, 0.5, np.nan),  # not known yet
        (TWO, "b", -2, 0.5, 1.0),
    ],
    columns=["as_of", "customer_id", "days_past_due", "p_late", "late"],
)
CUSTOMERS = pd.DataFrame(
    [
        (ONE, "a", "risky", 0.5, 1.0),
        (ONE, "b", "steady", 0.1, 0.0),
        (TWO, "a", "risky", 0.6, np.nan),
        (TWO, "b", "risky", 0.2, 0.0),
    ],
    columns=["as_of", "customer_id", "segment", "p_default", "defaulted"],
)


def test_every_row_counts_in_the_groups_that_its_customer_was_in_that_night():
    table = calibration_replayed(INVOICES, CUSTOMERS, portfolio())
    assert list(table) == ["model", *COLUMNS]
    shares = table.set_index(["model", "field", "group"])[["rows", "predicted", "observed"]]
    late = shares.loc["late_payment"]
    assert late.loc[("all", "all")].tolist() == [4, 0.5, 0.75]
    assert late.loc[("segment", "risky")].tolist() == [3, 0.5, 1.0]
    assert late.loc[("segment", "steady")].tolist() == [1, 0.5, 0.0]
    assert late.loc[("ageing", "31-60")].tolist() == [2, 0.5, 1.0]
    assert late.loc[("country", "FR")].tolist() == [2, 0.5, 0.5]
    defaulted = shares.loc["default"]
    assert defaulted.loc[("all", "all")].tolist() == [3, pytest.approx(0.8 / 3), pytest.approx(1 / 3)]
    assert defaulted.loc[("segment", "risky")].tolist() == [2, 0.35, 0.5]
    assert defaulted.loc[("industry", "unknown"), "rows"] == 2


def test_without_any_known_outcome_there_is_no_row():
    unknown = calibration_replayed(INVOICES.assign(late=np.nan), CUSTOMERS.assign(defaulted=np.nan), portfolio())
    assert list(unknown) == ["model", *COLUMNS] and unknown.empty
