"""Fields of a customer that must not decide anything: features made of them are left out of every model."""

from collections.abc import Sequence

from features.catalogue import BY_NAME, CATALOGUE
from features.declarations import Feature

# What each feature reads of the table `customers`; all others are made of what was billed, paid and said.
CREDIT_LIMIT_FEATURES = ("credit_use",)


def fields_read(feature: Feature) -> set[str]:
    """The columns of `customers` that a feature is made of."""
    if feature.source == "group":
        return {feature.value}
    return {"credit_limit", "currency"} if feature.name in CREDIT_LIMIT_FEATURES else set()


def made_of(protected_fields: Sequence[str]) -> set[str]:
    """The features that are made of a protected field, alone or in a difference."""
    fields = set(protected_fields)
    direct = {feature.name for feature in CATALOGUE if fields_read(feature) & fields}
    return direct | {feature.name for feature in BY_NAME.values() if set(feature.minus or ()) & direct}


def unprotected(features: Sequence[str], protected_fields: Sequence[str]) -> list[str]:
    """The features that models may use, in their order."""
    left_out = made_of(protected_fields)
    return [name for name in features if name not in left_out]
