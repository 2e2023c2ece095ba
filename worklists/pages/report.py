"""The night's report: one HTML page without scripts or outside resources, made from the score tables."""

from dataclasses import dataclass

import jinja2
import pandas as pd
from markupsafe import Markup

from configs.language import DAY, counted, sentence, spoken_language, translated
from ledger.minor_units import in_hundredths
from models.night_models import Models
from worklists.call_sheet.gather import CallSheet
from worklists.call_sheet.words import spoken_sheets
from worklists.decide.handovers import largest_first
from worklists.figures.cash_forecast import NOT_YET_ISSUED
from worklists.figures.trends import Trends
from worklists.manager.of_night import ForTheManager
from worklists.pages import manager_parts, svg
from worklists.pages import report_parts as parts
from worklists.pages.report_words import day, given, not_asked, shown, words

ROWS_SHOWN = 25
MOVES_SHOWN = 8
HANDOVERS_SHOWN = 10
# The columns that the page needs of tables which are too long to hold whole.
SEEN = {
    "customer_scores": ["segment", "open_amount", "overdue_amount", "collectible_amount", "expected_gain"],
    "suppressions": ["reason", "customer_id", "amount"],
}

TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("worklists.pages"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True)
class Beside:
    """What the page shows besides the night's own tables: earlier nights, the models, what was refused by rule,
    and what the manager asks for.

    `refused` has table, rule and rows.
    """

    trends: Trends
    models: Models
    refused: pd.DataFrame
    manager: ForTheManager


def render_report(frames: dict[str, pd.DataFrame], beside: Beside, sheet: CallSheet) -> str:
    """The page for the frames that `publish` takes (cents, datetime64), in the language that is spoken: same frames,
    same text. `sheet` is the call sheet of those in `top_rows`, or of more.

    Every text of the ledger is escaped.
    """
    run = frames["runs"].iloc[0]
    listed = top_rows(frames["worklist"])
    notes = run["notes"].splitlines() if isinstance(run["notes"], str) else []
    technical = _for_the_data_scientist(beside.models)
    cash = frames["cash_forecast_parts"]
    later = cash[cash["part"] == NOT_YET_ISSUED].groupby("day")["expected"].sum()
    return TEMPLATES.get_template("report.html").render(
        language=spoken_language(),
        as_of=run["as_of"].strftime(translated(DAY)),
        run=run,
        currency=run["reporting_currency"],
        notes=[note for note in notes if note not in technical],
        technical=[note for note in notes if note in technical],
        customers=counted("{count} customer", "{count} customers", len(frames["worklist"])),
        totals=parts.totals(frames["customer_scores"], frames["cash_forecast"]),
        figures=parts.figures(frames["key_figures"], beside.trends.figures, run["as_of"]),
        worklist=listed.to_dict("records"),
        sheets={one.customer_id: one for one in spoken_sheets(sheet, listed["customer_id"])},
        rows_in_all=len(frames["worklist"]),
        handovers=parts.records(largest_first(frames["handovers"]).head(HANDOVERS_SHOWN)),
        handovers_in_all=len(frames["handovers"]),
        ageing=parts.ageing(frames["key_figures"]),
        segments=parts.segments(frames["customer_scores"]),
        moved=parts.records(beside.trends.moved.head(MOVES_SHOWN)),
        since=beside.trends.since,
        manager=manager_parts.shown_to_the_manager(beside.manager, frames, run["as_of"]),
        suppressions=parts.suppressions(frames["suppressions"]),
        fan=svg.fan(parts.drawn(frames["cash_forecast"]), in_hundredths(later)),
        weeks=parts.weeks(cash),
        sources=parts.sources(cash),
        health=parts.health(beside.models, run["as_of"]),
        models=beside.models,
        last_watched=day(beside.models.last_watched),
        refused=parts.records(beside.refused),
        size=svg,
    )


def top_rows(worklist: pd.DataFrame) -> pd.DataFrame:
    """The rows of a worklist that the page lists."""
    return worklist.sort_values("rank", kind="stable").head(ROWS_SHOWN)


def _for_the_data_scientist(models: Models) -> set[str]:
    """The notes that explain statistics: a collector need not read them."""
    evidence = models.contact_effect.evidence
    return set() if evidence is None else set(evidence.remarks)


def _say(template: str, **filled: object) -> Markup:
    """A text of the page in the language that is spoken; what is filled in is escaped."""
    return Markup(translated(template)).format(**filled)


TEMPLATES.globals["_"] = _say
TEMPLATES.filters.update(
    translated=translated, shown=shown, words=words, given=given, known=pd.notna, not_asked=not_asked, sentence=sentence
)
