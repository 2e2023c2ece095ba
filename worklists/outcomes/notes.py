"""What was understood of rows that do not say it themselves, in sentences."""

from collections.abc import Iterator, Mapping

from configs.language import counted
from worklists.pages.outcome_columns import TAKEN_BACK


def notes_of(understood: Mapping[str, int]) -> Iterator[str]:
    """A sentence for each kind of such rows, in the language that is spoken; `understood` counts them."""
    if count := understood["promise"]:
        yield counted(
            "{count} row has a promised day and no other outcome: it is a promise.",
            "{count} rows have a promised day and no other outcome: they are promises.",
            count,
        )
    if count := understood["dispute"]:
        yield counted(
            "{count} row names a dispute and no other outcome: it is a dispute.",
            "{count} rows name a dispute and no other outcome: they are disputes.",
            count,
        )
    if count := understood["earlier run"]:
        yield counted(
            "{count} row is of an earlier run of its night: it is judged by what the last run says.",
            "{count} rows are of an earlier run of their night: they are judged by what the last run says.",
            count,
        )
    if count := understood[TAKEN_BACK]:
        yield counted(
            "{count} row is taken back: the ledger has nothing of it any more.",
            "{count} rows are taken back: the ledger has nothing of them any more.",
            count,
        )
    if count := understood["call_back"]:
        yield counted(
            "{count} call-back has no day: it is for the next working day.",
            "{count} call-backs have no day: they are for the next working day.",
            count,
        )
