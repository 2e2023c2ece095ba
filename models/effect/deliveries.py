"""How customers can be reached: what share of the contacts by each channel arrives, and which channel they ask for."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.window_kernels import Floats, Positions
from ledger.as_of.view import View
from ledger.tables import CHANNELS

ARRIVED, CAME_BACK = 0, 1
# An address from which one contact came back is taken for dead until the ledger shows that so many more arrived there.
TAKEN_FOR_DEAD = 10.0


def arriving(view: View) -> Floats:
    """The share of contacts that did not bounce by what became of the customer's contact before it by the same channel
    (`ARRIVED` or none before, `CAME_BACK`) and channel; shape (2, channels)."""
    contacts = _in_order(view)
    bounced = contacts["bounced"].to_numpy()
    before = contacts.groupby(["customer", "channel"])["bounced"].shift(fill_value=False).to_numpy(dtype=np.bool_)
    place = before * len(CHANNELS) + contacts["channel"].to_numpy()
    made = np.bincount(place, minlength=2 * len(CHANNELS)).reshape(2, -1)
    arrived = np.bincount(place, ~bounced, minlength=2 * len(CHANNELS)).reshape(2, -1)
    prior = np.array([[1.0, 1.0], [0.0, TAKEN_FOR_DEAD]])  # arrived, made
    return np.asarray((arrived + prior[:, :1]) / (made + prior[:, 1:]))


def came_back(view: View) -> npt.NDArray[np.bool_]:
    """Whether the last contact with each customer by each channel bounced; shape (customers, channels)."""
    last = _in_order(view).drop_duplicates(["customer", "channel"], keep="last")
    last = last[last["bounced"]]
    found = np.zeros((view.customers, len(CHANNELS)), dtype=np.bool_)
    found[last["customer"], last["channel"]] = True
    return found


def preferred_channels(view: View) -> Positions:
    """The place in `CHANNELS` of what each customer asked for, -1 where it asked for nothing; shape (customers,)."""
    customers = view.tables["customers"]
    found = np.full(view.customers, -1, dtype=np.int64)
    found[customers["customer"]] = pd.Categorical(customers["preferred_channel"], CHANNELS).codes
    return found


def _in_order(view: View) -> pd.DataFrame:
    contacts = view.contacts_in_order
    return pd.DataFrame(
        {
            "customer": contacts["customer"].to_numpy(dtype=np.int64),
            "channel": pd.Categorical(contacts["channel"], CHANNELS).codes.astype(np.int64),
            "bounced": contacts["outcome"].eq("bounced").fillna(False).to_numpy(dtype=np.bool_),
        }
    )
