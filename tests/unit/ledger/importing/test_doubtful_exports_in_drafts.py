"""A draft of a doubtful or hostile export says what is doubtful, loads, or is refused with a sentence."""

from pathlib import Path

import pytest

from ledger.errors import LedgerError
from ledger.importing.drafting.draft_mapping import draft_mapping
from ledger.importing.import_export import import_ledger
from tests.support.sources.drafts import drafted, imported

CLEAR = "invoice no,customer,invoice date,due date,amount,paid on\n1,A,2024-01-31,2024-02-28,10.00,2024-02-01\n"
WHOLE = "invoice no;customer;invoice date;due date;amount;paid on;paid amount\n" + "".join(
    f"{n};C{n};2024-01-31;2024-02-29;{n}{{}}{n}00;2024-03-01;{n}{{}}{n}00\n" for n in range(1, 8)
)


@pytest.mark.parametrize(("mark", "name"), [(".", "a point"), (",", "a comma")])
def test_three_digits_behind_every_mark_are_thousands_whichever_the_mark(mark: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(WHOLE.replace("{}", mark))
    tables = imported(tmp_path / "list.csv", tmp_path)
    assert tables["invoices"]["amount"].astype(str).tolist() == [f"{n}{n}00.00" for n in range(1, 8)]
    assert f"is read with {name} for thousands" in " ".join((tmp_path / "mapping.yaml").read_text().split())


def test_a_word_among_the_amounts_costs_its_row_only(tmp_path: Path) -> None:
    rows = "".join(f"{n},C{n},2024-01-31,2024-02-29,{n}.50,2024-03-01\n" for n in range(40))
    head = "invoice no,customer,invoice date,due date,amount,paid on\n"
    (tmp_path / "list.csv").write_text(f"{head}{rows}{head}99,C1,2024-01-31,2024-02-29,#REF!,\n")
    text, _ = drafted(tmp_path / "list.csv", tmp_path)
    assert "some cells are no amounts, such as" in text
    done = import_ledger(tmp_path / "mapping.yaml", tmp_path / "list.csv", tmp_path / "ledger")
    assert done.counts.set_index("table").loc["invoices", ["rows_out", "refused"]].tolist() == [40, 1]
    assert done.refused["value"].tolist() == ["#REF!"]


def test_one_list_of_two_days_is_said_to_be_one(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    for day, more in (("0623", ""), ("0630", "8;C8;2024-01-31;2024-02-29;1,00;;\n")):
        (export / f"list_2024{day}.csv").write_text(WHOLE.replace("{}", ".") + more)
    assert "one list of different days" in " ".join(drafted(export, tmp_path)[1].split())


@pytest.mark.parametrize(
    "text", ["<HTML><table><tr><td>a</td></tr>", "<!DOCTYPE html>", '<?xml version="1.0"?><Workbook>']
)
def test_a_page_or_xml_that_is_called_a_workbook_is_not_read_as_text(text: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(LedgerError, match=r"open it in a spreadsheet and save it as \.xlsx"):
        draft_mapping(str(tmp_path / "list.csv"), tmp_path / "mapping.yaml")


def test_an_existing_file_is_replaced_by_force_only(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(CLEAR)
    (tmp_path / "mapping.yaml").write_text("mine")
    with pytest.raises(LedgerError, match=r"is there already.*--force"):
        draft_mapping(str(tmp_path / "e.csv"), tmp_path / "mapping.yaml")
    assert (tmp_path / "mapping.yaml").read_text() == "mine"
    draft_mapping(str(tmp_path / "e.csv"), tmp_path / "mapping.yaml", force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.csv", "mapping.yaml"]


HOSTILE = {
    "binary.csv": bytes(range(256)) * 50,
    "empty.csv": b"",
    "blank.csv": b"\n\n\n",
    "names_only.csv": b"invoice,customer,date,amount\n",
    "no_names.csv": b"1,2024-01-01,5.00\n2,2024-01-02,6.00\n",
    "same_names.csv": b"id,id,date\n1,2,2024-01-01\n",
    "one_column.csv": b"hello\nworld\n",
    "wide.csv": (",".join(f"column {n}" for n in range(1000)) + "\n" + ",".join("1" * 1000) + "\n").encode(),
    "huge_cell.csv": b"invoice no,customer,date,amount\n1,A,2024-01-01," + b"9" * 3_000_000 + b"\n",
    "open_quote.csv": b'invoice no,customer,date,amount\n1,"A,2024-01-01,5.00\n2,B,2024-01-02,5.00\n',
    "not.xlsx": b"PK\x03\x04 no workbook",
    "not.parquet": b"PAR1 no parquet",
    "deep.json": b"[" * 100_000,
    "number.json": b"5",
    "zip.gz": b"\x1f\x8b",
    "{a: [b}, &c *d.csv": CLEAR.encode(),
    "- x: #y.csv": CLEAR.encode(),
    "[1]*.csv": CLEAR.encode(),
    'yaml.csv': b'"invoice no: #1","{customer}","- date","&amount","paid ""on"""\n1,A,2024-01-31,10.00,2024-02-01\n',
    "control.csv": b"invoice no\x07,customer\x85,date,amount\n1,A,2024-01-31,10.00\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_a_mapping_that_loads_or_a_sentence(name: str, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / name).write_bytes(HOSTILE[name])
    try:
        text, said = drafted(export, tmp_path)
    except LedgerError as error:
        assert str(error).endswith(".")
        assert "\n" not in str(error)
    else:
        assert "import" in said
        assert text.isprintable() or all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("name", ["{a: [b}, &c *d.csv", "- x: #y.csv", "[1]*.csv", "yaml.csv"])
def test_names_that_look_like_yaml_come_in_as_names(name: str, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / name).write_bytes(HOSTILE[name])
    assert len(imported(export, tmp_path)["invoices"]) in (1, 3)


def test_an_empty_folder_and_a_missing_one_are_named(tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(LedgerError, match=r"no such file or folder|nothing that a mapping could read"):
            draft_mapping(str(place), tmp_path / "mapping.yaml")
    with pytest.raises(LedgerError, match="no such SQLite file"):
        draft_mapping(f"sqlite:///{tmp_path}/none.db", tmp_path / "mapping.yaml")
