"""A whole night with effects written down: every rank multiplies out, and ranks are steady from night to night."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ledger.as_of.view import view_as_of
from tests.support import small_models
from tests.support.nights.in_this_process import NO_DATABASE
from tests.support.nights.nights_with_effects import FIRST, SECOND, night_of, random_effects
from tests.support.nights.worklists import with_promise
from tests.support.small_nights import small_nights
from tests.support.written_decisions import NOTHING_LEARNED, WrittenEffects
from worklists.decide.contact_gains import ASSUMED
from worklists.ranking.what_changed import news, paid_since
from worklists.score_db.earlier_nights import Earlier, look_back
from worklists.score_db.publish import publish


def assert_multiplies_out(tables: dict[str, pd.DataFrame]) -> None:
    """The parts of every rank give what the rows are ordered by, to the rounding of the published gain."""
    parts, listed = tables["why_ranked"], tables["worklist"]
    assert parts["customer_id"].tolist() == listed["customer_id"].tolist()
    assert parts["rank"].tolist() == list(range(1, len(listed) + 1))
    by_parts = parts["expected_gain"] * parts["weight"] / parts["minutes"] / 100
    rounding = 0.5 * parts["weight"] / parts["minutes"] / 100 + 1e-9
    assert ((parts["value_per_minute"] - by_parts).abs() <= rounding).all()
    overdue = parts["collectible_amount"] > 0
    gain = parts["collectible_amount"] * parts["effect"]
    assert ((gain - parts["expected_gain"]).abs() <= 0.5 + 1e-6)[overdue].all()
    assert (parts.loc[~overdue, "expected_gain"] == 0).all()
    assert parts["text"].notna().all() and not parts["text"].str.contains("nan").any()


def assert_in_order(tables: dict[str, pd.DataFrame]) -> None:
    """What was agreed for today first, and then the rest, each in the order of the column that is shown."""
    listed = tables["worklist"]
    due = listed["due_today"].fillna("") != ""
    assert due.astype(int).is_monotonic_decreasing
    for rows in (listed[due], listed[~due]):
        assert rows["value_per_minute"].is_monotonic_decreasing
    assert listed["value_per_minute"].equals(tables["why_ranked"]["value_per_minute"])


@pytest.mark.parametrize("minutes", [None, 300])
@pytest.mark.parametrize("effects", [NOTHING_LEARNED, random_effects(1)], ids=["nothing learned", "effects"])
def test_every_rank_of_a_night_multiplies_out_in_the_order_of_the_rank(
    effects: WrittenEffects, minutes: int | None
) -> None:
    tables = night_of(FIRST, effects, NO_DATABASE, minutes)
    assert len(tables["worklist"]) > 10
    assert_multiplies_out(tables)
    assert_in_order(tables)
    basis = set(tables["worklist"]["gain_basis"])
    assert (ASSUMED in basis) == (not effects.learned) and ("customer" in basis) == effects.learned


def test_every_rank_of_a_night_of_learned_models_multiplies_out() -> None:
    for tables in small_nights():
        assert_multiplies_out(tables)
        assert_in_order(tables)


def test_no_contact_is_expected_to_bring_more_than_would_stay_unpaid_without_it() -> None:
    for tables in small_nights():
        assert set(tables["worklist"]["gain_basis"]) & {"customer", "other channels"}
        for name in ("customer_scores", "worklist", "why_ranked"):
            rows = tables[name]
            most = rows["collectible_amount"] * rows["p_unpaid_30d"].fillna(0.0)
            assert (rows["expected_gain"] <= most + 0.5 + 1e-6).all(), name


def test_a_published_night_is_logged_and_adds_up() -> None:
    tables = night_of(FIRST, random_effects(1), NO_DATABASE, 120, "holdout.share=0.2")
    log, listed = tables["contact_log"].set_index("customer_id"), tables["worklist"]
    assert set(log.index[log["recommended"] == 1]) == set(listed["customer_id"])
    assert log.loc[log["held_out"] == 1, "line_ratio"].isna().all()
    at_the_line = log[log["line_ratio"].notna()]
    assert {True, False} == set(at_the_line["line_ratio"] > 1)
    listed_above, listed_below = (
        at_the_line.loc[side, "recommended"].mean()
        for side in (at_the_line["line_ratio"] > 1, at_the_line["line_ratio"] < 1)
    )
    assert listed_above > 0.8 and listed_below < 0.2
    scores = tables["customer_scores"].set_index("customer_id").reindex(log.index)
    overdue = log["collectible_amount"] > 0
    assert (log["expected_gain"] <= scores["expected_gain"])[overdue].all() and log.loc[
        ~overdue, "expected_gain"
    ].isna().all()
    assert log["p_unpaid_30d"].equals(scores["p_unpaid_30d"])
    assert "extra cash at the line is not measured: on no night" in tables["runs"].iloc[0]["notes"]
    held = tables["suppressions"]
    assert set(log.index[log["held_out"] == 1]) == set(held.loc[held["reason"] == "hold_out", "customer_id"])
    notes = tables["runs"].iloc[0]["notes"]
    assert "customers are left alone at random" in notes
    assert "fit into the collectors' minutes" in notes
    assert "effects distinguished by customer" in notes and "written in a test" in notes


def test_where_no_effect_was_learned_the_run_says_why_and_what_stands_for_it() -> None:
    run = night_of(FIRST, NOTHING_LEARNED)["runs"].iloc[0]
    assert "assumed" in run["ranking"]
    assert "since the effect of a contact is not known: the ledger has no contacts" in run["notes"]


def test_a_channel_that_was_too_long_for_the_day_is_told_as_such_and_not_as_forbidden() -> None:
    effects = WrittenEffects({"email": 0.2, "sms": 0.05, "call": 0.21, "letter": 0.05})
    tables = night_of(FIRST, effects, NO_DATABASE, 150)
    parts = tables["why_ranked"].merge(tables["worklist"][["customer_id", "action"]])
    shorter = parts[(parts["channel"] == "email") & ~parts["action"].str.startswith("escalate")]
    assert len(shorter)
    assert (shorter["caps"] == "not by call, for which the collectors' time does not suffice").all()


@pytest.mark.parametrize("most", [0, 3])
def test_nobody_without_news_moves_further_than_the_settings_allow(most: int, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'duerank.db'}"
    first = night_of(FIRST, random_effects(1))
    publish(first, url)
    earlier = look_back(url, SECOND)
    assert earlier.previous.as_of == FIRST

    free = night_of(SECOND, random_effects(2), url)
    steady = night_of(SECOND, random_effects(2), url, None, f"capacity.most_rank_jump={most}")
    assert set(free["worklist"]["customer_id"]) == set(steady["worklist"]["customer_id"])
    assert_multiplies_out(steady)
    assert moves(first, free, earlier).max() > most + 1
    assert moves(first, steady, earlier).max() <= most
    order = steady["why_ranked"]["value_per_minute"]
    assert not order.is_monotonic_decreasing
    held = steady["why_ranked"]["caps"].fillna("").str.contains("held near the place of the night before")
    assert held.equals(order > order.shift(1).fillna(np.inf))


def moves(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame], earlier: Earlier) -> pd.Series:
    """Places, counted among themselves, that those move who are on both lists and of whom there is no news."""
    listed = with_promise(after["worklist"]).set_index(
        small_models.portfolio().customer_ids.get_indexer(after["worklist"]["customer_id"])
    )
    fresh = news(
        listed, earlier.previous, paid_since(view_as_of(small_models.portfolio(), SECOND, small_models.CURRENCY), FIRST)
    )
    was = listed["customer_id"].map(before["worklist"].set_index("customer_id")["rank"])
    quiet = listed.assign(was=was, reminder=listed["collectible_amount"] == 0)[~fresh & was.notna()]
    assert len(quiet) > 10
    parts = quiet.groupby("reminder")
    return (parts["rank"].rank() - parts["was"].rank()).abs()
