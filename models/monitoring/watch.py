"""Monitoring in two clocks: what comes in tonight, what became of earlier nights, and between both what is promised."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from configs.settings import MonitorSettings, Settings, home
from features.labels import InvoiceOutcomes
from features.spine import Spine, training_nights
from features.window_kernels import Floats
from ledger.atomic_files import write_whole
from ledger.clock import day_number, day_numbers
from ledger.partitioned.load import Loaded
from ledger.portfolio import Portfolio
from models.curves.pay_curve import question
from models.monitoring import input_drift, outcome_checks
from models.monitoring.input_drift import Check
from models.night_models import Models
from models.past import Past, Progress, past_of
from models.risk import default, late_payment
from models.risk.risk_model import RiskModel

CHECKS = ("clock", "model", *Check._fields)


def recent_past(loaded: Loaded, as_of: pd.Timestamp, settings: Settings, progress: Progress) -> Past:
    """A night and the normal ones before it, with the outcomes as they are known on it."""
    nights = [*normal_nights(loaded.portfolio, as_of, settings.monitor), as_of]
    return past_of(loaded, as_of, nights, settings, progress)


def normal_nights(portfolio: Portfolio, as_of: pd.Timestamp, settings: MonitorSettings) -> list[pd.Timestamp]:
    """The nights that a night is compared with, oldest first: of its own weekday where they are a week apart."""
    known = set(training_nights(portfolio, as_of, 1, settings.normal_days))
    steps = range(settings.normal_days // settings.every_days, 0, -1)
    nights = [as_of - pd.Timedelta(days=settings.every_days * step) for step in steps]
    return [night for night in nights if night in known]


@dataclass(frozen=True)
class Monitored:
    """What monitoring found on a night: `checks` has the columns `CHECKS`, one row for each figure.

    clock is `inputs` (tonight), `estimate` (of tonight, before any outcome) or `outcomes` (matured); `reference` is
    what is usual, or was predicted; `limit` where the alarm begins, missing where a figure is only reported. `versions`
    are the names and versions of the models.
    """

    as_of: pd.Timestamp
    models: str
    checks: pd.DataFrame
    versions: tuple[tuple[str, str], ...]

    @property
    def breaches(self) -> list[str]:
        """A sentence for each breach."""
        return [
            f"{row.model}, {row.clock}: {row.figure} of {row.of} is {row.value:.3g}, "
            f"usual or predicted {row.reference:.3g}, limit {row.limit:.3g}"
            for row in self.checks[self.checks["breached"]].itertuples()
        ]

    def with_outcomes(self, model: str, checks: Iterable[Check]) -> "Monitored":
        """With checks of what became of a model's word."""
        more = pd.DataFrame([("outcomes", model, *check) for check in checks], columns=list(CHECKS))
        found = pd.concat([self.checks, more], ignore_index=True) if len(more) else self.checks
        return replace(self, checks=found.astype({"breached": bool}))


def with_segments(spine: Spine, portfolio: Portfolio, segments: pd.DataFrame) -> Spine:
    """The spine with the column `segment`: what each customer was published as that night; missing where nothing was.

    `segments` has as_of, customer_id and segment.
    """
    stated = pd.DataFrame(
        {
            "night": day_numbers(segments["as_of"]),
            "customer": portfolio.customer_ids.get_indexer(pd.Index(segments["customer_id"])),
            "segment": segments["segment"].astype("object"),
        }
    )
    customers, invoices = (
        rows.merge(stated, how="left", on=["night", "customer"]).set_axis(rows.index)
        for rows in (spine.customers, spine.invoices)
    )
    return replace(spine, customers=customers, invoices=invoices)


def watch(spine: Spine, known: InvoiceOutcomes, models: Models, as_of: pd.Timestamp, settings: Settings) -> Monitored:
    """All checks of the risk models on a night; `spine` holds it and earlier ones, `known` what is known now.

    Where the spine says the segment of its rows, outcomes are checked by segment, too.
    """
    tonight = day_number(as_of)
    found = []
    for model, rows, label in (
        (models.late_payment, *_late_rows(spine, known, settings)),
        (models.default, spine.customers, default.label_rows(spine.customers, known, settings.labels)),
    ):
        for clock, checks in _checks(model, rows, label, tonight, settings):
            found += [(clock, model.card.name, *check) for check in checks]
    table = pd.DataFrame(found, columns=list(CHECKS)).astype({"breached": bool})
    return Monitored(as_of, models.label, table, models.versions)


def _checks(
    model: RiskModel, rows: pd.DataFrame, label: Floats, tonight: int, settings: Settings
) -> Iterator[tuple[str, Iterable[Check]]]:
    """The checks of one model by clock; without an earlier night, or anything to score tonight, there are none."""
    night = rows["night"].to_numpy()
    if not (night < tonight).any() or not (night == tonight).any():
        return
    monitor = settings.monitor
    probability = model.probability(rows)
    seen = ~np.isnan(label) & (night >= day_number(pd.Timestamp(model.card.trained_on))) & (night < tonight)
    yield "inputs", [input_drift.volumes(rows, tonight, "rows to score", monitor)]
    yield "inputs", input_drift.shifts(model, rows, tonight, monitor)
    yield "estimate", outcome_checks.estimated_auc(probability, night, tonight, monitor)
    share = settings.evaluation.capacity_share
    yield "outcomes", outcome_checks.outcomes(rows[seen], label[seen], probability[seen], monitor, share)


def _late_rows(spine: Spine, known: InvoiceOutcomes, settings: Settings) -> tuple[pd.DataFrame, Floats]:
    """Invoices that were not late yet, asked about their late day, and whether they were late then."""
    until = late_payment.days_until_late(spine.invoices, settings.labels)
    rows = question(spine.invoices[until > 0], until[until > 0])
    return rows, late_payment.late_label(rows, known, settings.labels)


def remember(found: Monitored) -> None:
    """Keep what was found, so that nights scored by the same models say so."""
    state = {"as_of": str(found.as_of.date()), "models": found.models, "breaches": found.breaches}
    write_whole(_state(), lambda path: path.write_text(json.dumps(state), "utf-8"))


def warning(models: Models, as_of: pd.Timestamp) -> str | None:
    """What the latest monitoring up to a night found wrong with these very models; None where nothing."""
    state = _latest(models, as_of)
    if state is None or not state["breaches"]:
        return None
    count = len(state["breaches"])
    return f"monitoring of {state['as_of']} found {count} figures out of their limits, first: {state['breaches'][0]}"


def last_watched(models: Models, as_of: pd.Timestamp) -> str | None:
    """The night up to `as_of` on which these very models were last monitored; None where they never were."""
    state = _latest(models, as_of)
    return None if state is None else str(state["as_of"])


def _latest(models: Models, as_of: pd.Timestamp) -> dict[str, Any] | None:
    if not _state().is_file():
        return None
    state: dict[str, Any] = json.loads(_state().read_text("utf-8"))
    return state if state["models"] == models.label and pd.Timestamp(state["as_of"]) <= as_of else None


def _state() -> Path:
    return home() / "monitoring.json"
