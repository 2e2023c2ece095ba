"""What a training replays is the same on any number of cores."""

from functools import partial

import pandas as pd

from features.spine import Sample, lots_of, replay
from pipelines.runtime.processes import on_every_core
from tests.support import small_models


def test_nights_replayed_by_processes_are_those_of_one(monkeypatch):
    monkeypatch.setattr("pipelines.runtime.processes.LEAST_ITEMS", 1)
    portfolio = small_models.portfolio()
    nights = [*pd.date_range("2023-10-01", "2023-12-31", freq="28D")]
    some = pd.Series(range(len(portfolio.customer_ids))).mod(3).gt(0).to_numpy()
    sample = Sample(lots_of(portfolio), 0.6, some, ["delay_last"])
    spines = [
        replay(portfolio, nights, small_models.SETTINGS.labels, "EUR", sample, each=each)
        for each in (map, partial(on_every_core, most=2))
    ]
    for name in ("customers", "invoices", "debtors"):
        here, elsewhere = (getattr(one, name) for one in spines)
        pd.testing.assert_frame_equal(here, elsewhere, check_exact=True)
