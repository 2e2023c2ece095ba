"""The payer classes: they find planted payers, say what each expects, and never more than stays unpaid."""

from collections.abc import Callable
from functools import cache, partial

import numpy as np
import pytest

from features.payment_days import LAGS, NO_CONTACT, STATES, PaymentDays, state_of
from ledger.tables import CHANNELS
from models.effect.pay_calendar import (
    NO_PAY_RUN,
    PayCalendar,
    date_of_year,
    half_month,
    kind_of_day,
    learned_calendar,
    observed_pace,
    weekly_pay_run,
)
from models.effect.payer_classes import AGES, PayerClasses, age_band
from models.effect.payer_fit import fit_payer_classes
from models.effect.payment_outlook import OUTLOOK_DAYS, outlook
from tests.support.effects.planted_payers import AS_OF, CALL, CUSTOMERS, FORGETFUL, planted

LETTER = CHANNELS.index("letter")


@cache
def fitted() -> tuple[PayerClasses, ...]:
    return fit_payer_classes(planted()[0], AS_OF, 7)


def told(classes: PayerClasses, age: int) -> tuple[np.ndarray, np.ndarray]:
    """What is expected of a debt of this age of every customer: unpaid alone, and paid because of a call."""
    member = classes.membership(planted()[0], CUSTOMERS, AS_OF)
    found = outlook(classes, member, np.full(CUSTOMERS, age), AS_OF)
    return found.unpaid, found.unpaid - found.contacted[:, CALL]


def test_a_call_is_worth_most_with_those_who_pay_because_of_it():
    kind = planted()[1]
    at_first, later = (np.mean([told(classes, age) for classes in fitted()], axis=0) for age in (0, 9))
    assert at_first[:, kind == 0].max() < 0.05  # paid in any case; none of them is left on the later days
    unpaid, brought = later
    assert brought[kind == 1].mean() > 0.5
    assert brought[kind == 2].mean() < 0.15
    assert unpaid[kind == 1].mean() == pytest.approx((1 - FORGETFUL) ** 30, abs=0.1)
    assert unpaid[kind == 2].mean() > 0.85


def open_days(
    draw: np.random.Generator,
    debt: tuple[int, int],
    ages: range,
    contact: tuple[int, int] | None,
    chance: Callable[[int, int], float],
) -> list[tuple[float, ...]]:
    """The open days of a debt, a customer's and due on a day, until it is paid; `contact` is a channel and an age,
    `chance` that of a payment by age and days since the contact (0 without one that works)."""
    customer, due = debt
    rows: list[tuple[float, ...]] = []
    for age in ages:
        since = 0 if contact is None else age - contact[1]
        since = since if 1 <= since <= 30 else 0
        paid = draw.random() < chance(age, since)
        state = int(state_of(np.array(contact[0]), np.array(since))) if contact and since else NO_CONTACT
        rows.append((customer, due + age, age, state, float(paid)))
        if paid:
            break
    return rows


def payment_days(rows: list[tuple[float, ...]]) -> PaymentDays:
    customer, day, age, state, share = (np.array(column) for column in zip(*rows, strict=True))
    return PaymentDays(customer, day, age, state, state > 0, share)


def test_a_channel_that_is_kept_for_those_who_answer_to_none_is_not_weaker_for_it():
    """Half of the customers pay after any contact, and get a letter once in ten times; the others never do, and get
    most letters."""
    draw = np.random.default_rng(5)
    rows = []
    for customer in range(60):
        answers = customer % 2 == 0
        by_contact = 0.3 if answers else 0.002
        for _ in range(14):
            due, asked = AS_OF - int(draw.integers(40, 500)), draw.random() < 0.7
            channel = LETTER if draw.random() < (0.1 if answers else 0.7) else CALL
            contact = (channel, 10) if asked else None
            chance = partial(paid_after_a_contact, by_contact)
            rows += open_days(draw, (customer, due), range(-7, 36), contact, chance)
    days = payment_days(rows)
    brought = []
    for classes in fit_payer_classes(days, AS_OF, 7):
        found = outlook(classes, classes.membership(days, 60, AS_OF), np.full(60, 10), AS_OF)
        brought.append((found.unpaid[:, None] - found.contacted)[::2].mean(axis=0))
    by_channel = np.mean(brought, axis=0)
    assert by_channel[CALL] > 0.6
    assert by_channel[LETTER] == pytest.approx(by_channel[CALL], rel=0.15)


def paid_after_a_contact(by_contact: float, age: int, since: int) -> float:
    return by_contact if 1 <= since <= 7 else 0.002


def test_calls_that_lose_with_the_age_of_the_debt_are_predicted_to_and_never_to_gain():
    """Calls on the 3rd or the 40th day past due; the early ones bring four times as much."""
    draw = np.random.default_rng(6)
    rows = []
    for customer in range(60):
        for _ in range(14):
            due, called_at = AS_OF - int(draw.integers(80, 500)), (3, 40)[int(draw.random() < 0.6)]
            rows += open_days(draw, (customer, due), range(-7, 70), (CALL, called_at), paid_more_while_young)
    for classes in fit_payer_classes(payment_days(rows), AS_OF, 7):
        early, late = age_band(np.array([4, 41]))
        assert 1.6 < classes.fading[early] / classes.fading[late] < 6
        assert (np.diff(classes.fading) <= 1e-12).all()


def paid_more_while_young(age: int, since: int) -> float:
    return 0.005 + (0.2 if age < 20 else 0.05) * (1 <= since <= 7)


def test_no_contact_brings_more_than_would_stay_unpaid():
    for classes in fitted():
        for age in (-7, 0, 5, 40, 400):
            unpaid, brought = told(classes, age)
            assert (brought >= 0).all() and (brought <= unpaid).all()


def test_the_outlook_is_the_product_of_each_days_chance_of_staying_unpaid():
    classes = fitted()[0]
    member = classes.membership(planted()[0], CUSTOMERS, AS_OF)[:5]
    ages = np.array([-7, 0, 3, 20, 200])
    found = outlook(classes, member, ages, AS_OF)
    for row, age in enumerate(ages):
        for channel in (None, *range(len(CHANNELS))):
            expected = 0.0
            for one in range(len(classes.shares)):
                stays = 1.0
                for ahead in range(OUTLOOK_DAYS):
                    day = AS_OF + ahead
                    band = age_band(np.array(min(age, AGES[-1]) + ahead))
                    kind = int(classes.calendar.kind(np.array([day]))[0])
                    hazard = classes.base[one, band, kind]
                    if channel is not None:
                        span = sum(ahead + 1 >= lag for lag in LAGS) - 1
                        hazard += classes.extra[one, 1 + channel * len(LAGS) + span] * classes.fading[band]
                    stays *= 1 - hazard * classes.calendar.pace_on(np.array([day]))[0]
                expected += member[row, one] * stays
            seen = found.unpaid[row] if channel is None else found.contacted[row, channel]
            assert seen == pytest.approx(expected, rel=1e-6)


def test_a_customer_without_history_is_of_each_class_as_often_as_all_are():
    classes = fitted()[0]
    nothing = planted()[0].where(np.zeros(0, dtype=np.int64))
    np.testing.assert_allclose(classes.membership(nothing, 3, AS_OF), np.tile(classes.shares, (3, 1)), atol=1e-6)


def test_the_same_days_give_the_same_classes_in_whatever_order_they_come():
    days = planted()[0]
    order = np.random.default_rng(3).permutation(len(days.day))
    shuffled = days.where(order)
    for one, other in zip(fitted(), fit_payer_classes(shuffled, AS_OF, 7), strict=True):
        np.testing.assert_allclose(one.hazards(), other.hazards(), rtol=1e-6)


def test_fewer_customers_than_classes_are_enough():
    days = planted()[0]
    some = days.where(days.customer < 3)
    for classes in fit_payer_classes(some, AS_OF, 7):
        assert np.isfinite(classes.hazards()).all()
        assert classes.hazards().shape == (3, len(AGES), 4, STATES)


def test_a_weekly_pay_run_is_the_weekday_whose_payments_stand_out():
    days = np.arange(AS_OF - 700, AS_OF)
    working = (days + 3) % 7 < 5
    paid = np.where(working, 1.0, 0.0)
    waiting = np.full(len(days), 10.0)
    assert weekly_pay_run(days, paid, waiting) == NO_PAY_RUN
    assert weekly_pay_run(days, np.where((days + 3) % 7 == 3, 2.0, paid), waiting) == 3


def test_kinds_of_day_and_half_months_follow_the_calendar():
    days = np.array(["2024-01-01", "2024-01-15", "2024-01-16", "2024-01-30", "2024-01-31", "2024-03-28", "2024-12-31"])
    numbers = days.astype("datetime64[D]").astype(np.int64)
    assert kind_of_day(numbers, NO_PAY_RUN).tolist() == [0, 2, 2, 3, 3, 3, 3]
    assert half_month(numbers).tolist() == [0, 0, 1, 1, 1, 5, 23]


def test_ahead_the_pace_is_that_of_the_weekday_the_half_month_and_the_last_weeks():
    seasons = np.ones(24)
    seasons[23] = 0.4
    weekdays, past, christmas = np.array([1.0] * 5 + [0.0] * 2), np.array([2.0, 0.0]), np.array([1225])
    calendar = PayCalendar(NO_PAY_RUN, 100, past, weekdays, seasons, 0.5, christmas)
    dates = np.array(["2026-11-28", "2024-12-31", "2024-12-25"])  # a Saturday, and two days of the week
    ahead = dates.astype("datetime64[D]").astype(np.int64)
    found = calendar.pace_on(np.concatenate([[100, 101], ahead]))
    np.testing.assert_allclose(found, [2.0, 0.0, 0.0, 0.2, 0.0])


def test_a_date_on_which_no_one_paid_though_much_was_expected_is_closed_in_later_years():
    days = np.arange(AS_OF - 365, AS_OF)
    expected = np.full(len(days), 20.0)
    weekend = (days + 3) % 7 >= 5
    holiday, quiet = days == AS_OF - 101, days == AS_OF - 52  # both on weekdays
    expected[quiet] = 6.0  # so little that no payment may be chance
    paid = np.where(weekend | holiday | quiet, 0.0, 20.0)
    found = learned_calendar(NO_PAY_RUN, days, paid, expected, observed_pace(paid, expected))
    assert found.closed.tolist() == date_of_year(np.array([AS_OF - 101])).tolist()
    a_year_later = AS_OF - 101 + 366
    assert found.pace_on(np.array([a_year_later, a_year_later + 1]))[0] == 0.0
