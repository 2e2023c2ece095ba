"""The gate between challenger and champion: who would have put more of the money that went bad first?"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.window_kernels import Floats
from ledger.clock import day_number
from models.clustered_error import sums_by_customer
from models.evaluation.metrics import metrics
from models.evaluation.money_captured import Chosen, head_of, money_captured, money_of
from models.evaluation.rolling_origin import Judgement
from models.risk.risk_model import RiskModel

CHALLENGER, CHAMPION = "challenger", "champion"
Swapped = tuple[Chosen, Chosen, Chosen]
"""The judged rows that enter the head of the list, leave it, and stay."""


@dataclass(frozen=True)
class GateVerdict:
    """Whether a challenger should be the champion, and why, in a sentence.

    `comparison`: a row for each way of ranking (index `ranking`), with money_captured (share of the money that went
    bad), auc, brier, calibration_error (missing where a ranking gives no probability). `swap_set`: what the list of the
    challenger has and the champion's has not (enters), the other way round (leaves), and both (stays): rows,
    customers, money (currency units), bad_share (of the rows), bad_money_share. Empty where nothing was compared.
    """

    wins: bool
    why: str
    comparison: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    swap_set: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def verdict(champion: RiskModel | None, challenger: RiskModel, judgement: Judgement, settings: Settings) -> GateVerdict:
    """Judge a challenger, by what its like did on later nights, against the champion, if there is one.

    It wins where it captures more money by more than `gate.least_gain`, and its calibration error is larger by no more
    than `gate.most_calibration_loss`; and where there is no champion of this feature catalogue.
    """
    if champion is None:
        return GateVerdict(True, "There was no champion before.", comparison(None, judgement, settings))
    if champion.card.catalogue_hash != challenger.card.catalogue_hash:
        why = "The champion before knew another feature catalogue."
        return GateVerdict(True, why, comparison(None, judgement, settings))
    if not judgement.metrics:
        return GateVerdict(False, "Too few outcomes since to compare it with the champion.")
    judgement, remark = _unseen(champion, judgement, settings)
    standing = champion.probability(judgement.rows)
    table = comparison(standing, judgement, settings)
    swapped = _swapped(standing, judgement, settings)
    before, after = table.loc[CHAMPION], table.loc[CHALLENGER]
    gain = after["money_captured"] - before["money_captured"]
    loss = after["calibration_error"] - before["calibration_error"]
    wins = gain > settings.gate.least_gain and loss <= settings.gate.most_calibration_loss
    why = (
        f"On later nights the head of its list captures {after['money_captured']:.1%} of the money that went bad, the "
        f"champion's {before['money_captured']:.1%} (standard error of the difference "
        f"{_gain_error(swapped, judgement):.1%}); calibration error {after['calibration_error']:.3f}, the "
        f"champion's {before['calibration_error']:.3f}.{remark}"
    )
    return GateVerdict(bool(wins), why, table, _swap_set(swapped, judgement))


def comparison(standing: Floats | None, judgement: Judgement, settings: Settings) -> pd.DataFrame:
    """See `GateVerdict`; the rankings are those of challenger, champion, naive rule, oldest debt and largest balance.

    `standing` are the champion's probabilities of the judged rows, where there is one.
    """
    if not judgement.metrics:
        return pd.DataFrame()
    share, money = settings.evaluation.capacity_share, money_of(judgement.rows)
    probabilities = {CHALLENGER: judgement.probability}
    if standing is not None:
        probabilities[CHAMPION] = standing
    probabilities["naive rule"] = judgement.naive
    rows = {}
    for name, probability in probabilities.items():
        figures = metrics(judgement.label, probability, share)
        rows[name] = {
            "money_captured": money_captured(probability * money, judgement.rows, judgement.label, share),
            **{figure: figures[figure] for figure in ("auc", "brier", "calibration_error")},
        }
    oldest = judgement.rows["oldest_days_past_due"].fillna(0).to_numpy(dtype=np.float64)
    for name, rank in (("oldest debt", oldest), ("largest balance", money)):
        rows[name] = {"money_captured": money_captured(rank, judgement.rows, judgement.label, share)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("ranking")


def _swap_set(swapped: Swapped, judgement: Judgement) -> pd.DataFrame:
    """See `GateVerdict`; index `change`."""
    enters, leaves, stays = swapped
    money, label = money_of(judgement.rows), judgement.label
    rows = {}
    for change, here in (("enters", enters), ("leaves", leaves), ("stays", stays)):
        rows[change] = {
            "rows": int(here.sum()),
            "customers": judgement.rows.loc[here, "customer"].nunique(),
            "money": float(money[here].sum()),
            "bad_share": float(label[here].mean()) if here.any() else float("nan"),
            "bad_money_share": float((money * label)[here].sum() / max(money[here].sum(), 1e-9)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("change")


def _swapped(standing: Floats, judgement: Judgement, settings: Settings) -> Swapped:
    share, night = settings.evaluation.capacity_share, judgement.rows["night"].to_numpy()
    money = money_of(judgement.rows)
    new = head_of(judgement.probability * money, night, share)
    old = head_of(standing * money, night, share)
    return new & ~old, old & ~new, new & old


def _gain_error(swapped: Swapped, judgement: Judgement) -> float:
    """Standard error of the difference in money captured; rows of a customer go together (Liang and Zeger 1986)."""
    enters, leaves, _ = swapped
    bad = money_of(judgement.rows) * judgement.label
    moved = bad * (enters.astype(np.float64) - leaves) / max(bad.sum(), 1e-9)
    by_customer = sums_by_customer(moved, judgement.rows["customer"].to_numpy())
    return float(np.sqrt(((by_customer - by_customer.mean()) ** 2).sum()))


def _unseen(champion: RiskModel, judgement: Judgement, settings: Settings) -> tuple[Judgement, str]:
    """The nights since the champion was trained, where they have outcomes enough; else all, and what that means."""
    since = judgement.rows["night"].to_numpy() >= day_number(pd.Timestamp(champion.card.trained_on))
    label = judgement.label[since]
    if min(label.sum(), (1 - label).sum()) < settings.training.min_events:
        seen = not since.all()
        return judgement, " The champion has seen some of these outcomes, which favours it." if seen else ""
    probability, naive = judgement.probability[since], judgement.naive[since]
    return replace(judgement, rows=judgement.rows[since], label=label, probability=probability, naive=naive), ""
