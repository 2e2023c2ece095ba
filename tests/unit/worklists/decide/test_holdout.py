"""The hold-out is a fair draw that keeps its word for a period, and the log says what happened."""

import numpy as np
import pandas as pd
import pytest

from configs.settings import HoldoutSettings, SettingsError, load_settings
from worklists.decide.holdout import contact_log, draw_holdout
from worklists.score_db.schema import as_arrow
from worklists.score_db.tables import CONTACT_LOG

NIGHT = pd.Timestamp("2024-03-01")


def settings(**changed: object) -> HoldoutSettings:
    return load_settings().holdout.model_copy(update=changed)


def customers(size: int, value: object = 50_000) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [f"c{place}" for place in range(size)], "value": value, "contact_due": False})


def held(eligible: pd.DataFrame, as_of: pd.Timestamp, **changed: object) -> pd.Series:
    return draw_holdout(eligible, as_of, settings(**changed))["held_out"]


@pytest.mark.parametrize("share", [0.01, 0.03, 0.2])
@pytest.mark.parametrize("as_of", ["2023-11-30", "2024-03-01"])
def test_the_share_of_a_large_portfolio_is_within_chance_of_the_setting(share: float, as_of: str) -> None:
    size = 100_000
    found = held(customers(size), pd.Timestamp(as_of), share=share).mean()
    assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / size)


def test_a_draw_depends_neither_on_the_order_nor_on_who_else_is_eligible() -> None:
    eligible = customers(2_000)
    drawn = draw_holdout(eligible, NIGHT, settings(share=0.2))
    some = eligible.sample(500, random_state=1)
    pd.testing.assert_frame_equal(draw_holdout(some, NIGHT, settings(share=0.2)), drawn.loc[some.index])


def test_the_draw_stays_the_same_on_every_night_of_a_period_and_only_there() -> None:
    nights = pd.date_range("2024-01-01", periods=150)
    drawn = pd.concat(
        [draw_holdout(customers(400), night, settings(share=0.2)).assign(night=night) for night in nights]
    )
    by_period = drawn.groupby([drawn.index, "period"])
    assert by_period["held_out"].nunique().eq(1).all()
    into_the_period = (drawn["night"] - drawn["period"]).dt.days
    assert into_the_period.between(0, 59).all()
    whole = by_period.size()[by_period["night"].max() < nights[-1]]
    assert whole.max() == 60
    assert drawn.groupby(level=0)["held_out"].nunique().eq(2).any()


def test_periods_begin_on_another_day_for_every_customer() -> None:
    starts = draw_holdout(customers(60_000), NIGHT, settings())["period"].value_counts()
    assert len(starts) == 60
    assert starts.between(850, 1_150).all()


def test_the_draws_of_two_periods_and_of_two_seeds_are_independent() -> None:
    size, share = 100_000, 0.2
    first = held(customers(size), NIGHT, share=share)
    for other in (
        held(customers(size), NIGHT + pd.Timedelta(days=60), share=share),
        held(customers(size), NIGHT, share=share, seed=8),
    ):
        both = (first & other).mean()
        assert abs(both - share**2) < 4 * np.sqrt(share**2 * (1 - share**2) / size)


def test_who_is_held_out_has_nothing_to_do_with_when_the_period_begins() -> None:
    drawn = draw_holdout(customers(60_000), NIGHT, settings(share=0.2))
    assert drawn.groupby("period")["held_out"].mean().between(0.14, 0.26).all()


def test_a_customer_above_the_value_limit_is_never_held_out_and_has_propensity_one() -> None:
    eligible = customers(3_000, value=np.tile([1_000_000, 1_000_001, 999_999], 1_000))
    drawn = draw_holdout(eligible, NIGHT, settings(share=0.2))
    above = eligible["value"] > 1_000_000
    assert not drawn.loc[above, "held_out"].any()
    assert drawn.loc[above, "propensity"].eq(1).all()
    assert drawn.loc[above, "reason"].eq("Never held out: more than 10,000.00 is collectible.").all()
    assert set(drawn.loc[~above, "propensity"]) == {0.2, 0.8}
    assert held(eligible, NIGHT, share=0.2, value_limit=None)[above].any()


def test_the_value_limit_changes_nobody_elses_draw() -> None:
    eligible = customers(3_000)
    falling = eligible.assign(value=[2_000_000, *eligible["value"][1:]])
    assert held(eligible, NIGHT)[1:].equals(held(falling, NIGHT)[1:])


def test_a_reminder_before_the_due_date_is_never_held_out() -> None:
    drawn = draw_holdout(customers(3_000, value=0), NIGHT, settings(share=0.2))
    assert not drawn["held_out"].any()
    assert drawn["propensity"].eq(1).all()
    assert drawn["reason"].eq("").all()


def test_who_was_promised_a_contact_is_never_held_out_and_takes_no_part_in_a_measurement() -> None:
    drawn = draw_holdout(customers(3_000).assign(contact_due=True), NIGHT, settings(share=0.2))
    assert not drawn["held_out"].any() and drawn["propensity"].eq(1).all()


def test_a_share_of_zero_turns_the_hold_out_off() -> None:
    drawn = draw_holdout(customers(3_000), NIGHT, settings(share=0.0))
    assert not drawn["held_out"].any()
    assert drawn["propensity"].eq(1).all()


def test_propensities_are_of_what_happened_and_the_reason_says_until_when() -> None:
    drawn = draw_holdout(customers(3_000), NIGHT, settings())
    assert drawn["propensity"].eq(np.where(drawn["held_out"], 0.03, 0.97)).all()
    one = drawn[drawn["held_out"]].iloc[0]
    until = (one["period"] + pd.Timedelta(days=60)).date()
    assert one["reason"] == (
        f"Left alone at random (3.0% of the customers) until {until}, to measure what contacts bring."
    )
    assert drawn.loc[~drawn["held_out"], "reason"].eq("").all()


def test_nobody_eligible_is_no_draw() -> None:
    drawn = draw_holdout(customers(0).astype({"customer_id": "str"}), NIGHT, settings())
    assert drawn.columns.tolist() == ["held_out", "propensity", "period", "reason"]
    assert len(drawn) == 0


@pytest.mark.parametrize("override", ["holdout.share=0.21", "holdout.share=-0.1", "holdout.days=29"])
def test_a_hold_out_that_is_too_large_or_too_short_is_refused(override: str) -> None:
    with pytest.raises(SettingsError, match=override.split("=")[0]):
        load_settings((override,))


def test_the_contact_log_says_who_was_recommended_held_out_or_not_reached() -> None:
    eligible = customers(4).set_axis([11, 12, 13, 14])
    draw = pd.DataFrame(
        {"held_out": [False, True, False, False], "propensity": [0.97, 0.03, 0.97, 1.0], "period": NIGHT, "reason": ""},
        index=eligible.index,
    )
    known = {"p_unpaid_30d": [0.5, None, 0.2, 0.1], "expected_gain": 7, "days_past_due": 3}
    ratio = pd.Series({11: 2.0, 13: 0.5})
    log = contact_log(eligible.assign(**known), draw, pd.DataFrame({"channel": ["call", ""]}, index=[14, 11]), ratio)
    assert log["recommended"].tolist() == [1, 0, 0, 1]
    assert log["held_out"].tolist() == [0, 1, 0, 0]
    assert log["channel"].fillna("none").tolist() == ["none", "none", "none", "call"]
    assert log["collectible_amount"].tolist() == [50_000] * 4
    assert log["line_ratio"].fillna(-1).tolist() == [2, -1, 0.5, -1]
    published = as_arrow(CONTACT_LOG, log.assign(run_id="a", as_of=NIGHT.as_unit("s")))
    assert published.column_names == CONTACT_LOG.names


@pytest.mark.parametrize("position", [12, 15])
def test_a_listed_customer_that_was_held_out_or_not_drawn_is_a_fault(position: int) -> None:
    eligible = customers(2).set_axis([11, 12])
    draw = pd.DataFrame({"held_out": [False, True], "propensity": [0.97, 0.03], "period": NIGHT}, index=eligible.index)
    with pytest.raises(ValueError, match=f"customer position {position}"):
        contact_log(eligible, draw, pd.DataFrame({"channel": ["call"]}, index=[position]), pd.Series(dtype="float64"))
