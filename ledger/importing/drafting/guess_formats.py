"""How the cells of a column are written, proved over all cells that were read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ledger.importing.cells.amounts import read_amounts
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.date_formats import EXCEL, ISO, days_by, disagreement
from ledger.importing.cells.dates import read_days

NUMERIC_FORMATS = (
    *("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y"),
    *("%m-%d-%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %m %Y"),
)
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
WORD_FORMATS = (
    *("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%d. %B %Y", "%B %d, %Y"),
    *("%d. %b %Y", "%d/%b/%Y", "%d.%b.%Y", "%a, %d %b %Y"),
)
LANGUAGES = (None, "de", "fr", "es", "it", "nl", "pt", "pl")
NOTHING = frozenset(
    (
        "-",
        "--",
        "n/a",
        "na",
        "null",
        "none",
        "nan",
        "nat",
        "0",
        "00.00.0000",
        "0000-00-00",
        "00/00/0000",
        "00000000",
        ".",
    )
)
FIRST_YEAR, LAST_YEAR = np.datetime64("1990-01-01", "s"), np.datetime64("2100-12-31", "s")
MOST_DISTINCT, MOST_FORMATS_OF_A_COLUMN = 4_000, 4
ENOUGH = 0.95  # of the cells must be readable, or the column is something else
MOST_WRONG_DAYS = 0.25  # of the cells may be days that no month has
FORMS: tuple[CellForm, ...] = tuple(
    CellForm.model_validate({"decimal_comma": comma, "thousands": thousands})
    for comma, thousands in (
        *((False, None), (True, None), (False, ","), (True, "."), (False, " "), (True, " "), (False, "'"), (True, "'")),
        *((False, "any"), (True, "any")),
    )
)
SIGN_LETTERS = {"CR": "-", "DR": "+", "C": "-", "D": "+", "H": "-", "S": "+"}
CURRENCY = r"(?:[A-Za-z]{3}|[A-Za-z]{0,2}[$€£¥₹₺₪₩₴]|kr\.?|zł|Kč|Ft|S?Fr\.?|Rs\.?)?"
MONEY = re.compile(
    rf"[\s(+\u2212-]*{CURRENCY}[\s(+\u2212-]*[.,]?\d[\d.,'’\s\u202f]*[\s)+\u2212-]*(?:{CURRENCY}|[A-Za-z]{{1,2}})[\s)\u2212-]*"
)
DATE_LIKE = re.compile(r"(?=.*\d)[\w.,/: -]{6,40}")


@dataclass(frozen=True)
class Dates:
    """The formats of a column's dates (none where they are in ISO form), `other` where each cell could also be read so;
    placeholders that mean no date, and how many cells no format reads."""

    formats: tuple[str, ...]
    language: str | None = None
    other: str | None = None
    nothing: tuple[str, ...] = ()
    unread: int = 0
    example: str = ""


@dataclass(frozen=True)
class Cells:
    """The cells of a column: `text` has those that are not empty, `share` how many of the rows they are."""

    name: str
    text: pd.Series
    rows: int
    _memory: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def share(self) -> float:
        return len(self.text) / self.rows if self.rows else 0

    @cached_property
    def counts(self) -> pd.Series:
        """How often each text is there, the most frequent first."""
        return self.text.value_counts()

    @property
    def distinct(self) -> int:
        return len(self.counts)

    @property
    def is_key(self) -> bool:
        """Whether every row has its own value."""
        return self.rows > 0 and len(self.text) == self.rows == self.distinct

    @cached_property
    def unlike(self) -> pd.Series:
        """Its different texts, at most `MOST_DISTINCT`."""
        return pd.Series(self.counts.index[:MOST_DISTINCT].astype(str), dtype="str")

    @cached_property
    def dates(self) -> Dates | None:
        """How its dates are written; None where it has none."""
        return guessed_dates(self.unlike, self.counts)

    @cached_property
    def serial(self) -> bool:
        """Whether they can be days of a spreadsheet, such as 45296."""
        return bool(len(self.unlike)) and bool(self.unlike.str.fullmatch(r"[345]\d{4}(?:\.0)?").all())

    @cached_property
    def amount_texts(self) -> pd.Series:
        """The different texts without what means nothing."""
        return self.unlike[~self.unlike.str.casefold().isin(NOTHING - {"0"})]

    @cached_property
    def amount_forms(self) -> tuple[CellForm, ...]:
        """The forms in which most cells are amounts, all but a word here and there; none where it is no column of
        amounts."""
        text = self.amount_texts
        if not len(text) or _share(text, self.counts, MONEY) < ENOUGH:
            return ()
        signs = _sign_letters(text)
        forms = [form.model_copy(update={"signs": signs}) if signs else form for form in FORMS]
        cells = self.counts.reindex(text).to_numpy()
        unread = [int(cells[read_amounts(text, form).unread].sum()) for form in forms]
        fewest = min(unread)
        if fewest > (1 - ENOUGH) * cells.sum():
            return ()
        return tuple(form for form, bad in zip(forms, unread, strict=True) if bad == fewest)

    @property
    def no_amounts(self) -> list[str]:
        """The texts that no form reads, such as the #REF! of a spreadsheet."""
        if not self.amount_forms:
            return []
        return self.amount_texts[read_amounts(self.amount_texts, self.amount_forms[0]).unread].tolist()

    @property
    def is_amount(self) -> bool:
        return bool(self.amount_forms)

    @cached_property
    def numbers(self) -> pd.Series:
        """The cells as numbers in the simplest form that reads them, missing where there is none."""
        return numbers_in(self, self.amount_forms[0]) if self.amount_forms else pd.Series(dtype="float64")

    @cached_property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that its cells name themselves."""
        if not self.amount_forms:
            return ()
        return tuple(read_amounts(self.amount_texts, self.amount_forms[0]).currencies.dropna().unique())


def numbers_in(cells: Cells, form: CellForm) -> pd.Series:
    """The cells as numbers, by their place in the sample."""
    return pd.to_numeric(read_amounts(cells.text, form).plain, errors="coerce")


def form_of(columns: Sequence[Cells], whole: bool = True) -> tuple[CellForm, list[str]]:
    """The form that reads all columns of amounts of a file, and what is unsure about it.

    A mark with exactly three digits behind it everywhere may part thousands or decimals: that is never decided by
    taste alone, and always said. Where more rows come than were read, and cents prove the decimal mark, those may have
    any thousands.
    """
    shared = [form for form in FORMS if all(_has(column, form) for column in columns if column.is_amount)]
    signs: dict[str, str] = {
        letters: sign for column in columns for form in column.amount_forms[:1] for letters, sign in form.signs.items()
    }
    if not shared:
        found = max(FORMS, key=lambda form: sum(_has(column, form) for column in columns))
        bad = [column.name for column in columns if column.is_amount and not _has(column, found)]
        return _with(found, signs), [f"the amounts of {', '.join(bad)} are written in another way than the others"]
    unsure: list[str] = []
    best = shared[0]
    texts = pd.concat([column.amount_texts for column in columns if column.is_amount] or [pd.Series(dtype="str")])
    marked = texts[texts.str.contains(r"\d[.,]\d")]
    if (
        len(marked)
        and marked.str.contains(r"[1-9]\d{0,2}[.,]\d{3}(?!\d)").all()
        and not marked.str.contains(r"[.,]\d{1,2}(?!\d)").any()
    ):
        marks = set(marked.str.extract(r"[1-9]\d{0,2}([.,])\d{3}(?!\d)")[0])
        grouped = [form for form in shared if {form.thousands} == marks]
        best = grouped[0] if grouped else best
        example = marked.iloc[0]
        unsure = [
            f"{example!r} is read with {_mark(best.thousands)} for thousands, since three digits follow it everywhere"
        ]
    elif not whole and best.thousands is None and marked.str.contains(r"[.,]\d{1,2}(?!\d)").any():
        best = best.model_copy(update={"thousands": "any"})
    if signs:
        unsure.append(
            f"letters at amounts are read as signs: {', '.join(f'{one} is {sign}' for one, sign in signs.items())}"
        )
    return _with(best, signs), unsure


def _with(form: CellForm, signs: dict[str, str]) -> CellForm:
    return form.model_copy(update={"signs": signs}) if signs else form


def _mark(mark: str | None) -> str:
    return {",": "a comma", ".": "a point"}.get(mark or "", "nothing")


def _has(column: Cells, form: CellForm) -> bool:
    return any(
        (one.decimal_comma, one.thousands) == (form.decimal_comma, form.thousands) for one in column.amount_forms
    )


def _sign_letters(text: pd.Series) -> dict[str, str]:
    ends = text.str.extract(r"\d\s?([A-Za-z]{1,2})$")[0].dropna().str.upper().unique()
    return {one: SIGN_LETTERS[one] for one in ends if one in SIGN_LETTERS} if len(ends) <= 4 else {}


def _share(text: pd.Series, counts: pd.Series, pattern: re.Pattern[str]) -> float:
    """The share of the cells with the most frequent texts that have a shape."""
    few = text.head(50)
    shaped = few.map(lambda cell: bool(pattern.fullmatch(cell))).to_numpy(dtype=bool)
    cells = counts.reindex(few).to_numpy()
    return float(cells[shaped].sum() / cells.sum())


def guessed_dates(text: pd.Series, counts: pd.Series) -> Dates | None:
    """How dates are written, by formats that no cell contradicts."""
    nothing = [cell for cell in text if cell.casefold() in NOTHING]
    text = text[~text.isin(nothing)]
    if not len(text) or _share(text, counts, DATE_LIKE) < ENOUGH:
        return None
    formats: list[str] = []
    left, language, other = text, None, None
    first_days: pd.Series | None = None
    while len(left) and len(formats) < MOST_FORMATS_OF_A_COLUMN:
        each = _readings(left, formats, language)
        if not each:
            break
        pattern, spoken, days = each[0]
        if first_days is None:
            other = _contradicting(each)
        first_days = days if first_days is None else first_days
        formats.append(pattern)
        language = language or spoken
        left = left[days.isna().to_numpy()]
    if not formats:
        return None
    cells = int(counts.reindex(list(left)).sum()) if len(left) else 0
    total = int(counts.reindex(list(text)).sum())
    words = [cell for cell in left if not any(letter.isdigit() for letter in cell)]
    if len(left) == len(words) <= 3 and len(words):
        nothing, left, cells = [*nothing, *words], left[:0], 0
    if cells > (1 - ENOUGH) * total and not (cells <= MOST_WRONG_DAYS * total and _alike(left, text)):
        return None
    all_days, _ = read_days(text, formats, language)
    early = text[((all_days < FIRST_YEAR) | (all_days > LAST_YEAR)).to_numpy()]
    if len(early) > 3 or len(early) == len(text):
        return None
    written = () if formats == [ISO] else tuple(formats)
    return Dates(written, language, other, (*nothing, *early), cells, str(left.iloc[0]) if len(left) else "")


def _alike(left: pd.Series, text: pd.Series) -> bool:
    """Whether the texts that no format reads have the shape of those that one does, such as 31.02.2024."""
    shape = text.str.replace("[0-9]", "9", regex=True)
    return bool(shape[left.index].isin(shape.drop(left.index)).all())


def _readings(text: pd.Series, before: list[str], language: str | None) -> list[tuple[str, str | None, pd.Series]]:
    """The formats that read most of the texts, with the language of their months and the days."""
    found: list[tuple[int, str, str | None, pd.Series]] = []
    few = text.head(40)

    def attempt(pattern: str, spoken: str | None) -> None:
        if pattern in before or any(disagreement(one, pattern) for one in before):
            return
        if days_or_none(few, pattern, spoken).isna().all() and len(text) == len(few):
            return
        days = days_or_none(text, pattern, spoken)
        if days.notna().any():
            found.append((int(days.notna().sum()), pattern, spoken, days))

    attempt(ISO, None)
    if text.str.contains(r"[^\W\d_]{3}").any():
        for spoken in LANGUAGES if language is None else (language,):
            for pattern in WORD_FORMATS:
                attempt(pattern, spoken)
    if not text.str.contains(r"[^\W\d_]{3}").all():
        for pattern in NUMERIC_FORMATS:
            for clock in TIMES if text.str.contains(":").any() else TIMES[:1]:
                attempt(pattern + clock, None)
    most = max((read for read, *_ in found), default=0)
    return [(pattern, spoken, days) for read, pattern, spoken, days in found if read == most]


def days_or_none(text: pd.Series, pattern: str, language: str | None) -> pd.Series:
    """The days of the texts that have the format."""
    if language is None:
        return days_by(text, pattern)
    days, _ = read_days(text, [pattern], language)
    return days.where(days_by(text, ISO).isna())


def _contradicting(each: Sequence[tuple[str, str | None, pd.Series]]) -> str | None:
    """Another format that reads the same cells as other days."""
    pattern, _, days = each[0]
    for other, _, others in each[1:]:
        if other != pattern and (days.dropna() != others.reindex(days.index)[days.notna()]).any():
            return other
    return None


def decided(dates: Dates, proofs: Sequence[Dates]) -> Dates:
    """The same dates in the order of day and month that another column of the file proves."""
    if dates.other is None:
        return dates
    proved = {pattern for one in proofs if one.other is None for pattern in one.formats}
    shape = {
        pattern: re.sub(" %[HI].*", "", pattern).replace("%y", "%Y")
        for pattern in (*proved, *dates.formats, dates.other)
    }
    shapes = {shape[pattern] for pattern in proved}
    mine, its = shape[dates.formats[0]], shape[dates.other]
    if (mine in shapes) == (its in shapes):
        return dates
    chosen = dates.formats[0] if mine in shapes else dates.other
    return Dates((chosen, *dates.formats[1:]), dates.language, None, dates.nothing, dates.unread, dates.example)


def is_serial(cells: Cells) -> Dates | None:
    """Dates as numbers of a spreadsheet."""
    return Dates((EXCEL,)) if cells.serial else None
