"""What changed since the night before, for each customer on the worklist, in a collector's words."""

import numpy as np
import pandas as pd

from configs.language import DAY, translated
from ledger.as_of.view import View
from ledger.portfolio import sum_by
from worklists.decide.contact_history import COUNT
from worklists.rules.fact_words import amounts, filled, words
from worklists.rules.promise_state import BROKEN, OPEN
from worklists.score_db.earlier_nights import Previous

MOST_CLAUSES = 2
# Whether something happened to the customer; its rank may jump then.
EVENTS = ("new", "broken", "promised", "paid", "reversed", "risen", "next_step")
NOISE = 0.01  # exchange rates move every day; a change of less than this share is none


def paid_since(view: View, since: pd.Timestamp) -> pd.Series:
    """Reporting cents of the payments that became known from `since` to the night, by customer position.

    Reversals are taken off, so that a figure may be negative.
    """
    payments = view.tables["payments"]
    recent = payments[payments["known_on"] >= since]
    return pd.Series(sum_by(recent["customer"], recent["reporting_amount"], view.customers))


def what_changed(listed: pd.DataFrame, previous: Previous, paid: pd.Series) -> "pd.Series[str]":
    """A sentence for each row of `listed`, with the most important one or two pieces of news; '' where there is none.

    `listed` are rows of tonight's worklist by customer position, with rank, the contacts of 90 days and what `changes`
    asks for; `paid` is from `paid_since`. Who was contacted in those days is back on the list, and not new.
    """
    if previous.as_of is None:
        return pd.Series("", index=listed.index, dtype="str")
    changed = changes(listed, previous, paid).join(bands(listed, previous)).assign(known=listed[COUNT] > 0)
    return _sentences(changed, since=previous.as_of)


def news(listed: pd.DataFrame, previous: Previous, paid: pd.Series) -> pd.Series:
    """Whether more than a score changed for a row of `listed`, so that its rank may jump.

    True without an earlier night. Arguments as in `what_changed`; no rank is needed.
    """
    if previous.as_of is None:
        return pd.Series(True, index=listed.index)
    before, today = _before(listed, previous), listed["collectible_amount"]
    happened = changes(listed, previous, paid)[list(EVENTS)].any(axis=1)
    return happened | _differs(today, before["collectible_amount"])


def changes(listed: pd.DataFrame, previous: Previous, paid: pd.Series) -> pd.DataFrame:
    """What happened to each customer since the night before: a flag for each of `EVENTS`, and their figures.

    `listed` has customer_id, action, overdue_amount, collectible_amount (cents), promise_state, promise_day and
    promise_status. Figures: promise_day, received and more_overdue (cents), action and action_before.
    """
    before = _before(listed, previous)
    new = before["rank"].isna()
    received = paid.reindex(listed.index, fill_value=0)
    more = listed["overdue_amount"] - before["overdue_amount"]
    action_before = before["action"].fillna("")
    # A promise whose day is the night before's or later was not due yet on that night.
    broken = (listed["promise_state"] == BROKEN) & (listed["promise_day"] >= previous.as_of)
    another = listed["promise_status"] != before["promise_status"].fillna("")
    return pd.DataFrame(
        {
            "new": new,
            "broken": broken,
            "promised": (listed["promise_state"] == OPEN) & ~new & another,
            "paid": received > 0,
            "reversed": received < 0,
            "risen": (more > 0) & _differs(listed["overdue_amount"], before["overdue_amount"]),
            "next_step": ~new & (listed["action"] != action_before),
            "promise_day": listed["promise_day"],
            "received": received,
            "more_overdue": more,
            "action": listed["action"],
            "action_before": action_before,
        }
    )


def bands(listed: pd.DataFrame, previous: Previous) -> pd.DataFrame:
    """risk_band and band_before ('' where none is known)."""
    before = _before(listed, previous)
    return pd.DataFrame(
        {
            "risk_band": listed["risk_band"].astype("str"),
            "band_before": before["risk_band"].fillna("").astype("str"),
        }
    )


def _sentences(changed: pd.DataFrame, since: pd.Timestamp) -> "pd.Series[str]":
    """The first `MOST_CLAUSES` that apply, the most important first."""
    band, band_before = changed["risk_band"], changed["band_before"]
    day = changed["promise_day"].dt.strftime(translated(DAY)).fillna("").astype("str")
    last_night, everyone = since.strftime(translated(DAY)), changed.index
    received, more = amounts(changed["received"].abs()), amounts(changed["more_overdue"])
    action, before = _spoken(changed["action"]), _spoken(changed["action_before"])
    clauses = (
        (changed["new"] & ~changed["known"], filled("new on the list", everyone)),
        (changed["new"] & changed["known"], filled("back on the list", everyone)),
        (changed["broken"], filled("the promise of {day} was broken", everyone, day=day)),
        (changed["promised"], filled("a part is promised by {day}", everyone, day=day)),
        (changed["paid"], filled("paid {amount} since {day}", everyone, amount=received, day=last_night)),
        (
            changed["reversed"],
            filled("{amount} of payments was reversed since {day}", everyone, amount=received, day=last_night),
        ),
        (changed["risen"], filled("{amount} more is overdue", everyone, amount=more)),
        (changed["next_step"], filled("now {action}, was {before}", everyone, action=action, before=before)),
        (
            (band_before != "") & (band != band_before),
            filled("risk band {band}, was {before}", everyone, band=band, before=band_before),
        ),
    )
    sentence, said = pd.Series("", index=changed.index, dtype="str"), pd.Series(0, index=changed.index)
    for applies, clause in clauses:
        says = applies & (said < MOST_CLAUSES)
        said += says
        sentence = sentence.where(~says, sentence + np.where(sentence == "", "", "; ") + clause)
    full: pd.Series = sentence.str[:1].str.upper() + sentence.str[1:] + "."
    return full.where(said > 0, "")


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


def _spoken(action: pd.Series) -> pd.Series:
    return words(action.astype("str")).str.replace("_", " ")
