"""Payments of a ledger in euros, whatever currency they came in."""

import pandas as pd


def in_euros(payments: pd.DataFrame, rates: pd.DataFrame) -> pd.Series:
    """Amounts at the latest rate of the value date; those of invoices in euros that state no currency as they are."""
    rates = rates.assign(on=pd.to_datetime(rates["on"])).sort_values("on")
    dated = payments.assign(paid_on=pd.to_datetime(payments["paid_on"])).reset_index().sort_values("paid_on")
    found = pd.merge_asof(dated, rates, left_on="paid_on", right_on="on", by="currency").set_index("index")["rate"]
    return payments["amount"].astype("float64") * found.astype("float64").fillna(1.0)
