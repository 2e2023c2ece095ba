"""The level of effects: what contacts brought over what was predicted a day ahead, and how far it may be off."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from features.payment_days import PaymentDays
from ledger.tables import CHANNELS
from models.effect import contact_level as module
from models.effect.contact_level import ContactLevel, Payers, contact_level
from models.effect.effect_model import with_payers
from models.effect.payer_classes import PayerClasses
from models.effect.payer_fit import fit_payer_classes
from tests.support.effects.effect_worlds import quickly_learned, world
from tests.support.effects.planted_payers import AS_OF, CALL, CUSTOMERS, planted

EMAIL = CHANNELS.index("email")
NO_WISH = np.full(CUSTOMERS, -1)


@cache
def fitted() -> tuple[PayerClasses, ...]:
    return fit_payer_classes(planted()[0], AS_OF, 7)


def changed(days: PaymentDays, share: np.ndarray) -> PaymentDays:
    return replace(days, share=share)


def test_what_is_known_before_a_day_is_what_a_night_on_that_day_knows():
    days, classes = planted()[0], fitted()[0]
    found = classes.membership_before(days, AS_OF)
    for row in np.random.default_rng(1).integers(0, len(days.day), 40):
        customer, day = days.customer[row], int(days.day[row])
        before = days.where((days.customer == customer) & (days.day < day))
        expected = classes.membership(before, CUSTOMERS, day)[customer]
        np.testing.assert_allclose(found[row], expected, atol=1e-6)


def test_classes_that_predict_rightly_have_a_level_of_one_and_those_that_predict_double_of_a_half():
    days = planted()[0]
    right = contact_level(fitted(), days, NO_WISH, AS_OF)
    assert right.level[CALL] == pytest.approx(1, abs=max(2 * right.error[CALL], 0.1))
    double = [replace(classes, extra=2 * classes.extra) for classes in fitted()]
    assert contact_level(double, days, NO_WISH, AS_OF).level[CALL] == pytest.approx(right.level[CALL] / 2, rel=0.15)


def test_contacts_that_bring_nothing_have_a_level_near_zero():
    found = contact_level(fitted(), planted(effect=0.0)[0], NO_WISH, AS_OF)
    assert abs(found.level[CALL]) < max(2 * found.error[CALL], 0.1)


def test_a_contact_that_follows_another_says_nothing_of_the_level():
    days = planted()[0]
    share = np.where(days.alone, days.share, 0.0)
    second = np.arange(len(days.day)) % 2 == 0
    mixed = replace(days, alone=days.alone & second)
    other = replace(mixed, share=np.where(days.alone & ~second, 0.0, share))
    with_first, with_other = (
        contact_level(fitted(), mixed, NO_WISH, AS_OF),
        contact_level(fitted(), other, NO_WISH, AS_OF),
    )
    assert with_other.level[CALL] == pytest.approx(with_first.level[CALL], rel=0.3)


def test_parts_of_the_customers_give_the_level_of_all_together(monkeypatch: pytest.MonkeyPatch):
    whole = contact_level(fitted(), planted()[0], NO_WISH, AS_OF)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 1_000)
    in_parts = contact_level(fitted(), planted()[0], NO_WISH, AS_OF)
    np.testing.assert_allclose(in_parts.level, whole.level)
    np.testing.assert_allclose(in_parts.error, whole.error)


def test_contacted_debts_that_pay_more_by_themselves_are_seen_as_a_hidden_choice():
    as_it_is, chosen = (
        contact_level(fitted(), planted(effect=0.3, chosen=one)[0], NO_WISH, AS_OF) for one in (1.0, 3.0)
    )
    assert chosen.hidden > as_it_is.hidden
    assert chosen.away(0.9)[CALL] > as_it_is.away(0.9)[CALL]


def test_a_channel_that_was_hardly_used_has_the_level_of_all_and_without_any_contact_it_is_one():
    found = contact_level(fitted(), planted()[0], NO_WISH, AS_OF)
    assert np.ptp(found.level) < 1e-9  # only calls were made
    days = planted()[0]
    never = replace(days, state=np.zeros_like(days.state), alone=np.zeros_like(days.alone))
    nothing = contact_level(fitted(), never, NO_WISH, AS_OF)
    assert nothing.level.tolist() == [1.0] * len(CHANNELS)
    assert (nothing.error >= 1).all()


def test_a_preferred_channel_that_brings_more_is_seen_and_the_mean_over_the_contacts_stays():
    days, kind = planted()[0], planted()[1]
    wish = np.where(np.arange(CUSTOMERS) % 2 == 0, CALL, EMAIL)
    draw = np.random.default_rng(2).random(len(days.day))
    # Of those who asked for something else, half of what calls brought did not come.
    lost = days.alone & (wish[days.customer] != CALL) & (kind[days.customer] == 1) & (draw < 0.5)
    found = contact_level(fitted(), replace(days, share=np.where(lost, 0.0, days.share)), wish, AS_OF)
    assert 1.2 < found.preferred < 2.2
    factors = found.of_preferred(np.array([CALL, EMAIL, -1]))
    assert factors[0, CALL] / factors[1, CALL] == pytest.approx(found.preferred)
    assert found.usual * factors[0, CALL] + (1 - found.usual) * factors[1, CALL] == pytest.approx(1)
    assert factors[2].tolist() == [1.0] * len(CHANNELS)


def test_fewer_periods_make_what_varies_between_them_count_for_more():
    few, many = (level_of(between=0.2, periods=periods) for periods in (3, 30))
    assert few.away(0.9)[0] == pytest.approx(2.920 * 0.2, rel=1e-3)  # Student's t with two degrees of freedom
    assert many.away(0.9)[0] == pytest.approx(1.699 * 0.2, rel=1e-3)


def test_an_effect_is_shown_beyond_chance_and_beyond_hidden_choice():
    surely, hidden = level_of(), replace(level_of(), hidden=0.7)
    by_chance = replace(level_of(), error=np.full(len(CHANNELS), 0.7))
    assert surely.shown
    assert not hidden.shown
    assert not by_chance.shown


def test_a_model_whose_level_is_not_shown_has_learned_nothing_and_says_so():
    model = quickly_learned(world(1).cases)
    nothing = contact_level(fitted(), planted(effect=0.0)[0], NO_WISH, AS_OF)
    arriving = np.ones((2, len(CHANNELS)))
    none = with_payers(model, Payers(fitted(), nothing, arriving))
    assert not none.learned
    assert "what the contacted paid is not more than was expected" in none.card.why
    assert none.card.kind == "rule"
    assert with_payers(model, Payers(fitted(), level_of(), arriving)).learned


def test_how_strong_a_hidden_reason_must_be_is_said_in_ages_of_the_debt():
    assert "2.0 times as strong as the age of the debt" in level_of(paid_times=2.25, age_times=1.5).sensitivity
    assert "even far weaker than the age of the debt" in level_of(paid_times=1.01, age_times=1.5).sensitivity
    assert "did not pay more" in level_of(paid_times=0.9).sensitivity


def level_of(between: float = 0.0, periods: int = 5, paid_times: float = 1.5, age_times: float = 2.0) -> ContactLevel:
    every = np.ones(len(CHANNELS))
    return ContactLevel(every, 0 * every, between, periods, 0.0, 1.0, 0.0, paid_times, age_times)
