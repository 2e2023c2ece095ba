"""What is said of the lists comes from published nights, and from the ledger's customers and their contacts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from tests.support.nights.fake_score_tables import night
from tests.support.view_from_rows import view_of
from worklists.ranking.watched_lists import WatchedLists, watch_lists
from worklists.score_db.publish import publish

CUSTOMERS, NIGHTS = 240, ("2024-02-05", "2024-02-12", "2024-02-13")
SWISS = np.arange(CUSTOMERS) % 3 == 0
COUNTRY = np.where(SWISS, "CH", "DE")


def watched(tmp_path: Path, contacted: np.ndarray) -> WatchedLists:
    """Three nights that list every second customer, Swiss or not; these were contacted on the third day of each week.

    The debt is the customer's number, and no gain is known.
    """
    ids = [f"c{place:03}" for place in range(CUSTOMERS)]
    url = f"sqlite:///{tmp_path / 'duerank.db'}"
    for as_of in NIGHTS:
        frames = night(as_of, f"run of {as_of}", size=CUSTOMERS)
        frames["contact_log"] = frames["contact_log"].assign(
            customer_id=ids, collectible_amount=np.arange(CUSTOMERS) + 100, p_unpaid_30d=0.5, held_out=0,
            recommended=np.arange(CUSTOMERS) // 3 % 2, expected_gain=pd.array([None] * CUSTOMERS, dtype="Int64"),
        )  # fmt: skip
        frames["worklist"]["rank"] = range(1, CUSTOMERS + 1)
        publish(frames, url)
    view = view_of(
        "2024-02-25",
        customers=[{"customer_id": one, "country": country} for one, country in zip(ids, COUNTRY, strict=True)],
        invoices=[{"customer_id": ids[0], "amount": 100}],
        payments=[{"customer_id": ids[0], "amount": 1}],
        contacts=[
            {"customer_id": ids[place], "contacted_on": f"2024-02-{day:02}"}
            for place in np.flatnonzero(contacted)
            for day in (8, 15)
        ],
    )  # fmt: skip
    return watch_lists(view, url, load_settings().monitor)


def test_collectors_who_contact_one_country_more_than_the_list_says_are_found(tmp_path: Path) -> None:
    every_fourth = np.arange(CUSTOMERS) // 3 % 4 == 0
    found = watched(tmp_path, every_fourth | (SWISS & (np.arange(CUSTOMERS) // 3 % 4 < 3)))
    table = found.fairness.set_index(["what", "field", "group"])
    assert table.loc[("listed", "country", "CH"), ["share", "share_of_like"]].tolist() == pytest.approx(
        [0.5, 0.5], abs=0.02
    )
    assert table.loc[("contacted", "country", "CH"), ["share", "share_of_like"]].tolist() == pytest.approx(
        [0.75, 0.25], abs=0.02
    )
    assert [said.split(":")[0] for said in found.unequal] == [
        "Contacted at equal debt and equal expected gain, unequal by more than chance"
    ] * 2
    assert found.figures == {"lists_unequal_groups": 2.0, "lists_same_heads": 1.0}


def test_collectors_who_contact_all_alike_are_not_found(tmp_path: Path) -> None:
    found = watched(tmp_path, np.arange(CUSTOMERS) // 3 % 4 == 0)
    assert found.unequal == []
    assert sum("treated unequally" in said for said in found.sentences) == 2
