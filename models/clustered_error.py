"""Standard errors where the rows of a customer go together (Liang and Zeger 1986)."""

import numpy as np

from features.window_kernels import Floats, Positions


def sums_by_customer(values: Floats, customer: Positions) -> Floats:
    """The sum of each customer's values, in the order of the customers."""
    sums = np.bincount(np.unique(customer, return_inverse=True)[1], weights=values)
    return np.asarray(sums, dtype=np.float64)


def clustered_error(distance: Floats, customer: Positions) -> float:
    """The standard error of the sum of distances that are independent between customers only."""
    return float(np.sqrt((sums_by_customer(distance, customer) ** 2).sum()))


def standard_error(values: Floats, weight: Floats, customer: Positions) -> float:
    """Of the weighted mean of values that are independent between customers only."""
    distance = weight * (values - np.average(values, weights=weight))
    return clustered_error(distance, customer) / float(weight.sum())
