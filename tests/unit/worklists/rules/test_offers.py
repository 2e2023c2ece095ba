"""Who may be offered what, in words a collector can say; offers that no one could ever get are refused."""

import pandas as pd
import pytest
from pydantic import ValidationError

from tests.support.view_from_rows import facts_of, view_of
from worklists.rules.offers import Offer, offered, refuse_impossible
from worklists.rules.segments import Segments, load_segments

SEGMENTS = load_segments("standard")
PLAN = {"offer": "payment_plan", "instalments": 3}
DISCOUNT = {"offer": "early_payment_discount", "percent": 2.5}
SETTLEMENT = {"offer": "settlement", "percent": 20}


def offers(*written: dict[str, object]) -> list[Offer]:
    return [Offer.model_validate(offer) for offer in written]


def given(written: list[Offer], action: list[str], cents: list[int], segment: str = "forgetful") -> list[str]:
    names = [f"c{place}" for place in range(len(cents))]
    view = view_of("2024-02-05", invoices=[{"amount": 1, "customer_id": name} for name in names])
    facts = facts_of(view).assign(collectible_amount=cents, overdue_amount=cents, open_amount=10_000)
    segments = pd.DataFrame({"segment": segment}, index=facts.index)
    return offered(facts, segments, pd.DataFrame({"action": action}, index=facts.index), written).tolist()


def test_the_first_offer_that_fits_decides_and_amounts_bound_it_to_the_cent() -> None:
    rules = offers(PLAN | {"at_least_amount": 1.1, "at_most_amount": 2.3}, SETTLEMENT | {"at_least_amount": 2})
    assert given(rules, ["follow_up"] * 5, [109, 110, 230, 231, 199]) == [
        "",
        "may offer a plan of 3 monthly instalments",
        "may offer a plan of 3 monthly instalments",
        "may settle for 20% less if the rest is paid at once",
        "may offer a plan of 3 monthly instalments",
    ]


def test_a_discount_comes_with_the_reminder_only_and_nothing_with_a_hand_over_or_without_an_action() -> None:
    rules = offers(DISCOUNT, PLAN)
    actions = ["pre_due_reminder", "final_notice", "escalate_to_agency", "escalate_to_legal", ""]
    assert given(rules, actions, [0, 500, 500, 500, 500]) == [
        "may offer 2.5% off for paying before the due date", "may offer a plan of 3 monthly instalments", "", "", "",
    ]  # fmt: skip


def test_segments_and_conditions_on_facts_say_who() -> None:
    rules = offers(PLAN | {"segments": ["forgetful"], "when": [{"fact": "risk_band", "in": ["C"]}]})
    assert given(rules, ["follow_up"], [100]) == ["may offer a plan of 3 monthly instalments"]
    assert given(rules, ["follow_up"], [100], segment="key_account") == [""]
    rules = offers(PLAN | {"when": [{"fact": "risk_band", "in": ["D"]}]})
    assert given(rules, ["follow_up"], [100]) == [""]


def test_own_words_take_figures_of_the_row() -> None:
    rules = offers(PLAN | {"words": "may spread {collectible_amount}"})
    assert given(rules, ["follow_up"], [500_000]) == ["may spread 5,000"]


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"offer": "payment_plan"}, "payment_plan needs instalments: write instalments"),
        (PLAN | {"percent": 5}, "leave out percent"),
        ({"offer": "settlement", "instalments": 2}, "settlement needs percent"),
        ({"offer": "gift", "percent": 2}, "Input should be 'payment_plan', 'early_payment_discount' or 'settlement'"),
        (PLAN | {"instalments": 1}, "greater than or equal to 2"),
        (SETTLEMENT | {"percent": 100}, "less than 100"),
        (PLAN | {"at_least_amount": 10, "at_most_amount": 9}, "no amount is at least 10 and at most 9"),
        (PLAN | {"at_most_amount": 0}, "payment_plan can never be offered"),
        (PLAN | {"words": "may pay {collectable_amount}"}, "The closest is 'collectible_amount'"),
        (
            DISCOUNT | {"when": [{"fact": "overdue_amount", "at_least": 10}]},
            "early_payment_discount can never be offered: no customer with nothing overdue has a fitting overdue",
        ),
        (
            PLAN | {"at_least_amount": 1_000, "when": [{"fact": "open_amount", "less_than": 500}]},
            "has a fitting collectible_amount",
        ),
        (PLAN | {"when": [{"fact": "p_default", "at_least": 40}]}, "has a fitting p_default"),
        (
            PLAN | {"when": [{"fact": "risk_band", "in": ["A"]}, {"fact": "risk_band", "in": ["B"]}]},
            "has a fitting risk_band",
        ),
        (
            PLAN | {"when": [{"fact": "written_off", "is": True}, {"fact": "written_off", "is": False}]},
            "has a fitting written_off",
        ),
        (PLAN | {"segments": []}, "segments"),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(written: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        offers(written)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ([PLAN | {"segments": ["forgetfull"]}], "offers.0: there is no segment 'forgetfull'. The closest is"),
        (
            [DISCOUNT, PLAN | {"segments": ["up_to_date"]}],
            "offers.1: payment_plan can never be offered in the segment up_to_date: no customer there with something "
            "collectible has a fitting overdue_amount",
        ),
        ([DISCOUNT | {"segments": ["key_account"]}], "has a fitting overdue_amount"),
        ([PLAN | {"segments": ["small_at_risk"], "at_least_amount": 5_000}], "has a fitting overdue_amount"),
        (
            [PLAN | {"segments": ["key_account"], "when": [{"fact": "risk_band", "in": ["D", "E"]}]}],
            "can never be offered in the segment key_account",
        ),
        ([PLAN, SETTLEMENT], "offers.1: settlement can never be offered: an offer above it always comes first"),
        (
            [PLAN | {"at_least_amount": 50}, SETTLEMENT | {"segments": ["forgetful"]}, PLAN | {"at_least_amount": 60}],
            "offers.2: payment_plan can never be offered",
        ),
        (
            [PLAN | {"segments": ["large_at_risk"]}, SETTLEMENT | {"segments": ["large_at_risk"]}],
            "an offer above it always comes first",
        ),
    ],
)  # fmt: skip
def test_offers_that_could_never_be_made_are_refused(written: list[dict[str, object]], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        refuse_impossible(offers(*written), SEGMENTS)
    assert sentence in str(refused.value)


def test_offers_beside_each_other_are_fine() -> None:
    refuse_impossible(offers(PLAN | {"at_least_amount": 50}, SETTLEMENT, DISCOUNT), SEGMENTS)
    one = Segments.model_validate({"segments": [{"name": "all", "reason": "Everybody."}]})
    refuse_impossible(offers(PLAN | {"segments": ["all"]}, DISCOUNT), one)
