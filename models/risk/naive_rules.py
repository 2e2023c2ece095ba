"""The naive rules that a night falls back to where nothing can be learned; also the baselines to beat.

Both speak log-odds and name the features that they use, so that they are explained like a learned model.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from configs.settings import LabelSettings
from features.labels import InvoiceOutcomes
from features.window_kernels import Floats
from models.curves.ageing_curve import AgeingCurve, ageing_curve
from models.curves.ageing_slope import AgeingSlope
from models.curves.late_share_curve import LateShareCurve, late_share_curve
from models.risk.init_score import LogOddsLine, Start, line_from_json


class _Rule:
    """Scores, and their parts by feature, of the curve and the line that a rule starts from."""

    features: list[str]

    @property
    def _start(self) -> Start:
        raise NotImplementedError

    def raw(self, rows: pd.DataFrame) -> Floats:
        return self._start.raw(rows)

    def contributions(self, rows: pd.DataFrame) -> Floats:
        return contributions_of(self._start, self.features, rows)


@dataclass(frozen=True)
class LateShareRule(_Rule):
    """Unpaid by a day: the portfolio's curve, moved by the customer's own late share; both are of `LateShareCurve`."""

    unpaid_share: tuple[float, ...]
    late_share: float
    features: list[str]

    @property
    def _start(self) -> Start:
        return Start(LateShareCurve(self.unpaid_share, self.late_share), None)


@dataclass(frozen=True)
class AgeingRule(_Rule):
    """Default by the days past due of the oldest open invoice, moved by a regularised line where one was fitted.

    shares is of `AgeingCurve`.
    """

    shares: tuple[float, ...]
    features: list[str]
    line: LogOddsLine | None = None

    @property
    def _start(self) -> Start:
        return Start(AgeingCurve(self.shares), self.line)


@dataclass(frozen=True)
class AgeingSlopeRule(_Rule):
    """Default by every day past due of the oldest open invoice, moved by a regularised line where one was fitted.

    levels and nothing_open are of `AgeingSlope`.
    """

    levels: tuple[float, ...]
    features: list[str]
    line: LogOddsLine | None = None
    nothing_open: float | None = None

    @property
    def _start(self) -> Start:
        return Start(AgeingSlope(self.levels, self.nothing_open), self.line)


def contributions_of(start: Start, features: list[str], rows: pd.DataFrame) -> Floats:
    """Shape (rows, features + 1), as a `Scorer` gives them."""
    parts = np.zeros((len(rows), len(features) + 1))
    start.add_to(parts, features, rows)
    return parts


def late_share_rule(known: InvoiceOutcomes, labels: LabelSettings, features: list[str]) -> LateShareRule:
    """The rule from all invoices whose outcome is known, or partly known: see `late_share_curve`."""
    curve = late_share_curve(known, labels)
    return LateShareRule(curve.unpaid_share, curve.late_share, features)


def ageing_rule(rows: pd.DataFrame, label: Floats, features: list[str]) -> AgeingRule:
    """The rule from customers whose outcome is known (not NaN): ageing alone."""
    return AgeingRule(ageing_curve(rows, label).shares, features)


KINDS = {"late_share": LateShareRule, "ageing": AgeingRule, "ageing_slope": AgeingSlopeRule}


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
