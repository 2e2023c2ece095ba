"""The night in short, as Markdown: for pages that more people open than may see who owes what, so it names no one."""

import pandas as pd

from configs.language import number
from configs.markdown import grid
from worklists.pages.report_parts import ageing, records, weeks
from worklists.pages.report_words import shown, with_unit, words

WEEKS_SHOWN = 4


def short_report(frames: dict[str, pd.DataFrame]) -> str:
    """Size, work by action, key figures, ageing, cash of the weeks ahead and notes of the frames of a night (cents)."""
    run, figures = frames["runs"].iloc[0], frames["key_figures"]
    known = figures[figures["value"].notna() & ~figures["name"].str.startswith("ageing_")]
    notes = run["notes"].splitlines() if isinstance(run["notes"], str) else []
    work = frames["worklist"].groupby(["action", "channel"], observed=True).size().reset_index(name="customers")
    return "\n\n".join(
        [
            f"# Night of {run['as_of'].date()}",
            f"{number(run['worklist_rows'])} customers to contact, {number(run['invoices_scored'])} open invoices and "
            f"{number(run['customers_scored'])} customers scored, {number(run['quarantined_rows'])} rows of the ledger "
            f"refused. Amounts are in {run['reporting_currency']}.",
            grid(
                ("to do", "by", "customers"),
                ((words(row["action"]), words(row["channel"]), number(row["customers"])) for row in records(work)),
            ),
            grid(
                ("key figure", "value"),
                ((words(row["name"]), with_unit(row["value"], row["unit"])) for row in records(known)),
            ),
            grid(("days past due", "amount"), ((row["label"], row["amount"]) for row in ageing(figures))),
            grid(
                ("cash of the week from", "expected"),
                (
                    (shown(week["first"], "date"), shown(week["together"], "round"))
                    for week in weeks(frames["cash_forecast_parts"])[:WEEKS_SHOWN]
                ),
            ),
            "\n".join(f"- {note}" for note in notes),
        ]
    )
