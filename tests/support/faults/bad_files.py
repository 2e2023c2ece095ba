"""Bad files: what cannot be read, or reads differently from what it looks like."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from tests.support.faults.bad_inputs import BadInput, Kept, Quarantined, Stops, in_files, in_rows


def bad_files() -> Iterator[BadInput]:
    yield in_rows("a required table is missing", Stops("'payments' is missing"), lambda rows: rows.pop("payments"))
    yield in_rows("an optional table is missing", Kept(), lambda rows: rows.pop("promises"))
    yield in_files("a table of zero bytes", Stops("is empty (0 bytes)"), _bytes("invoices.csv", b""))
    yield in_files("a header without rows", Kept(), _text("disputes", lambda text: text.splitlines()[0] + "\n"))
    yield in_files(
        "a required column is missing",
        Stops("'due_on'"),
        _text("invoices", lambda text: text.replace("due_on", "payable", 1)),
    )
    yield in_files(
        "an optional column is missing",
        Kept("columns that the ledger does not use were ignored: line"),
        _text("customers", lambda text: text.replace("industry", "line", 1)),
    )
    yield in_files(
        "a column that is not in the contract",
        Kept("columns that the ledger does not use were ignored"),
        _text("invoices", lambda text: "\n".join(f"{line},more" for line in text.splitlines()) + "\n"),
    )
    yield in_files(
        "a column that is there twice",
        Stops("is there more than once"),
        _text("payments", lambda text: text.replace("method", "amount", 1)),
    )
    yield in_files("a Parquet file that was cut off", Stops("not a whole Parquet file"), _cut_parquet)
    yield in_files("a CSV of random bytes", Stops("invoices.csv"), _bytes("invoices.csv", bytes(range(256)) * 20))
    yield in_files("random bytes named Parquet", Stops("invoices.parquet"), _bytes("invoices.parquet", b"\0\xff" * 99))
    yield in_files("text in Windows' encoding", Stops("the text is not utf-8"), _recoded("cp1252"))
    yield in_files("text in UTF-16", Stops("the text is not utf-8"), _recoded("utf-16"))
    yield in_files("a byte order mark", Kept(), _text("invoices", lambda text: f"\ufeff{text}"))
    yield in_files(
        "semicolons between the columns",
        Stops("not separated by commas"),
        _text("invoices", lambda text: text.replace(",", ";")),
    )
    yield in_files(
        "the same table in two forms",
        Stops("is there more than once"),
        lambda folder: (folder / "invoices.parquet").write_bytes(b""),
    )
    yield in_files("parts that disagree about a type", Kept(), _mixed_parts)
    yield in_files(
        "a line with too many fields",
        Quarantined("payments", "wrong number of fields"),
        _text("payments", lambda text: f"{text}PX,,C1,2024-01-05,1,234,00,,,\n"),
    )
    yield in_files(
        "a line with too few fields",
        Quarantined("payments", "wrong number of fields"),
        _text("payments", lambda text: f"{text}PX,C1\n"),
    )
    yield in_files(
        "a quote that never closes",
        Quarantined("payments", "wrong number of fields"),
        _text("payments", lambda text: f'{text}PX,"C1,2024-01-05,1\n'),
    )
    yield in_files("line ends of Windows", Kept(), _text("invoices", lambda text: text.replace("\n", "\r\n")))
    yield in_files("empty lines between rows", Kept(), _text("invoices", lambda text: text.replace("\n", "\n\n")))
    yield in_rows("a line break within a name", Kept(), lambda rows: rows["customers"][-1].update(name="A\nB"))


def _text(table: str, change: Callable[[str], str]) -> Callable[[Path], object]:
    def rewrite(folder: Path) -> None:
        path = folder / f"{table}.csv"
        path.write_text(change(path.read_text("utf-8")), "utf-8")

    return rewrite


def _bytes(name: str, content: bytes) -> Callable[[Path], object]:
    def replace(folder: Path) -> None:
        (folder / f"{name.split('.')[0]}.csv").unlink()
        (folder / name).write_bytes(content)

    return replace


def _recoded(encoding: str) -> Callable[[Path], object]:
    def recode(folder: Path) -> None:
        text = (folder / "customers.csv").read_text("utf-8") + "CX,Müller & Söhne" + "," * 10 + "\n"
        (folder / "customers.csv").write_bytes(text.encode(encoding))

    return recode


def _as_parquet(folder: Path, table: str) -> Path:
    path = folder / f"{table}.parquet"
    pd.read_csv(folder / f"{table}.csv", dtype=str).to_parquet(path)
    (folder / f"{table}.csv").unlink()
    return path


def _cut_parquet(folder: Path) -> None:
    path = _as_parquet(folder, "payments")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _mixed_parts(folder: Path) -> None:
    """Two parts of a table: amounts as numbers in one, as text in the other."""
    frame = pd.read_csv(folder / "payments.csv", dtype=str)
    (folder / "payments.csv").unlink()
    (folder / "payments").mkdir()
    half = len(frame) // 2
    numbers = frame[:half].assign(amount=frame["amount"][:half].astype(float))
    numbers.to_parquet(folder / "payments" / "part-0.parquet")
    frame[half:].to_parquet(folder / "payments" / "part-1.parquet")
