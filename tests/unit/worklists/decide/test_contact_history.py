"""The latest contacts are listed in brief, as they were known on the night."""

from configs.language import speaking
from ledger.as_of.view import View
from tests.support.view_from_rows import Row, view_of
from worklists.decide.contact_history import contact_history, recent_contacts

INVOICE: Row = {"issued_on": "2024-04-01", "due_on": "2024-05-01", "amount": 100}
CONTACTS: list[Row] = [
    {"contacted_on": "2024-05-02", "channel": "letter"},
    {"contacted_on": "2024-06-20", "channel": "call", "outcome": "no_answer"},
    {"contacted_on": "2024-06-03", "channel": "email"},
    {"contacted_on": "2024-06-10", "channel": "call", "outcome": "reached"},
    {"contacted_on": "2024-03-26", "channel": "sms"},
    {"contacted_on": "2024-06-25", "channel": "visit"},
    {"contacted_on": "2024-06-24", "channel": "sms", "customer_id": "c3"},
]


def told(**language: str) -> dict[str, str]:
    view: View = view_of(
        "2024-06-25",
        invoices=[INVOICE | {"customer_id": customer} for customer in ("c1", "c2", "c3")],
        contacts=CONTACTS,
    )
    with speaking(language.get("language", "en")):
        history = contact_history(recent_contacts(view))
    return dict(zip(view.portfolio.customer_ids, history, strict=True))


def test_the_latest_three_of_a_quarter_are_told_and_all_are_counted() -> None:
    assert told() == {
        "c1": "4 contacts in 90 days: 2024-06-20 call, no answer; 2024-06-10 call, reached; 2024-06-03 email",
        "c2": "",
        "c3": "1 contact in 90 days: 2024-06-24 sms",
    }


def test_they_are_told_in_german() -> None:
    assert told(language="de")["c1"].startswith("4 Kontakte in 90 Tagen: 20.06.2024 Anruf, nicht erreicht; 10.06.2024")


def test_nobody_was_contacted_yet() -> None:
    assert contact_history(recent_contacts(view_of("2024-06-25", invoices=[INVOICE]))).tolist() == [""]
