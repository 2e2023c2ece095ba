"""How good a ranking by uplift is, on a trial where a coin decided who was treated."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TOP_SHARE = 0.1


def qini_area(score: Floats, treated: Bools, outcome: Floats) -> float:
    """Area between the Qini curve and the line of a random ranking, per customer (Radcliffe 2007).

    The curve at a share of the customers, best scores first: outcomes of the treated among them, less those of the
    untreated, these scaled to as many as the treated; all over the number of customers. Equal scores enter together.
    """
    order = np.argsort(-score, kind="stable")
    here, paid = treated[order].astype(np.float64), outcome[order]
    treated_so_far, others_so_far = np.cumsum(here), np.cumsum(1 - here)
    scaled = np.divide(treated_so_far, others_so_far, out=np.zeros(len(here)), where=others_so_far > 0)
    curve = np.cumsum(paid * here) - np.cumsum(paid * (1 - here)) * scaled
    last_of_equals = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    share = np.append(0.0, (last_of_equals + 1) / len(order))
    height = np.append(0.0, curve[last_of_equals]) / len(order)
    return float(np.trapezoid(height, share) - height[-1] / 2)


def top_uplift(score: Floats, treated: Bools, outcome: Floats, share: float = TOP_SHARE) -> float:
    """Mean outcome of the treated less that of the others, among the `share` of the customers with the best scores."""
    top = np.argsort(-score, kind="stable")[: max(int(share * len(score)), 1)]
    sides = treated[top]
    return float(outcome[top][sides].mean() - outcome[top][~sides].mean())
