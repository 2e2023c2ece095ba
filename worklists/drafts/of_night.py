"""The drafts of a night, from its worklist and call sheet."""

from pathlib import Path

import pandas as pd

from configs.settings import Settings
from worklists.call_sheet.gather import ACCOUNTS, ITEMS, ON_ACCOUNT, PEOPLE, CallSheet
from worklists.decide.decisions import Policy
from worklists.drafts.company import Company
from worklists.drafts.render_drafts import Terms, render_drafts


def drafts_of_night(
    worklist: pd.DataFrame, sheet: CallSheet, policy: Policy, company: Company, settings: Settings, folder: Path
) -> list[str]:
    """Write the drafts to a folder, which may stay empty, and return what the night is to note; see `render_drafts`."""
    strategy = policy.strategy
    spoken_in = {} if policy.roster is None else policy.roster.spoken_in
    return render_drafts(
        worklist,
        sheet[ITEMS],
        sheet[ON_ACCOUNT],
        sheet[PEOPLE],
        sheet[ACCOUNTS],
        company,
        Terms(strategy.rules.interest, strategy.reminder.days_before_due),
        folder,
        settings.drafts.templates,
        spoken_in,
    )
