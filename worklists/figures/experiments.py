"""What two experiments say of contacts: the random draw, and the line at which the collectors' minutes end."""

from typing import NamedTuple

import pandas as pd

from configs.language import number, translated
from worklists.figures.gain_level import LEVEL_FIGURES, gain_level
from worklists.figures.holdout_measurement import CONTACT_FIGURES, measured
from worklists.figures.key_figures import KeyFigure
from worklists.figures.line_measurement import LINE_FIGURES, extra_cash_at_the_line

EXPERIMENTS: tuple[tuple[KeyFigure, ...], ...] = (CONTACT_FIGURES, LEVEL_FIGURES, LINE_FIGURES)
EXPERIMENT_FIGURES: tuple[KeyFigure, ...] = tuple(figure for figures in EXPERIMENTS for figure in figures)


class Experiments(NamedTuple):
    """Rows of `EXPERIMENT_FIGURES` as in `key_figures`, and a sentence on what a contact brought, or on each experiment
    that says nothing yet."""

    rows: pd.DataFrame
    notes: list[str]


def experiments(drawn: pd.DataFrame, at_the_line: pd.DataFrame, tonight: pd.DataFrame) -> Experiments:
    """All of them, from the rows of `holdout_measurement.watched` and `line_measurement.watched_at_the_line` of the
    whole portfolio; `tonight` as in `gain_level`."""
    brought, level, line = measured(drawn), gain_level(drawn, tonight), extra_cash_at_the_line(at_the_line)
    notes = [brought.note or _found(brought.rows), "" if brought.note else level.note, line.note]
    rows = pd.concat([brought.rows, level.rows, line.rows], ignore_index=True)
    return Experiments(rows, [note for note in notes if note])


def _found(rows: pd.DataFrame) -> str:
    """What a contact brought, with the interval that a reader of every night may trust."""
    values = rows.set_index("name")["value"]
    found = translated(
        "extra cash per contact is {cash}; by the interval that may be looked at every night it lies between {low} and "
        "{high}"
    )
    cash, low, high = (number(values[f"extra_cash_per_contact{end}"], 2) for end in ("", "_always_low", "_always_high"))
    return found.format(cash=cash, low=low, high=high)
