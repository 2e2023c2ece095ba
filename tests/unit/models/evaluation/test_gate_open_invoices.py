"""The gate asks about every open invoice, too: those that collectors work on are late already, and p_late is 1."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.labels import unpaid_through
from models import retraining
from models.evaluation.gate import CHALLENGER, CHAMPION, NAIVE, verdict
from models.evaluation.rolling_origin import PAID_WITHIN, Judgement
from models.registry.logged_runs import validated
from models.risk import late_payment
from tests.support.column_models import NIGHTS, judged, model, naive_by, settings
from tests.support.small_nights import small_past, small_settings


def opened(challenger: str, customers: int = 300, seed: int = 2) -> Judgement:
    """Overdue invoices on two nights, of which `sharp` knows what becomes of them, and `dull` does not."""
    draw = np.random.default_rng(seed)
    truth = draw.normal(0, 2, customers)
    rows = pd.DataFrame(
        {
            "customer": np.tile(np.arange(customers), 2),
            "night": np.repeat(NIGHTS, customers),
            "sharp": np.tile(truth, 2),
            "dull": np.tile(draw.normal(0, 2, customers), 2),
        }
    )
    label = np.tile((draw.random(customers) < 1 / (1 + np.exp(-truth))).astype(float), 2)
    told = {name: 1 / (1 + np.exp(-rows[name].to_numpy())) for name in ("sharp", "dull")}
    return Judgement(model("sharp"), {}, rows, label, told[challenger], told["sharp"])


def test_a_challenger_that_is_worse_about_overdue_invoices_does_not_win_whatever_it_finds_before() -> None:
    before = judged()
    assert verdict(model("dull"), model("sharp"), before, settings()).wins
    # of what is overdue the champion, which goes by `dull`, now knows more
    of_open = opened("dull")
    of_open = replace(of_open, rows=of_open.rows.rename(columns={"sharp": "dull", "dull": "sharp"}))
    found = verdict(model("dull"), model("sharp"), replace(before, of_open=of_open), settings())
    assert not found.wins
    assert [one.name for one in found.checks if not one.passed] == ["brier_paid_30d_increase"]
    brier = found.comparison["brier_paid_30d"].dropna()
    assert set(brier.index) == {CHALLENGER, CHAMPION} and brier[CHALLENGER] > brier[CHAMPION]
    assert f"p_paid_30d is {brier[CHALLENGER]:.4f}, that of the champion {brier[CHAMPION]:.4f}" in found.why
    assert "brier_paid_30d_increase" in validated(found)["validation"]


def test_the_naive_rule_takes_the_place_of_a_first_model_that_is_worse_about_overdue_invoices() -> None:
    even = naive_by("sharp", judged())
    assert verdict(None, model("sharp"), replace(even, of_open=opened("sharp")), settings()).wins
    found = verdict(None, model("sharp"), replace(even, of_open=opened("dull")), settings())
    assert not found.wins and found.comparison.loc[CHALLENGER, "brier_paid_30d"] > 0.2
    assert f"that of the {NAIVE}" in found.why


def test_what_is_worse_by_chance_decides_nothing() -> None:
    of_open = opened("sharp")
    blurred = replace(of_open, probability=0.9 * of_open.probability + 0.05)
    assert verdict(model("dull"), model("sharp"), replace(judged(), of_open=blurred), settings()).wins


def test_open_invoices_of_nights_that_the_champion_has_learned_from_are_left_out() -> None:
    since = pd.Timestamp(NIGHTS[1], unit="D").strftime("%Y-%m-%d")
    of_open = opened("sharp")
    seen = of_open.rows["night"].to_numpy() < NIGHTS[1]
    of_open.rows.loc[seen, "dull"] = np.where(of_open.label[seen] == 1, 9.0, -9.0)  # as if it had seen them
    found = verdict(model("dull", since), model("sharp"), replace(judged(), of_open=of_open), settings())
    later = of_open.since(NIGHTS[1])
    assert found.comparison.loc[CHAMPION, "brier_paid_30d"] == pytest.approx(
        float(((model("dull").probability(later.rows) - later.label) ** 2).mean())
    )


def test_where_one_outcome_alone_is_known_of_open_invoices_nothing_is_asked_of_them() -> None:
    unknown = replace(opened("dull"), label=np.ones(600))
    found = verdict(model("dull"), model("sharp"), replace(judged(), of_open=unknown), settings())
    assert found.wins and "brier_paid_30d" not in found.comparison


def test_a_judgement_of_late_payment_has_the_invoices_that_are_overdue_and_what_became_of_them() -> None:
    judgement = retraining.judge(late_payment.NAME, small_past(), small_settings())
    assert judgement.of_open is not None
    rows = judgement.of_open.rows
    night = rows["night"].to_numpy()
    assert (rows["due_on"].to_numpy() < night).mean() > 0.2
    assert (rows["horizon_days"] == PAID_WITHIN).all()
    paid_on = small_past().known.paid_on[rows["invoice"].to_numpy()]
    assert (judgement.of_open.label == (paid_on >= night + PAID_WITHIN)).all()
    assert judgement.metrics["paid_30d_brier"] == pytest.approx(
        float(((judgement.of_open.probability - judgement.of_open.label) ** 2).mean())
    )
    known = unpaid_through(small_past().known, rows["invoice"].to_numpy(), night + PAID_WITHIN - 1)
    assert not np.isnan(known).any()
