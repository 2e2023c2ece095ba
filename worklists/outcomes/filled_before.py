"""What people saved into a night's folder: kept where the night is run again, for no one can type it a second time."""

from pathlib import Path

from ledger.errors import LedgerError
from worklists.outcomes.filled_files import read_sheets

WORKLISTS = ("worklist.csv", "worklist.xlsx")
SHEETS = (".csv", ".xlsx", ".xlsm", ".xls", ".ods")
OPENED = ("~$", ".~lock.")  # what spreadsheet programs put beside a file while it is open


def filled_before(night: Path, fresh: Path) -> dict[str, Path]:
    """The spreadsheets in a night's folder that its new one has no equal of, by the name under which they are to stay.

    Those are worklists in which something was filled in, or that cannot be read any more, as `worklist-filled-1.xlsx`,
    and what people put there themselves, under its own name. None where the night is new.
    """
    found = sorted(path for path in night.glob("*") if path.is_file() and path.suffix.casefold() in SHEETS)
    kept = {path.name: path for path in found if not path.name.startswith(OPENED) and not (fresh / path.name).exists()}
    for path in found:
        if path.name in WORKLISTS and _filled(path):
            kept[_free_name(path, kept)] = path
    return kept


def _filled(path: Path) -> bool:
    try:
        return any(sheet.rows or sheet.misshaped for sheet in read_sheets(path))
    except LedgerError:  # not as it was written: someone saved it
        return True


def _free_name(path: Path, taken: dict[str, Path]) -> str:
    number = 1
    while (name := f"{path.stem}-filled-{number}{path.suffix}") in taken:
        number += 1
    return name
