"""What came of the days, kept in a file as they are tried, as a table for people, and their sum."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.robustness.bad_days.day import Day
from benchmarks.robustness.bad_days.judge import Verdict

Kinds = Mapping[str, Sequence[Day]]


@dataclass(frozen=True)
class Line:
    """A day that was tried: `lost` in cents, None where no night was counted; `wrong` is empty where all was right."""

    kind: str
    name: str
    code: int
    seconds: float
    silent: bool
    shown_traceback: bool
    lost: int | None
    wrong: tuple[str, ...]
    says: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not (self.silent or self.shown_traceback or self.lost or self.wrong)


def keep(folder: Path, kind: str, verdict: Verdict) -> None:
    """Add a verdict to what is known of the days."""
    line = Line(
        kind, verdict.day.name, verdict.code, round(verdict.seconds, 1), verdict.silent, verdict.shown_traceback,
        verdict.lost, verdict.wrong, verdict.day.says,
    )  # fmt: skip
    with (folder / "tried.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(line)) + "\n")


def tried(folder: Path, kinds: Kinds) -> list[Line]:
    """The latest line of each of these days that was tried, in their order."""
    known, kept = {}, folder / "tried.jsonl"
    for text in kept.read_text("utf-8").splitlines() if kept.exists() else ():
        read = json.loads(text)
        known[read["kind"], read["name"]] = Line(**read | {"wrong": tuple(read["wrong"]), "says": tuple(read["says"])})
    wanted = [(kind, day.name) for kind, days in kinds.items() for day in days]
    return [known[one] for one in wanted if one in known]


def summary(lines: Sequence[Line]) -> str:
    """How many days were tried, and how many were silent, showed a traceback, lost money or went otherwise wrong."""
    nights = [line.lost for line in lines if line.lost is not None]
    return (
        f"{len(lines)} bad days: {sum(line.silent for line in lines)} silent, "
        f"{sum(line.shown_traceback for line in lines)} tracebacks, {sum(nights) / 100:,.2f} lost in {len(nights)} "
        f"nights that were counted, {sum(bool(line.wrong) for line in lines)} with something else wrong"
    )


def page(lines: Sequence[Line]) -> str:
    """The tables of the page, one for each kind."""
    written = [summary(lines)]
    for kind in dict.fromkeys(line.kind for line in lines):
        written += [
            f"\n### {kind.capitalize()}\n",
            "| the day | code | what it says | lost |",
            "| --- | ---: | --- | ---: |",
        ]
        written += [_row(line) for line in lines if line.kind == kind]
    return "\n".join(written) + "\n"


def _row(line: Line) -> str:
    said = "; ".join(line.says).replace("|", "\\|") or "as on a sound day"
    lost = "" if line.lost is None else f"{line.lost / 100:,.2f}"
    wrong = "" if line.good else f" — **wrong: {'; '.join(line.wrong) or 'see the sum'}**"
    return f"| {line.name} | {line.code} | {said}{wrong} | {lost} |"
