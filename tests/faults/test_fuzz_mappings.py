"""Whatever a mapping or an export says, an import gives a ledger or a sentence, runs nothing, stays in its folder."""

import re
import resource
import tempfile
from collections.abc import Callable
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import yaml
from hypothesis import strategies as st

from ledger.errors import LedgerError
from ledger.importing.import_export import Import, import_ledger
from ledger.importing.mapping_schema import load_mapping
from tests.support.faults.file_mutations import IN_BYTES, IN_TEXT, Change, mutated
from tests.support.faults.fuzzing import SECONDS_IN_ALL, fuzz, fuzz_the_same
from tests.support.faults.mapped_export import EXPORT, MAPPING
from tests.support.faults.odd_types import ARRAYS
from tests.support.faults.written_files import lines_of, parquet_bytes
from tests.support.judged_in_memory import read_ledger
from tests.support.repository import ROOT

SOURCES = ROOT / "configs" / "sources"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
MERGED_BOMB = "a: &a {k: v}\n" + "".join(
    f"{new}: &{new} {{<<: [{', '.join([f'*{old}'] * 9)}]}}\n" for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)
HOSTILE = {
    "runs a command": "!!python/object/apply:os.system ['touch {mark}']",
    "calls a function": "files: !!python/object/apply:subprocess.run [[touch, '{mark}']]",
    "names a module": "!!python/module:subprocess",
    "aliases that multiply": BOMB + "files: *j",
    "merges that multiply": MERGED_BOMB + "files: *j",
    "an alias of itself": "files: &a [*a]",
    "deep brackets": "[" * 100_000,
    "deep indents": "".join(" " * level + "a:\n" for level in range(900)),
    "deep by aliases": "".join(f"a{n}: &a{n} [*a{n - 1}]\n" if n else "a0: &a0 [x]\n" for n in range(3_000)),
    "no date": "files: 2024-13-45",
    "no number": "files: !!int x",
    "no moment": "files: !!timestamp x",
    "no truth": "files: !!bool maybe",
    "a number of many digits": "files: " + "9" * 10_000,
    "a key that is a list": "? [a]\n: b",
    "many keys": "".join(f"k{n}: v\n" for n in range(20_000)),
    "one long text": f"files: '{'x' * 2_000_000}'",
}
PATHS = ["/etc/passwd", "../outside/*.csv", "a/../../outside/*.csv", "**/../../*.csv", "~/x.csv", "", ".", "**x",
         "\x00", "x" * 5_000, "[", "link.csv", "linked/*.csv", "linked/secret.csv"]  # fmt: skip
ODD: Any = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(PATHS),
    st.sampled_from(["{", "{}", "{Nr!r}", "{Nr:>9999999999}", "{0}", "{Nr.__class__}", "{Nr[0]}", "%", "%d%d", "%c"]),
    st.sampled_from(["bz2", "base64", "rot13", "unicode_escape", "idna", "utf-7", "utf-16", "undefined", "punycode"]),
    st.sampled_from([10**9, -1, 2**63, 1e400, "；", "\n", '"', "parquet", "G", "Kunde", "Betrag", "items"]),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)
MOST_MEMORY = 400_000_000


@cache
def texts() -> list[bytes]:
    return [MAPPING.encode(), *(path.read_bytes() for path in sorted(SOURCES.glob("*.yaml")))]


def imported(folder: Path, mapping: bytes, name: str, export: bytes) -> Import:
    """The import of an export that lies next to a secret, and has links to it."""
    (folder / "outside").mkdir()
    (folder / "outside" / "secret.csv").write_text(EXPORT.replace("K1", "SECRET"))
    inside = folder / "inside"
    inside.mkdir()
    (inside / "link.csv").symlink_to(folder / "outside" / "secret.csv")
    (inside / "linked").symlink_to(folder / "outside")
    (inside / name).write_bytes(export)
    (folder / "mapping.yaml").write_bytes(mapping)
    done = import_ledger(folder / "mapping.yaml", inside, folder / "ledger")
    for table in read_ledger(folder / "ledger").tables.values():
        assert not any((table[column] == "SECRET").any() for column in table if column.endswith("_id"))
    counts = done.counts
    assert (counts["rows_in"] == counts["rows_out"] + counts["refused"] + counts["repeated"]).all()
    return done


def check_mapping_text(example: tuple[int, list[Change]]) -> None:
    which, changes = example
    with tempfile.TemporaryDirectory() as folder:
        try:
            imported(Path(folder), mutated(texts()[which % len(texts())], changes), "items.csv", EXPORT.encode())
        except LedgerError as error:
            assert str(error)


def check_mapping_values(example: tuple[int, Any, str | None]) -> None:
    """A sound mapping with one value replaced, or moved under another key."""
    place, value, key = example
    stated = yaml.safe_load(MAPPING)
    homes = list(_homes(stated))
    home, old = homes[place % len(homes)]
    home[old] = value
    if key is not None and isinstance(home, dict):
        home[key] = home.pop(old)
    with tempfile.TemporaryDirectory() as folder:
        try:
            imported(Path(folder), yaml.safe_dump(stated).encode(), "items.csv", EXPORT.encode())
        except LedgerError as error:
            assert len(str(error)) < 20_000


def _homes(value: Any) -> Any:
    """Every value's container and its key or place there."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in list(inside):
        yield value, key
        yield from _homes(child)


def check_export(changes: list[Change]) -> None:
    export = mutated(EXPORT.encode(), changes)
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = imported(Path(folder), MAPPING.encode(), "items.csv", export)
        except LedgerError as error:
            assert str(error)
            return
    everything = int(done.counts.loc[done.counts["table"] == "customers", "rows_in"].iloc[0])
    assert lines_of(export) in (None, everything)


def check_parquet_export(example: list[pa.Array]) -> None:
    """Columns of odd types under the names that the mapping expects, the last name twice where there is one more."""
    names = [*EXPORT.splitlines()[0].split(","), "Betrag"][: len(example)]
    try:
        export = parquet_bytes(pa.Table.from_arrays(example, names=names))
    except pa.ArrowException:
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = imported(Path(folder), MAPPING.encode(), "items.parquet", export)
        except LedgerError as error:
            assert str(error)
            return
    assert int(done.counts.loc[done.counts["table"] == "customers", "rows_in"].iloc[0]) == 3


KEYS = (
    st.none() | st.sampled_from(["files", "items", "columns", "amount", "colums", "where", "", "x" * 999]) | st.text()
)
TARGETS: dict[str, tuple[Any, Callable[[Any], None]]] = {
    "the text of a mapping": (
        st.tuples(st.integers(0, 9), st.lists(IN_TEXT | IN_BYTES, min_size=1, max_size=4)),
        check_mapping_text,
    ),
    "the values of a mapping": (st.tuples(st.integers(0, 999), ODD, KEYS), check_mapping_values),
    "an export as CSV": (st.lists(IN_TEXT, min_size=1, max_size=4), check_export),
    "an export as Parquet": (st.lists(ARRAYS, min_size=7, max_size=8), check_parquet_export),
}
SHARE = 1 / 8  # of the time that all fuzzing takes; test_fuzz_readers has the other half
BY_TARGET = pytest.mark.parametrize("target", TARGETS)


@BY_TARGET
def test_any_mapping_and_export_is_imported_or_refused_with_a_sentence(target: str) -> None:
    fuzz_the_same(*TARGETS[target])


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@BY_TARGET
def test_any_mapping_and_export_is_imported_or_refused_with_a_sentence_for_half_an_hour(
    target: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("examples", fuzz(SECONDS_IN_ALL * SHARE, *TARGETS[target]))


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mapping_is_refused_quickly_in_a_short_sentence_and_runs_nothing(tmp_path: Path, name: str) -> None:
    mark = tmp_path / "it ran"
    (tmp_path / "mapping.yaml").write_text(HOSTILE[name].replace("{mark}", str(mark)), "utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LedgerError) as caught:
        load_mapping(tmp_path / "mapping.yaml")
    assert len(str(caught.value)) < 20_000
    assert not mark.exists()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1_024 < MOST_MEMORY


@pytest.mark.parametrize("path", PATHS)
def test_no_path_of_a_mapping_leads_out_of_the_input_folder(tmp_path: Path, path: str) -> None:
    stated = yaml.safe_load(MAPPING)
    stated["files"]["items"]["path"] = path
    with pytest.raises(LedgerError):
        imported(tmp_path, yaml.safe_dump(stated).encode(), "items.csv", EXPORT.encode())


FORMS = [
    ("encoding: bz2", "no encoding 'bz2'"),
    ("encoding: rot13", "no encoding 'rot13'"),
    ("encoding: undefined", "no encoding 'undefined'"),
    ('delimiter: "；"', "cannot part columns"),
    ("delimiter: '\"'", "cannot part columns"),
    ('delimiter: "\\n"', "cannot part columns"),
    ("skip_rows: 1000000000000", "less than or equal to 10000"),
    ('path: "**x"', "no name or glob of a file"),
]


@pytest.mark.parametrize(("form", "told"), FORMS)
def test_a_form_that_no_file_can_have_is_refused(tmp_path: Path, form: str, told: str) -> None:
    mapping = MAPPING.replace(
        '{path: "items.*", skip_rows: 0', "{" + form + (", path: x" if "path" not in form else "")
    )
    with pytest.raises(LedgerError, match=re.escape(told)):
        imported(tmp_path, mapping.encode(), "items.csv", EXPORT.encode())


@pytest.mark.parametrize("pattern", ["%d%d", "%H:%M", "%d.%m.", "\x00"])
def test_a_date_format_that_gives_no_day_is_refused(tmp_path: Path, pattern: str) -> None:
    mapping = MAPPING.replace('"%d/%m/%Y"', yaml.safe_dump(pattern, default_style='"').strip(), 1)
    with pytest.raises(LedgerError, match="does not give a day"):
        imported(tmp_path, mapping.encode(), "items.csv", EXPORT.encode())


@pytest.mark.parametrize("kind", ["uint8", "boolean"])
def test_amounts_of_a_type_without_a_sign_are_negated_or_refused(tmp_path: Path, kind: str) -> None:
    frame = pd.read_csv(StringIO(EXPORT), dtype=str)
    frame["Betrag"] = pd.array([10, 20, 5] if kind == "uint8" else [True, False, True], dtype=kind)
    imported(tmp_path, MAPPING.encode(), "items.parquet", parquet_bytes(pa.Table.from_pandas(frame)))
    credit = read_ledger(tmp_path / "ledger").tables["invoices"].query("kind == 'credit_note'")["amount"].tolist()
    assert credit == ([-500] if kind == "uint8" else [])
