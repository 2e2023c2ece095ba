"""Drafts say what is owed, to whom, in whose language, and are nothing but texts."""

import csv
import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pandas as pd
import pytest

from configs.language import speaking
from ledger.minor_units import held_with
from tests.support.nights.draft_frames import (
    COMPANY,
    TERMS,
    WITH_INTEREST,
    customers,
    drafted,
    item,
    items,
    on_account,
    people,
    row,
)
from worklists.drafts.company import Company
from worklists.drafts.render_drafts import ACTIONS, CHANNELS
from worklists.rules.actions import TONES


def mail(folder: Path, name: str = "C1.eml") -> EmailMessage:
    found = BytesParser(policy=email.policy.default).parsebytes((folder / name).read_bytes())
    assert isinstance(found, EmailMessage)
    return found


def messages(folder: Path) -> list[dict[str, str]]:
    with (folder / "sms.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_mail_names_every_overdue_invoice_and_its_total_and_is_not_dated(tmp_path: Path) -> None:
    some = items(item("R1", 123_456), item("R2", 5_000, days_past_due=3, amount=6_000), item("R3", 9_999, -5))
    assert drafted(tmp_path, row(), items=some) == []
    draft = mail(tmp_path)
    assert str(draft["To"]) == "Ms Lee <lee@miller.example>" and draft["X-Unsent"] == "1" and draft["Date"] is None
    assert draft["Subject"] == "Payment reminder for account C1"
    text = draft.get_content()
    lines = [line.split() for line in text.splitlines()]
    assert ["R1", "11", "Jan", "2024", "10", "Feb", "2024", "1,234.56", "EUR", "1,234.56", "EUR"] in lines
    assert ["R2", "28", "Jan", "2024", "27", "Feb", "2024", "60.00", "EUR", "50.00", "EUR"] in lines
    assert ["Total:", "1,284.56", "EUR"] in lines
    assert "R3" not in text and "IBAN DE02" in text and "Dear Ms Lee," in text and "by 8 Mar 2024" in text


def test_every_amount_has_the_decimals_of_its_currency(tmp_path: Path) -> None:
    with held_with(3):  # as in a ledger with a customer in dinars
        some = items(*(item(name, 1_234_000, currency=name) for name in ("EUR", "JPY", "KWD")))
        assert drafted(tmp_path, row(), items=some) == []
    text = mail(tmp_path).get_content()
    assert [amount in text for amount in ("1,234.00 EUR", "1,234 JPY", "1,234.000 KWD")] == [True] * 3


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_there_is_a_text_for_every_action_and_tone(tmp_path: Path, channel: str, language: str) -> None:
    rows = pd.concat([
        row(action=action, tone=tone, channel=channel, customer_id=f"{action}-{tone}", rank=rank)
        for rank, (action, tone) in enumerate((a, t) for a in ACTIONS for t in TONES)
    ])  # fmt: skip
    some = items(*(item("R1", 100, day, customer_id=one) for one in rows["customer_id"] for day in (-3, 20)))
    known = pd.concat([customers(customer_id=one, country="X") for one in rows["customer_id"]])
    given = {"items": some, "customers": known, "spoken_in": {"X": language}, "terms": WITH_INTEREST}
    streets = ["20 letters have no street and town, since a ledger has none: they are places to fill in."]
    assert drafted(tmp_path, rows, **given) == (streets if channel == "letter" else [])
    if channel == "email":
        texts = [mail(tmp_path, f"{one}.eml").get_content() for one in rows["customer_id"]]
    elif channel == "sms":
        texts = [message["text"] for message in messages(tmp_path)]
        assert all(len(text) <= 306 for text in texts), "three text messages at most"
    else:
        page = (tmp_path / "letters.html").read_text("utf-8")
        texts = page.split('<section class="letter"')[1:]
        assert all(f'lang="{language}"' in text.splitlines()[0] for text in texts)
    assert len(texts) == len(rows) and all(("Konto" in text) == (language == "de") for text in texts)
    assert len(set(texts)) >= len(ACTIONS)
    assert not any(word in text for text in texts for word in ("{{", "{%", "None", "[[our"))


def test_what_is_disputed_promised_or_on_hold_is_not_asked_for_and_credits_are_named(tmp_path: Path) -> None:
    some = items(
        item("R1", 10_000, disputed_amount=4_000), item("R2", 5_000, promised_amount=5_000),
        item("R3", 700, held_amount=700), item("G1", -1_500, 5), item("U1", 20_000, currency="USD"),
    )  # fmt: skip
    drafted(tmp_path, row(), items=some)
    text = mail(tmp_path).get_content()
    assert "R2" not in text and "R3" not in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "R1 11 Jan 2024 10 Feb 2024 100.00 EUR 60.00 EUR" in lines
    assert any(line.startswith("Credit G1") and line.endswith("-15.00 EUR") for line in lines)
    assert "Total: 45.00 EUR" in lines and "Total: 200.00 USD" in lines
    assert "What is disputed, promised for a later day, on hold, or on its way is not included." in text


def test_nothing_is_written_where_nothing_is_left_to_ask_for(tmp_path: Path) -> None:
    nothing = items().head(0)
    for some in (items(item("R1", 100, promised_amount=100)), items(item("R1", 100), item("G1", -100)), nothing):
        assert drafted(tmp_path, row(), items=some) == [] and not list(tmp_path.iterdir())


def test_interest_and_fee_are_stated_apart_and_only_in_demands(tmp_path: Path) -> None:
    some = items(item("R1", 100_000, 73), item("R2", 50_000, 365))
    drafted(tmp_path, row(action="firm_demand"), items=some, terms=WITH_INTEREST)
    lines = [" ".join(line.split()) for line in mail(tmp_path).get_content().splitlines()]
    said = ["Total: 1,500.00 EUR", "Interest until today: 70.00 EUR", "Fee for late payment: 40.00 EUR",
            "To be paid: 1,610.00 EUR"]  # fmt: skip
    assert [line for line in lines if line in said] == said
    drafted(tmp_path, row(action="follow_up"), items=some, terms=WITH_INTEREST)
    assert "Interest" not in mail(tmp_path).get_content()


@pytest.mark.parametrize(
    ("persons", "master", "to"),
    [
        ([{}], {}, "Ms Lee <lee@miller.example>"),
        ([{"bounced_on": pd.Timestamp("2024-02-01")}], {}, "Miller Ltd <office@miller.example>"),
        ([{"role": "managing director"}], {}, "Miller Ltd <office@miller.example>"),
        ([{"role": None}], {}, "Ms Lee <lee@miller.example>"),
        ([{"person_id": "P0", "role": None, "name": "X"}, {}], {}, "Ms Lee <lee@miller.example>"),
        ([{"email": None}], {}, "Ms Lee <office@miller.example>"),
        ([{"bounced_on": pd.Timestamp("2024-02-01")}], {"email": "Lee@Miller.example"}, None),
        ([{"person_id": "P0", "bounced_on": pd.Timestamp("2024-02-01"), "email": "old@miller.example"}, {}], {},
         "Ms Lee <lee@miller.example>"),
        ([{"email": "no address"}], {"email": None}, None),
    ],
)  # fmt: skip
def test_a_mail_goes_to_who_pays_and_never_to_an_address_that_bounced(
    tmp_path: Path, persons: list[dict[str, object]], master: dict[str, object], to: str | None
) -> None:
    notes = drafted(tmp_path, row(), people=people(*persons), customers=customers(**master))
    assert mail(tmp_path)["To"] == to
    assert notes == ([] if to else ["1 mail has no address: none is known that did not bounce."])


@pytest.mark.parametrize(
    ("person", "spoken_in", "night", "greeting"),
    [
        ("de", {}, "en", "Guten Tag Ms Lee"), (None, {"GB": "de"}, "en", "Guten Tag Ms Lee"),
        (None, {}, "de", "Guten Tag Ms Lee"), ("fr", {"GB": "de"}, "en", "Guten Tag Ms Lee"),
        ("en", {"GB": "de"}, "de", "Dear Ms Lee"),
    ],
)  # fmt: skip
def test_the_language_is_the_persons_else_the_countrys_else_the_nights(
    tmp_path: Path, person: str | None, spoken_in: dict[str, str], night: str, greeting: str
) -> None:
    with speaking(night):
        drafted(tmp_path, row(), people=people({"language": person}), spoken_in=spoken_in)
    text = mail(tmp_path).get_content()
    assert greeting in text and ("1.234,56 EUR" in text) == greeting.startswith("Guten")


def test_without_a_company_there_are_places_to_fill_in_and_the_night_says_so(tmp_path: Path) -> None:
    rows = pd.concat([row(), row(channel="letter", rank=2)])
    notes = drafted(tmp_path, rows, company=Company())
    assert notes[:1] == [
        "Drafts have places to fill in: the setting drafts.company does not say name, address, bank, signature."
    ]
    assert "[[our bank account]]" in mail(tmp_path).get_content()
    assert "<mark>[[our bank account]]</mark>" in (tmp_path / "letters.html").read_text("utf-8")


def test_a_letter_has_its_address_in_the_window_and_a_country_only_abroad(tmp_path: Path) -> None:
    home = COMPANY.model_copy(update={"country": "GB"})
    for company, abroad in ((home, []), (COMPANY, ["UNITED KINGDOM"])):
        drafted(tmp_path, row(channel="letter"), company=company)
        page = (tmp_path / "letters.html").read_text("utf-8")
        window = page.split('class="window"')[1].split("</address>")[0]
        lines = [line.strip().removesuffix("<br>") for line in window.splitlines()[1:] if line.strip()]
        places = ["<mark>[[street]]</mark>", "<mark>[[postcode and town]]</mark>"]
        assert lines == ["Miller Ltd", "Ms Lee", *places, *abroad]


def test_the_same_night_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = pd.concat([row(), row(channel="letter", rank=2), row(channel="sms", rank=3)])
    for name in ("a", "b"):
        drafted(tmp_path / name, rows)
    written = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert written == ["C1.eml", "letters.html", "sms.csv"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in written)


def test_the_companys_own_texts_come_first_and_may_be_in_any_language(tmp_path: Path) -> None:
    (tmp_path / "own" / "fr").mkdir(parents=True)
    (tmp_path / "own" / "fr" / "payment_reminder.txt").write_text(
        "Rappel {{ customer_id }}\n\nBonjour {{ to.person }}, {{ amounts }} avant le {{ pay_by }}.\n", "utf-8"
    )
    drafted(tmp_path / "out", row(), people=people({"language": "fr"}), templates=str(tmp_path / "own"))
    draft = mail(tmp_path / "out")
    assert draft["Subject"] == "Rappel C1"
    assert "Bonjour Ms Lee, 1\u202f234,56 EUR avant le 8 mars 2024." in draft.get_content()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("S\n\n{{ nmae }}", "line 3: 'nmae' is undefined"),
        ("S\n{% if %}", "line 2: Expected an expression"),
        ("S\n{{ to.__class__.__mro__ }}", "line 2: access to attribute '__class__'"),
        ("S\n{{ 1 / 0 }}", "line 2: division by zero"),
        (
            "S\n{% for a in range(9999) %}\n{% for b in range(9999) %}{% endfor %}{% endfor %}",
            "is there an end to them?",
        ),
        ("S\n{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}", "en/payment_reminder.txt, line 2"),
        ("S\n{{ 'a' * 10**9 }}", "is only for numbers up to 1,000"),
        ("S\n{% include 'en/none.txt' %}", "en/none.txt"),
        ("S\n{{ demand.invoices.append(1) }}", "line 2"),
    ],
)
def test_a_fault_in_a_template_is_noted_with_its_place_and_costs_only_its_drafts(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "own" / "en").mkdir(parents=True)
    (tmp_path / "own" / "en" / "payment_reminder.txt").write_text(text)
    rows = pd.concat([row(), row(action="follow_up", customer_id="C2", rank=2)])
    some = items(item("R1", 100), item("R2", 100, customer_id="C2"))
    both = pd.concat([customers(), customers(customer_id="C2")])
    (note,) = drafted(tmp_path / "out", rows, items=some, customers=both, templates=str(tmp_path / "own"))
    assert note.startswith("Template en/") and said in note and note.endswith("because of it: 1.")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["C2.eml"]


HOSTILE = [
    "<script>alert(1)</script>", "{{ 7*7 }}", "{% raw %}", "x\r\nBcc: evil@x.example", "=HYPERLINK(1)", "../../etc/x",
    "a\u2028b", "[[x]]<b>", "\ufeff", "Ü ñ 漢字", '"', "a@b.example, c@d.example", "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_texts_of_a_ledger_stay_text(tmp_path: Path, hostile: str) -> None:
    named = {"customer_id": hostile, "customer_name": hostile}
    rows = pd.concat([row(**named, channel=channel, rank=rank) for rank, channel in enumerate(CHANNELS)])
    person = {"customer_id": hostile, "name": hostile, "email": hostile, "phone": hostile}
    drafted(
        tmp_path / "out", rows, items=items(item(hostile, 100, customer_id=hostile)), people=people(person),
        customers=customers(customer_id=hostile, name=hostile, email="ok@miller.example", phone=hostile),
    )  # fmt: skip
    assert {path.parent for path in tmp_path.rglob("*.*")} == {tmp_path / "out"}
    (path,) = (tmp_path / "out").glob("*.eml")
    draft = mail(tmp_path / "out", path.name)
    assert draft["Bcc"] is None and [one.addr_spec for one in draft["To"].addresses] == ["ok@miller.example"]
    assert "49" not in draft.get_content().replace("+49", "")
    page = (tmp_path / "out" / "letters.html").read_text("utf-8")
    assert "<script" not in page and "<b>" not in page and "src=" not in page and "href" not in page
    (message,) = messages(tmp_path / "out")
    assert not any(cell[:1] in "=+-@\t\r" for cell in message.values() if cell)


def test_no_more_drafts_are_written_than_a_house_can_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worklists.drafts.render_drafts.MOST_DRAFTS", 1)
    rows = pd.concat([row(), row(customer_id="C2", rank=2)])
    some = items(item("R1", 100), item("R2", 100, customer_id="C2"))
    assert drafted(tmp_path, rows, items=some, terms=TERMS, company=COMPANY) == ["1 draft too many was not written."]
    assert [path.name for path in tmp_path.iterdir()] == ["C1.eml"]


def test_what_names_no_document_lowers_or_raises_what_is_asked_for_and_is_named(tmp_path: Path) -> None:
    account = on_account(
        {"kind": "received", "amount": 2_000}, {"kind": "promised", "amount": 3_000},
        {"kind": "coming", "amount": 1_000}, {"kind": "paid_back", "amount": -500},
        {"customer_id": "C2", "amount": 9_999},
    )  # fmt: skip
    drafted(tmp_path, row(), items=items(item("R1", 10_000)), on_account=account)
    lines = [" ".join(line.split()) for line in mail(tmp_path).get_content().splitlines()]
    said = ["Paid back to you 5.00 EUR", "Your payment on its way -10.00 EUR", "Promised for a later day -30.00 EUR",
            "Your payment on account -20.00 EUR", "Total: 45.00 EUR"]  # fmt: skip
    assert [line for line in lines if line in said] == said
    drafted(tmp_path, row(channel="letter"), items=items(item("R1", 10_000)), on_account=account)
    assert "<td>Your payment on account</td>" in (tmp_path / "letters.html").read_text("utf-8")


def test_money_that_is_on_its_way_for_an_invoice_is_not_asked_for(tmp_path: Path) -> None:
    drafted(tmp_path, row(), items=items(item("R1", 10_000, coming_amount=4_000), item("R2", 500, coming_amount=500)))
    text = mail(tmp_path).get_content()
    assert "60.00 EUR" in text and "R2" not in text and "on its way is not included" in text
