"""The model card: what a model is for, what it was learned from, how good it is, and where it does not hold."""

from ledger.tables import CHANNELS
from models.effect.effect_model import EffectModel
from models.risk.risk_model import RiskModel, Trees

PURPOSE = {
    "late_payment": "Says for every open invoice how likely it is to be unpaid at the end of any day ahead.",
    "default": "Says for every customer how likely an invoice is to reach 90 days past due, or to be written off.",
}


LIMITS = {
    "late_payment": [],
    "default": [
        "- A ledger's first year shows few habits and no old debts. Learned from it, the chances are less sharp, and "
        "too high over 90 days past due."
    ],
}


def card_text(model: RiskModel, metrics: dict[str, float]) -> str:
    """Markdown."""
    card = model.card
    named = f"{card.settings.get('estimator')} with {card.settings.get('estimator_parameters') or 'its defaults'}"
    kind = {"lightgbm": "LightGBM", "estimator": named}.get(card.kind, f"naive rule: {card.why}")
    lines = [
        f"# {card.name}",
        "",
        PURPOSE[card.name],
        "",
        f"- kind: {kind}",
        f"- trained on what was known on the night {card.trained_on}",
        f"- {card.rows:,} rows, {card.events:,} of the rarer outcome",
        *_trees_weight(model),
        f"- calibrator: {model.calibrator.kind} (log losses on later nights: {_figures(card.calibration_losses)})",
        f"- catalogue {card.catalogue_hash}, data {card.data_hash}",
        "",
        "## Judged on later nights",
        "",
        "A model fitted in the same way on what was known before the split, on the nights since.",
        "",
        "| figure | value |",
        "|---|---|",
        *(f"| {name} | {value:.4f} |" for name, value in metrics.items()),
        "" if metrics else "Too few known outcomes since the split to judge.",
        "",
        "## Limits",
        "",
        "- Learned from the company's own ledger: it knows nothing of customers unlike those.",
        "- It predicts what happened under the contacts of the past, not what a contact would change.",
        "- Customers without history get the figures of their country, industry and payment terms.",
        *LIMITS[card.name],
    ]
    return "\n".join(lines) + "\n"


def effect_card_text(model: EffectModel) -> str:
    """Markdown."""
    card, evidence = model.card, model.evidence
    lines = [
        f"# {card.name}",
        "",
        "Says how much more of what is overdue a customer pays within 30 days because it is contacted, by channel.",
        "",
        f"- trained on what was known on the night {card.trained_on}",
        f"- {card.rows:,} days on which something was overdue, {card.events:,} of them with a contact",
        f"- catalogue {card.catalogue_hash}, data {card.data_hash}",
        *([f"- nothing learned: {card.why}"] if card.why else []),
    ]
    if evidence is not None:
        lines += [
            f"- the night goes by payer classes: {_classes(model)}",
            *_level(model),
            f"- comparison of days: effects distinguished by {evidence.basis}",
            f"- comparison of days: mean effect {evidence.effect:.4f} (standard error {evidence.error:.4f})",
            *_learners(model),
            *(f"- {remark}" for remark in evidence.remarks),
            "",
            "| days past due | contacts | effect | standard error | of it never to come otherwise |",
            "|---|---|---|---|---|",
            *(
                f"| {one.ages[0]} to {one.ages[1]} | {one.contacts:,} | {one.effect:.4f} | {one.error:.4f} "
                f"| {one.recovered:.3f} |"
                for one in evidence.strata
            ),
        ]
    lines += [
        "",
        "## Limits",
        "",
        "- Contacts were chosen: the effect is right only if what made the collectors choose is in the data.",
        "- A customer's own effect cannot be observed; the interval is about the mean of customers like it.",
    ]
    return "\n".join(lines) + "\n"


def _learners(model: EffectModel) -> list[str]:
    if model.trees is None:
        return []
    weights = ", ".join(f"{name} {share:.0%}" for name, share in model.trees.by_learner.items())
    return [f"- comparison of days: scores are a weighted mean of learners: {weights}"]


def _classes(model: EffectModel) -> str:
    if model.payers is None:
        return "none"
    sizes = [len(classes.shares) for classes in model.payers.fits]
    return f"{len(sizes)} fits, to be averaged, of {max(sizes)} classes"


def _level(model: EffectModel) -> list[str]:
    """What contacts brought by channel over what the classes predicted a day ahead."""
    if model.payers is None:
        return []
    level = model.payers.level
    by_channel = ", ".join(
        f"{channel} {value:.2f} (standard error {error:.2f})"
        for channel, value, error in zip(CHANNELS, level.level, level.error, strict=True)
    )
    return [
        f"- level, what contacts brought over what the classes predicted a day ahead: {by_channel}",
        f"- the level moves between periods of 60 days by {level.between:.2f} ({level.periods} periods), and by "
        f"{level.hidden:.2f} if contacted debts may pay more or less often by themselves",
        f"- a preferred channel brings {level.preferred:.2f} times as much as another",
        f"- how sensitive it is: {level.sensitivity}",
    ]


def _trees_weight(model: RiskModel) -> list[str]:
    if not isinstance(model.scorer, Trees):
        return []
    losses = _figures(model.card.tree_weight_losses)
    return [
        f"- weight of the trees after their start: {model.scorer.tree_weight} (log losses on later nights: {losses})"
    ]


def _figures(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in values.items()) or "none compared"
