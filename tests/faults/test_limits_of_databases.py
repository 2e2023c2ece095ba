"""What would not fit into an index of PostgreSQL or into an int64 is refused with a sentence, not found at night."""

import pandas as pd
import pytest
import sqlalchemy as sa

from ledger.as_of.fx import convert, exchanged
from ledger.errors import LedgerError
from ledger.reading.conversion import convert as read
from ledger.tables import LONGEST_ID, PAYMENTS
from worklists.score_db.schema import metadata

INDEXED_BYTES, BYTES_OF_A_LETTER = 2_704, 4


def test_the_longest_ids_fit_into_every_index_of_the_score_tables() -> None:
    for table in metadata().tables.values():
        for index in (table.primary_key, *table.indexes):
            ids = [column for column in index.columns if column.name.endswith("_id") and column.name != "run_id"]
            size = len(ids) * (LONGEST_ID * BYTES_OF_A_LETTER + BYTES_OF_A_LETTER)
            assert size < INDEXED_BYTES, f"{table.name}: {[column.name for column in index.columns]}"


def test_postgresql_takes_three_of_the_longest_ids_into_an_index(postgresql: str) -> None:
    engine = sa.create_engine(postgresql.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text("create table longest (a text, b text, c text, primary key (a, b, c))"))
        letters = ["".join(chr(0x10400 + (place * step) % 9_973) for place in range(LONGEST_ID)) for step in (1, 7, 61)]
        connection.execute(sa.text("insert into longest values (:a, :b, :c)"), dict(zip("abc", letters, strict=True)))
    engine.dispose()


def test_a_row_with_a_longer_id_is_refused_with_the_length_that_an_id_may_have() -> None:
    rows = pd.DataFrame({
        "payment_id": ["P" * LONGEST_ID, "P" * (LONGEST_ID + 1)],
        "customer_id": ["C", "C"], "paid_on": ["2024-01-01"] * 2, "amount": ["1.00"] * 2,
    })  # fmt: skip
    done = read(PAYMENTS, rows)
    assert done.rows["payment_id"].tolist() == ["P" * LONGEST_ID]
    assert f"{LONGEST_ID} characters" in done.refused.to_string()


@pytest.mark.parametrize("sign", [1, -1])
def test_an_amount_that_a_rate_makes_larger_than_an_amount_can_be_is_refused_by_its_currency(sign: int) -> None:
    rates = pd.Series({"EUR": 1.0, "XXX": 1e9})
    cents = pd.Series([100, sign * 10_000_000_00, sign * 10**12])
    currency = pd.Series(["EUR", "EUR", "XXX"])
    for exchange in (
        lambda: convert(cents, currency, rates),
        lambda: exchanged(cents, currency, pd.Series(["EUR"] * 3), rates),
    ):
        with pytest.raises(LedgerError, match=r"fx_rates: an amount in XXX .* correct the rate"):
            exchange()
    assert convert(cents, pd.Series(["EUR"] * 3), rates).tolist() == cents.tolist()
