"""The effect of a contact: learned where contacts varied, nothing where they did not, and never invented."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ledger.tables import CHANNELS
from models.effect.cases import FEATURES, ContactCases
from models.effect.effect_model import EffectModel
from models.effect.learners import NO_ARM
from tests.support.effects.effect_worlds import SETTINGS, EffectWorld, learned, quickly_learned, world


@pytest.fixture(scope="module")
def found() -> EffectWorld:
    return world(1, rows=3_000)


@pytest.fixture(scope="module")
def model(found: EffectWorld) -> EffectModel:
    return learned(found.cases)


def by_channel(effects: pd.DataFrame, column: str) -> pd.DataFrame:
    return effects.pivot(index="customer", columns="channel", values=column)


def assert_nothing_learned(model: EffectModel, why: str, rows: pd.DataFrame) -> None:
    assert why in model.card.why
    assert model.card.kind == "rule"
    assert not model.learned
    assert "nothing learned" in model.label
    assert len(model.effects(rows)) == 0
    assert list(model.effects(rows)) == ["customer", "channel", "effect", "low", "high", "basis", "recovered"]


def test_who_responds_is_told_from_who_does_not(found, model):
    rows = found.cases.features.iloc[:500]
    assert model.learned
    assert model.evidence.basis == "customer"
    effect = by_channel(model.effects(rows), "effect")
    responds = found.truth[:500] > 0
    assert effect.loc[responds].mean().mean() > effect.loc[~responds].mean().mean() + 0.15


def test_effects_lie_between_their_bounds_and_every_channel_has_one(found, model):
    effects = model.effects(found.cases.features.iloc[:200])
    assert len(effects) == 200 * len(CHANNELS)
    assert (effects["low"] <= effects["high"]).all()
    assert effects["effect"].between(0, 1).all()
    assert effects[["low", "high"]].stack().between(-1, 1).all()
    assert effects["recovered"].between(0, 1).all()


def test_the_mean_effect_is_within_its_error(found, model):
    true = found.truth[found.cases.arm != NO_ARM].mean()
    assert abs(model.evidence.effect - true) < 3 * model.evidence.error


def test_a_channel_with_too_few_contacts_has_the_effect_of_the_others(found, model):
    rows = found.cases.features.iloc[:50]
    effects = model.effects(rows)
    basis = by_channel(effects, "basis")
    assert model.channels == ["email", "sms", "call"]
    assert (basis[["letter", "visit"]] == "other channels").all(axis=None)
    assert (basis[["email", "sms", "call"]] == "customer").all(axis=None)
    effect = by_channel(effects, "effect")
    assert (effect["letter"] >= effect[["email", "sms", "call"]].min(axis=1) - 1e-9).all()
    assert (effect["letter"] <= effect[["email", "sms", "call"]].max(axis=1) + 1e-9).all()


def test_few_contacts_of_a_channel_are_remarked():
    small = world(2, channels=(0.5, 0.49, 0.01))
    remarks = " ".join(quickly_learned(small.cases).evidence.remarks)
    assert "call: " in remarks and "are too few to learn from" in remarks


def test_without_contacts_nothing_is_learned_and_the_card_says_why(found):
    cases = found.cases
    none = replace(cases, arm=np.full_like(cases.arm, NO_ARM), logged=np.full_like(cases.logged, np.nan))
    model = learned(none)
    assert_nothing_learned(model, "has no contacts with customers that owed something overdue", cases.features[:3])
    assert model.card.events == 0
    assert model.channels == []


def test_without_any_case_nothing_is_learned(found):
    empty = found.cases.where(np.zeros(len(found.truth), dtype=bool))
    assert_nothing_learned(learned(empty), "has no contacts", found.cases.features[:3])


def test_too_few_contacts_are_counted_in_the_card(found):
    keep = (found.cases.arm == NO_ARM) | (np.cumsum(found.cases.arm != NO_ARM) <= 40)
    model = learned(found.cases.where(keep))
    assert_nothing_learned(model, "the outcome of 40 contacts is known, and 100 are needed", found.cases.features[:3])


def test_contacts_whose_outcome_is_not_known_yet_are_no_evidence(found):
    cases = found.cases
    unknown = np.where(np.cumsum(cases.arm != NO_ARM) > 60, np.nan, cases.paid)
    model = learned(replace(cases, paid=unknown, response=unknown))
    assert_nothing_learned(model, "the outcome of 60 contacts is known", cases.features[:3])


def test_contacts_of_everybody_on_every_day_teach_nothing(found):
    model = learned(found.cases.where(found.cases.arm != NO_ARM))
    assert_nothing_learned(model, "there is nothing to compare with", found.cases.features[:3])


def test_contacts_that_follow_a_fixed_rule_teach_nothing(found):
    cases = found.cases
    ruled = (cases.features["oldest"] > 60).to_numpy()
    model = learned(replace(cases, arm=np.where(ruled, 0, NO_ARM)))
    assert_nothing_learned(model, "hardly ever varied among similar customers", cases.features[:3])


def test_customers_unlike_any_who_were_contacted_have_no_effect(found):
    cases = found.cases
    never = (cases.features["oldest"] < 40).to_numpy()
    model = quickly_learned(cases.where(~never | (cases.arm == NO_ARM)))
    effects = model.effects(cases.features[never].iloc[:100])
    assert (effects["basis"] == "no comparable contact").mean() > 0.5
    unlike = effects[effects["basis"] == "no comparable contact"]
    assert (unlike["effect"] == 0).all()
    assert (unlike["low"] == -1).all() and (unlike["high"] == 1).all()


@pytest.mark.slow
def test_an_effect_is_hardly_ever_invented():
    """A one-sided test at 5% may err now and then; and where it does, the effect is small."""
    models = [learned(world(seed, rows=1_500, responds=0.0).cases) for seed in range(6)]
    assert sum(model.learned for model in models) <= 2
    for model in models:
        if not model.learned:
            assert_nothing_learned(model, "no effect that is not chance", world(1, rows=10).cases.features)
        else:
            assert abs(model.evidence.effect) < 0.1


@pytest.fixture(scope="module")
def hidden() -> EffectWorld:
    return world(3, rows=4_000, hidden=0.8, randomised=0.25)


def without_log(cases: ContactCases) -> ContactCases:
    return replace(cases, logged=np.full_like(cases.logged, np.nan))


def test_contacts_made_at_random_correct_what_no_feature_shows(hidden):
    true = hidden.truth[hidden.cases.arm != NO_ARM].mean()
    confounded, corrected = quickly_learned(without_log(hidden.cases)), quickly_learned(hidden.cases)
    assert confounded.evidence.effect < true - 0.03
    assert abs(corrected.evidence.effect - true) < 0.7 * abs(confounded.evidence.effect - true)
    assert corrected.evidence.error > 0
    assert any("made at random" in remark for remark in corrected.evidence.remarks)
    assert not any("made at random" in remark for remark in confounded.evidence.remarks)


def test_what_is_recovered_stays_at_the_loss_rate_without_evidence(found):
    cases = found.cases
    unknown = replace(cases, paid_late=np.full_like(cases.paid_late, np.nan))
    assert {one.recovered for one in quickly_learned(unknown).evidence.strata} == {SETTINGS.loss_rate}


@pytest.fixture(scope="module")
def lasting() -> EffectModel:
    """A model of contacts of whose effect a half lasts."""
    return quickly_learned(world(4, rows=4_000, late=0.5).cases)


def test_what_is_recovered_moves_from_the_loss_rate_with_evidence(lasting):
    passing = quickly_learned(world(4, rows=4_000, late=0.0).cases).evidence.strata
    assert max(one.recovered for one in lasting.evidence.strata) > 2 * SETTINGS.loss_rate
    assert all(one.recovered <= 1.5 * SETTINGS.loss_rate for one in passing)


def test_an_older_debt_is_never_told_to_be_lost_less_often_than_a_younger_one(model, lasting):
    for evidence in (model.evidence, lasting.evidence):
        shares = [one.recovered for one in evidence.strata]
        assert shares == sorted(shares)


def test_strata_with_few_contacts_have_the_effect_of_the_portfolio(found):
    few = found.cases.where(((found.cases.features["oldest"] > 7) | (found.cases.arm == NO_ARM)).to_numpy())
    evidence = quickly_learned(few).evidence
    assert evidence.strata[0].contacts == 0
    assert evidence.strata[0].effect == pytest.approx(evidence.effect)
    assert evidence.strata[0].error >= evidence.error


def test_nobody_has_no_effects(model):
    assert len(model.effects(pd.DataFrame(columns=FEATURES, dtype="float32"))) == 0


def test_the_order_of_the_rows_asked_for_changes_nothing(found, model):
    rows = found.cases.features.iloc[:60]
    key = ["customer", "channel"]
    forth = model.effects(rows).sort_values(key, ignore_index=True)
    back = model.effects(rows.iloc[::-1]).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(forth, back, check_exact=True)
