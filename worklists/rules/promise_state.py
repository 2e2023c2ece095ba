"""The state of a customer's latest promise to pay: how it is held, published, and put into words."""

import re
from datetime import date

import pandas as pd

from configs.language import DAY, translated

NONE, OPEN, BROKEN, KEPT = "none", "open", "broken", "kept"
PUBLISHED = {NONE: "none", OPEN: "open until {day}", BROKEN: "broken {day}", KEPT: "kept {day}"}
_DATED = re.compile(r"(.+) (\d{4}-\d{2}-\d{2})")


def states(promises: pd.DataFrame, as_of: pd.Timestamp) -> "pd.Series[str]":
    """The state of every promise on a night: kept once all of it came in, open until its day has passed, else broken.

    `promises` are those of a view, with promised_on, amount and paid.
    """
    state = pd.Series(OPEN, index=promises.index, dtype="str")
    state = state.mask(promises["promised_on"] < as_of, BROKEN)
    return state.mask(promises["paid"] >= promises["amount"], KEPT)


def promise_status(state: "pd.Series[str]", day: pd.Series) -> "pd.Series[str]":
    """The column `promise_status` of the worklist, such as 'open until 2024-07-05': a code with its day."""
    dated = day.dt.strftime("%Y-%m-%d").fillna("").astype("str")
    status = pd.Series(PUBLISHED[NONE], index=state.index, dtype="str")
    for code in (OPEN, BROKEN, KEPT):
        before, after = PUBLISHED[code].split("{day}")
        status = status.mask(state == code, before + dated + after)
    return status


def promise_words(status: str) -> str:
    """A published promise_status in the language that is spoken."""
    dated = _DATED.fullmatch(status)
    if dated is None:
        return translated(status)
    return translated(f"{dated[1]} {{day}}").format(day=date.fromisoformat(dated[2]).strftime(translated(DAY)))
