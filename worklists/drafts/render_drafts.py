"""All drafts of a night: a mail for each customer, the letters on one page, the text messages as a CSV."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from babel import Locale, UnknownLocaleError

from configs.language import counted, spoken_language, translated
from worklists.drafts.addressees import Addressee, addressees, plain
from worklists.drafts.company import Company
from worklists.drafts.demands import (
    WITH_INTEREST,
    Demand,
    account_lines,
    asked_for,
    customers_with_less,
    day,
    demand_of,
)
from worklists.drafts.letters import STATEMENT, Letter, letter, write_letters
from worklists.drafts.mail import file_name, mail_bytes
from worklists.drafts.sandbox import EXTENSION, TemplateFault, Templates
from worklists.drafts.statement import statement_html, statement_text
from worklists.drafts.text_messages import write_messages
from worklists.rules.interest import Interest

ACTIONS = ("pre_due_reminder", "payment_reminder", "follow_up", "firm_demand", "final_notice")
CHANNELS = ("email", "letter", "sms")
DAYS_TO_PAY = {"final_notice": 10}  # a letter takes three days, and a week is to be left
USUAL_DAYS_TO_PAY = 7
MOST_DRAFTS = 5_000  # no house sends more in a day, and one page of letters would not open


@dataclass(frozen=True)
class Terms:
    """What the strategy says of drafts: interest where it claims any, how early a reminder before the due date is."""

    interest: Interest | None
    days_before_due: int


@dataclass
class _Met:
    """What came up while the drafts of a night were made."""

    faults: Counter[tuple[str, int | None, str]] = field(default_factory=Counter)
    without_address: int = 0
    letters: int = 0
    nothing_left: int = 0
    written: int = 0


def render_drafts(
    rows: pd.DataFrame,
    items: pd.DataFrame,
    on_account: pd.DataFrame,
    people: pd.DataFrame,
    customers: pd.DataFrame,
    company: Company,
    terms: Terms,
    folder: Path,
    templates: str | None = None,
    spoken_in: Mapping[str, str] | None = None,
) -> list[str]:
    """Write the drafts for the rows of a worklist to `folder`, and return what the night is to note.

    Args:
        rows: Worklist rows (columns of `WORKLIST`, cents, datetime64).
        items: Open items of their customers: customer_id, invoice_id, issued_on, due_on, currency (of the invoice),
            amount, open_amount, disputed_amount, promised_amount, held_amount, coming_amount (minor units of it),
            days_past_due. Credits have an open amount below zero.
        on_account: What names no document (`call_sheet.on_account`): customer_id, kind, currency, amount.
        people: Those known as of the night, with the columns that `addressees` needs; and so `customers`.
        company: Who writes.
        terms: Of the strategy.
        folder: Made where there is something to write; `<customer>.eml`, letters.html, sms.csv.
        templates: The company's own folder of templates.
        spoken_in: The language by country, as of a roster.

    A template that cannot be used costs its drafts and is noted; it never stops the night. The same rows give the same
    bytes. Texts are in the customer's language where there are some, else in the one that is spoken.
    """
    wanted = rows[rows["action"].isin(ACTIONS) & rows["channel"].isin(CHANNELS)].sort_values("rank")
    if wanted.empty:
        return []
    plain_texts, safe_texts = Templates(templates, autoescape=False), Templates(templates, autoescape=True)
    known = addressees(customers, people, plain_texts.languages(), spoken_language(), spoken_in or {})
    drafted = wanted.head(MOST_DRAFTS)
    demands = _demands(drafted, items, on_account, terms, known)
    met, letters, messages = _Met(), list[Letter](), list[tuple[str, str | None, str]]()
    folder.mkdir(parents=True, exist_ok=True)
    for row in drafted.to_dict("records"):
        to = known.get(row["customer_id"]) or _unknown(row)
        demand = demands[row["rank"]]
        if demand is None:
            met.nothing_left += 1
            continue
        try:
            if row["channel"] == "email":
                subject, body = _parted(
                    _text(plain_texts, row, to, demand, company, statement_text(demand, to.language))
                )
                (folder / file_name(to.customer_id, ".eml")).write_bytes(mail_bytes(subject, body, to, company))
                met.without_address += to.email is None
            elif row["channel"] == "letter":
                subject, body = _parted(_text(safe_texts, row, to, demand, company, STATEMENT))
                written_on = day(row["as_of"].date(), _locale(to.language))
                letters.append(letter(subject, body, statement_html(demand, to.language), to, company, written_on))
            else:
                text = _text(plain_texts, row, to, demand, company, "")
                messages.append((to.customer_id, to.phone, " ".join(text.split())))
            met.written += 1
        except TemplateFault as fault:
            met.faults[fault.name, fault.line, fault.why] += 1
    if letters:
        write_letters(letters, folder / "letters.html")
    met.letters = len(letters)
    if messages:
        write_messages(messages, folder / "sms.csv")
    return list(_notes(met, company, len(wanted) - MOST_DRAFTS))


def _demands(
    rows: pd.DataFrame, items: pd.DataFrame, on_account: pd.DataFrame, terms: Terms, known: Mapping[str, Addressee]
) -> dict[int, Demand | None]:
    """What each row asks for, by rank."""
    reduced = customers_with_less(items)
    found: dict[int, Demand | None] = {}
    for action, same in rows.groupby("action"):
        its = items[items["customer_id"].isin(same["customer_id"])]
        of_customer: dict[str, list[dict[Any, Any]]] = {}
        of_documents = asked_for(its, str(action), terms.interest, terms.days_before_due)
        for item in pd.concat([of_documents, account_lines(on_account)]).to_dict("records"):
            of_customer.setdefault(item["customer_id"], []).append(item)
        fee = terms.interest.fee if terms.interest is not None and action in WITH_INTEREST else 0
        for row in same[["rank", "customer_id", "currency"]].to_dict("records"):
            whom = row["customer_id"]
            locale = _locale(known[whom].language if whom in known else spoken_language())
            its_own = of_customer.get(whom, [])
            found[row["rank"]] = demand_of(its_own, whom in reduced, fee, row["currency"], locale)
    return found


def _text(
    texts: Templates, row: dict[Any, Any], to: Addressee, demand: Demand, company: Company, statement: str
) -> str:
    """A template filled in; the names that it may use are in docs/collector.md."""
    action, locale = row["action"], _locale(to.language)
    night: date = row["as_of"].date()
    values = {
        "company": company.places(),
        "to": {"person": to.person, "customer": to.customer, "country": to.country},
        "customer_id": plain(to.customer_id),
        "tone": row["tone"],
        "demand": demand,
        "amounts": " + ".join(total.amount for total in demand.totals),
        "statement": statement,
        "today": day(night, locale),
        "pay_by": day(night + timedelta(days=DAYS_TO_PAY.get(action, USUAL_DAYS_TO_PAY)), locale),
    }
    names = (f"{to.language}/{action}.{row['channel']}{EXTENSION}", f"{to.language}/{action}{EXTENSION}")
    return texts.written(list(names), values)


def _unknown(row: dict[Any, Any]) -> Addressee:
    name = plain(row["customer_name"]) or row["customer_id"]
    return Addressee(row["customer_id"], name, None, None, None, None, spoken_language())


@cache
def _locale(language: str) -> str:
    """The language for figures and days; English where no one knows how it writes them."""
    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "en"


def _parted(text: str) -> tuple[str, str]:
    """The first line as the subject, and the rest without more than one empty line in a row."""
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), re.sub(r"\n\s*\n\s*", "\n\n", body.strip()) + "\n"


def _notes(met: _Met, company: Company, left_over: int) -> Iterator[str]:
    for (name, line, why), count in sorted(met.faults.items(), key=str):
        place = f"{name}, line {line}" if line else name
        yield translated("Template {place}: {why}; drafts not written because of it: {count}.").format(
            place=place, why=" ".join(why.split()), count=count
        )
    if met.written and company.missing:
        yield translated("Drafts have places to fill in: the setting drafts.company does not say {missing}.").format(
            missing=", ".join(company.missing)
        )
    if met.without_address:
        yield counted(
            "{count} mail has no address: none is known that did not bounce.",
            "{count} mails have no address: none is known that did not bounce.",
            met.without_address,
        )
    if met.letters:
        yield counted(
            "{count} letter has no street and town, since a ledger has none: they are places to fill in.",
            "{count} letters have no street and town, since a ledger has none: they are places to fill in.",
            met.letters,
        )
    if left_over > 0:
        yield counted("{count} draft too many was not written.", "{count} drafts too many were not written.", left_over)
