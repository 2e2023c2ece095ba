"""The rows that a risk model learns from, for experiments of one's own."""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from configs.settings import Settings, load_settings
from features.protected_fields import unprotected
from features.window_kernels import Floats
from ledger.as_of.newest import newest_records, require_invoices
from ledger.minor_units import held_with
from ledger.partitioned.lay_out import lay_out
from ledger.partitioned.load import load_partitions, opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.partitioned.scratch import LedgerScratch
from models.evaluation.night_splits import AS_OF, CUSTOMER, KNOWN_FROM
from models.past import EnoughToTrain, Past, gather
from models.risk import default, late_payment
from models.risk.boosting import sample_rows

INVOICE = "invoice_id"


class TrainingFrame(NamedTuple):
    """What a risk model learns from; all have the same index, in the order in which training sees them.

    `X` has a column for each feature that the model may use, float32, missing where not known. What each means and its
    unit is in docs/features.md; but money is in hundredths of the reporting currency, as models get it. The index has
    customer_id, invoice_id (of late_payment only), as_of (the night that the features are of) and known_from (the first
    night on which the label was known); it repeats where two questions were about the same day.

    `y` is the label, 1 or 0: still unpaid at the end of the day asked about (late_payment; `horizon_days` says which),
    or default within the horizon. `groups` are the customers and `dates` the nights of the index.
    """

    X: pd.DataFrame
    y: pd.Series
    groups: pd.Series
    dates: pd.Series


def training_frame(
    ledger: str, as_of: str | date, model: str = late_payment.NAME, settings: Settings | None = None
) -> TrainingFrame:
    """The very rows that `duerank train LEDGER --as-of DATE` fits `model` (late_payment or default) to.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        as_of: Only what was known before this night is seen; outcomes not known by then are left out.
        model: late_payment or default.
        settings: The defaults where None.

    LedgerError where the ledger cannot be used, ValueError where there is no such model.
    """
    if model not in (late_payment.NAME, default.NAME):
        raise ValueError(f"there is no model {model!r} that learns from such rows: late_payment or default")
    settings, night = settings or load_settings(), pd.Timestamp(as_of).normalize().as_unit("s")
    with opened_ledger(LedgerScratch, str(ledger), night, settings) as scratch:
        lay_out(scratch, InThisProcess())
        loaded = load_partitions(scratch, EnoughToTrain(night, settings))
    require_invoices(newest_records(loaded.portfolio, night), night)
    with held_with(loaded.decimals):
        return frame_of(model, gather(loaded, night, settings), settings)


def frame_of(model: str, past: Past, settings: Settings) -> TrainingFrame:
    """The same, of a past that is known already."""
    rows, label, known_from, features = _learned_from(model, past, settings)
    ids = past.portfolio
    levels = {CUSTOMER: ids.customer_ids[rows["customer"]].to_numpy()}
    if model == late_payment.NAME:
        levels[INVOICE] = ids.invoice_ids[rows["invoice"]].to_numpy()
    levels |= {AS_OF: _dates(rows["night"].to_numpy()), KNOWN_FROM: _dates(known_from)}
    index = pd.MultiIndex.from_arrays(list(levels.values()), names=list(levels))
    columns = {name: pd.Series(levels[name], index=index, name=name) for name in (CUSTOMER, AS_OF)}
    return TrainingFrame(
        rows[unprotected(features, settings.fairness.protected_fields)].set_axis(index, axis=0),
        pd.Series(label.astype(np.int64), index=index, name="unpaid" if model == late_payment.NAME else "default"),
        columns[CUSTOMER],
        columns[AS_OF],
    )


def _learned_from(model: str, past: Past, settings: Settings) -> tuple[pd.DataFrame, Floats, Floats, list[str]]:
    """Rows, labels, the day number from which each label was known, and the features."""
    labels, training = settings.labels, settings.training
    if model == late_payment.NAME:
        asked = late_payment.training_rows(past.spine.invoices, past.known, labels, training.max_rows)
        rows, label = sample_rows(*asked, training)
        return rows, label, np.asarray(rows["night"] + rows["horizon_days"]), late_payment.features()
    seen = default.training_rows(past.spine.customers, past.known, labels)
    rows, label = sample_rows(*seen, training)
    return rows, label, np.asarray(rows["night"] + labels.default_horizon_days), default.features()


def _dates(day_numbers: Floats) -> "np.ndarray[tuple[int], np.dtype[np.datetime64]]":
    return np.asarray(day_numbers, dtype=np.int64).astype("datetime64[D]").astype("datetime64[s]")
