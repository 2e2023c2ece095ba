"""How effects go with the age of the debt: as far as the comparison of days is sure of it, and never up."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from ledger.simulator import simulate
from ledger.tables import CHANNELS
from models.effect.contact_effects import contact_effects
from models.effect.contact_level import ContactLevel, Payers
from models.effect.judgement import AGES, Stratum
from models.effect.level_by_age import SPREAD_OF_AGES, with_ages
from models.effect.payer_classes import PayerClasses
from models.effect.payer_fit import fit_payer_classes
from tests.support.effects.planted_payers import AS_OF, planted

EVERY = np.ones(len(CHANNELS))
LEVEL = ContactLevel(EVERY, 0 * EVERY, 0.0, 5, 0.0, 1.0, 0.0, 1.5, 2.0)
SECOND, THIRD = 1, 2  # from 8 and from 31 days past due: where the planted contacts are


@cache
def fitted() -> tuple[PayerClasses, ...]:
    return fit_payer_classes(planted()[0], AS_OF, 7)


def found(effects: tuple[float, ...], error: float) -> ContactLevel:
    """With what a comparison of days shows of each age."""
    strata = [Stratum(ages, 100, effect, error, 0.05) for ages, effect in zip(AGES, effects, strict=True)]
    return with_ages(LEVEL, fitted(), planted()[0], strata, AS_OF)


def test_old_debts_that_answer_less_than_their_classes_say_have_less_of_the_level():
    sure = found((0.3, 0.3, 0.03, 0.01), 0.01)
    assert sure.by_age[SECOND] > 1 > sure.by_age[THIRD]
    unsure = found((0.3, 0.3, 0.03, 0.01), 0.2)
    assert 1 > unsure.by_age[THIRD] > sure.by_age[THIRD]
    assert unsure.by_age_error[THIRD] > sure.by_age_error[THIRD]


def test_old_debts_that_seem_to_answer_more_have_the_level_of_the_young_ones_and_a_wider_interval():
    falling, rising = found((0.3, 0.3, 0.15, 0.01), 0.01), found((0.03, 0.03, 0.3, 0.3), 0.01)
    assert rising.by_age[SECOND] == pytest.approx(rising.by_age[THIRD])
    assert rising.by_age_error[THIRD] > 2 * falling.by_age_error[THIRD]


def test_ages_at_which_no_one_was_contacted_are_as_their_neighbours_and_as_far_off_as_any_may_be():
    shown = found((0.9, 0.3, 0.3, 0.9), 0.001)
    assert shown.by_age[0] == pytest.approx(shown.by_age[SECOND], rel=0.2)
    assert shown.by_age_error[0] >= SPREAD_OF_AGES


def test_a_comparison_that_shows_nothing_leaves_the_level_as_it_is():
    assert found((0.0, 0.0, 0.0, 0.0), 0.01) is LEVEL


def test_each_customer_has_the_factor_and_the_doubt_of_its_oldest_debt():
    view = view_as_of(number(simulate(10, 60, 1).tables), pd.Timestamp("2024-03-18"), "EUR")
    debts = pd.DataFrame({"customer": [1, 1, 2], "collectible": [100, 300, 500], "days_past_due": [3, 50, 3]})
    arriving = np.ones((2, len(CHANNELS)))
    by_age = np.array([1.0, 1.0, 0.5, 0.5])

    def effects(level: ContactLevel) -> pd.DataFrame:
        told = contact_effects(Payers(fitted(), level, arriving), view, debts, CHANNELS, np.zeros(4), 0.9)
        return told.by_channel.set_index(["customer", "channel"])

    usual, halved = effects(LEVEL), effects(ContactLevel(**{**vars(LEVEL), "by_age": by_age}))
    times = (halved["effect"] / usual["effect"]).unstack("channel")
    np.testing.assert_allclose(times.loc[1], 0.5)
    np.testing.assert_allclose(times.loc[2], 1.0)
    doubted = effects(ContactLevel(**{**vars(LEVEL), "by_age_error": np.array([0.0, 0.0, 0.5, 0.5])}))
    wider = (doubted["high"] - doubted["low"] > usual["high"] - usual["low"]).unstack("channel")
    assert wider.loc[1].all() and not wider.loc[2].any()
