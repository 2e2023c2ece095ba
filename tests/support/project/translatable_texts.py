"""Every template of a text that people read, found where it is written: in code, declarations and rules."""

import ast
import re
from pathlib import Path

import yaml

from features.catalogue import CATALOGUE
from features.declarations import WEEKDAYS, spoken_apart
from ledger.tables import CHANNELS, TABLES
from models.effect.effect_model import OTHER_CHANNELS, UNKNOWN
from tests.support.repository import ROOT
from worklists.call_sheet import words as call_sheet_words
from worklists.decide import decisions, handovers, lowering, suppressions
from worklists.decide.contact_gains import ASSUMED, NOTHING_DUE
from worklists.decide.parent_groups import AT_HEAD
from worklists.decide.suppression_reasons import REASONS
from worklists.figures import freshness
from worklists.figures.experiments import EXPERIMENT_FIGURES
from worklists.figures.key_figures import KEY_FIGURES
from worklists.pages import report_words, workbook, workbook_cells, workbook_open_items
from worklists.pages.outcome_columns import OUTCOME_COLUMNS, OUTCOME_NAMES
from worklists.ranking import rank, why_contact
from worklists.rules import early_warning, fact_words, offers
from worklists.rules.actions import ACTIONS, TONES
from worklists.rules.promise_state import PUBLISHED
from worklists.score_db.tables import WORKLIST

ROOMS = ("configs", "features", "models", "worklists", "pipelines")
# Where a template is written as an argument, and as which one.
SAID_BY_A_PAGE = re.compile(r'\b_\("([^"]+)"')
TOLD_BY = {"translated": 0, "filled": 0}


def in_code() -> set[str]:
    """Templates that are written where they are used, and those that have a name of their own."""
    written = {text for room in ROOMS for file in (ROOT / room).rglob("*.py") for text in _written(file)}
    written |= {
        text for page in (ROOT / "worklists").rglob("*.html") for text in SAID_BY_A_PAGE.findall(page.read_text())
    }
    named = {
        AT_HEAD, early_warning.SUGGESTION, rank.LEARNED, rank.FALLBACK, rank.NO_TIME, rank.HELD,
        fact_words.UNKNOWN, workbook.EVERYBODY, workbook_cells.NUMBER_FORMATS["date"],
        workbook_cells.NUMBER_FORMATS["probability"], "%Y-%m-%d", *rank.SENTENCES, *why_contact.LEADS,
        *why_contact.BY_CHANNEL.values(), *WEEKDAYS, *suppressions.HELD.values(), *lowering.LOWERED.values(),
        *decisions.OUT_OF_REACH.values(), *offers.WORDS.values(), *(column.meaning for column in OUTCOME_COLUMNS),
        workbook.QUEUE, workbook_open_items.SHEET, *workbook_open_items.HEADS, *report_words.NOT_ASKED.values(),
        *call_sheet_words.OF_THE_ACCOUNT.values(),
        *call_sheet_words.PROMISED.values(), *freshness.NEWEST.values(), *freshness.NOTHING.values(),
        *freshness.TOO_OLD.values(), handovers.AFTER_A_STEP, handovers.WITHOUT_A_STEP,
    }  # fmt: skip
    return written | named


def codes() -> set[str]:
    """Words that files and tables keep, and people read translated."""
    (outcome,) = (column for column in TABLES["contacts"].columns if column.name == "outcome")
    bases = ("customer", "age of the debt", "portfolio", "none", OTHER_CHANNELS, UNKNOWN, ASSUMED, NOTHING_DUE)
    lists = (ACTIONS, CHANNELS, TONES, outcome.choices, REASONS, early_warning.TRIGGERS, WORKLIST.names)
    totals, models = ("open", "overdue", "collectible"), ("late_payment", "default")
    return {
        *bases,
        *PUBLISHED.values(),
        *totals,
        *models,
        *OUTCOME_NAMES,
        *(code for codes in lists for code in codes),
        *_segments()[0],
    }


def in_rules() -> set[str]:
    """The sentences of the rules that are shipped."""
    strategies = [yaml.safe_load(file.read_text("utf-8")) for file in (ROOT / "configs/strategies").glob("*.yaml")]
    words = {offer["words"] for strategy in strategies for offer in strategy["offers"] if "words" in offer}
    return words | _segments()[1]


def of_key_figures() -> set[str]:
    """The key figures that the report names, with their formulas; the ageing is drawn."""
    figures = [one for one in (*KEY_FIGURES, *EXPERIMENT_FIGURES) if not one.name.startswith("ageing_")]
    return {"days", *(one.name for one in figures), *(one.formula for one in figures)}


def of_features() -> set[str]:
    """What is said of each feature, without its windows."""
    said = {words for one in CATALOGUE for words in (one.sentence, one.meaning, one.of_one)}
    return {spoken_apart(words)[0] for words in said if words}


def _segments() -> tuple[set[str], set[str]]:
    files = (ROOT / "configs/segments").glob("*.yaml")
    rules = [rule for file in files for rule in yaml.safe_load(file.read_text("utf-8"))["segments"]]
    return {rule["name"] for rule in rules}, {rule["reason"] for rule in rules}


def _written(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in TOLD_BY:
                told = node.args[TOLD_BY[node.func.id] :][:1]
            else:
                told = node.args[:2] if node.func.id == "counted" else []
            found |= {text for argument in told for text in _texts(argument)}
    return found


def _texts(argument: ast.expr) -> set[str]:
    """The texts of an argument that is one, or that chooses between two."""
    parts = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
    return {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
