"""What later nights say of trees: how far to follow them from where they start, and how to calibrate them.

On a small ledger trees learn single customers by heart, and what they start from (the portfolio's curve and a line)
says more about the next months. Shrinking the trees towards their start is a blend of both.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from configs.settings import TrainingSettings
from features.window_kernels import Floats, Positions
from models.clustered_error import standard_error
from models.estimators.fitted import fit_classifier
from models.risk.calibration import EDGE, Calibrator, choose, log_losses
from models.risk.risk_model import TREE_WEIGHTS, Scorer, Trees

FOLDS = 5

Fit = Callable[[pd.DataFrame, Floats, Floats], Trees]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class WeightChoice:
    """The trees' weight and the calibrator, and the log loss of every candidate.

    `trial` are the weighted trees, or the classifier in their place, that know nothing of the nights from `split` (day
    number) on; None where the history was too short for such.
    """

    tree_weight: float
    calibrator: Calibrator
    tree_weight_losses: dict[str, float]
    calibration_losses: dict[str, float]
    trial: Scorer | None
    split: float


def fit_as_set(
    rows: pd.DataFrame,
    label: Floats,
    weight: Floats,
    known_from: Floats,
    features: Sequence[str],
    settings: TrainingSettings,
    fit: Callable[..., Trees],
) -> tuple[Scorer, WeightChoice]:
    """What is fitted on all rows, and what later nights say of it: the trees that `fit` makes, as far as they are to be
    followed, or the classifier of `training.estimator`, all the way."""
    if settings.estimator is None:
        chosen = choose_on_later_nights(rows, label, weight, known_from, settings, fit)
        grown = fit(rows, label, weight, worth_growing(settings, chosen.tree_weight))
        return grown.weighted(chosen.tree_weight), chosen
    chosen = _calibrated_on_later_nights(rows, label, weight, known_from, list(features), settings)
    return fit_classifier(rows, label, list(features), settings), chosen


def _calibrated_on_later_nights(
    rows: pd.DataFrame,
    label: Floats,
    weight: Floats,
    known_from: Floats,
    features: list[str],
    settings: TrainingSettings,
) -> WeightChoice:
    """The same nights and the same calibrators as for trees; no calibrator where they show one outcome alone.

    A classifier has no start that keeps the shares: what a short history says is better than nothing.
    """
    night = rows["night"].to_numpy()
    split = float(np.quantile(night, 1 - settings.calibration_share))
    earlier, later = known_from <= split, night >= split
    if len(set(label[earlier])) < 2 or len(set(label[later])) < 2:
        return WeightChoice(1.0, Calibrator(), {}, {}, None, split)
    trial = fit_classifier(rows[earlier], label[earlier], features, settings)
    calibrator, losses = choose(trial.raw(rows[later]), label[later], weight[later], night[later])
    return WeightChoice(1.0, calibrator, {}, losses, trial, split)


def choose_on_later_nights(
    rows: pd.DataFrame, label: Floats, weight: Floats, known_from: Floats, settings: TrainingSettings, fit: Fit
) -> WeightChoice:
    """The trees' weight and the calibrator that do best on nights that trial trees, made by `fit`, have not seen.

    `known_from` is the day number from which each label was known: the trial trees are fitted on labels known before
    the later nights begin, so an embargo as long as the horizon lies between both. Where the history is too short for
    that (`_stands_in`), the weight is chosen on later nights of customers whom the trial trees have not seen, a fifth
    at a time; a calibrator needs more and is left out.
    """
    night, customer = rows["night"].to_numpy(), rows["customer"].to_numpy()
    split = float(np.quantile(night, 1 - settings.calibration_share))
    earlier, later = known_from <= split, night >= split
    if not _stands_in(night, label, earlier, later):
        start, added = _of_unseen_customers(rows, label, weight, night < split, later, settings.seed, fit)
        judged = ~np.isnan(start)
        chosen, losses = choose_weight(start[judged], added[judged], label[judged], weight[judged], customer[judged])
        return WeightChoice(chosen, Calibrator(), losses, {}, None, split)
    trial = fit(rows[earlier], label[earlier], weight[earlier])
    start, added = start_and_trees(trial, rows[later])
    chosen, losses = choose_weight(start, added, label[later], weight[later], customer[later])
    raw = start + chosen * added
    calibrator, calibrated = choose(raw, label[later], weight[later], night[later])
    return WeightChoice(chosen, calibrator, losses, calibrated, trial.weighted(chosen), split)


def _stands_in(night: Positions, label: Floats, earlier: Bools, later: Bools) -> bool:
    """Whether trees of the earlier rows say anything of trees of all: they know both outcomes, and as many nights as
    they are judged on.

    Trees of a ledger's first night or two are surer than they should be. Those of all nights are not, and would be
    followed less, and flattened, in their stead.
    """
    both = len(set(label[earlier])) == 2 and len(set(label[later])) == 2
    return both and len(np.unique(night[earlier])) >= len(np.unique(night[later]))


def worth_growing(settings: TrainingSettings, tree_weight: float) -> TrainingSettings:
    """The settings of the final trees: a single tree where they count nothing, since a model's text needs one."""
    return settings if tree_weight else settings.model_copy(update={"trees": 1})


def start_and_trees(trees: Trees, rows: pd.DataFrame) -> tuple[Floats, Floats]:
    """Log-odds of the start, and what the trees add where they are followed all the way; shapes (rows,)."""
    start = np.zeros(len(rows)) if trees.start is None else trees.start.raw(rows)
    return start, trees.weighted(1.0).raw(rows) - start


def choose_weight(
    start: Floats, added: Floats, label: Floats, weight: Floats, customer: Positions
) -> tuple[float, dict[str, float]]:
    """The smallest of `TREE_WEIGHTS` whose log loss is within a standard error of the best; and every log loss.

    `start` and `added` are `start_and_trees` of trees that have not seen these rows. The standard error is of the
    difference to the best, by customer, since a customer's rows go together (the rule of one standard error: Breiman
    et al. 1984).
    Where the rows show one outcome alone nothing speaks for the trees: weight 0.
    """
    if len(set(label)) < 2:
        return TREE_WEIGHTS[0], {}
    same = np.lexsort((customer, weight, label, added, start))  # a float sum depends on the order of its rows
    start, added, label, weight, customer = start[same], added[same], label[same], weight[same], customer[same]
    losses = {one: log_losses(np.clip(expit(start + one * added), EDGE, 1 - EDGE), label) for one in TREE_WEIGHTS}
    means = {one: float(np.average(loss, weights=weight)) for one, loss in losses.items()}
    best = min(TREE_WEIGHTS, key=lambda one: means[one])
    chosen = next(
        one
        for one in TREE_WEIGHTS
        if means[one] - means[best] <= standard_error(losses[one] - losses[best], weight, customer)
    )
    return chosen, {str(one): mean for one, mean in means.items()}


def _of_unseen_customers(
    rows: pd.DataFrame, label: Floats, weight: Floats, earlier: Bools, later: Bools, seed: int, fit: Fit
) -> tuple[Floats, Floats]:
    """`start_and_trees` of later rows by trees fitted on earlier rows of other customers; NaN where there are none."""
    customers, where = np.unique(rows["customer"].to_numpy(), return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(customers))[where] % FOLDS
    start, added = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    for one in range(FOLDS):
        others, judged = earlier & (fold != one), later & (fold == one)
        if judged.any() and len(set(label[others])) == 2:
            start[judged], added[judged] = start_and_trees(
                fit(rows[others], label[others], weight[others]), rows[judged]
            )
    return start, added
