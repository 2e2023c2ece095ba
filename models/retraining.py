"""One retraining: the spine of the past, the models, and a judgement of each."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.settings import Settings
from features.payment_days import payment_days
from features.protected_fields import made_of
from features.spine import sampled_by_contacts
from features.window_kernels import Positions
from ledger.clock import day_number, day_numbers
from ledger.minor_units import in_hundredths
from models.cash.cash_correction import CashCorrection, PastForecast, cash_correction
from models.cash.pay_days import pay_days
from models.cash.value_dates import cash_by_value_date, on_its_way
from models.curves.pay_curve import question, unpaid_curve
from models.effect import effect_model
from models.effect.cases import HABITS, ContactCases, contact_cases
from models.effect.contact_level import Payers, contact_level
from models.effect.deliveries import arriving, preferred_channels
from models.effect.effect_model import EffectModel
from models.effect.level_by_age import with_ages
from models.effect.payer_fit import fit_payer_classes
from models.evaluation.calibration_by_group import calibration_by_group, customer_groups, worst_group_error
from models.evaluation.learning_curve import learning_curve
from models.evaluation.rolling_origin import (
    JUDGED_DAYS,
    Judgement,
    joined_judgements,
    judge_default,
    judge_late_payment,
)
from models.past import Past
from models.risk import default, late_payment
from models.risk.calibration import Calibrator
from models.risk.naive_rules import ageing_rule, late_share_rule
from models.risk.risk_model import RiskModel
from models.risk.scoring import expected_cash

# The correction of the cash forecast: how far ahead, and from nights of how long: a year has seen every season once.
CASH_DAYS, CASH_HISTORY = 91, 364
SHOWN_HORIZON = 30  # days
PAYERS = 6_000  # more customers tell no more of what classes there are


def fit(name: str, past: Past, settings: Settings) -> RiskModel:
    """The model of that name, learned from all of the past."""
    protected = settings.fairness.protected_fields
    if name == late_payment.NAME:
        model = late_payment.train(
            past.spine.invoices, past.known, settings.labels, settings.training, past.card, protected
        )
        return replace(model, card=replace(model.card, cash=learn_cash(model, past).to_json()))
    return default.train(past.spine.customers, past.known, settings.labels, settings.training, past.card, protected)


def fit_rule(name: str, past: Past, settings: Settings, beaten: RiskModel, why: str) -> RiskModel:
    """The naive rule of that name in the place of a model that does no better; `why` goes on its card."""
    labels, used = settings.labels, beaten.scorer.features
    card = replace(beaten.card, kind="rule", why=why, calibration_losses={}, tree_weight_losses={}, cash={})
    if name == late_payment.NAME:
        model = RiskModel(late_share_rule(past.known, labels, used), Calibrator(), card)
        return replace(model, card=replace(card, cash=learn_cash(model, past).to_json()))
    rows = past.spine.customers
    return RiskModel(ageing_rule(rows, default.label_rows(rows, past.known, labels), used), Calibrator(), card)


def learn_cash(model: RiskModel, past: Past) -> CashCorrection:
    """How cash arrived by value date, as far as it is known by now, compared with what the model says of past nights.

    The model has learned of these nights, too.
    """
    view = past.view
    payments = view.tables["payments"]
    paid_on = day_numbers(payments.loc[payments["amount"] > 0, "paid_on"])
    rows, first = past.spine.invoices, day_number(past.as_of) - CASH_HISTORY
    rows = rows[rows["night"] >= first]
    unpaid = unpaid_curve(model.probability, rows, CASH_DAYS)  # of all nights at once: a question costs more than a row
    nights = []
    for night in map(int, np.unique(rows["night"])):
        here = (rows["night"] == night).to_numpy()
        some = rows[here]
        cents = np.rint(some["amount"].to_numpy(np.float64) * some["open_share"].to_numpy(np.float64))
        invoice = some["invoice"].to_numpy()
        cents = np.maximum(cents - in_hundredths(on_its_way(view, night, invoice)), 0)
        expected, variance = expected_cash(unpaid[here], cents, CASH_DAYS)
        came = in_hundredths(cash_by_value_date(view, night, invoice, CASH_DAYS))
        nights.append(PastForecast(night, expected, variance, came))
    begun = max(first, int(paid_on.min())) if len(paid_on) else first
    return cash_correction(nights, pay_days(paid_on, begun, past.known.observed_until))


def learned_from(name: str, past: Past) -> pd.DataFrame:
    """Rows that the risk model of that name learns from; late payment is asked about each for one horizon only."""
    rows = past.spine.invoices
    return question(rows, np.full(len(rows), SHOWN_HORIZON)) if name == late_payment.NAME else past.spine.customers


def fit_effect(past: Past, settings: Settings) -> EffectModel:
    """The effect of a contact, learned from all contacts of the past."""
    return effect_and_its_cases(past, settings)[0]


def effect_and_its_cases(past: Past, settings: Settings) -> tuple[EffectModel, ContactCases]:
    """The same, with the days that it is learned from."""
    cases, seed = effect_cases(past, settings), settings.training.seed
    model = effect_model.train(cases, settings.effect, past.card, seed)
    if not model.learned:
        return model, cases
    view, as_of = past.view, day_number(past.as_of)
    days = payment_days(view, _first_day(past, settings), _payers(_contacted(past, settings)))
    fits = fit_payer_classes(days, as_of, seed)
    level = contact_level(fits, days, preferred_channels(view), as_of)
    assert model.evidence is not None
    level = with_ages(level, fits, days, model.evidence.strata, as_of)
    return effect_model.with_payers(model, Payers(fits, level, arriving(view))), cases


def effect_cases(past: Past, settings: Settings) -> ContactCases:
    """The days of the past from which the effect of a contact is learned."""
    left_out = [name for name in HABITS if name in made_of(settings.fairness.protected_fields)]
    debtors = past.spine.debtors
    debtors = debtors.assign(**dict.fromkeys(left_out, np.nan))  # missing everywhere: no tree can ask for it
    keep, first = _contacted(past, settings), _first_day(past, settings)
    return contact_cases(past.view, first, debtors, keep, settings.effect, settings.training.seed)


def _contacted(past: Past, settings: Settings) -> npt.NDArray[np.bool_]:
    """The customers whose contacts are learned from."""
    return sampled_by_contacts(past.portfolio, past.as_of, settings.effect.max_contacts)


def _first_day(past: Past, settings: Settings) -> int:
    return day_number(past.as_of) - settings.training.history_days


def _payers(keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The customers that the classes are learned from: those kept, or `PAYERS` scattered over them."""
    kept = np.flatnonzero(keep)
    chosen = np.zeros(len(keep), dtype=np.bool_)
    chosen[kept[np.linspace(0, len(kept) - 1, min(PAYERS, len(kept))).astype(np.int64)]] = True
    return chosen


def origins_of(nights: Positions, end: int, most: int) -> list[int]:
    """Nights from which a model's like is judged, `most` in the `JUDGED_DAYS` before `end`, the last that can be known.

    Only those before which lie as many nights as are judged from there on, but for the last: what a first month teaches
    says nothing of a model of four.
    """
    origins = [end - JUDGED_DAYS + JUDGED_DAYS * step // most for step in range(most)]
    return [one for one in origins if one == origins[-1] or 2 * (nights < one).sum() >= (nights < end).sum()]


def judge(name: str, past: Past, settings: Settings) -> Judgement:
    """Fit the same on what was known before each of `origins_of`, and judge it on the nights until the next."""
    horizon = 0 if name == late_payment.NAME else settings.labels.default_horizon_days
    judged = judge_late_payment if name == late_payment.NAME else judge_default
    end = day_number(past.as_of)
    nights = np.unique(past.spine.customers["night"].to_numpy())
    origins = origins_of(nights, end - horizon, settings.gate.origins)
    parts = []
    for origin, until in zip(origins, [*origins[1:], end], strict=True):
        then = past.known_on(pd.Timestamp(origin, unit="D").as_unit("s"))
        parts.append(judged(past.spine, then, past.known, (origin, until), settings, past.card))
    judgement = joined_judgements(parts, settings)
    of_customer = customer_groups(judgement.rows, past.portfolio)
    groups = calibration_by_group(judgement.label, judgement.probability, judgement.rows["customer"], of_customer)
    metrics = {**judgement.metrics, **worst_group_error(groups)}
    return replace(judgement, groups=groups, metrics=metrics, learning_curve=learning_curve(parts[-1]))
