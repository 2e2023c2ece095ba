"""How the cells of a column are written, proved over all cells that were read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from ledger.importing.cells.amounts import read_amounts
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.date_formats import EXCEL
from ledger.importing.drafting.guess_dates import ENOUGH, NOTHING, Dates, guessed_dates, share_of

MOST_DISTINCT = 4_000
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
        if not len(text) or share_of(text, self.counts, MONEY) < ENOUGH:
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


def is_serial(cells: Cells) -> Dates | None:
    """Dates as numbers of a spreadsheet."""
    return Dates((EXCEL,)) if cells.serial else None
