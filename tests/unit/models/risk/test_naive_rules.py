"""The naive rules: a product-limit estimate and shares by ageing, each explained like a learned model."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from configs.settings import load_settings
from features.labels import InvoiceOutcomes
from ledger.clock import NEVER
from models.curves.ageing_curve import PRIOR_CUSTOMERS, PRIOR_DEFAULT_SHARES
from models.curves.late_share_curve import PRIOR_INVOICES
from models.curves.portfolio_curve import EARLIEST_DELAY, LATEST_DELAY, PRIOR_HALF_LIFE_DAYS
from models.risk import default, late_payment
from models.risk.naive_rules import (
    AgeingRule,
    LateShareRule,
    ageing_rule,
    late_share_rule,
    rule_from_json,
    rule_to_json,
)

LABELS = load_settings().labels
DUE, OBSERVED_UNTIL = 19_000, 19_400
PRIOR = 1 - 0.5 ** (1 / PRIOR_HALF_LIFE_DAYS)


def known(
    delays: list[float | None], due: int = DUE, observed_until: int = OBSERVED_UNTIL, cancelled=()
) -> InvoiceOutcomes:
    """Invoices of one due date, paid so many days after it; None is not paid."""
    paid = np.array([NEVER if delay is None else due + delay for delay in delays], dtype=np.int64)
    never = np.full(len(delays), NEVER, dtype=np.int64)
    cancelled_on = never.copy()
    cancelled_on[list(cancelled)] = due
    return InvoiceOutcomes(
        np.zeros(len(delays), dtype=np.int64),
        np.full(len(delays), due),
        paid,
        paid,
        never,
        cancelled_on,
        observed_until,
    )


def rule(outcomes: InvoiceOutcomes) -> LateShareRule:
    return late_share_rule(outcomes, LABELS, late_payment.features())


def unpaid(outcomes: InvoiceOutcomes, delay: int) -> float:
    return rule(outcomes).unpaid_share[delay - EARLIEST_DELAY]


def rows(late_share: float, settled: float, horizon_days: float, past_due: float, **more: float) -> pd.DataFrame:
    one = dict.fromkeys(late_payment.features(), np.nan)
    asked = {"horizon_days": horizon_days, "horizon_past_due": past_due}
    return pd.DataFrame([{**one, "late_share_all": late_share, "settled_count_all": settled, **asked, **more}])


def product_limit(table: list[tuple[int, int, int]]) -> float:
    """The estimate from stretches of days: (days, at risk on each of them, paid on the last)."""
    share = 1.0
    for days, at_risk, paid in table:
        quiet = 1 - PRIOR * PRIOR_INVOICES / (at_risk + PRIOR_INVOICES)
        share *= quiet ** (days - 1) * (1 - (PRIOR * PRIOR_INVOICES + paid) / (at_risk + PRIOR_INVOICES))
    return share


def test_the_unpaid_share_is_the_product_limit_of_a_hand_table():
    outcomes = known([0, 0, 10, 400])
    # days -30 ... 0 with four at risk, of which two pay on the last; 1 ... 10 with two at risk, of which one pays
    assert unpaid(outcomes, 0) == pytest.approx(product_limit([(31, 4, 2)]))
    assert unpaid(outcomes, 10) == pytest.approx(product_limit([(31, 4, 2), (10, 2, 1)]))


def test_nothing_is_paid_long_before_it_is_due_where_nobody_did():
    assert unpaid(known([0, 0, 10]), -31) == 1.0


def test_a_censored_invoice_counts_as_at_risk_until_the_last_day_observed_and_no_longer():
    young = known([None] * 10, due=OBSERVED_UNTIL - 6)  # the last day observed is 5 days past due
    old = known([5] * 10)
    both = InvoiceOutcomes(
        *(np.concatenate([getattr(old, name), getattr(young, name)]) for name in
          ("customer", "due_on", "closed_on", "paid_on", "written_off_on", "cancelled_on")),
        OBSERVED_UNTIL,
    )  # fmt: skip
    assert unpaid(both, 5) == pytest.approx(product_limit([(36, 20, 10)]))
    younger = InvoiceOutcomes(both.customer, both.due_on + np.repeat([0, 1], 10), *_dates(both), OBSERVED_UNTIL)
    assert unpaid(younger, 5) == pytest.approx(product_limit([(35, 20, 0), (1, 10, 10)]))


def _dates(outcomes: InvoiceOutcomes):
    return outcomes.closed_on, outcomes.paid_on, outcomes.written_off_on, outcomes.cancelled_on


def test_a_payment_after_what_is_observed_completely_is_censored_like_the_unpaid():
    assert rule(known([30, 30, None], observed_until=DUE + 30)) == rule(known([None] * 3, observed_until=DUE + 30))


def test_cancelled_invoices_are_left_out():
    assert rule(known([0, 10, None], cancelled=[2])) == rule(known([0, 10]))


def test_the_late_share_counts_matured_invoices_only():
    # grace is 5 days: 6 is late, 5 is not; one pseudo-invoice of each kind keeps the share from the edges
    assert rule(known([5, 6, None, 0])).late_share == pytest.approx((2 + 1) / (4 + 2))
    assert rule(known([None] * 9, due=OBSERVED_UNTIL - LABELS.grace_days)).late_share == 0.5


def test_the_unpaid_share_never_rises():
    delays = np.random.default_rng(1).integers(-60, 200, 300).tolist()
    shares = np.array(rule(known([*delays, *[None] * 30])).unpaid_share)
    assert len(shares) == LATEST_DELAY - EARLIEST_DELAY + 1
    assert (np.diff(shares) <= 0).all()
    assert shares.min() > 0


def test_a_customer_without_history_gets_the_portfolios_share():
    fitted = rule(known([0, 3, 8, 20, 40] * 20))
    asked = rows(np.nan, 0, horizon_days=30, past_due=20)
    conditional = fitted.unpaid_share[20 - EARLIEST_DELAY] / fitted.unpaid_share[-10 - EARLIEST_DELAY]
    assert expit(fitted.raw(asked))[0] == pytest.approx(conditional)


def test_a_customers_share_is_drawn_to_the_portfolios_and_less_so_with_more_invoices():
    fitted = rule(known([0, 0, 0, 20] * 20))
    usual, few, many = (fitted.raw(rows(1.0, count, 30, 20))[0] for count in (0, 2, 200))
    assert usual < few < many
    share = (1.0 * 2 + fitted.late_share * PRIOR_INVOICES) / (2 + PRIOR_INVOICES)
    assert few - usual == pytest.approx(logit(share) - logit(fitted.late_share))


def test_a_later_day_is_never_less_likely_to_be_paid_by():
    fitted = rule(known(np.random.default_rng(2).integers(-20, 90, 200).tolist()))
    for due_in in (-400, -40, 0, 25, 200):
        asked = pd.concat([rows(0.3, 10, days, days - 1 - due_in) for days in range(1, 120)])
        assert (np.diff(fitted.raw(asked)) <= 1e-12).all()


def test_contributions_of_both_rules_add_up_to_the_raw_score():
    draw = np.random.default_rng(3)
    fitted = rule(known([0, 3, 8, 20, 40] * 20))
    asked = pd.concat(
        [
            rows(draw.choice([np.nan, draw.random()]), draw.integers(0, 50), h := draw.integers(1, 90), h - 30)
            for _ in range(50)
        ]
    )
    np.testing.assert_allclose(fitted.contributions(asked).sum(axis=1), fitted.raw(asked), rtol=1e-9)
    ageing = AgeingRule(PRIOR_DEFAULT_SHARES, default.features())
    customers = pd.DataFrame({"oldest_days_past_due": draw.integers(0, 120, 50)})
    np.testing.assert_allclose(ageing.contributions(customers).sum(axis=1), ageing.raw(customers), rtol=1e-9)


def test_the_ageing_rule_without_outcomes_is_its_prior():
    customers = pd.DataFrame({"oldest_days_past_due": [0.0, 1.0, 30.0, 31.0, 61.0, 90.0, 91.0, 900.0]})
    fitted = ageing_rule(customers, np.full(8, np.nan), default.features())
    assert fitted.shares == PRIOR_DEFAULT_SHARES
    buckets = [0, 1, 1, 2, 3, 3, 4, 4]
    np.testing.assert_allclose(expit(fitted.raw(customers)), np.array(PRIOR_DEFAULT_SHARES)[buckets])


def test_the_ageing_rule_mixes_what_happened_with_the_prior():
    customers = pd.DataFrame({"oldest_days_past_due": np.repeat([0.0, 45.0], [80, 20])})
    label = np.repeat([0.0, 1.0, 0.0], [80, 5, 15])
    fitted = ageing_rule(customers, label, default.features())
    assert fitted.shares[0] == pytest.approx(0.01 * PRIOR_CUSTOMERS / (80 + PRIOR_CUSTOMERS))
    assert fitted.shares[2] == pytest.approx((5 + 0.2 * PRIOR_CUSTOMERS) / (20 + PRIOR_CUSTOMERS))


def test_older_debt_is_never_the_safer_one():
    customers = pd.DataFrame({"oldest_days_past_due": np.repeat([0.0, 10.0, 95.0], 60)})
    fitted = ageing_rule(customers, np.repeat([1.0, 0.0, 0.0], 60), default.features())
    assert (np.diff(fitted.shares) >= 0).all()


def test_rules_survive_json():
    for one in (rule(known([0, 3, None])), AgeingRule(PRIOR_DEFAULT_SHARES, default.features())):
        assert rule_from_json(rule_to_json(one)) == one
