"""The first reason of a row: what a contact brings, the customer's habit, and what contacts did before."""

import numpy as np
import pandas as pd
import pytest

from configs.language import speaking
from models.effect.effect_model import UNKNOWN
from tests.support.view_from_rows import view_of
from worklists.decide.contact_gains import ASSUMED, NOTHING_DUE
from worklists.ranking.why_contact import FOLLOWED, MADE, responses, why_contact

NO_CONTACTS = pd.DataFrame(0, index=[4], columns=[*MADE, *FOLLOWED])
ROW = {
    "channel": "call", "expected_gain": 139_892, "collectible_amount": 1_013_800, "p_unpaid_30d": 0.62,
    "average_days_late": -6.2, "days_past_due": 13, "gain_basis": "customer",
}  # fmt: skip


def said(low: float = 0.1, contacts: dict[str, int] | None = None, **row: object) -> str:
    listed = pd.DataFrame([{**ROW, **row}], index=[4])
    return why_contact(listed, pd.Series(low, index=[4]), NO_CONTACTS.assign(**(contacts or {})))[4]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {},
            "A call brings about 1,399 of 10,138, of which 62% would be unpaid in 30 days without it: usually pays 6 "
            "days early, now 13 days late.",
        ),
        (
            {"low": -0.1},
            "A call brings about 1,399 of 10,138, which may be chance: usually pays 6 days early, now 13 days late.",
        ),
        (
            {"expected_gain": 0},
            "A call is not expected to bring more of 10,138 than comes without it: usually pays 6 days early, now 13 "
            "days late.",
        ),
        (
            {"gain_basis": ASSUMED, "average_days_late": np.nan},
            "A call is assumed to bring about 1,399 of 10,138, of which 62% would else be unpaid in 30 days: has paid "
            "no invoice yet, now 13 days late.",
        ),
        (
            {"gain_basis": UNKNOWN, "expected_gain": 0},
            "What a contact brings of 10,138 is not known, since no customer like this one was contacted before: "
            "usually pays 6 days early, now 13 days late.",
        ),
        (
            {"gain_basis": NOTHING_DUE, "collectible_amount": 0, "days_past_due": 0, "channel": "email"},
            "Nothing is overdue yet, but what falls due soon will probably be late, though it usually pays 6 days "
            "early.",
        ),
        (
            {"gain_basis": NOTHING_DUE, "collectible_amount": 0, "days_past_due": 0, "average_days_late": 9.0},
            "Nothing is overdue yet, but what falls due soon will probably be late: usually pays 9 days late.",
        ),
        (
            {"channel": "sms", "collectible_amount": 950, "expected_gain": 95, "low": 0.0},
            "A text message brings about 0.95 of 9.50, which may be chance: usually pays 6 days early, now 13 days "
            "late.",
        ),
    ],
)
def test_the_sentence_says_what_a_contact_brings_and_what_is_unusual(given: dict[str, object], sentence: str) -> None:
    assert said(**given) == sentence  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("contacts", "clause"),
    [
        ({"call_made": 3, "call_followed": 2}, "; a payment followed 2 of 3 calls within a week."),
        ({"call_made": 3}, "; no payment followed 3 calls within a week."),
        ({"call_made": 1, "call_followed": 1}, "now 13 days late."),
        ({"sms_made": 9, "sms_followed": 9}, "now 13 days late."),
    ],
)
def test_what_contacts_by_the_same_channel_did_is_said_where_there_were_two(
    contacts: dict[str, int], clause: str
) -> None:
    assert said(contacts=contacts).endswith(clause)


def test_the_sentence_is_said_in_the_language_of_the_night() -> None:
    with speaking("de"):
        sentence = said(contacts={"call_made": 3, "call_followed": 2})
        unanswered = said(contacts={"call_made": 3})
    assert unanswered.endswith("; nach 3 Anrufen kam binnen einer Woche keine Zahlung.")
    assert sentence == (
        "Ein Anruf bringt etwa 1.399 von 10.138, von denen ohne Kontakt 62 % in 30 Tagen offen wären: zahlt meist 6 "
        "Tage vor Fälligkeit, jetzt 13 Tage nach Fälligkeit; auf 2 von 3 Anrufen folgte binnen einer Woche eine "
        "Zahlung."
    )


def test_contacts_of_a_year_are_counted_with_the_payments_of_the_week_after() -> None:
    view = view_of(
        "2024-06-01",
        invoices=[{"amount": 10_000}, {"amount": 10_000, "customer_id": "c2"}],
        payments=[{"invoice_id": "i1", "amount": 1_000, "paid_on": "2024-03-08"}],
        contacts=[
            {"contacted_on": "2024-03-01", "channel": "call"},
            {"contacted_on": "2024-04-01", "channel": "call"},
            {"contacted_on": "2024-05-28", "channel": "call"},  # its week has not passed
            {"contacted_on": "2023-05-01", "channel": "call"},  # more than a year ago
            {"contacted_on": "2024-03-07", "channel": "sms", "customer_id": "c2"},
        ],
    )
    found = responses(view)
    assert found.loc[0, ["call_made", "call_followed", "sms_made"]].tolist() == [2, 1, 0]
    assert found.loc[1, ["call_made", "sms_made", "sms_followed"]].tolist() == [0, 1, 0]
