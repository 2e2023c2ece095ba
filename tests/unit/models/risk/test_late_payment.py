"""Late payment: censored rows, one monotone curve, the rule where too little is known, and the same model again."""

import numpy as np
import pandas as pd
import pytest

from features.catalogue import BY_NAME
from features.labels import InvoiceOutcomes
from ledger.clock import NEVER
from models.curves.pay_curve import question
from models.risk import late_payment
from models.risk.late_payment import HORIZONS
from models.risk.risk_model import RiskModel
from models.risk.scoring import p_late
from tests.support import small_models

LABELS = small_models.SETTINGS.labels
NIGHT_NUMBER, OBSERVED_UNTIL = 19_000, 19_030

MANY_ROWS = 10_000  # so many that every question is asked

FEATURES = late_payment.features()


def rows_and_outcomes(due: list[int], paid: list[int]) -> tuple[pd.DataFrame, InvoiceOutcomes]:
    """One spine row per invoice on one night; `NEVER` is not paid."""
    size = len(due)
    never = np.full(size, NEVER, dtype=np.int64)
    rows = pd.DataFrame(0.0, index=range(size), columns=FEATURES[:-2]).assign(
        night=NIGHT_NUMBER, customer=range(size), invoice=range(size), due_on=due
    )
    paid_on = np.array(paid, dtype=np.int64)
    return rows, InvoiceOutcomes(np.arange(size), np.array(due), paid_on, paid_on, never, never, OBSERVED_UNTIL)


def asked_days(asked: pd.DataFrame, invoice: int) -> list[int]:
    return sorted(asked.loc[asked["invoice"] == invoice, "horizon_days"].astype(int))


def random_rows(size: int, seed: int) -> pd.DataFrame:
    """Any values, a tenth of them missing: not only what ledgers look like."""
    draw = np.random.default_rng(seed)
    values = draw.normal(0, 1, (size, len(FEATURES))) * 10.0 ** draw.integers(-2, 6, len(FEATURES))
    values[draw.random(values.shape) < 0.1] = np.nan
    due = NIGHT_NUMBER + draw.integers(-100, 60, size)
    rows = pd.DataFrame(values, columns=FEATURES).astype("float32")
    return rows.assign(night=NIGHT_NUMBER, due_on=due, customer=0, invoice=np.arange(size))


def test_paid_and_unpaid_invoices_alike_are_left_out_where_the_day_asked_about_has_not_passed():
    due = NIGHT_NUMBER + 10
    rows, known = rows_and_outcomes([due] * 3, [due, NEVER, OBSERVED_UNTIL + 1])
    asked, _ = late_payment.training_rows(rows, known, LABELS, MANY_ROWS)
    # observed are 30 days of the night; 16 days ahead the invoice is late
    expected = sorted([days for days in HORIZONS if days <= 30] + [16])
    assert [asked_days(asked, invoice) for invoice in range(3)] == [expected] * 3


def test_a_paid_invoice_is_labelled_from_the_day_of_the_payment_on():
    due = NIGHT_NUMBER + 10
    rows, known = rows_and_outcomes([due], [NIGHT_NUMBER + 6])
    asked, label = late_payment.training_rows(rows, known, LABELS, MANY_ROWS)
    # the last of 6 days that begin with the night is the fifth after it: unpaid; at the end of 7 it is paid
    assert dict(zip(asked["horizon_days"], label, strict=True)) == {
        days: float(days <= 6) for days in (1, 3, 7, 14, 16, 21, 30)
    }


def test_an_invoice_that_is_late_already_is_not_asked_about_its_late_day():
    rows, known = rows_and_outcomes([NIGHT_NUMBER - 50], [NEVER])
    asked, label = late_payment.training_rows(rows, known, LABELS, MANY_ROWS)
    assert asked_days(asked, 0) == [days for days in HORIZONS if days <= 30]
    assert (label == 1).all()


def test_where_rows_are_scarce_every_invoice_keeps_its_late_day_and_a_third_of_the_other_questions():
    rows, known = rows_and_outcomes([NIGHT_NUMBER - 5] * 30, [NEVER] * 30)
    everything, _ = late_payment.training_rows(rows, known, LABELS, MANY_ROWS)
    sparing, _ = late_payment.training_rows(rows, known, LABELS, 60)
    until_late = set(late_payment.days_until_late(rows, LABELS))
    late_day = sparing["horizon_days"].isin(until_late)
    assert sparing.loc[late_day, "invoice"].nunique() == 30
    assert len(sparing) < len(everything) / 2


def test_which_questions_are_asked_does_not_depend_on_invoices_that_come_later():
    rows, known = rows_and_outcomes([NIGHT_NUMBER - 5] * 30, [NEVER] * 30)
    rows["amount"] = np.arange(30.0)
    moved = rows.assign(invoice=rows["invoice"][::-1].to_numpy())
    questions = ["amount", "horizon_days"]
    asked, also = (late_payment.training_rows(some, known, LABELS, 60)[0][questions] for some in (rows, moved))
    np.testing.assert_array_equal(asked.sort_values(questions), also.sort_values(questions))


def test_what_is_not_known_yet_is_never_on_time():
    due = OBSERVED_UNTIL - LABELS.grace_days
    rows, known = rows_and_outcomes([due, due - 1], [NEVER, NEVER])
    np.testing.assert_array_equal(late_payment.late_label(rows, known, LABELS), [np.nan, 1.0])


def test_the_question_counts_the_nights_day_as_the_first():
    rows, _ = rows_and_outcomes([NIGHT_NUMBER], [NEVER])
    asked = question(rows, np.array([1]))
    assert asked["horizon_past_due"].tolist() == [0.0]


@pytest.mark.parametrize("kind", ["trees", "rule"])
def test_the_chance_of_being_unpaid_never_rises_with_the_day_asked_about(kind):
    model = small_models.late_models()[kind]
    rows = random_rows(300, seed=1).assign(settled_count_all=lambda frame: frame["settled_count_all"].abs().fillna(0))
    rows["late_share_all"] = rows["late_share_all"].where(rows["late_share_all"].between(0, 1))
    curve = np.column_stack([model.probability(question(rows, np.full(300, day))) for day in range(1, 100)])
    assert (np.diff(curve, axis=1) <= 0).all()
    assert (curve[:, 0] > curve[:, -1]).any()


@pytest.mark.parametrize("kind", ["trees", "rule"])
def test_an_invoice_is_late_for_certain_once_due_date_and_grace_have_passed(kind):
    model = small_models.late_models()[kind]
    last_day = (
        small_models.tonight()
        .invoices.head(3)
        .assign(due_on=lambda rows: rows["night"] - LABELS.grace_days + np.array([-1, 0, 1]))
    )
    passed, today, tomorrow = p_late(model, last_day, LABELS)
    assert passed == 1
    assert today < 1
    assert tomorrow < 1


def test_declared_directions_are_kept():
    model, rows = small_models.late_trees(), random_rows(300, seed=2)
    rows = question(rows, np.full(300, 30))
    # the two horizons move together, see the test of the curve: one alone would be the question about another invoice
    directed = [name for name in FEATURES if BY_NAME[name].monotone and BY_NAME[name].family != "question"]
    assert "late_share_all" in directed
    for name in directed:
        levels = np.column_stack([model.scorer.raw(rows.assign(**{name: level})) for level in (-1e6, 0, 1, 5, 50, 1e6)])
        assert (BY_NAME[name].monotone * np.diff(levels, axis=1) >= -1e-12).all(), name


def test_too_few_events_give_the_rule_which_says_why():
    model = small_models.late_rule()
    assert model.card.kind == "rule"
    assert f"{model.card.events} invoices of the rarer outcome are known, and 1000000 are needed" in model.card.why
    assert model.label.endswith("(naive rule)")


def test_a_ledger_without_any_outcome_gives_the_rule():
    rows, known = rows_and_outcomes([OBSERVED_UNTIL], [NEVER])
    model = late_payment.train(rows.head(0), known, LABELS, small_models.SETTINGS.training, small_models.CARD)
    assert (model.card.kind, model.card.events, model.card.rows) == ("rule", 0, 0)


def text(model: RiskModel) -> str:
    return model.scorer.booster.model_to_string(num_iteration=-1)  # type: ignore[attr-defined]


def test_the_same_rows_in_another_order_give_the_same_model():
    spine = small_models.past().invoices
    shuffled = spine.sample(frac=1, random_state=3)
    again = late_payment.train(
        shuffled, small_models.known(), LABELS, small_models.SETTINGS.training, small_models.CARD
    )
    assert text(again) == text(small_models.late_trees())
    assert again.calibrator == small_models.late_trees().calibrator


def test_the_seed_decides():
    settings = small_models.SETTINGS.training
    spine = small_models.past().invoices
    one, same = (late_payment.train(spine, small_models.known(), LABELS, settings, small_models.CARD) for _ in range(2))
    other = late_payment.train(
        spine, small_models.known(), LABELS, settings.model_copy(update={"seed": 8}), small_models.CARD
    )
    assert text(one) == text(same)
    assert text(one) != text(other)


def test_training_uses_nothing_that_was_not_known():
    known = small_models.known()
    later = known.paid_on >= known.observed_until
    changed = InvoiceOutcomes(
        known.customer, known.due_on, known.closed_on,
        np.where(later, NEVER, known.paid_on), known.written_off_on, known.cancelled_on, known.observed_until,
    )  # fmt: skip
    again = late_payment.train(
        small_models.past().invoices, changed, LABELS, small_models.SETTINGS.training, small_models.CARD
    )
    assert text(again) == text(small_models.late_trees())
