"""The queue of the hand-overs: cases for an agency or a lawyer, which wait for a decision and not for a contact."""

import pandas as pd

from configs.language import counted
from worklists.rules.fact_words import amounts, filled, words, written_days

COLUMNS = [
    "customer_id", "customer_name", "action", "collectible_amount", "days_past_due", "dunning_level", "last_step",
    "last_step_on", "since_on", "minutes", "text",
]  # fmt: skip
AFTER_A_STEP = (
    "{amount} is still to be collected, the oldest part {days} past due. The last step was {step} on {day}, {ago} "
    "before. To be handed over since {since}."
)
WITHOUT_A_STEP = (
    "{amount} is still to be collected, the oldest part {days} past due. No contact since then is on record: the "
    "strategy lets the hand-over come without one, since {since}."
)


def handovers(as_of: pd.Timestamp, asked: pd.DataFrame, actions: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """The customers that are held back for the queue, in the order of customer_id; `COLUMNS`, amounts in cents.

    `asked` are the facts of those who are contacted, with their dunning_level, `actions` is from `recommend`, `held`
    from `suppressions`. days_past_due is that of the oldest invoice that is asked for. since_on is the first day on
    which the ladder lets the hand-over come; when its other conditions were first fulfilled is not known.
    """
    queued = held.loc[held["reason"] == "handover_queue", "customer_id"]
    rows = asked[asked["customer_id"].isin(queued)].sort_values("customer_id")
    rows = rows.drop(columns="days_past_due").rename(columns={"collectible_days_past_due": "days_past_due"})
    steps = actions.rename(columns={"possible_from": "since_on"})
    rows = rows.join(steps[["action", "last_step", "last_step_on", "since_on", "minutes"]])
    rows["last_step"] = rows["last_step"].where(rows["last_step"] != "")
    ago = (as_of - rows["last_step_on"]).dt.days
    parts: dict[str, pd.Series | str | int] = {
        "amount": amounts(rows["collectible_amount"]),
        "days": _days(rows["days_past_due"]),
        "step": words(rows["last_step"]).str.replace("_", " "),
        "day": written_days(rows["last_step_on"]),
        "ago": _days(ago.fillna(0).astype("int64")),
        "since": written_days(rows["since_on"]),
    }
    after, without = (filled(sentence, rows.index, **parts) for sentence in (AFTER_A_STEP, WITHOUT_A_STEP))
    return rows.assign(text=after.where(rows["dunning_level"] > 0, without))[COLUMNS]


def largest_first(rows: pd.DataFrame) -> pd.DataFrame:
    """The queue in the order in which it is shown: by collectible_amount, then by customer_id."""
    return rows.sort_values(["collectible_amount", "customer_id"], ascending=[False, True])


def _days(days: "pd.Series[int]") -> "pd.Series[str]":
    return days.map(lambda count: counted("{count} day", "{count} days", count)).astype("str")
