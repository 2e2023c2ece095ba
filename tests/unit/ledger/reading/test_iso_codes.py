"""The codes of countries and currencies are those of ISO, and of nothing else that the locale data name."""

from ledger.reading.iso_codes import COUNTRIES, COUNTRY_NAMES, CURRENCIES

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)


def test_the_countries_are_those_of_iso_3166_and_kosovo() -> None:
    assert set(_CODES.split()) == COUNTRIES


def test_unions_islands_without_a_code_and_codes_for_tests_are_no_countries() -> None:
    assert not {"EU", "UK", "XX", "XA", "ZZ", "UN", "AC", "de", "DEU", "276"} & COUNTRIES
    assert COUNTRY_NAMES["DE"] == "Germany"


def test_the_currencies_are_those_of_iso_4217_old_ones_among_them() -> None:
    assert {"EUR", "USD", "JPY", "KWD", "DEM"} <= CURRENCIES
    assert not {"EURO", "eur", "XXZ", "€"} & CURRENCIES
