"""All bad days by kind."""

from benchmarks.robustness.bad_days.day import Day
from benchmarks.robustness.bad_days.days.amounts import AMOUNTS
from benchmarks.robustness.bad_days.days.at_once import AT_ONCE
from benchmarks.robustness.bad_days.days.databases import DATABASES
from benchmarks.robustness.bad_days.days.dates import DATES
from benchmarks.robustness.bad_days.days.erasure import ERASURE
from benchmarks.robustness.bad_days.days.files import FILES
from benchmarks.robustness.bad_days.days.imports import IMPORTS
from benchmarks.robustness.bad_days.days.models import MODELS
from benchmarks.robustness.bad_days.days.others import OTHERS
from benchmarks.robustness.bad_days.days.outcomes import OUTCOMES
from benchmarks.robustness.bad_days.days.places import PLACES
from benchmarks.robustness.bad_days.days.rows import ROWS
from benchmarks.robustness.bad_days.days.settings import SETTINGS
from benchmarks.robustness.bad_days.days.texts import TEXTS

KINDS: dict[str, tuple[Day, ...]] = {
    "nights that do not come": MODELS,
    "databases": DATABASES,
    "places": PLACES,
    "two at once": AT_ONCE,
    "amounts": AMOUNTS,
    "dates": DATES,
    "texts and ids": TEXTS,
    "rows": ROWS,
    "files": FILES,
    "imports": IMPORTS,
    "collectors' work": OUTCOMES,
    "erasure": ERASURE,
    "others on the machine": OTHERS,
    "settings and words": SETTINGS,
}
"""By kind, in the order of the page."""
