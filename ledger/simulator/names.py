"""Invented names: every combination is made up, and addresses use the reserved domain `.example`."""

import numpy as np

_PLACES = ("Nord", "Süd", "Alt", "Neu", "Berg", "Wald", "See", "Ost", "West", "Hohen", "Lind", "Stein", "Birken",
           "Falken", "Rosen", "Silber", "Mühl", "Erlen", "Kron", "Wester")  # fmt: skip
_ENDINGS = ("feld", "bach", "brück", "hagen", "stett", "moor", "tal", "horst", "kamp", "werder", "rode", "lund",
            "mark", "sund", "weiler")  # fmt: skip
_TRADES = {
    "construction": ("Bau", "Hochbau", "Gerüste", "Dach"),
    "manufacturing": ("Metall", "Maschinen", "Werkzeuge", "Guss"),
    "retail": ("Handel", "Markt", "Waren", "Möbel"),
    "logistics": ("Transporte", "Spedition", "Fracht", "Lager"),
    "hospitality": ("Gastronomie", "Hotels", "Catering", "Feinkost"),
    "services": ("Beratung", "Planung", "Technik", "Reinigung"),
    "health": ("Pflege", "Labor", "Medizin", "Optik"),
}
INDUSTRIES = tuple(_TRADES)
# Country, share of customers, telephone prefix, legal forms.
COUNTRIES = (
    ("DE", 0.60, "+49", ("GmbH", "AG", "KG")),
    ("AT", 0.22, "+43", ("GmbH", "OG", "KG")),
    ("CH", 0.18, "+41", ("AG", "GmbH", "Sàrl")),
)
_FIRST = ("Anna", "Jonas", "Mira", "Felix", "Lea", "Emil", "Nora", "Paul", "Ida", "Oskar", "Clara", "Theo", "Selma",
          "Ruben", "Hanna", "Levi", "Greta", "Milan", "Ella", "Noah")  # fmt: skip


def company_names(rng: np.random.Generator, industry: np.ndarray, country: np.ndarray) -> list[str]:
    """One company name per customer, from the codes of its industry and country."""
    picks = rng.integers(0, 2**31, (len(industry), 4))
    names = []
    for (place, ending, trade, form), industry_code, country_code in zip(picks, industry, country, strict=True):
        trades = _TRADES[INDUSTRIES[industry_code]]
        forms = COUNTRIES[country_code][3]
        names.append(
            f"{_PLACES[place % len(_PLACES)]}{_ENDINGS[ending % len(_ENDINGS)]} "
            f"{trades[trade % len(trades)]} {forms[form % len(forms)]}"
        )
    return names


def person_names(rng: np.random.Generator, count: int) -> list[str]:
    """One person's name per customer."""
    picks = rng.integers(0, 2**31, (count, 3))
    return [
        f"{_FIRST[first % len(_FIRST)]} {_PLACES[place % len(_PLACES)]}{_ENDINGS[ending % len(_ENDINGS)]}er"
        for first, place, ending in picks
    ]
