"""The naive rules that a night falls back to where nothing can be learned; also the baselines to beat.

Both speak log-odds and name the features that they use, so that they are explained like a learned model.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from configs.settings import LabelSettings
from features.labels import NEVER, Outcomes
from features.statistics import Floats
from models.ageing_curve import AgeingCurve, ageing_curve
from models.start import Line, Start, line_from_json
from models.unpaid_curve import UnpaidCurve, unpaid_curve

PRIOR_INVOICES = 5.0  # a customer's late share counts as much as the portfolio's after this many invoices


@dataclass(frozen=True)
class LateShareRule:
    """Unpaid by a day: the portfolio's share by delay, moved by the customer's own late share.

    unpaid_share is of `UnpaidCurve`; late_share is the portfolio's.
    """

    unpaid_share: tuple[float, ...]
    late_share: float
    features: list[str]

    def raw(self, rows: pd.DataFrame) -> Floats:
        return self._portfolio(rows) + self._customer(rows)

    def contributions(self, rows: pd.DataFrame) -> Floats:
        parts = np.zeros((len(rows), len(self.features) + 1))
        parts[:, self.features.index("late_share_all")] = self._customer(rows)
        parts[:, self.features.index("horizon_past_due")] = self._portfolio(rows) - self._base
        parts[:, -1] = self._base
        return parts

    @property
    def _base(self) -> float:
        return float(logit(np.clip(self.late_share, 0.01, 0.99)))

    def _portfolio(self, rows: pd.DataFrame) -> Floats:
        return UnpaidCurve(self.unpaid_share).raw(rows)

    def _customer(self, rows: pd.DataFrame) -> Floats:
        share = rows["late_share_all"].fillna(self.late_share).to_numpy(dtype=np.float64)
        count = rows["settled_count_all"].to_numpy(dtype=np.float64)
        drawn = (share * count + self.late_share * PRIOR_INVOICES) / (count + PRIOR_INVOICES)
        return np.asarray(logit(np.clip(drawn, 0.01, 0.99))) - self._base


@dataclass(frozen=True)
class AgeingRule:
    """Default by the days past due of the oldest open invoice, moved by a regularised line where one was fitted.

    shares is of `AgeingCurve`.
    """

    shares: tuple[float, ...]
    features: list[str]
    line: Line | None = None

    def raw(self, rows: pd.DataFrame) -> Floats:
        return self._start.raw(rows)

    def contributions(self, rows: pd.DataFrame) -> Floats:
        parts = np.zeros((len(rows), len(self.features) + 1))
        self._start.add_to(parts, self.features, rows)
        return parts

    @property
    def _start(self) -> Start:
        return Start(AgeingCurve(self.shares), self.line)


def late_share_rule(known: Outcomes, labels: LabelSettings, features: list[str]) -> LateShareRule:
    """The rule from all invoices whose outcome is known, or partly known (censored after the last day observed)."""
    real = (known.due_on < NEVER) & (known.cancelled_on == NEVER)
    matured = known.due_on + labels.grace_days < known.observed_until
    late = known.paid_on[real & matured] > known.due_on[real & matured] + labels.grace_days
    share = (late.sum() + 1) / (len(late) + 2)
    return LateShareRule(unpaid_curve(known).unpaid_share, float(share), features)


def ageing_rule(rows: pd.DataFrame, label: Floats, features: list[str]) -> AgeingRule:
    """The rule from customers whose outcome is known (not NaN): ageing alone."""
    return AgeingRule(ageing_curve(rows, label).shares, features)


KINDS = {"late_share": LateShareRule, "ageing": AgeingRule}


def rule_to_json(rule: Any) -> dict[str, Any]:
    """The rule's numbers, under the name of its kind."""
    kind = next(name for name, cls in KINDS.items() if isinstance(rule, cls))
    return {"rule": kind, **asdict(rule)}


def rule_from_json(stored: dict[str, Any]) -> Any:
    """The rule again; KeyError or TypeError where the JSON is not a rule's."""
    numbers: dict[str, Any] = {
        name: tuple(value) if name != "features" and isinstance(value, list) else value
        for name, value in stored.items()
    }
    if numbers.get("line") is not None:
        numbers["line"] = line_from_json(numbers["line"])
    return KINDS[str(numbers.pop("rule"))](**numbers)
