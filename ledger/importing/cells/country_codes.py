"""Countries as other systems write them, as the codes of two letters that a ledger has."""

import pandas as pd
from babel.core import get_global

from ledger.reading.iso_codes import COUNTRIES, COUNTRY_NAMES
from ledger.reading.parsing import as_text, by_distinct

OF_THREE_LETTERS = {
    alias: codes[0]
    for alias, codes in get_global("territory_aliases").items()
    if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in COUNTRIES
}
# Beside the names of CLDR those of lists and people, and the two codes by which the EU's VAT numbers begin.
AS_PEOPLE_WRITE = {
    **{"UK": "GB", "Great Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB"},
    **{"EL": "GR", "United States of America": "US", "U.S.A.": "US", "U.S.": "US", "UAE": "AE", "Turkey": "TR"},
    **{"Czech Republic": "CZ", "Slovak Republic": "SK", "The Netherlands": "NL", "Holland": "NL", "Macedonia": "MK"},
    **{"Republic of Ireland": "IE", "Hong Kong": "HK", "Macao": "MO", "Macau": "MO", "Ivory Coast": "CI"},
    **{"Russian Federation": "RU", "Korea, Republic of": "KR", "Republic of Korea": "KR", "Viet Nam": "VN"},
}
_CODES = {
    spelling.casefold(): code
    for spellings in (
        {name: code for code, name in COUNTRY_NAMES.items()},
        AS_PEOPLE_WRITE,
        OF_THREE_LETTERS,
        {code: code for code in COUNTRIES},
    )
    for spelling, code in spellings.items()
}


def with_country_codes(countries: pd.Series) -> pd.Series:
    """The codes of countries written in English or by two or three letters; what is none of these stays as it is."""
    return by_distinct(as_text(countries), lambda each: each.str.casefold().map(_CODES).fillna(each).astype("str"))
