"""Countries come out of an export as codes of two letters, however people and systems write them in English."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.importing.cells.country_codes import AS_PEOPLE_WRITE, OF_THREE_LETTERS, with_country_codes
from ledger.importing.import_export import import_ledger
from ledger.reading.iso_codes import COUNTRIES, COUNTRY_NAMES
from tests.support.judged_in_memory import read_ledger

MAPPING = """
files: {f: {path: f.csv}}
tables:
  customers: {file: f, distinct: true, columns: {customer_id: c, country: land}}
  invoices: {file: f, columns: {invoice_id: id, customer_id: c, issued_on: d, due_on: d, amount: a}}
  payments: {file: f, columns: {payment_id: id, customer_id: c, paid_on: d, amount: a}}
"""


def codes(*countries: str | None) -> list[str | None]:
    found = with_country_codes(pd.Series(countries, dtype="str"))
    return [None if pd.isna(code) else str(code) for code in found]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("DEU", "DE"), ("Germany", "DE"), ("GERMANY", "DE"), (" germany ", "DE"),
        ("UK", "GB"), ("GBR", "GB"), ("United Kingdom", "GB"), ("USA", "US"), ("United States of America", "US"),
        ("Czech Republic", "CZ"), ("Czechia", "CZ"), ("EL", "GR"), ("Namibia", "NA"), ("NA", "NA"),
    ],
)  # fmt: skip
def test_a_country_is_found_by_its_name_or_code(written: str, code: str) -> None:
    assert codes(written) == [code]


@pytest.mark.parametrize("written", ["XX", "Germny", "276", "Deutschland", "D", "", None])
def test_what_is_no_country_stays_as_it_is(written: str | None) -> None:
    assert codes("FR", written) == ["FR", written or None]


def test_a_column_without_a_country_stays_empty() -> None:
    assert codes(None, None) == [None, None]
    assert codes() == []


@given(st.sampled_from(sorted(COUNTRIES)))
def test_every_country_is_found_by_its_code_and_its_english_name(code: str) -> None:
    assert codes(code, code.lower(), COUNTRY_NAMES[code], COUNTRY_NAMES[code].upper()) == [code] * 4


@given(st.sampled_from(sorted({*AS_PEOPLE_WRITE, *OF_THREE_LETTERS})))
def test_every_other_spelling_gives_a_country_of_iso(spelling: str) -> None:
    (code,) = codes(spelling)
    assert code in COUNTRIES
    assert codes(code) == [code]


def test_an_import_writes_codes_and_leaves_what_it_does_not_know(tmp_path: Path) -> None:
    lands = {"c1": "Germany", "c2": "UK", "c3": "Germny", "c4": "", "c5": "fra"}
    lines = [f"i{place},{one},{land},2024-01-05,100" for place, (one, land) in enumerate(lands.items())]
    (tmp_path / "f.csv").write_text("\n".join(["id,c,land,d,a", *lines]))
    (tmp_path / "m.yaml").write_text(MAPPING)
    import_ledger(tmp_path / "m.yaml", tmp_path, tmp_path / "ledger")
    customers = read_ledger(tmp_path / "ledger").tables["customers"].set_index("customer_id")["country"]
    assert customers.dropna().to_dict() == {"c1": "DE", "c2": "GB", "c3": "Germny", "c5": "FR"}
