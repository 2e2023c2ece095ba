"""The catalogue: every feature that the models see, declared once.

To add one, add a declaration to a file of `features/families`; the engine, the models, the dictionary, the reasons and the tests follow.
"""

import hashlib
import json
from dataclasses import asdict

from features.declarations import Feature
from features.families.account import BASE_RATES, EXPOSURE, GROWTH, RELATIONSHIP
from features.families.contacts import CONTACT, DISPUTE, PROMISE
from features.families.habits import DELAY, RHYTHM, TREND
from features.families.invoice import INVOICE, QUESTION

CATALOGUE: list[Feature] = [
    *DELAY,
    *TREND,
    *RHYTHM,
    *EXPOSURE,
    *GROWTH,
    *CONTACT,
    *PROMISE,
    *DISPUTE,
    *RELATIONSHIP,
    *BASE_RATES,
    *INVOICE,
]

BY_NAME: dict[str, Feature] = {feature.name: feature for feature in (*CATALOGUE, *QUESTION)}


def declare(*features: Feature) -> None:
    """Add features for the rest of this process, to try them before a file of `features/families` keeps them.

    All that goes by the catalogue knows them from then on. ValueError where a name is taken already.
    """
    for feature in features:
        if feature.name in BY_NAME:
            raise ValueError(f"the catalogue has a feature {feature.name!r} already; start anew to declare it again.")
        CATALOGUE.append(feature)
        BY_NAME[feature.name] = feature


def names(entity: str) -> list[str]:
    """The features of customers, or of invoices (an invoice has its customer's too, first)."""
    customers = [feature.name for feature in CATALOGUE if feature.entity == "customer"]
    return customers if entity == "customer" else [*customers, *(f.name for f in CATALOGUE if f.entity == "invoice")]


def catalogue_hash() -> str:
    """SHA-256 of all declarations: models trained on another catalogue are not comparable."""
    declared = [asdict(feature) for feature in (*CATALOGUE, *QUESTION)]
    return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:16]
