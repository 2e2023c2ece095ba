"""The model card: what a model is for, what it was learned from, how good it is, and where it does not hold."""

from models.risk_model import RiskModel

PURPOSE = {
    "late_payment": "Says for every open invoice how likely it is to be unpaid at the end of any day ahead.",
    "default": "Says for every customer how likely an invoice is to reach 90 days past due, or to be written off.",
}


def card_text(model: RiskModel, metrics: dict[str, float]) -> str:
    """Markdown."""
    card = model.card
    kind = "LightGBM" if card.kind == "lightgbm" else f"naive rule: {card.why}"
    lines = [
        f"# {card.name}",
        "",
        PURPOSE[card.name],
        "",
        f"- kind: {kind}",
        f"- trained on what was known on the night {card.trained_on}",
        f"- {card.rows:,} rows, {card.events:,} of the rarer outcome",
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
    ]
    return "\n".join(lines) + "\n"


def _figures(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in values.items()) or "none compared"
