"""The hold-out: a few customers, drawn at random, are left alone, so that what a contact brings can be measured."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.language import percent, translated
from configs.settings import HoldoutSettings
from ledger.clock import as_days, day_number
from ledger.hashing import uniform
from ledger.minor_units import minor_units
from worklists.rules.fact_words import filled, money, written_days

KNOWN_BEFORE = ("p_unpaid_30d", "expected_gain", "days_past_due")  # of each customer, when the draw is made


def draw_holdout(eligible: pd.DataFrame, as_of: pd.Timestamp, settings: HoldoutSettings) -> pd.DataFrame:
    """Who of tonight's eligible customers is left alone, in the rows of `eligible`.

    `eligible` has customer_id, contact_due and value (collectible amount in cents). Columns: held_out (bool),
    propensity (of what happened: being held out, or not), period (first day of the customer's hold-out period), reason
    (in words; empty for a customer whom the draw let through).

    The draw is a hash of seed, customer and period, so that it depends neither on the row order nor on who else is
    eligible, and stays the same on every night of a period. Periods begin on another day for every customer, else the
    whole hold-out would change in one night. A customer with nothing collectible (a reminder before the due date), to
    whom a contact was promised, or with more than the value limit is never held out; its propensity is 1, so it takes
    no part in a measurement.

    The limit is judged by tonight's value, not by that at the start of the period. So the propensity is exact for every
    night, given its value: a customer that falls below the limit in mid-period meets the draw it always had, which
    nothing before could depend on. One that rises above it after it was held out is contacted from then on: in a
    measurement by first nights that counts among the held out, and makes the measured effect a little too small.
    """
    ids = eligible["customer_id"]
    first_day, number = _period(ids, as_of, settings)
    chance = _uniform("draw/" + ids + "/" + number.astype("str"), settings.seed)
    too_large = _above(eligible["value"], settings.value_limit)
    at_random = (eligible["value"] > 0) & ~too_large & ~eligible["contact_due"] & (settings.share > 0)
    held_out = at_random & (chance < settings.share)
    until = written_days(first_day + pd.to_timedelta(settings.days, unit="D"))
    reason = pd.Series("", index=eligible.index, dtype="str")
    if settings.value_limit is not None:
        limit = money(settings.value_limit * minor_units())
        never = translated("Never held out: more than {amount} is collectible.").format(amount=limit)
        reason = reason.mask(too_large, never)
    left_alone = filled(
        "Left alone at random ({share} of the customers) until {day}, to measure what contacts bring.", ids.index,
        share=percent(settings.share, 1), day=until,
    )  # fmt: skip
    reason = reason.mask(held_out, left_alone)
    drawn = np.where(held_out, settings.share, 1 - settings.share)
    return pd.DataFrame(
        {
            "held_out": held_out,
            "propensity": np.where(at_random, drawn, 1.0),
            "period": first_day,
            "reason": reason,
        },
        index=eligible.index,
    )


def contact_log(
    eligible: pd.DataFrame, draw: pd.DataFrame, listed: pd.DataFrame, line_ratio: "pd.Series[float]"
) -> pd.DataFrame:
    """The night's rows of `CONTACT_LOG` without run_id and as_of, in the rows of `eligible`.

    `draw` is from `draw_holdout`; `listed` are the rows of the worklist by customer position, with their channel;
    `line_ratio` is from `capacity_line.line_ratio`. A customer who is neither held out nor listed is one for whom no
    one had time. ValueError where a listed customer is held out, or was never in the draw: the log would not say what
    happened.
    """
    unlogged = listed.index[~listed.index.isin(draw.index[~draw["held_out"]])]
    if len(unlogged):
        raise ValueError(
            f"{len(unlogged)} rows of the worklist were held out or took no part in the draw, the first is customer "
            f"position {unlogged[0]}; expected only customers whom the draw let through."
        )
    channel = listed["channel"].reindex(eligible.index)
    return pd.DataFrame(
        {
            "customer_id": eligible["customer_id"],
            "recommended": eligible.index.isin(listed.index).astype(np.int64),
            "held_out": draw["held_out"].astype(np.int64),
            "propensity": draw["propensity"],
            "channel": channel.where(channel != ""),
            "period": draw["period"],
            "collectible_amount": eligible["value"],
            **{name: eligible[name] for name in KNOWN_BEFORE},
            "line_ratio": line_ratio.reindex(eligible.index),
        },
        index=eligible.index,
    )


def _period(ids: pd.Series, as_of: pd.Timestamp, settings: HoldoutSettings) -> tuple[pd.Series, pd.Series]:
    """First day and number of the period in which the night lies, by customer."""
    shift = (_hashed("shift/" + ids, settings.seed) % np.uint64(settings.days)).astype(np.int64)
    number = (day_number(as_of) + shift) // settings.days
    first_day = as_days(number * settings.days - shift)
    return pd.Series(first_day, index=ids.index), pd.Series(number, index=ids.index)


def _above(value: pd.Series, limit: float | None) -> pd.Series:
    return pd.Series(False, index=value.index) if limit is None else value > limit * minor_units()


def _uniform(words: pd.Series, seed: int) -> pd.Series:
    """A number in [0, 1) for every word."""
    return pd.Series(uniform(_hashed(words, seed)), index=words.index)


def _hashed(words: pd.Series, seed: int) -> npt.NDArray[np.uint64]:
    key = f"{seed:016d}"  # the hash takes a key of 16 characters
    return pd.util.hash_array(words.to_numpy(dtype=object), hash_key=key, categorize=False)
