"""To whom a draft is addressed: who does accounts payable, else the customer; never an address that bounced."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

ACCOUNTS_PAYABLE = "accounts payable"
ANYONE = ""  # who has no role is the customer itself, or does it all
ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+\.[^\s@,;:<>()\[\]\"\\]+")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True)
class Addressee:
    """`person` is None where no one is known by name; `email` and `phone` where none can be used."""

    customer_id: str
    customer: str
    person: str | None
    email: str | None
    phone: str | None
    country: str | None
    language: str


def plain(value: Any) -> str | None:
    """A text of the ledger in one line, without characters that no one sees; None where nothing is left."""
    if value is None or pd.isna(value):
        return None
    return " ".join(UNSEEN.sub(" ", str(value)).split()) or None


def addressees(
    customers: pd.DataFrame,
    people: pd.DataFrame,
    written: Collection[str],
    language: str,
    spoken_in: Mapping[str, str],
) -> dict[str, Addressee]:
    """The addressee of each customer, by customer_id.

    `customers` has customer_id, name, country, email, phone; `people` customer_id, person_id, name, role, phone, email,
    language, bounced_on, as of the night. `written` are the languages that there are texts in, `language` is that of
    the night, and `spoken_in` the language by country. A language in which there are no texts is not chosen.
    """
    bounced = set(people.loc[people["bounced_on"].notna(), "email"].dropna().str.casefold())
    role = people["role"].astype("str").str.casefold().str.strip().fillna(ANYONE)
    usable = people.assign(role=role)[role.isin((ACCOUNTS_PAYABLE, ANYONE)) & people["bounced_on"].isna()]
    usable = usable.sort_values(["customer_id", "role", "person_id"], ascending=[True, False, True])
    persons = {row["customer_id"]: row for row in usable.drop_duplicates("customer_id").to_dict("records")}
    others = people[people["bounced_on"].isna()].sort_values(["customer_id", "person_id"])
    speakers = others.dropna(subset="language").drop_duplicates("customer_id")
    said = dict(zip(speakers["customer_id"], speakers["language"], strict=True))
    found = {}
    for row in customers.to_dict("records"):
        customer_id = row["customer_id"]
        person = persons.get(customer_id, {})
        country = plain(row["country"])
        wanted = (plain(person.get("language")), plain(said.get(customer_id)), spoken_in.get(country or ""))
        found[customer_id] = Addressee(
            customer_id,
            plain(row["name"]) or customer_id,
            plain(person.get("name")),
            _address(bounced, person.get("email"), row["email"]),
            plain(person.get("phone")) or plain(row["phone"]),
            country,
            next((one for one in wanted if one is not None and one in written), language),
        )
    return found


def _address(bounced: set[str], *addresses: Any) -> str | None:
    """The first address that is one and did not bounce."""
    for address in addresses:
        one = plain(address)
        if one is not None and ADDRESS.fullmatch(one) and one.isascii() and one.casefold() not in bounced:
            return one
    return None
