"""The letters of a night on one page to print: A4, with the address window of DIN 5008, nothing from outside."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from markupsafe import Markup, escape

from configs.language import spoken_language, translated
from worklists.drafts.addressees import Addressee
from worklists.drafts.company import Company, place
from worklists.drafts.statement import PAGES

PLACE_TO_FILL_IN = re.compile(r"\[\[.+?\]\]")
STATEMENT = "\ufeff"  # where the text of a letter has its table: no text of a ledger has this character


@dataclass(frozen=True)
class Letter:
    """A letter as the page has it."""

    language: str
    sender: list[Markup]
    sender_line: Markup
    address: list[Markup]
    day: str
    subject: Markup
    paragraphs: list[Markup]


def letter(subject: str, body: str, statement: Markup, to: Addressee, company: Company, day: str) -> Letter:
    """A letter of escaped texts; `statement` is where the body has `STATEMENT`. A ledger knows no streets: these are
    places to fill in."""
    who = company.places()
    sender = [who["name"], *who["address"], *(one for one in (who["phone"], who["email"]) if one)]
    street, town = place(translated("street")), place(translated("postcode and town"))
    abroad = _country(to.country) if to.country != company.country else None
    address = [one for one in (to.customer, to.person, street, town, abroad) if one]
    return Letter(
        language=to.language,
        sender=[_marked(escape(line)) for line in sender],
        sender_line=_marked(escape(" · ".join([who["name"], *who["address"]]))),
        address=[_marked(escape(line)) for line in dict.fromkeys(address)],
        day=day,
        subject=_marked(Markup(subject)),
        paragraphs=list(_paragraphs(body, statement)),
    )


def _country(code: str | None) -> str | None:
    """In capitals, in the language of the sender, as the post asks for; the code where it is none that is known."""
    name = Locale.parse(spoken_language().replace("-", "_")).territories.get(code or "")
    return (name or code or "").upper() or None


def write_letters(letters: Sequence[Letter], path: Path) -> None:
    """One page with all letters; each begins on a sheet of its own."""
    title = translated("Letters of {day}").format(day=letters[0].day)
    page = PAGES.get_template("letters.html").render(letters=letters, title=title, language=spoken_language())
    path.write_text(page, "utf-8")


def _paragraphs(body: str, statement: Markup) -> Iterator[Markup]:
    for block in body.strip().split("\n\n"):
        if block.strip() == STATEMENT:
            yield statement
        else:
            lines = Markup("<br>\n").join(Markup(line.strip()) for line in block.split("\n") if line.strip())
            yield Markup("<p>{}</p>").format(_marked(lines))


def _marked(text: Markup) -> Markup:
    """Places to fill in are marked: no one sends them by mistake."""
    return Markup(PLACE_TO_FILL_IN.sub(lambda found: f"<mark>{found[0]}</mark>", str(text)))
