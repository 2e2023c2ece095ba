"""What came of a bad day: whether it was reported, without a traceback or a cent lost, and with all still there."""

import hashlib
import traceback
from dataclasses import dataclass

import sqlalchemy as sa

from benchmarks.robustness.bad_days.day import BEFORE, OUT, Day
from benchmarks.robustness.bad_days.money import counted, csv_tables, difference, published, refused_rows
from benchmarks.robustness.bad_days.place import SECRET, Place, Said

FAULTS = ("Traceback (most recent call last)", "fault of duerank")
REPORTING = "EUR"


@dataclass(frozen=True)
class Verdict:
    """`wrong` are sentences about all that is not as it must be; `lost` are cents, None where no night came."""

    day: Day
    code: int
    seconds: float
    silent: bool
    shown_traceback: bool
    lost: int | None
    wrong: tuple[str, ...]
    said: str

    @property
    def good(self) -> bool:
        return not (self.silent or self.shown_traceback or self.lost or self.wrong)


def judge(day: Day, place: Place, said: Said, earlier: dict[str, str], seconds: float) -> Verdict:
    """All that a stranger can see of a day, against what it must be."""
    told = said.text + in_files(place)
    missing = [words for words in day.says if words.casefold() not in told.casefold()]
    night = night_of(day)
    comes = (said.code == 0 or day.published) and night is not None
    wrong = [] if said.code == day.code else [f"exit code {said.code}, not {day.code}"]
    wrong += [f"nothing says {words!r}" for words in missing]
    torn = [] if night is None else _of_the_night(night, place, comes)
    wrong += torn
    if not day.changes and earlier_nights(place) != earlier:
        wrong.append("an earlier night was changed")
    if SECRET in said.text + _kept_texts(place):
        wrong.append("a password is shown")
    if gone := day.still(place, said):
        wrong.append(gone)
    harmful = [words for words in day.says if words in missing]
    return Verdict(
        day,
        said.code,
        seconds,
        silent=bool(said.code == 0 and harmful) or (said.code > 0 and not said.text.strip()),
        shown_traceback=any(words in said.text for words in FAULTS),
        lost=lost(place, night) if night is not None and comes and not torn else None,
        wrong=tuple(wrong),
        said=said.text,
    )


def broken(day: Day, error: Exception, seconds: float) -> Verdict:
    """The verdict on a day that could not be judged."""
    where = "".join(traceback.format_exception(error)[-3:])
    return Verdict(day, -1, seconds, False, False, None, (f"the day cannot be judged: {error!r}",), where)


def in_files(place: Place) -> str:
    """The notes of the night and what is in quarantine: what people read, beside the terminal."""
    if not (place.folder / "nights").exists() and not (place.folder / "validated").exists():
        return ""
    texts = [path.read_text("utf-8", "replace") for path in place.folder.rglob("quarantine/**/*.csv")]
    texts += [path.read_text("utf-8", "replace") for path in place.folder.rglob("refused/**/*.csv")]
    return "\n".join(texts)


def earlier_nights(place: Place) -> dict[str, str]:
    """Digests of the files and rows of the night before; nothing where the day has no nights."""
    night = place.folder / "nights" / f"as_of={BEFORE}"
    if not night.exists():
        return {}
    seen = {path.name: _digest(path.read_bytes()) for path in (night / "worklist.csv", night / "report.html")}
    database = place.folder / "nights" / "duerank.db"
    if database.is_file():
        for table in ("worklist", "customer_scores", "invoice_scores"):
            rows = _rows(f"sqlite:///{database}", table, BEFORE)
            seen[table] = _digest("\n".join(sorted(map(str, rows))).encode())
    return seen


def lost(place: Place, night: str) -> int:
    """Cents by which the published balances differ from a count of the ledger's rows."""
    tables = csv_tables(place.ledger) if place.ledger_rows is None else place.ledger_rows()
    refused = refused_rows(place.out / f"as_of={night}" / "quarantine")
    url = place.database or f"sqlite:///{place.out / 'duerank.db'}"
    return difference(published(url, night), counted(tables, refused, night, REPORTING))


def night_of(day: Day) -> str | None:
    """The night that a day's command is to publish where nights are; None where it is another command or place."""
    if callable(day.command) or day.command[0] != "nightly" or OUT not in day.command:
        return None
    return day.command[day.command.index("--as-of") + 1]


def _of_the_night(night: str, place: Place, comes: bool) -> list[str]:
    """What is wrong with a night, which is whole or absent."""
    folder = place.folder / "nights" / f"as_of={night}"
    files = [name for name in ("worklist.csv", "report.html", "worklist.xlsx") if (folder / name).is_file()]
    if comes:
        return [] if len(files) == 3 else [f"of the night only {files} is there"]
    return [f"of a night that was refused {files} is there"] if files and night != BEFORE else []


def _kept_texts(place: Place) -> str:
    named = (place.folder / "home" / name for name in ("audit.jsonl", "last-fault.txt"))
    return "".join(path.read_text("utf-8", "replace") for path in named if path.is_file())


def _rows(url: str, table: str, night: str) -> list[object]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return list(connection.execute(sa.text(f"select * from {table} where as_of = :night"), {"night": night}))
    finally:
        engine.dispose()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
