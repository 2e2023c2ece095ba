"""Monitoring hears of a population that moved, of outcomes other than predicted, and says nothing of a steady world."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from configs.settings import load_settings
from features.spine import replay
from ledger.clock import day_number
from models.monitoring import watch as monitoring
from models.monitoring.effect_checks import level_check
from models.monitoring.input_drift import Check, shifts, stability_index, volumes
from models.monitoring.outcome_checks import auc_error, expected_auc, outcomes
from models.monitoring.watch import recent_past, remember, warning, watch, with_segments
from models.night_models import Models
from models.risk.naive_rules import AgeingRule
from tests.support.column_models import model
from tests.support.nights.in_this_process import loaded
from tests.support.small_models import CURRENCY, NIGHT, SETTINGS, default_trees, late_trees, portfolio, tables

MONITOR, SHARE = load_settings().monitor, 0.1
MONDAYS = np.arange(19_793, 19_842, 7)  # 2024-03-11 to 2024-04-29


def by_figure(checks: list[Check]) -> dict[tuple[str, str], Check]:
    return {(check.figure, check.of): check for check in checks}


def test_the_stability_index_equals_its_formula_over_bins_counted_by_hand() -> None:
    normal = np.arange(100.0)
    tonight = np.concatenate([np.arange(50.0), np.arange(50.0)])  # the lower half of the bins twice, the upper none
    expected = 5 * (0.2 - 0.1) * np.log(0.2 / 0.1) + 5 * (1e-4 - 0.1) * np.log(1e-4 / 0.1)
    assert stability_index(normal, tonight) == pytest.approx(expected, rel=0.05)
    assert stability_index(normal, normal) == pytest.approx(0, abs=1e-9)


def test_values_that_go_missing_move_the_index() -> None:
    normal = np.arange(100.0)
    half = np.where(np.arange(100) % 2 == 0, np.nan, normal)
    assert stability_index(normal, half) > 1
    assert stability_index(np.full(50, np.nan), np.full(20, np.nan)) == 0


def nights(mean: float, count: int = 300, seed: int = 1) -> pd.DataFrame:
    """Twenty steady nights and one (20) with another mean."""
    draw = np.random.default_rng(seed)
    values = np.concatenate([draw.normal(0, 1, (20, count)).ravel(), draw.normal(mean, 1, count)])
    customer = np.tile(np.arange(count), 21)
    return pd.DataFrame({"night": np.repeat(np.arange(21), count), "customer": customer, "late_share_all": values})


def test_few_customers_have_a_wider_limit() -> None:
    check = by_figure(list(shifts(ONE, nights(1.0, count=20), 20, MONITOR)))["stability_index", "late_share_all"]
    assert check.limit > 1 > 0.3 > MONITOR.largest_shift


class OneFeature(AgeingRule):
    """A rule that reads one column only."""

    def raw(self, rows: pd.DataFrame) -> np.ndarray:
        return rows["late_share_all"].to_numpy(dtype=np.float64)


ONE = replace(model("late_share_all"), scorer=OneFeature((0.1,), ["late_share_all"]))


def test_a_feature_that_moves_is_out_of_its_limits_and_a_steady_one_is_not() -> None:
    moved = by_figure(list(shifts(ONE, nights(1.0), 20, MONITOR)))
    assert moved["stability_index", "late_share_all"].breached
    assert moved["stability_index", "score"].breached
    assert not any(check.breached for check in shifts(ONE, nights(0.0), 20, MONITOR))


def test_a_feature_that_always_moves_has_a_wider_limit() -> None:
    steady = nights(0.0)
    trend = steady.assign(late_share_all=steady["late_share_all"] + steady["night"] * 0.2)
    check = by_figure(list(shifts(ONE, trend, 20, MONITOR)))["stability_index", "late_share_all"]
    assert check.limit > MONITOR.largest_shift and not check.breached


def test_a_column_that_is_no_longer_filled_is_out_of_its_limits() -> None:
    rows = nights(0.0)
    rows.loc[(rows["night"] == 20) & (np.arange(len(rows)) % 2 == 0), "late_share_all"] = np.nan
    check = by_figure(list(shifts(ONE, rows, 20, MONITOR)))["missing_share", "late_share_all"]
    assert check.breached and check.value == 0.5 and check.reference == 0


@pytest.mark.parametrize(("kept", "breached"), [(300, False), (250, False), (150, True), (0, True)])
def test_half_an_export_is_out_of_its_limits(kept: int, breached: bool) -> None:
    rows = nights(0.0)
    rows = rows[(rows["night"] < 20) | (rows.groupby("night").cumcount() < kept)]
    check = volumes(rows, 20, "rows to score", MONITOR)
    assert (check.value, check.reference, check.breached) == (kept, 300, breached)


def test_the_auc_that_probabilities_promise_is_the_one_that_they_keep() -> None:
    draw = np.random.default_rng(3)
    probability = draw.beta(1, 3, 40_000)
    label = (draw.random(40_000) < probability).astype(float)
    assert expected_auc(probability) == pytest.approx(roc_auc_score(label, probability), abs=0.01)
    assert np.isnan(expected_auc(np.full(5, 0.3)))


def test_the_error_of_an_auc_is_what_drawing_the_customers_anew_shows() -> None:
    draw = np.random.default_rng(7)
    customer = np.repeat(np.arange(150), 6)
    told = draw.uniform(0.1, 0.9, 150)
    label = (draw.random(150) < told)[customer].astype(float)  # a customer's rows go together
    probability = np.round(told[customer] + draw.normal(0, 0.05, 900), 2)
    rows_of = [np.flatnonzero(customer == one) for one in range(150)]
    drawn = [np.concatenate([rows_of[one] for one in draw.choice(150, 150)]) for _ in range(400)]
    spread = np.std([roc_auc_score(label[rows], probability[rows]) for rows in drawn])
    assert auc_error(label, probability, customer) == pytest.approx(spread, rel=0.15)
    assert auc_error(label, probability, np.arange(900)) < 0.6 * spread


def test_an_auc_of_few_rows_is_given_room_for_chance_and_one_of_many_is_not() -> None:
    draw = np.random.default_rng(8)
    for count, breached in ((120, False), (6_000, True)):
        probability = draw.uniform(0.1, 0.9, count)
        label = (draw.random(count) < 0.5 + (probability - 0.5) * 0.3).astype(float)
        rows = pd.DataFrame({"customer": np.arange(count), "night": MONDAYS[np.arange(count) % 4]})
        rows = rows.assign(oldest_days_past_due=0.0, amount=1.0)
        check = by_figure(list(outcomes(rows, label, probability, MONITOR, SHARE)))["auc", "all"]
        assert check.value < check.reference - MONITOR.most_auc_loss
        assert check.breached == breached


def told(share: float, seen: float, count: int = 4_000) -> list[Check]:
    """Checks of customers with a predicted share, spread a little, and of whom another one went bad."""
    draw = np.random.default_rng(4)
    probability = np.clip(draw.normal(share, 0.05, count), 0.01, 0.99)
    label = (draw.random(count) < np.clip(probability + seen - share, 0, 1)).astype(float)
    nights = MONDAYS[np.arange(count) * len(MONDAYS) // count]
    rows = pd.DataFrame({"customer": np.arange(count), "night": nights, "oldest_days_past_due": 0.0, "amount": 1.0})
    return list(outcomes(rows, label, probability, MONITOR, SHARE))


def test_a_share_other_than_told_is_out_of_its_limits_and_chance_is_not() -> None:
    off = by_figure(told(0.2, 0.3))
    assert off["bad_share", "all"].breached and off["bad_share", "ageing not overdue"].breached
    assert {of for figure, of in off if figure == "bad_share"} == {
        "all", "ageing not overdue", "nights of 2024-03", "nights of 2024-04",
    }  # fmt: skip
    assert not any(check.breached for check in told(0.2, 0.2))


def test_two_nights_are_not_judged_nor_two_nights_of_a_month() -> None:
    rows = pd.DataFrame({"customer": np.arange(800), "oldest_days_past_due": 0.0, "amount": 1.0})
    label = np.arange(800) % 2.0
    for nights, judged in ((MONDAYS[:2], []), (MONDAYS[:3], ["03"]), (MONDAYS[1:4], []), (MONDAYS, ["03", "04"])):
        rows["night"] = nights[np.arange(800) % len(nights)]
        found = by_figure(list(outcomes(rows, label, np.linspace(0.1, 0.3, 800), MONITOR, SHARE)))
        assert [of for figure, of in found if figure == "auc" and "nights" in of] == [
            f"nights of 2024-{m}" for m in judged
        ]
        assert len(nights) == 2 or found["bad_share", "all"].breached
        assert len(nights) > 2 or not found


def test_the_money_captured_is_that_of_the_bad_at_the_head_of_each_night_and_its_promise_that_of_the_told() -> None:
    draw = np.random.default_rng(5)
    rows = pd.DataFrame({"customer": np.arange(900), "night": draw.choice(MONDAYS[:3], 900)})
    rows["oldest_days_past_due"], rows["amount"] = draw.choice([0, 9], 900), draw.integers(1, 500, 900)
    probability = draw.random(900)
    label = (draw.random(900) < probability).astype(float)
    frame = rows.assign(promised=rows["amount"] * probability, bad=rows["amount"] * label)
    heads = pd.concat(own.nlargest(round(SHARE * len(own)), "promised") for _, own in frame.groupby("night"))
    found = by_figure(list(outcomes(rows, label, probability, MONITOR, SHARE)))
    for of, days in (("all", (0, 9)), ("ageing 1-30", (9,))):
        whole, head = (part[part["oldest_days_past_due"].isin(days)] for part in (frame, heads))
        check = found["money_captured", of]
        assert check.value == pytest.approx(head["bad"].sum() / whole["bad"].sum())
        assert check.reference == pytest.approx(head["promised"].sum() / whole["promised"].sum())
        assert not check.breached


def test_a_group_in_which_nobody_went_bad_is_still_held_to_what_was_told() -> None:
    rows = pd.DataFrame({"customer": np.arange(800), "night": MONDAYS[np.arange(800) % 3], "amount": 1.0})
    rows["oldest_days_past_due"] = np.where(rows["customer"] < 400, 0.0, 9.0)
    label = (rows["customer"] < 200).to_numpy(dtype=np.float64)
    found = by_figure(list(outcomes(rows, label, np.linspace(0.2, 0.3, 800), MONITOR, SHARE)))
    assert found["bad_share", "ageing 1-30"].breached
    assert ("auc", "ageing 1-30") not in found and ("auc", "ageing not overdue") in found


def test_a_few_outcomes_raise_no_alarm() -> None:
    assert told(0.2, 0.9, 80) == []


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(late_trees(), default_trees(), contact_effect=None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found(models: Models) -> monitoring.Monitored:
    class Labelled(Models):
        label = "the models"
        versions = (("late_payment", "1"), ("default", "1"))

    labelled = Labelled(models.late_payment, models.default, models.contact_effect)
    settings = SETTINGS.model_copy(update={"monitor": MONITOR.model_copy(update={"normal_days": 90, "every_days": 14})})
    past = recent_past(loaded(tables()), NIGHT, settings, lambda done, of: None)
    return watch(past.spine, past.known, labelled, NIGHT, settings)


def test_a_night_of_a_steady_world_has_checks_of_both_models_and_raises_no_alarm(found: monitoring.Monitored) -> None:
    assert set(found.checks["model"]) == {"late_payment", "default"}
    assert set(found.checks["clock"]) == {"inputs", "estimate"}  # no night since the training has an outcome
    assert found.breaches == []


def test_tonight_is_seen_as_it_is_scored(found: monitoring.Monitored, models: Models) -> None:
    tonight = replay(portfolio(), [NIGHT], SETTINGS.labels, CURRENCY)
    rows = found.checks[(found.checks["figure"] == "rows") & (found.checks["model"] == "default")]
    assert rows["value"].item() == len(tonight.customers)
    share = found.checks[(found.checks["figure"] == "expected_share") & (found.checks["model"] == "default")]
    assert share["value"].item() == pytest.approx(models.default.probability(tonight.customers).mean())


def test_nights_by_the_same_models_remember_what_was_amiss(found, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DUERANK_HOME", str(tmp_path))

    class Champions:
        label = "the models"
        versions = (("late_payment", "1"), ("default", "1"))

    assert warning(Champions(), NIGHT) is None  # type: ignore[arg-type]
    remember(found)
    assert warning(Champions(), NIGHT) is None  # type: ignore[arg-type]
    amiss = replace(found, checks=found.checks.assign(breached=[True, *[False] * (len(found.checks) - 1)]))
    remember(amiss)
    assert "found 1 figures out of their limits" in str(warning(Champions(), NIGHT))  # type: ignore[arg-type]
    assert warning(Champions(), NIGHT - pd.Timedelta(days=1)) is None  # type: ignore[arg-type]
    Champions.label = "newer models"
    assert warning(Champions(), NIGHT) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "low", "high", "limit", "breached"),
    [(0.4, 0.1, 0.9, 0.5, True), (0.4, 0.1, 1.2, 0.8, False), (1.8, 1.1, 2.9, 0.7, True), (1.8, 0.9, 2.9, 0.9, False)],
)
def test_contacts_that_bring_other_than_expected_are_out_of_limits_where_the_interval_excludes_it(
    found: monitoring.Monitored, level: float, low: float, high: float, limit: float, breached: bool
) -> None:
    watched = found.with_outcomes("contact_effect", [level_check(level, low, high)])
    row = watched.checks.iloc[-1]
    assert (row["clock"], row["model"], row["figure"], row["of"]) == ("outcomes", "contact_effect", "gain_level", "all")
    assert (row["value"], row["reference"], row["breached"]) == (level, 1.0, breached)
    assert row["limit"] == pytest.approx(limit)
    assert abs(level - 1) > limit if breached else abs(level - 1) < limit
    assert len(watched.breaches) == breached
    assert watched.checks["breached"].dtype == bool
    pd.testing.assert_frame_equal(watched.checks[:-1], found.checks)


def test_as_long_as_nothing_is_measured_there_is_no_check_of_the_effect(found: monitoring.Monitored) -> None:
    pd.testing.assert_frame_equal(found.with_outcomes("contact_effect", []).checks, found.checks)


def test_outcomes_are_looked_at_by_the_segment_published_that_night() -> None:
    rows = pd.DataFrame({"customer": np.arange(400), "oldest_days_past_due": 0.0, "amount": 1.0})
    rows["night"] = MONDAYS[np.arange(400) % 3]
    rows["segment"] = np.where(rows["customer"] < 200, "risky", np.where(rows["customer"] < 350, "steady", None))
    label = (rows["customer"] % 10 < np.where(rows["customer"] < 200, 8, 2)).to_numpy(dtype=np.float64)
    found = by_figure(
        list(outcomes(rows, label, np.full(400, 0.2) + rows["customer"].to_numpy() / 1e6, MONITOR, SHARE))
    )
    assert found["bad_share", "segment risky"].breached
    assert found["bad_share", "segment risky"].value == 0.8
    assert not found["bad_share", "segment steady"].breached


def test_rows_have_the_segment_of_their_own_customer_and_night_only() -> None:
    nights = [NIGHT - pd.Timedelta(days=14), NIGHT]
    spine = replay(portfolio(), nights, SETTINGS.labels, CURRENCY)
    ids = portfolio().customer_ids
    published = pd.DataFrame(
        {
            "as_of": [nights[0], nights[0], nights[1]],
            "customer_id": [ids[0], "gone", ids[1]],
            "segment": ["a", "b", "c"],
        }
    )
    told = with_segments(spine, portfolio(), published)
    for before, after in ((spine.customers, told.customers), (spine.invoices, told.invoices)):
        pd.testing.assert_frame_equal(after.drop(columns="segment"), before)
        of = {(0, day_number(nights[0])): "a", (1, day_number(nights[1])): "c"}
        expected = [of.get(row) for row in zip(before["customer"], before["night"], strict=True)]
        assert [None if pd.isna(one) else one for one in after["segment"]] == expected
    assert told.customers["segment"].notna().any()
