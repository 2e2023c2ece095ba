"""Dates that do not exist, that are written otherwise, or that cannot be."""

from benchmarks.robustness.bad_days.day import LEDGER, NIGHT, NIGHTLY, OUT, TRAIN, VALIDATE, Day
from benchmarks.robustness.bad_days.edits import cells, only_heads, open_invoice

NOT_A_DATE = ("not a date",)
WRITTEN = {
    "the 31st of February": "2023-02-31",
    "two digits for the year": "23-12-01",
    "the American order": "12/31/2023",
    "seconds since 1970": "1701388800",
    "a spreadsheet's number": "45261",
    "the year 10000": "10000-01-01",
}
AT_ONE_WORKER = ("--set", "scale.workers=1")


def night_of(day: str) -> tuple[str, ...]:
    return ("nightly", LEDGER, "--as-of", day, "--out", OUT, *AT_ONE_WORKER)


DATES = (
    *(
        Day(f"a date with {name}", open_invoice(issued_on=value), VALIDATE, says=NOT_A_DATE)
        for name, value in WRITTEN.items()
    ),
    Day("the year 1", open_invoice(issued_on="0001-01-01"), NIGHTLY, says=("out of bounds",)),
    Day("due in the year 9999", open_invoice(due_on="9999-12-31"), NIGHTLY, says=("out of bounds",)),
    Day("due before it was issued", open_invoice(due_on="2022-01-01"), NIGHTLY, says=("due_on before issued_on",)),
    Day("a date with a time of day and a zone", open_invoice(issued_on="2023-12-01T23:59:59+14:00"), NIGHTLY),
    Day("no due date", open_invoice(due_on=""), NIGHTLY, says=("missing",)),
    Day("a day of knowledge that is no date", open_invoice(known_on="soon"), NIGHTLY, says=("not a date",)),
    Day("a payment dated in the year 2099", cells("payments", 5, paid_on="2099-01-01"), NIGHTLY),
    Day(
        "a dispute that closed before it opened",
        cells("disputes", closed_on="2020-01-01"),
        NIGHTLY,
        says=("closed_on before opened_on",),
    ),
    Day(
        "a promise for a day before it was made",
        cells("promises", promised_on="2020-01-01"),
        NIGHTLY,
        says=("promised_on before made_on",),
    ),
    Day(
        "a night before the first invoice",
        open_invoice(),
        night_of("2019-01-01"),
        3,
        ("no invoice is known before the night of 2019-01-01",),
    ),
    Day("a night of the year 1", open_invoice(), night_of("0001-01-01"), 2, ("0001",)),
    Day("a night of the year 9999", open_invoice(), night_of("9999-12-31"), 2, ("9999",)),
    Day("a night of the 30th of February", open_invoice(), night_of("2024-02-30"), 2, ("is not a date",)),
    Day(
        "a night a year after the export stopped",
        open_invoice(),
        night_of("2024-12-01"),
        0,
        ("no payment became known for", "newest payment became known"),
    ),
    Day(
        "a stale ledger where the settings stop it",
        open_invoice(),
        (*night_of("2024-12-01"), "--set", "freshness.payments_stop_days=30"),
        3,
        ("so the night stops",),
    ),
    Day(
        "a champion that is older than the settings allow",
        open_invoice(),
        night_of("2025-12-01"),
        4,
        ("oldest_champion_days",),
    ),
    Day(
        "training before the first invoice",
        open_invoice(),
        ("train", LEDGER, "--as-of", "2019-01-01", *AT_ONE_WORKER),
        3,
        ("no invoice is known before",),
    ),
    Day("training with nothing paid yet", only_heads("payments", "adjustments"), TRAIN, 0, ("(rule)",)),
    Day(
        "a backtest before the first invoice",
        open_invoice(),
        ("backtest", LEDGER, "--from", "2019-01-01", "--to", "2019-01-01", "--out", "{place}/replay", *AT_ONE_WORKER),
        3,
        ("no invoice is known before",),
    ),
    Day(
        "a backtest that ends before it begins",
        open_invoice(),
        ("backtest", LEDGER, "--from", NIGHT, "--to", "2023-01-01", "--out", "{place}/replay"),
        2,
        ("lies before",),
    ),
)
