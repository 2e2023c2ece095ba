"""Signs and codes of currencies as people write them next to an amount."""

from ledger.reading.iso_codes import CURRENCIES

# The signs of one currency only; each of the others belongs to several.
CODE_OF_SIGN = {
    **{"€": "EUR", "£": "GBP", "₹": "INR", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "₺": "TRY", "₪": "ILS", "₩": "KRW"},
    **{"₴": "UAH", "₫": "VND", "₦": "NGN", "฿": "THB", "₱": "PHP", "R$": "BRL", "US$": "USD", "C$": "CAD"},
    **{"CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "S$": "SGD", "HK$": "HKD", "RM": "MYR", "SFr.": "CHF"},
}
DOLLARS = frozenset(
    (
        *("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "BBD", "BSD", "BZD", "FJD", "JMD", "TTD", "XCD", "NAD"),
        *("LRD", "MXN", "ARS", "CLP", "COP", "UYU"),
    )
)
CROWNS = frozenset(("SEK", "NOK", "DKK", "ISK"))
FRANCS = frozenset(("CHF", "FRF", "BEF", "LUF"))
RUPEES = frozenset(("INR", "PKR", "LKR", "NPR", "MUR", "SCR"))
SHARED_SIGNS = {
    **{"$": DOLLARS, "¥": frozenset(("JPY", "CNY", "CNH")), "kr.": CROWNS, "kr": CROWNS},
    **{"Fr.": FRANCS, "Fr": FRANCS, "Rs.": RUPEES, "Rs": RUPEES},
}
SIGNS = (*CODE_OF_SIGN, *SHARED_SIGNS)
NAMED = frozenset({*CURRENCIES, *SHARED_SIGNS, ""})  # what `code_of` gives for marks of currencies and for none


def code_of(mark: str) -> str:
    """The code of the currency that a mark is of; the mark itself where it is the sign of several."""
    return mark.upper() if mark.upper() in CURRENCIES else CODE_OF_SIGN.get(mark, mark)


def possible_codes(mark: str) -> frozenset[str]:
    """The currencies that a code or sign can be of."""
    return SHARED_SIGNS.get(mark, frozenset({mark}))
