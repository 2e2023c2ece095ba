"""The catalogue: every feature that the models see, declared once.

To add one, add a declaration to a file of `features/families`; the engine, the models, the dictionary, the reasons and the tests follow.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
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

SAID = ("family", "meaning", "sentence", "of_one", "worse", "monotone")  # these change no value

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
    """SHA-256 of all declarations."""
    return _hash([asdict(feature) for feature in (*CATALOGUE, *QUESTION)])


def feature_hashes() -> dict[str, str]:
    """By feature a hash of how it is computed, whatever is said of it, and whatever else the catalogue has."""
    return {name: _hash(_computed(feature)) for name, feature in BY_NAME.items()}


def changed_features(used: Sequence[str], recorded: Mapping[str, str]) -> list[str]:
    """Those of the features used by a model that are computed otherwise than was recorded with it, or not at all."""
    now = feature_hashes()
    return [name for name in used if name not in now or recorded.get(name) != now[name]]


def _computed(feature: Feature) -> list[object]:
    declared = asdict(feature)
    return [
        *(value for name, value in declared.items() if name not in SAID),
        *(_computed(BY_NAME[name]) for name in feature.minus or ()),
    ]


def _hash(declared: object) -> str:
    return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:16]
