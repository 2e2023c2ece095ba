"""The models that score a night."""

from dataclasses import dataclass

from models.effect.effect_model import EffectModel
from models.risk.risk_model import Card, RiskModel


@dataclass(frozen=True)
class Models:
    """One of each; `contact_effect` may have learned nothing, and then says why in its card.

    `remarks` say where the models come from, if not from the registry, and what monitoring found wrong; `moved` that
    it did, and `last_watched` on which night it last looked, if ever.
    """

    late_payment: RiskModel
    default: RiskModel
    contact_effect: EffectModel
    remarks: tuple[str, ...] = ()
    moved: bool = False
    last_watched: str | None = None

    @property
    def cards(self) -> list[Card]:
        return [self.late_payment.card, self.default.card, self.contact_effect.card]

    @property
    def label(self) -> str:
        """The models and rules of a night, each with its version."""
        return "; ".join([self.late_payment.label, self.default.label, self.contact_effect.label])

    @property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """Name and version of each."""
        return tuple((one.card.name, one.version) for one in (self.late_payment, self.default, self.contact_effect))

    @property
    def mark(self) -> str:
        """What every row of a night says of its models: the label, and where the world has moved away from them."""
        return f"{self.label}; out of limits: see the notes" if self.moved else self.label
