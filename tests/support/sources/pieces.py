"""What tests of a ledger in pieces share: its pieces, its rows in one order, SQL, and the memory that reading takes."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from ledger.frames import Tables
from ledger.sources.chunks import Piece, opened
from ledger.sources.connections import open_engine
from ledger.tables import TABLES

INVOICES = "invoice_id,customer_id,issued_on,due_on,amount\n"


def pieces_of(source: str | Path, table: str = "invoices") -> list[Piece]:
    with opened(source) as found:
        return [piece for piece in found.pieces if piece.table == table]


def assert_same(left: Tables, right: Tables) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(left[name], right[name])


def in_order(tables: Tables) -> Tables:
    """The rows in the order of their keys: a database has none of its own."""
    return {name: frame.sort_values(list(TABLES[name].key), ignore_index=True) for name, frame in tables.items()}


def run(address: str, *statements: str) -> None:
    engine = open_engine(address)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


PEAK = """
import re, sys
from pathlib import Path
import pandas as pd
from ledger.reading.read import read_rows
from ledger.sources import chunks, database_rows
from ledger.sources.chunks import opened, raw_rows
from ledger.tables import TABLES
from tests.support.judged_in_memory import read_ledger
chunks.ROWS_OF_A_PIECE, database_rows.BLOCK_BYTES, database_rows.ROWS_AT_ONCE = 100_000, 1 << 22, 100_000
table = TABLES["payments"]
read_rows(table, "", chunks.RawRows(pd.DataFrame(columns=table.names, dtype="str")))

def most() -> int:  # what the kernel tells by getrusage begins at what the parent process had
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text()).group(1))

at_first = most()
if sys.argv[2] == "whole":
    rows = len(read_ledger(sys.argv[1]).tables["invoices"])
else:
    with opened(sys.argv[1]) as found:
        rows = sum(
            len(read_rows(TABLES[piece.table], piece.origin, raw).rows)
            for piece in found.pieces if piece.table == "invoices" for raw in raw_rows(piece)
        )
print(rows, (most() - at_first) // 1024)
"""


def peak(address: str, how: str) -> int:
    """The most memory, in MiB, that a process needs to read a ledger of a million invoices, beyond its libraries."""
    printed = subprocess.run(
        [sys.executable, "-c", PEAK, address, how], capture_output=True, check=True, text=True
    ).stdout.split()
    assert printed[0] == "1000000"
    return int(printed[1])
