"""What monitoring says of the lists of the last months: whom they reach at equal debt and gain, and are they steady?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.settings import MonitorSettings
from features.labels import contacts_within
from ledger.as_of.view import View
from ledger.clock import day_numbers
from ledger.hashing import find_texts
from models.evaluation.calibration_by_group import stated_groups
from worklists.figures import contact_fairness
from worklists.ranking import list_stability
from worklists.score_db.listed_nights import listed_nights

WEEK = 7  # days in which a list is worked
LISTED, CONTACTED = "listed", "contacted"


@dataclass(frozen=True)
class WatchedLists:
    """`fairness` has the columns of `contact_fairness` after `what` (listed, contacted); `stability` is of
    `list_stability`."""

    fairness: pd.DataFrame
    stability: pd.DataFrame

    @property
    def unequal(self) -> list[str]:
        """A sentence for each group that is reached more, or less, than others of like debt and gain."""
        unequal = self.fairness[self.fairness["unequal"]]
        return [said for what, rows in unequal.groupby("what") for said in contact_fairness.in_words(rows, str(what))]

    @property
    def sentences(self) -> list[str]:
        """All that is to be said."""
        said = list_stability.in_words(self.stability)
        for what in (LISTED, CONTACTED):
            said += contact_fairness.in_words(self.fairness[self.fairness["what"] == what], what)
        return said

    @property
    def figures(self) -> dict[str, float]:
        """For comparisons over time: the Jaccard index of the latest two lists, how many groups are unequal."""
        figures = {"lists_unequal_groups": float(self.fairness["unequal"].sum())}
        if len(self.stability):
            figures["lists_same_heads"] = float(self.stability["jaccard"].iloc[-1])
        return figures


def watch_lists(view: View, url: str, settings: MonitorSettings) -> WatchedLists:
    """The lists that were published up to the view's night in the database at `url`, of the view's customers.

    A customer counts as contacted where the ledger has a contact in the week that begins with the night.
    """
    ids = view.portfolio.customer_ids
    with listed_nights(url, view.as_of, settings.normal_days) as published:
        log = published.log(published.apart(settings.every_days), ids)
        stability = list_stability.list_stability(published, settings.every_days)
    # Where no effect was learned: of equal debts, it says what the assumed gain is.
    at_risk = log["collectible_amount"] * log["p_unpaid_30d"]
    rows = pd.DataFrame(
        {
            "customer": find_texts(ids, log["customer_id"]),
            "night": day_numbers(log["as_of"]),
            "amount": log["collectible_amount"],
            "gain": log["expected_gain"].astype("float64").fillna(at_risk),
        }
    )
    nights, customer = (rows[name].to_numpy(dtype=np.int64) for name in ("night", "customer"))
    contacted = np.minimum(contacts_within(view, nights, customer, WEEK), 1.0)
    groups = stated_groups(rows["customer"], view.portfolio)
    tables = [
        contact_fairness.fairness(rows, reached, groups, settings.deviations).assign(what=what)
        for what, reached in ((LISTED, log["recommended"].to_numpy(dtype=np.float64)), (CONTACTED, contacted))
    ]
    return WatchedLists(pd.concat(tables, ignore_index=True)[["what", *contact_fairness.COLUMNS]], stability)
