"""Groups of customers, by the `parent_id` that a night knows."""

import numpy as np
import pandas as pd

from ledger.portfolio import Positions


def group_heads(customers: pd.DataFrame, customer_ids: pd.Index) -> Positions:
    """The position of the head of each customer's group, by customer position; itself where it is of none.

    `customers` are the known ones, `customer_ids` those of the portfolio. The head is the top of the tree of
    `parent_id`; an unknown parent counts as none, and so do parents that run in a circle.
    """
    itself = np.arange(len(customer_ids))
    child = customers[customers["parent_id"].notna()]
    if child.empty:
        return itself
    parent = customer_ids.get_indexer(pd.Index(child["parent_id"]))
    above = itself.copy()
    above[child["customer"]] = np.where(np.isin(parent, customers["customer"]), parent, child["customer"])
    top = above
    for _ in range(len(itself).bit_length()):  # each step doubles the distance: a tree's top is reached by then
        top = top[top]
    return np.where(above[top] == top, top, itself)
