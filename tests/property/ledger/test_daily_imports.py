"""Day after day into one folder: each day's ledger is, to the byte, that of an import into a fresh one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.importing import apply_to_parts, feeds
from ledger.importing.import_export import import_ledger
from ledger.importing.unchanged.kept_parts import KEPT
from ledger.sources import csv_blocks
from tests.support.items_mapping import BILLS_AND_PAYMENTS

MAPPING = (
    """
files: {items: {path: "items*"}}
tables:
  customers:
    - {file: items, where: {column: kind, equals: X}, columns: {customer_id: customer, name: name}}
    - {file: items, distinct: true, columns: {customer_id: customer, name: name}}
"""
    + BILLS_AND_PAYMENTS
)
OTHER = MAPPING.replace("negate: true", "negate: false")
PLACE = st.integers(0, 40)
CHANGES = st.one_of(
    st.tuples(st.just("rows"), PLACE, st.integers(1, 30)),
    st.tuples(
        st.sampled_from(["removed", "edited", "malformed", "dinars", "csv", "parquet", "mapping", "ledger", "damage"]),
        PLACE,
        st.just(1),
    ),
)
Lines = list["dict[str, str] | str"]


class Company:
    """An export of some files, which changes, with its mapping and the ledger that is imported of it each day."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ledger = folder, folder / "ledger"
        self.files: dict[str, Lines] = {"items-0.csv": [], "items-1.parquet": []}
        self.rows, self.mapping = 0, MAPPING
        (folder / "export").mkdir()
        for _ in self.files:
            self.change("rows", len(self.files) - 1, 30)
            self.change("rows", 0, 20)

    def change(self, what: str, place: int, count: int) -> None:
        lines = self.files[sorted(self.files)[place % len(self.files)]]
        if what == "rows":
            lines += [self._row() for _ in range(count)]
        elif what in ("csv", "parquet"):
            self.files[f"items-{place}.{what}"] = [self._row(), self._row()]
        elif what == "malformed":
            self.files["items-0.csv"].append('7,"a line\nwith too few')
        elif what == "mapping":
            self.mapping = OTHER if self.mapping == MAPPING else MAPPING
        elif what == "ledger" and self.ledger.exists():
            table = pd.read_parquet(self.ledger / "payments.parquet")
            table.iloc[1:].to_parquet(self.ledger / "payments.parquet")
        elif what == "damage" and (self.ledger / KEPT).exists():
            kept = bytearray((self.ledger / KEPT).read_bytes())
            kept[place * 50 % len(kept)] ^= 1
            (self.ledger / KEPT).write_bytes(kept)
        elif lines and what == "removed":
            del lines[place % len(lines)]
        elif lines and isinstance(row := lines[place % len(lines)], dict):
            row["currency" if what == "dinars" else "amount"] = "KWD" if what == "dinars" else "1.125"

    def import_day(self) -> None:
        """Both ways; the same files must come out, hidden ones too, and the same must be said."""
        (self.folder / "mapping.yaml").write_text(self.mapping)
        for name, lines in self.files.items():
            self._write(self.folder / "export" / name, lines)
        fresh = self.folder / "fresh"
        daily, whole = (
            import_ledger(self.folder / "mapping.yaml", self.folder / "export", out) for out in (self.ledger, fresh)
        )
        assert dict(contents(self.ledger)) == dict(contents(fresh))
        assert daily.notes == whole.notes
        pd.testing.assert_frame_equal(daily.counts, whole.counts)
        pd.testing.assert_frame_equal(daily.refused, whole.refused)
        fresh.rename(self.folder / f"earlier-{len(list(self.folder.iterdir()))}")

    def _row(self) -> dict[str, str]:
        number = self.rows = self.rows + 1
        return {
            "id": str(number), "customer": f"C{number % 7}", "name": f"Name {number % 14}", "kind": "RRGPX"[number % 5],
            "day": "soon" if number % 13 == 7 else f"2024-01-{number % 28 + 1:02}", "amount": f"{number / 8:.3f}",
            "currency": "EUR",
        }  # fmt: skip

    def _write(self, path: Path, lines: Lines) -> None:
        rows = pd.DataFrame([line for line in lines if isinstance(line, dict)], columns=list(self._columns()))
        if path.suffix == ".parquet":
            rows.to_parquet(path, row_group_size=4, index=False)
            return
        texts = [line if isinstance(line, str) else ",".join(f'"{cell}"' for cell in line.values()) for line in lines]
        path.write_text("\n".join([",".join(self._columns()), *texts, ""]))

    def _columns(self) -> Iterator[str]:
        yield from ("id", "customer", "name", "kind", "day", "amount", "currency")


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


@pytest.fixture(scope="module", autouse=True)
def small_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv_blocks, "CSV_BLOCK", 1_000)
        patched.setattr(feeds, "ROWS_AT_ONCE", 12)
        patched.setattr(apply_to_parts, "cores", lambda: 1)
        yield


def days(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    drawn = given(st.lists(st.lists(CHANGES, max_size=4), min_size=1, max_size=3))
    return lambda test: settings(max_examples=examples, derandomize=True, database=None)(drawn(test))


def imported_daily(folder: Path, changes: list[list[tuple[str, int, int]]]) -> None:
    company = Company(folder)
    company.import_day()
    for of_day in changes:
        for what, place, count in of_day:
            company.change(what, place, count)
        company.import_day()


@days(3)
def test_daily_imports_are_those_into_a_fresh_folder(
    tmp_path_factory: pytest.TempPathFactory, changes: list[list[tuple[str, int, int]]]
) -> None:
    imported_daily(tmp_path_factory.mktemp("company"), changes)


@pytest.mark.slow
@days(300)
def test_many_daily_imports_are_those_into_a_fresh_folder(
    tmp_path_factory: pytest.TempPathFactory, changes: list[list[tuple[str, int, int]]]
) -> None:
    imported_daily(tmp_path_factory.mktemp("company"), changes)
