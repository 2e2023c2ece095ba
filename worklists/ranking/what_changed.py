"""What changed since the night before, for each customer on the worklist, in a collector's words."""

import numpy as np
import pandas as pd

from configs.language import DAY, counted, translated
from ledger.as_of.view import View
from ledger.portfolio import sum_by
from worklists.rules.fact_words import amounts, filled, words
from worklists.score_db.earlier_nights import Previous

MOST_CLAUSES = 2
NO_CHANGE = "No change."
NOISE = 0.01  # exchange rates move every day; a change of less than this share is none


def paid_since(view: View, since: pd.Timestamp) -> pd.Series:
    """Reporting cents of the payments that became known from `since` to the night, by customer position.

    Reversals are taken off, so that a figure may be negative.
    """
    payments = view.tables["payments"]
    recent = payments[payments["known_on"] >= since]
    return pd.Series(sum_by(recent["customer"], recent["reporting_amount"], view.customers))


def what_changed(listed: pd.DataFrame, previous: Previous, paid: pd.Series) -> pd.Series:
    """A sentence for each row of `listed`, with the most important one or two changes; '' without an earlier night.

    `listed` are rows of tonight's worklist by customer position, with rank, customer_id, action, risk_band,
    overdue_amount, collectible_amount (cents) and promise_status; `paid` is from `paid_since`.
    """
    sentence = pd.Series("", index=listed.index, dtype="str")
    if previous.as_of is None:
        return sentence
    clauses = _events(listed, previous, previous.as_of, paid) | _moves(listed, previous)
    clauses_used = pd.Series(0, index=listed.index)
    for clause in clauses.values():
        says = (clause != "") & (clauses_used < MOST_CLAUSES)
        clauses_used += says
        sentence = sentence.where(~says, sentence + np.where(sentence == "", "", "; ") + clause)
    full: pd.Series = sentence.str[:1].str.upper() + sentence.str[1:] + "."
    return full.where(clauses_used > 0, translated(NO_CHANGE))


def news(listed: pd.DataFrame, previous: Previous, paid: pd.Series) -> pd.Series:
    """Whether more than a score changed for a row of `listed`, so that its rank may jump.

    True without an earlier night. Arguments as in `what_changed`; no rank is needed.
    """
    if previous.as_of is None:
        return pd.Series(True, index=listed.index)
    before, today = _before(listed, previous), listed["collectible_amount"]
    changed = _differs(today, before["collectible_amount"])
    for clause in _events(listed, previous, previous.as_of, paid).values():
        changed |= clause != ""
    return changed


def _events(
    listed: pd.DataFrame, previous: Previous, last_night: pd.Timestamp, paid: pd.Series
) -> dict[str, pd.Series]:
    """What happened to the customer, as a clause or '', the most important first."""
    before = _before(listed, previous)
    status, new = listed["promise_status"], before["rank"].isna()
    day = pd.to_datetime(status.str.extract(r"(\d{4}-\d{2}-\d{2})$")[0]).astype("datetime64[s]")
    date = day.dt.strftime(translated(DAY)).fillna("").astype("str")
    # A promise whose day is the night before's or later was not due yet on that night.
    broken = status.str.startswith("broken") & (day >= last_night)
    promised = status.str.startswith("open") & ~new & (status != before["promise_status"].fillna(""))
    received = paid.reindex(listed.index, fill_value=0)
    since = last_night.strftime(translated(DAY))
    more = listed["overdue_amount"] - before["overdue_amount"]
    risen = (more > 0) & _differs(listed["overdue_amount"], before["overdue_amount"])
    step = ~new & (listed["action"] != before["action"].fillna(""))
    return {
        "new": _where(new, "new on the list"),
        "broken": _where(broken, "the promise of {day} was broken", day=date),
        "promised": _where(promised, "a part is promised by {day}", day=date),
        "paid": _where(received > 0, "paid {amount} since {day}", amount=amounts(received), day=since),
        "reversed": _where(
            received < 0, "{amount} of payments was reversed since {day}", amount=amounts(-received), day=since
        ),
        "overdue": _where(risen, "{amount} more is overdue", amount=amounts(more)),
        "step": _where(
            step, "now {action}, was {before}", action=_spoken(listed["action"]),
            before=_spoken(before["action"].fillna("")),
        ),
    }  # fmt: skip


def _moves(listed: pd.DataFrame, previous: Previous) -> dict[str, pd.Series]:
    """What the scores did, as a clause or ''."""
    before = _before(listed, previous)
    band, was = listed["risk_band"].astype("str"), before["risk_band"].fillna("")
    places = (before["rank"] - listed["rank"]).fillna(0).astype("int64")
    far = places.abs().map(lambda count: counted("{count} place", "{count} places", count)).astype("str")
    return {
        "band": _where((was != "") & (band != was), "risk band {band}, was {before}", band=band, before=was),
        "up": _where(places > 0, "up {places}", places=far),
        "down": _where(places < 0, "down {places}", places=far),
    }


def _before(listed: pd.DataFrame, previous: Previous) -> pd.DataFrame:
    """The night before in the rows of `listed`: its worklist's rank, action and promise_status, missing for those who
    were not on it, and of every customer risk_band (missing for a new one), overdue and collectible amount."""
    rows = previous.worklist.set_index("customer_id")[["rank", "action", "promise_status"]]
    scores = previous.customers.set_index("customer_id")[["risk_band", "overdue_amount", "collectible_amount"]]
    compared = listed[["customer_id"]].join(rows, on="customer_id").join(scores, on="customer_id")
    owed = ["overdue_amount", "collectible_amount"]
    return compared.assign(**compared[owed].fillna(0).astype("int64"))


def _differs(today: pd.Series, before: pd.Series) -> pd.Series:
    return (today - before).abs() > NOISE * np.maximum(today, before)


def _where(happened: pd.Series, clause: str, **parts: pd.Series | str) -> pd.Series:
    return filled(clause, happened.index, **parts).where(happened, "")


def _spoken(action: pd.Series) -> pd.Series:
    return words(action.astype("str")).str.replace("_", " ")
