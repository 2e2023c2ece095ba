"""Rows that `import-outcomes` added to a ledger. No export has them: an import into the same folder keeps them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from ledger.importing.unchanged.row_groups import RowGroups, whole_file
from ledger.reading.read import read_rows
from ledger.sources.csv_and_parquet import RawRows, read_parquet
from ledger.tables import FILLED_IN, TABLES
from ledger.written_rows import as_arrow

FILLED = ("contacts", "promises", "disputes")


def added_outcomes(ledger: Path, scratch: Path) -> dict[str, RowGroups]:
    """The rows of each table that came by a filled-in worklist, in files of their own; tables without any are left out.

    LedgerError where a table of the ledger cannot be read.
    """
    return {name: rows for name in FILLED if (rows := _of_table(name, ledger / f"{name}.parquet", scratch)) is not None}


def _of_table(name: str, path: Path, scratch: Path) -> RowGroups | None:
    key = TABLES[name].key[0]
    if not path.is_file() or key not in pa.parquet.read_schema(path).names:
        return None
    keys = pa.parquet.read_table(path, columns=[key])[key].cast(pa.string())
    added = pc.fill_null(pc.match_substring_regex(keys, FILLED_IN), False)
    if not pc.any(added).as_py():
        return None
    rows = RawRows(read_parquet(path).frame[added.to_numpy()].reset_index(drop=True))
    kept = scratch / f"outcomes-{name}.parquet"
    pa.parquet.write_table(as_arrow(TABLES[name], read_rows(TABLES[name], str(path), rows).rows), kept)
    return whole_file(kept)
