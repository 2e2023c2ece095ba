"""What a run in MLflow says of a training besides its figures: all that was asked for, and what the trees went by."""

from typing import Any

import lightgbm
import pandas as pd

from configs.settings import Settings
from models.effect import effect_model
from models.risk import default, late_payment
from models.risk.risk_model import Trees

_INPUTS = (
    "Every input of the signature is a floating-point number that has to be named, NaN where it is not known; money is "
    "in hundredths of the reporting currency. docs/features.md has the units."
)
ABOUT = {
    late_payment.NAME: "Rows of an open invoice's features in, with the day asked about (horizon_days ahead, "
    f"horizon_past_due after the due date); the probability that it is still unpaid at its end out. {_INPUTS}",
    default.NAME: "Rows of a customer's features in; the probability of a default within labels.default_horizon_days "
    f"out. {_INPUTS}",
    effect_model.NAME: "Rows of a debtor's features in; by channel, the share of what is overdue that a contact brings "
    f"within effect.outcome_days out. {_INPUTS}",
}


def all_settings(settings: Settings) -> dict[str, Any]:
    """Every setting by section.name."""
    sections = settings.model_dump(mode="json").items()
    return {f"{section}.{name}": value for section, values in sections for name, value in values.items()}


def asked_of_trees(boosters: dict[str, lightgbm.Booster]) -> dict[str, Any]:
    """What LightGBM was asked for, each name after `lightgbm.` and the key of its booster."""
    return {f"lightgbm.{key}{name}": value for key, one in boosters.items() for name, value in one.params.items()}


def in_effect(booster: lightgbm.Booster) -> dict[str, str]:
    """Every parameter of LightGBM as the trees were grown with it, its defaults too."""
    _, _, after = booster.model_to_string().partition("\nparameters:\n")
    lines = after.partition("\nend of parameters")[0].splitlines()
    return dict(line.strip("[]").split(": ", 1) for line in lines if ": " in line)


def importances(trees: Trees) -> pd.Series:
    """What the splits by each feature gained in training, the largest first."""
    gain = trees.booster.feature_importance("gain")
    return pd.Series(gain, index=trees.features, name="gain").rename_axis("feature").sort_values(ascending=False)
