"""The ISO codes of countries and currencies, as Unicode's locale data (CLDR) have them."""

from babel import Locale
from babel.numbers import list_currencies

# In CLDR beside the countries: islands without a code of their own, unions, and codes for tests.
_NO_COUNTRIES = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))
COUNTRY_NAMES = {
    code: str(name)
    for code, name in Locale("en").territories.items()
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
}
"""English names by the codes of ISO 3166-1 alpha-2, and Kosovo by the XK that all use."""

COUNTRIES = frozenset(COUNTRY_NAMES)
CURRENCIES = frozenset(list_currencies())
"""The codes of ISO 4217, with those of old currencies."""
