"""All kinds of bad input, and the page of the documentation that lists them.

`python -m tests.support.faults.bad_input_page > docs/bad-input.md` writes it.
"""

from collections.abc import Iterator

from tests.support.faults.bad_files import bad_files
from tests.support.faults.bad_inputs import BadInput, Expected, Kept, Quarantined, Repaired, Stops
from tests.support.faults.bad_rows import bad_rows
from tests.support.faults.odd_ledgers import MANY_INVOICES, odd_ledgers


def cases() -> Iterator[BadInput]:
    """All of them, but for the one that takes long."""
    yield from bad_files()
    yield from bad_rows()
    yield from odd_ledgers()


def table_of_cases() -> str:
    """The cases as a page of the documentation."""
    rows = [f"| {case.name} | {_in_words(case.expected)} |" for case in [*cases(), MANY_INVOICES]]
    return "\n".join([_HEAD, "| input | what becomes of it |", "|---|---|", *rows]) + "\n"


def _in_words(expected: Expected) -> str:
    match expected:
        case Stops(message):
            return f"the night stops, exit code 3: … {message} …"
        case Quarantined(table, rule, rows):
            return f"{rows} of `{table}` into quarantine: {rule}"
        case Repaired(table, rule, cells):
            return f"used; {cells} cell of `{table}` repaired: {rule}"
        case Kept(expected_note):
            return f"used, with a note: {expected_note}" if expected_note else "used"


_HEAD = """# What becomes of bad input

Every kind of bad input that we know, tried on a sound ledger. A row that cannot be used goes to quarantine, with the
rule, the value and what to do. A bad optional cell costs the cell alone, and is listed too. The rest of the night is
right. What was quarantined and what is used add up to what
arrived, in rows and to the cent. Where a whole table cannot be used, or more than `ledger.max_quarantined_share` of
one, the night stops, and yesterday's worklist stays in place. This page is written by the tests that try them all.
"""

if __name__ == "__main__":
    print(table_of_cases(), end="")
