"""Why a customer has its place, in one sentence: what a contact brings, the habit, what contacts did before."""

import pandas as pd

from configs.language import counted, number, percent, translated
from features.declarations import figure
from features.event_streams import answered_contacts
from ledger.as_of.view import View
from ledger.clock import in_window
from ledger.minor_units import minor_units, written_decimals
from ledger.tables import CHANNELS
from models.effect.effect_model import UNKNOWN
from worklists.decide.contact_gains import ASSUMED
from worklists.rules.fact_words import filled

REMEMBERED_DAYS = 365
LEAST_CONTACTS = 2  # one contact that was followed by a payment says nothing
WHOLE_FROM = 10  # currency units: from here on an amount is said without its decimals
MADE, FOLLOWED = ([f"{channel}_{what}" for channel in CHANNELS] for what in ("made", "followed"))
BY_CHANNEL = {
    "email": "An e-mail", "sms": "A text message", "call": "A call", "letter": "A letter", "visit": "A visit",
}  # fmt: skip
# Of a learned effect, of one that may be chance, of none that is worth a cent, of no model, of no like, of a reminder.
BRINGS = "{contact} brings about {gain} of {amount}, of which {unpaid} would be unpaid in 30 days without it"
MAY_BE_CHANCE = "{contact} brings about {gain} of {amount}, which may be chance"
BRINGS_NOTHING = "{contact} is not expected to bring more of {amount} than comes without it"
IS_ASSUMED = "{contact} is assumed to bring about {gain} of {amount}, of which {unpaid} would else be unpaid in 30 days"
NOT_KNOWN = "What a contact brings of {amount} is not known, since no customer like this one was contacted before"
NOT_DUE = "Nothing is overdue yet, but what falls due soon will probably be late"
LEADS = (BRINGS, MAY_BE_CHANCE, BRINGS_NOTHING, IS_ASSUMED, NOT_KNOWN, NOT_DUE)


def responses(view: View) -> pd.DataFrame:
    """How many contacts of the last year each customer (position) had by channel, and how many a payment followed
    within a week: columns `MADE` and `FOLLOWED`. A contact of the last week is not judged yet."""
    contacts = answered_contacts(view)
    contacts = contacts[in_window(contacts["contacted_on"], view.as_of, REMEMBERED_DAYS)]
    columns = {}
    for names, counted_in in ((MADE, contacts), (FOLLOWED, contacts[contacts["answered"]])):
        by_channel = counted_in.groupby("channel")["customer"]
        of_customer = {channel: customers.value_counts() for channel, customers in by_channel}
        for channel, name in zip(CHANNELS, names, strict=True):
            columns[name] = of_customer.get(channel, pd.Series(dtype="int64")).reindex(
                range(view.customers), fill_value=0
            )
    return pd.DataFrame(columns).astype("int64")


def why_contact(listed: pd.DataFrame, low: pd.Series, responses: pd.DataFrame) -> "pd.Series[str]":
    """The sentence of every row of the list, by customer position.

    `listed` has channel, expected_gain, collectible_amount (cents), p_unpaid_30d, average_days_late, days_past_due and
    gain_basis; `low` is the lower end of the effect, `responses` are those of the function of that name.
    """
    worked = _worked(listed, responses)
    return _lead(listed, low) + _habit(listed) + ("; " + worked).where(worked != "", "") + "."


def _lead(listed: pd.DataFrame, low: pd.Series) -> "pd.Series[str]":
    words = {code: translated(said) for code, said in BY_CHANNEL.items()}
    parts: dict[str, pd.Series | str | int] = {
        "contact": listed["channel"].map(words).fillna("").astype("str"),
        "gain": _round(listed["expected_gain"]),
        "amount": _round(listed["collectible_amount"]),
        "unpaid": listed["p_unpaid_30d"].fillna(0.0).map(percent).astype("str"),
    }
    brings, chance, nothing, assumed, unknown, not_due = (filled(lead, listed.index, **parts) for lead in LEADS)
    basis = listed["gain_basis"]
    lead = brings.where(low > 0, chance).where(listed["expected_gain"] > 0, nothing)
    lead = lead.mask(basis == ASSUMED, assumed).mask(basis == UNKNOWN, unknown)
    return lead.where(listed["collectible_amount"] > 0, not_due)


def _habit(listed: pd.DataFrame) -> "pd.Series[str]":
    """': usually pays 6 days early, now 13 days late'; of a customer who never paid, only that; where it will be late
    against its habit, 'though it usually pays 6 days early'."""
    usual = listed["average_days_late"]
    said = usual.map(lambda days: "" if pd.isna(days) else figure(days, "days late")).astype("str")
    now = listed["days_past_due"].map(lambda days: figure(days, "days late")).astype("str")
    known = filled("usually pays {usual}", listed.index, usual=said)
    though = filled(", though it usually pays {usual}", listed.index, usual=said)
    clause = ": " + known.where(usual.notna(), translated("has paid no invoice yet"))
    clause = clause.mask((listed["collectible_amount"] <= 0) & (usual.round() <= 0), though)
    return clause + filled(", now {now}", listed.index, now=now).where(listed["days_past_due"] > 0, "")


def _worked(listed: pd.DataFrame, responses: pd.DataFrame) -> "pd.Series[str]":
    """What contacts by the same channel did in a year: 'a payment followed 2 of 3 calls within a week'."""
    clause = pd.Series("", index=listed.index, dtype="str")
    for channel, made, followed in zip(CHANNELS, MADE, FOLLOWED, strict=True):
        own = listed.index[(listed["channel"] == channel) & (responses[made].reindex(listed.index) >= LEAST_CONTACTS)]
        counts = responses.loc[own]
        texts = [
            _followed(channel, int(some), int(all_of))
            for some, all_of in zip(counts[followed], counts[made], strict=True)
        ]
        clause = clause.mask(clause.index.isin(own), pd.Series(texts, index=own, dtype="str"))
    return clause


def _followed(channel: str, some: int, all_of: int) -> str:
    contacts = _contacts(channel, all_of)
    if some == 0:
        return translated("no payment followed {contacts} within a week").format(contacts=contacts)
    return translated("a payment followed {some} of {contacts} within a week").format(
        some=number(some), contacts=contacts
    )


def _contacts(channel: str, count: int) -> str:
    return {
        "email": counted("{count} e-mail", "{count} e-mails", count),
        "sms": counted("{count} text message", "{count} text messages", count),
        "call": counted("{count} call", "{count} calls", count),
        "letter": counted("{count} letter", "{count} letters", count),
        "visit": counted("{count} visit", "{count} visits", count),
    }[channel]


def _round(cents: pd.Series) -> "pd.Series[str]":
    return cents.map(_said).astype("str")


def _said(cents: float) -> str:
    units = cents / minor_units()
    return number(units, 0 if abs(units) >= WHOLE_FROM else written_decimals())
