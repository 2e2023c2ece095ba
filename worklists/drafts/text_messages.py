"""The text messages of a night, for a mail merge."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ledger.reading.quarantine import spreadsheet_safe

COLUMNS = ("customer_id", "phone", "text")


def write_messages(messages: Sequence[tuple[str, str | None, str]], path: Path) -> None:
    """A CSV of `COLUMNS` with the mark by which spreadsheet programs know UTF-8; no cell can become a formula."""
    frame = spreadsheet_safe(pd.DataFrame(messages, columns=list(COLUMNS), dtype="str"))
    frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
