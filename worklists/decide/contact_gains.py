"""What a contact is expected to bring, by customer and channel, and what that is worth.

expected gain = collectible amount x effect of the contact. Cash that would have come anyway is worth what it earns by
coming a month earlier; cash that would never have come is worth all of it. The rank weighs both, see `weight`. Where no
effect was learned, one is assumed: see `assumed_effect`.
"""

import numpy as np
import pandas as pd

from configs.settings import EffectSettings
from features.window_kernels import Floats
from ledger.frame_schema import NUMBER, TEXT, WHOLE, FrameSchema
from models.effect.effect_model import UNKNOWN

ASSUMED = "share of value at risk"
NOTHING_DUE = "nothing is overdue yet"
GAINS = FrameSchema(
    "gains of a contact",
    {
        "customer": WHOLE,
        "channel": TEXT,
        "effect": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "basis": TEXT,
        "recovered": NUMBER,
        "gain": NUMBER,  # reporting cents
        "weight": NUMBER,
    },
)
COLUMNS = list(GAINS.columns)


def contact_gains(facts: pd.DataFrame, effects: pd.DataFrame, learned: bool, settings: EffectSettings) -> pd.DataFrame:
    """Expected gain (cents, float) of a contact by customer (position) and channel; `COLUMNS`.

    Where an effect was learned: of every customer with a collectible amount, by every channel; a customer of whom
    `effects` says nothing (every overdue invoice is in dispute, if only in part) has one row with channel '' and no
    effect. Where none was: one row per customer with channel '' and the `assumed_effect`. `weight` is the worth of a
    unit of the gain, 1 for one of which the share of the settings would never have come.

    ValueError where a customer with a collectible amount has no score: the rank would pass over its money.
    """
    owing = facts[facts["collectible_amount"] > 0]
    unscored = owing.loc[owing["p_unpaid_30d"].isna(), "customer_id"]
    if len(unscored):
        raise ValueError(f"{len(unscored)} customers with a collectible amount have no score: {unscored.iloc[0]} ...")
    if not learned:
        effect = assumed_effect(owing["p_unpaid_30d"], settings.assumed_odds_ratio)
        return pd.DataFrame(
            {
                "customer": owing.index,
                "channel": "",
                "effect": effect,
                "low": np.nan,
                "high": np.nan,
                "basis": ASSUMED,
                "recovered": settings.loss_rate,
                "gain": owing["collectible_amount"] * effect,
                "weight": 1.0,
            }
        ).reset_index(drop=True)
    rows = effects[effects["customer"].isin(owing.index)]
    amount = rows["customer"].map(owing["collectible_amount"])
    usual = worth(np.array([settings.loss_rate]), settings)[0]
    gains = rows.assign(gain=amount * rows["effect"], weight=worth(rows["recovered"].to_numpy(), settings) / usual)
    untold = pd.DataFrame(
        {
            "customer": owing.index.difference(pd.Index(rows["customer"])),
            "channel": "",
            "effect": 0.0,
            "low": -1.0,
            "high": 1.0,
            "basis": UNKNOWN,
            "recovered": settings.loss_rate,
            "gain": 0.0,
            "weight": 1.0,
        }
    )
    return GAINS.checked(pd.concat([gains[COLUMNS], untold] if len(untold) else [gains[COLUMNS]], ignore_index=True))


def assumed_effect(unpaid: "pd.Series[float]", odds_ratio: float) -> "pd.Series[float]":
    """The share that a contact brings if it multiplies the odds of payment, from the share that is unpaid else.

    Who pays anyway brings little, and so does a debt that is hopeless: most is brought of what is between. Never more
    than is unpaid.
    """
    paid = 1 - unpaid
    return unpaid - unpaid / (unpaid + odds_ratio * paid)


def worth(recovered: Floats, settings: EffectSettings) -> Floats:
    """What a unit of cash within the outcome days is worth where a share of it would never have come."""
    earlier = settings.cost_of_capital * settings.outcome_days / 365
    return recovered + (1 - recovered) * earlier


def at_heads(gains: pd.DataFrame, heads: pd.Series, facts: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Gains where groups are contacted at their head: added up over the members, of whom `facts` are; less where the
    credit of one covers the debt of another, so that less is collectible at the head (`asked`)."""
    head = gains["customer"].map(heads)
    if (head == gains["customer"]).all():
        return gains
    of_members = facts["collectible_amount"].groupby(heads.reindex(facts.index).to_numpy()).sum()
    netted = asked["collectible_amount"] / of_members.where(of_members > 0)
    gains = gains.assign(gain=gains["gain"] * head.map(netted).fillna(1.0))
    by_head = gains.assign(customer=head, weighted=gains["gain"] * gains["weight"]).groupby(["customer", "channel"])
    summed = by_head[["gain", "weighted"]].sum()
    largest = gains.assign(customer=head).sort_values("gain", ascending=False).drop_duplicates(["customer", "channel"])
    rows = largest.drop(columns=["gain"]).join(summed, on=["customer", "channel"])
    amount = rows["customer"].map(asked["collectible_amount"])
    rows["effect"] = (rows["gain"] / amount.where(amount > 0)).fillna(0.0)
    rows["weight"] = (rows["weighted"] / rows["gain"].where(rows["gain"] > 0)).fillna(rows["weight"])
    return GAINS.checked(rows[COLUMNS].sort_values(["customer", "channel"], ignore_index=True))


def best_gain(gains: pd.DataFrame, reached: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """The best row of `gains` for each customer among the channels that reach it, by customer position.

    `reached` has a bool column per permitted channel. Equal gains go to the strategy's own channel, then the first of
    `reached`. A customer whom no channel reaches keeps the mean gain and no channel.
    """
    own = gains["customer"].map(actions["channel"])
    place = gains["channel"].map({channel: number for number, channel in enumerate(reached)})
    may = reached.stack()
    pairs = pd.MultiIndex.from_arrays([gains["customer"], gains["channel"]])
    usable = (may.reindex(pairs).fillna(False) == True).to_numpy() | (gains["channel"] == "").to_numpy()  # noqa: E712
    ranked = gains.assign(other=own != gains["channel"], place=place)[usable]
    ranked = ranked.sort_values(["customer", "gain", "other", "place"], ascending=[True, False, True, True])
    best = ranked.drop_duplicates("customer").set_index("customer")[COLUMNS[1:]]
    any_channel = best["channel"] == ""
    best.loc[any_channel, "channel"] = actions["channel"].reindex(best.index[any_channel])
    return best
