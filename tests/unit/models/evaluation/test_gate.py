"""The gate promotes a challenger that finds more of the money that goes bad, and says whom it swaps."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features import catalogue
from models.evaluation.gate import CHALLENGER, CHAMPION, verdict
from models.evaluation.money_captured import head_of, money_captured, money_of
from models.evaluation.rolling_origin import Judgement
from models.registry.logged_runs import validated
from models.risk.risk_model import RiskModel
from tests.support.column_models import CARD, NIGHTS, judged, model, naive_by, settings


@pytest.mark.parametrize("champion", [None, "dull", "sharp"])
@pytest.mark.parametrize("least_gain", [-1.0, 0.0, 0.9])
def test_mlflows_own_validation_agrees_with_the_gate(champion: str | None, least_gain: float) -> None:
    standing = None if champion is None else model(champion)
    found = verdict(standing, model("sharp"), judged(), settings(f"gate.least_gain={least_gain}"))
    assert found.checks
    assert (validated(found)["validation"] == "passed") == found.wins


def test_a_challenger_that_finds_more_of_the_bad_money_wins() -> None:
    found = verdict(model("dull"), model("sharp"), judged(), settings())
    assert found.wins
    assert found.comparison.loc[CHALLENGER, "money_captured"] > found.comparison.loc[CHAMPION, "money_captured"]
    assert "captures" in found.why and "favours" not in found.why


def test_a_challenger_that_finds_less_stays_one() -> None:
    better = judged()
    worse = replace(better, probability=1 / (1 + np.exp(-better.rows["dull"].to_numpy())))
    assert not verdict(model("sharp"), model("dull"), worse, settings()).wins


def test_the_same_model_again_does_not_win() -> None:
    assert not verdict(model("sharp"), model("sharp"), judged(), settings()).wins


def test_a_challenger_that_tells_wrong_shares_does_not_win_whatever_it_finds() -> None:
    exact = judged()
    boastful = replace(exact, probability=np.sqrt(exact.probability))
    assert verdict(model("dull"), model("sharp"), boastful, settings("gate.most_calibration_loss=1")).wins
    assert not verdict(model("dull"), model("sharp"), boastful, settings()).wins


def test_a_gain_smaller_than_asked_for_does_not_win() -> None:
    assert not verdict(model("dull"), model("sharp"), judged(), settings("gate.least_gain=0.9")).wins


def dull_challenger(judgement: Judgement) -> Judgement:
    return replace(judgement, probability=1 / (1 + np.exp(-judgement.rows["dull"].to_numpy())))


CHANGED = replace(model("dull"), card=replace(CARD, catalogue_hash="another", feature_hashes={"dull": "otherwise"}))


@pytest.mark.parametrize("champion", [None, CHANGED], ids=["no champion", "one that cannot be asked any more"])
def test_where_there_is_no_champion_to_compare_with_a_challenger_must_do_no_worse_than_the_naive_rule(
    champion: RiskModel | None,
) -> None:
    better = verdict(champion, model("sharp"), naive_by("dull", judged()), settings())
    assert better.wins and "that of the naive rule" in better.why and len(better.swap_set)
    worse = verdict(champion, model("dull"), dull_challenger(naive_by("sharp", judged())), settings())
    assert not worse.wins


def test_a_challenger_that_is_no_better_than_the_naive_rule_wins_unless_it_is_shown_to_be_worse() -> None:
    even = naive_by("sharp", judged())
    assert verdict(None, model("sharp"), even, settings()).wins
    blurred = replace(even, probability=np.sqrt(even.probability))  # the same order but for the shares
    found = verdict(None, model("sharp"), blurred, settings())
    gap = found.comparison["money_captured"]
    assert abs(gap[CHALLENGER] - gap["naive rule"]) < 0.05 and not found.wins


def test_one_customer_more_at_the_head_of_the_rules_list_decides_nothing() -> None:
    even = naive_by("sharp", judged())
    money, night = money_of(even.rows), even.rows["night"].to_numpy()
    head, bad = head_of(even.naive * money, night, 0.1), even.label == 1
    misses = np.flatnonzero(~head & bad & (night == NIGHTS[1]))
    spared = np.flatnonzero(head & ~bad & (night == NIGHTS[1]))[0]
    naive = even.naive.copy()
    naive[[misses[np.argmax(money[misses])], spared]] = 0.99, 0.001  # the rule has one more of those who went bad
    found = verdict(None, model("sharp"), replace(even, naive=naive), settings())
    captured = found.comparison["money_captured"]
    assert captured["naive rule"] > captured[CHALLENGER] and found.wins


def test_a_naive_rule_or_one_that_nothing_can_judge_yet_is_better_than_no_model() -> None:
    rule = replace(model("dull"), card=replace(CARD, kind="rule"))
    assert verdict(None, rule, dull_challenger(naive_by("sharp", judged())), settings()).wins
    assert verdict(None, model("dull"), replace(judged(), label=np.zeros(400)), settings()).wins


def test_a_champion_of_another_catalogue_whose_features_are_the_same_is_compared(monkeypatch) -> None:
    monkeypatch.setattr(catalogue, "feature_hashes", lambda: {"sharp": "so", "dull": "so"})
    before = replace(model("sharp"), card=replace(CARD, catalogue_hash="another", feature_hashes={"sharp": "so"}))
    found = verdict(before, model("dull"), dull_challenger(judged()), settings())
    assert not found.wins and CHAMPION in found.comparison.index


def test_with_nothing_to_judge_the_champion_stays() -> None:
    nothing = replace(judged(), label=np.zeros(400))
    found = verdict(model("dull"), model("sharp"), nothing, settings())
    assert not found.wins and "Too few outcomes" in found.why and found.comparison.empty


def test_only_nights_that_the_champion_has_not_learned_from_are_compared_where_they_suffice() -> None:
    seen_first = pd.Timestamp(NIGHTS[1], unit="D").strftime("%Y-%m-%d")
    since = judged()
    later = since.rows["night"].to_numpy() == NIGHTS[1]
    since.rows.loc[~later, "dull"] = np.where(since.label[~later] == 1, 9.0, -9.0)  # as if it had seen these outcomes
    fair = verdict(model("dull", seen_first), model("sharp"), since, settings())
    assert fair.wins and "favours" not in fair.why
    too_few = verdict(model("dull", "1999-01-01"), model("sharp"), since, settings())
    assert "which favours it" in too_few.why


def test_the_swap_set_counts_who_enters_leaves_and_stays() -> None:
    exact = judged()
    found = verdict(model("dull"), model("sharp"), exact, settings()).swap_set
    money, night = money_of(exact.rows), exact.rows["night"].to_numpy()
    new = head_of(exact.probability * money, night, 0.1)
    old = head_of(model("dull").probability(exact.rows) * money, night, 0.1)
    assert found["rows"].to_dict() == {
        "enters": (new & ~old).sum(), "leaves": (old & ~new).sum(), "stays": (new & old).sum(),
    }  # fmt: skip
    assert found.loc["enters", "money"] == pytest.approx(money[new & ~old].sum() / 100)  # currency, from hundredths
    assert found.loc["leaves", "bad_share"] == pytest.approx(exact.label[old & ~new].mean())


def test_it_says_how_much_both_lists_agree_about_their_first() -> None:
    found = verdict(model("dull"), model("sharp"), judged(), settings())
    assert 0 < found.same_heads < 1
    assert f"{found.same_heads:.0%} are among those of both" in found.why
    assert verdict(model("sharp"), model("sharp"), judged(), settings()).same_heads == 1
    assert np.isnan(verdict(None, model("sharp"), replace(judged(), label=np.zeros(400)), settings()).same_heads)


def test_the_head_of_a_list_is_taken_night_by_night() -> None:
    rank = np.array([5.0, 9.0, 1.0, 7.0, 7.0, 2.0, 3.0])
    night = np.array([1, 1, 1, 2, 2, 2, 2])
    assert head_of(rank, night, 0.5).tolist() == [True, True, False, True, True, False, False]
    assert head_of(rank, night, 0.01).tolist() == [False, True, False, True, False, False, False]


def test_captured_money_equals_a_list_written_out_by_hand() -> None:
    exact = judged()
    rank = exact.probability * money_of(exact.rows)
    frame = exact.rows.assign(rank=rank, bad=money_of(exact.rows) * exact.label)
    heads = [of_night.nlargest(20, "rank") for _, of_night in frame.groupby("night")]
    expected = pd.concat(heads)["bad"].sum() / frame["bad"].sum()
    assert money_captured(rank, exact.rows, exact.label, 0.1) == pytest.approx(expected)
