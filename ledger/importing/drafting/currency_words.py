"""Currencies as exports name them: by code, by sign, or by their name in the languages of those who keep the books."""

from functools import cache

from babel import Locale

from ledger.importing.cells.currency_marks import CODE_OF_SIGN, SHARED_SIGNS, SIGNS
from ledger.reading.iso_codes import CURRENCIES

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl")
USUAL_OF_SIGN = {
    "$": "USD",
    "¥": "JPY",
    "kr": "SEK",
    "kr.": "DKK",
    "Fr.": "CHF",
    "Fr": "CHF",
    "Rs.": "INR",
    "Rs": "INR",
}


def is_code(text: str) -> bool:
    return text.upper() in CURRENCIES


def named_currency(text: str) -> str | None:
    """The code of the currency that a cell names, of a sign of several the usual one; None where it names none."""
    return text.upper() if is_code(text) else code_of_sign(text) if text in SIGNS else _by_name().get(text.casefold())


def code_of_sign(sign: str) -> str:
    return CODE_OF_SIGN.get(sign) or USUAL_OF_SIGN.get(sign) or sorted(SHARED_SIGNS[sign])[0]


@cache
def _by_name() -> dict[str, str]:
    return {
        str(name).casefold(): code
        for language in reversed(LANGUAGES)
        for code, name in Locale.parse(language).currencies.items()
    }
