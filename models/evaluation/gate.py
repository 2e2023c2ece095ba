"""The gate between challenger and champion: who would have put more of the money that went bad first?

And is the chance of being paid no worse over all open invoices, of which most on a list are overdue already? Where
there is no champion to compare with, the naive rule takes its place: no model may do worse than what anyone could do
without one.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.window_kernels import Floats
from ledger.clock import day_number
from ledger.minor_units import HUNDREDTHS
from models.clustered_error import sums_by_customer
from models.evaluation.brier_check import SHOWN, BrierCheck, Check, brier_check
from models.evaluation.list_overlap import TOP, same_heads
from models.evaluation.metrics import metrics
from models.evaluation.money_captured import Chosen, head_of, money_captured, money_of
from models.evaluation.rolling_origin import Judgement
from models.risk.risk_model import RiskModel

CHALLENGER, CHAMPION, NAIVE = "challenger", "champion", "naive rule"
Swapped = tuple[Chosen, Chosen, Chosen]
"""The judged rows that enter the head of the list, leave it, and stay."""


@dataclass(frozen=True)
class GateVerdict:
    """Whether a challenger should be the champion, and why, in a sentence; and what it was compared with.

    `comparison`: a row for each way of ranking (index `ranking`), with money_captured (share of the money that went
    bad), auc, brier, calibration_error (missing where a ranking gives no probability), and for late payment
    brier_paid_30d, of all open invoices. `swap_set`: what the list of the
    challenger has and that of the champion (or of the naive rule in its place) has not (enters), the other way round
    (leaves), and both (stays): rows, customers, money (currency units), bad_share (of the rows), bad_money_share. Empty
    where nothing was compared. `same_heads` is how much both lists agree about their first 5%, see `list_overlap`; NaN
    where nothing was compared. It wins where every one of the `checks` is passed, or nothing could be compared.
    """

    wins: bool
    why: str
    compared: str
    comparison: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    swap_set: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    same_heads: float = float("nan")
    checks: tuple[Check, ...] = ()


def verdict(champion: RiskModel | None, challenger: RiskModel, judgement: Judgement, settings: Settings) -> GateVerdict:
    """Judge a challenger, by what its like did on later nights, against the champion, if there is one.

    It wins where it captures more money by more than `gate.least_gain`, its calibration error is larger by no more than
    `gate.most_calibration_loss`, and its chances of payment are not shown to be worse over all open invoices. Where
    there is no champion, or one that asks for features which are computed otherwise now, see `_against_the_rule`.
    """
    if champion is None:
        return _against_the_rule(challenger, judgement, settings, "There was no champion before.")
    changed = champion.card.changed(champion.scorer.features)
    if changed:
        why = (
            f"The champion before cannot be asked any more: {len(changed):,} of its features, such as {changed[0]}, "
            f"are computed otherwise now."
        )
        return _against_the_rule(challenger, judgement, settings, why)
    if not _both_occurred(judgement):
        return GateVerdict(False, "Too few outcomes since to compare it with the champion.", CHAMPION)
    judgement, remark = _unseen(champion, judgement, settings)
    standing = champion.probability(judgement.rows)
    of_open = _of_open(champion, judgement)
    table = _with_open(comparison(standing, judgement, settings), CHAMPION, of_open)
    swapped = _swapped(standing, judgement, settings)
    before, after = table.loc[CHAMPION].to_dict(), table.loc[CHALLENGER].to_dict()
    gain = after["money_captured"] - before["money_captured"]
    loss = after["calibration_error"] - before["calibration_error"]
    checks = (
        Check("money_captured_gain", gain, math.nextafter(settings.gate.least_gain, math.inf), True),
        Check("calibration_error_increase", loss, settings.gate.most_calibration_loss, False),
        *(one.check for one in of_open),
    )
    why = (
        f"On later nights the head of its list captures {after['money_captured']:.1%} of the money that went bad, the "
        f"champion's {before['money_captured']:.1%} (standard error of the difference "
        f"{_gain_error(swapped, judgement):.1%}); calibration error {after['calibration_error']:.3f}, the "
        f"champion's {before['calibration_error']:.3f}.{_said_of_open(CHAMPION, of_open)}{remark}"
    )
    agreed = _same_heads(standing, judgement)
    wins, swap_set = all(one.passed for one in checks), _swap_set(swapped, judgement)
    return GateVerdict(wins, why + _of_heads(agreed), CHAMPION, table, swap_set, agreed, checks)


def _against_the_rule(challenger: RiskModel, judgement: Judgement, settings: Settings, remark: str) -> GateVerdict:
    """It wins unless the naive rule is shown to be better: to capture more money, or to have a lower Brier score (also
    over all open invoices), by more than `SHOWN` standard errors of the difference. Where there is nothing to judge by
    it wins, too.
    """
    if challenger.card.kind == "rule" or not _both_occurred(judgement):
        nothing = "" if challenger.card.kind == "rule" else " Too few outcomes since to compare it with the naive rule."
        return GateVerdict(True, remark + nothing, NAIVE, comparison(None, judgement, settings))
    of_open = _of_open(None, judgement)
    table = _with_open(comparison(None, judgement, settings), NAIVE, of_open)
    swapped = _swapped(judgement.naive, judgement, settings)
    mine, rule = table.loc[CHALLENGER].to_dict(), table.loc[NAIVE].to_dict()
    error = _gain_error(swapped, judgement)
    of_brier = _brier_of("brier_increase", judgement, judgement.naive)
    checks = (
        Check("money_captured_gain", mine["money_captured"] - rule["money_captured"], -SHOWN * error, True),
        *(one.check for one in (of_brier, *of_open)),
    )
    why = (
        f"{remark} On later nights the head of its list captures {mine['money_captured']:.1%} of the money that went "
        f"bad, that of the naive rule {rule['money_captured']:.1%} (standard error of the difference {error:.1%}); "
        f"Brier score {of_brier.mine:.4f}, of the naive rule {of_brier.other:.4f} (standard error "
        f"{of_brier.error:.4f}).{_said_of_open(NAIVE, of_open)}"
    )
    agreed = _same_heads(judgement.naive, judgement)
    wins, swap_set = all(one.passed for one in checks), _swap_set(swapped, judgement)
    return GateVerdict(wins, why + _of_heads(agreed), NAIVE, table, swap_set, agreed, checks)


def _both_occurred(judgement: Judgement) -> bool:
    """Whether a ranking can be better than another: with one outcome none is."""
    return len(np.unique(judgement.label)) == 2


def comparison(standing: Floats | None, judgement: Judgement, settings: Settings) -> pd.DataFrame:
    """See `GateVerdict`; the rankings are those of challenger, champion, naive rule, oldest debt and largest balance.

    `standing` are the champion's probabilities of the judged rows, where there is one.
    """
    if not _both_occurred(judgement):
        return pd.DataFrame()
    share, money = settings.evaluation.capacity_share, money_of(judgement.rows)
    probabilities = {CHALLENGER: judgement.probability}
    if standing is not None:
        probabilities[CHAMPION] = standing
    probabilities[NAIVE] = judgement.naive
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
            "money": float(money[here].sum()) / HUNDREDTHS,
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


def _same_heads(standing: Floats, judgement: Judgement) -> float:
    money, night = money_of(judgement.rows), judgement.rows["night"].to_numpy()
    return same_heads(judgement.probability * money, standing * money, night)


def _of_heads(agreed: float) -> str:
    return f" Of those among the first {TOP:.0%} of either list, {agreed:.0%} are among those of both."


def _gain_error(swapped: Swapped, judgement: Judgement) -> float:
    """Standard error of the difference in money captured; rows of a customer go together (Liang and Zeger 1986)."""
    enters, leaves, _ = swapped
    bad = money_of(judgement.rows) * judgement.label
    moved = bad * (enters.astype(np.float64) - leaves) / max(bad.sum(), 1e-9)
    by_customer = sums_by_customer(moved, judgement.rows["customer"].to_numpy())
    return float(np.sqrt(((by_customer - by_customer.mean()) ** 2).sum()))


def _brier_of(name: str, judgement: Judgement, other: Floats) -> BrierCheck:
    customer = judgement.rows["customer"].to_numpy()
    return brier_check(name, judgement.probability, other, judgement.label, customer)


def _of_open(champion: RiskModel | None, judgement: Judgement) -> list[BrierCheck]:
    """The Brier scores of p_paid_30d over all open invoices, beside the champion's, or the naive rule's where there is
    none; nothing for default, and where outcomes are too few."""
    opened = judgement.of_open
    if opened is None or not _both_occurred(opened):
        return []
    other = opened.naive if champion is None else champion.probability(opened.rows)
    return [_brier_of("brier_paid_30d_increase", opened, other)]


def _with_open(table: pd.DataFrame, compared: str, of_open: list[BrierCheck]) -> pd.DataFrame:
    for one in of_open:
        table.loc[[CHALLENGER, compared], "brier_paid_30d"] = one.mine, one.other
    return table


def _said_of_open(compared: str, of_open: list[BrierCheck]) -> str:
    return "".join(
        f" Over all open invoices, overdue ones too, the Brier score of p_paid_30d is {one.mine:.4f}, that of the "
        f"{compared} {one.other:.4f} (standard error of the difference {one.error:.4f})."
        for one in of_open
    )


def _unseen(champion: RiskModel, judgement: Judgement, settings: Settings) -> tuple[Judgement, str]:
    """The nights since the champion was trained, where they have outcomes enough; else all, and what that means."""
    first = day_number(pd.Timestamp(champion.card.trained_on))
    since = judgement.since(first)
    if min(since.label.sum(), (1 - since.label).sum()) < settings.training.min_events:
        seen = len(since.label) < len(judgement.label)
        return judgement, " The champion has seen some of these outcomes, which favours it." if seen else ""
    return since, ""
