"""A customer who is forgotten is in no table and no file any more; what is about others stays as it was."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from configs.language import LANGUAGES, speaking
from ledger.importing.unchanged.kept_parts import KEPT
from ledger.reading.quarantine import write_quarantine
from ledger.reading.refusals import Problem, malformed_rows, refused_rows
from ledger.sources.connections import open_engine
from ledger.tables import TABLES
from ledger.validation.data_docs import write_docs
from ledger.validation.verdicts import Finding, SuiteVerdict
from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.rendered_report import managed
from tests.support.small_nights import NIGHTS, nothing_beside, small_nights
from worklists.decide.parent_groups import contacted_at_parent
from worklists.erasure import forget_customer
from worklists.erasure.forget_customer import UnknownCustomer, forget
from worklists.pages.night_folder import NightUnderWay, prepare_night, put_in_place, sole_run
from worklists.pages.report import render_report
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, out: Path) -> str:
    return f"sqlite:///{out / 'duerank.db'}" if request.param == "sqlite" else request.getfixturevalue("postgresql")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "nights"


@pytest.fixture(scope="module")
def customer() -> str:
    """The first on the worklist of the later night, and so in its report."""
    return str(small_nights()[1]["worklist"]["customer_id"].iloc[0])


@pytest.fixture(scope="module")
def docs(customer: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data docs that name the customer and others."""
    folder = tmp_path_factory.mktemp("docs")
    write_docs([verdict(customer)], folder)
    return folder


@pytest.fixture(scope="module")
def written(customer: str, docs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of two nights, with refused rows and data docs that name the customer and others."""
    refused, out = tmp_path_factory.mktemp("quarantine"), tmp_path_factory.mktemp("written")
    write_quarantine([refused_of(customer)], refused)
    write_quarantine([refused_of(customer)], out / "refused" / "as_of=2024-06-26")
    for as_of, tables in zip(map(pd.Timestamp, NIGHTS), small_nights(), strict=True):
        sheet = call_sheet_of(*tables["worklist"]["customer_id"])
        beside = replace(nothing_beside(), manager=managed(customer, "agent-01"))
        report = render_report(tables, beside, sheet)
        with sole_run(out, as_of):
            extras = {"data_docs": docs, "quarantine": refused}
            files = prepare_night(out, as_of, tables["worklist"], tables["handovers"], sheet, report, extras)
            put_in_place(files, as_of)
    return out


@pytest.fixture(scope="module")
def published(customer: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The score tables of both nights in SQLite."""
    file = tmp_path_factory.mktemp("published") / "duerank.db"
    publish_nights(customer, f"sqlite:///{file}")
    return file


def publish_nights(customer: str, url: str) -> None:
    for tables in small_nights():
        publish(with_group(tables, customer), url)


@pytest.fixture
def nights(url: str, out: Path, customer: str, written: Path, published: Path) -> Iterator[sa.Engine]:
    """Both nights in the database and in folders."""
    shutil.copytree(written, out)
    if url.startswith("sqlite"):
        shutil.copy(published, out)
    else:
        publish_nights(customer, url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def with_group(tables: dict[str, pd.DataFrame], customer: str) -> dict[str, pd.DataFrame]:
    """The night, with rows about others who are contacted at this one, one in each language that it may be in."""
    rows = pd.concat([contacted_at(customer, language) for language in LANGUAGES], ignore_index=True)
    fixed = {name: tables["runs"][name].iloc[0] for name in ("run_id", "as_of")}
    rows = rows.assign(reason="contacted_at_parent", amount=0, invoice_id=pd.NA, **fixed)
    held = pd.concat([tables["suppressions"], rows[SCORE_TABLES["suppressions"].names]], ignore_index=True)
    return tables | {"suppressions": held.astype(tables["suppressions"].dtypes.to_dict())}


def contacted_at(customer: str, language: str) -> pd.DataFrame:
    child = f"child-{language}"
    facts = pd.DataFrame({"customer_id": [child], "overdue_amount": 5_00, "collectible_amount": 5_00}, index=[1])
    with speaking(language):
        return contacted_at_parent(facts, pd.Series([0, 0]), pd.Series([customer, child]))


def invoices_of(customer: str) -> list[str]:
    found = [night["invoice_scores"] for night in small_nights()]
    rows = pd.concat(found)
    return sorted(set(rows.loc[rows["customer_id"] == customer, "invoice_id"]))


def name_of(customer: str) -> str:
    return str(small_nights()[1]["worklist"].set_index("customer_id")["customer_name"][customer])


def verdict(customer: str) -> SuiteVerdict:
    examples = (invoices_of(customer)[0], "INV-OF-OTHERS", f"{name_of(customer)} & sons <b>", "120")
    return SuiteVerdict("invoices", "invoices", 9, {place: Finding(4, examples) for place in range(8, 20)})


def refused_of(customer: str) -> pd.DataFrame:
    invoice, name = invoices_of(customer)[0], name_of(customer)
    invoices = pd.DataFrame({
        "invoice_id": [invoice, "INV-1", "INV-2", "INV-3"], "customer_id": ["other", customer, "other", "other"],
        "amount": ["x", "y", "120", "7"], "note": ["a", "b", f"ask {name}, please", "line\nend; \"quoted\""],
    })  # fmt: skip
    bad = Problem("amount", "not a number", "correct it", pd.Series([True] * 4).to_numpy())
    malformed = malformed_rows(TABLES["customers"], [f"{customer};a;b", "other;c;d"], 3)
    return pd.concat([refused_rows(TABLES["invoices"], invoices, [bad], invoices), malformed], ignore_index=True)


def everything(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.text(f"select * from {name}"))]
            for name in (*SCORE_TABLES, "audit")
        }


def files(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.startswith("duerank.db")
    }


def traces(customer: str) -> list[str]:
    return [customer, name_of(customer), *invoices_of(customer)]


def test_what_nights_keep_for_a_second_run_goes(
    nights: sa.Engine, url: str, out: Path, customer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUERANK_HOME", str(tmp_path / "home"))
    kept = tmp_path / "home" / "kept" / "of-any-folder" / "scores"
    kept.mkdir(parents=True)
    (kept / "000").write_text(customer)
    forget(customer, out, url)
    assert not (tmp_path / "home" / "kept").exists()


def test_nothing_names_the_customer_any_more(nights: sa.Engine, url: str, out: Path, customer: str) -> None:
    assert any(customer.encode() in text for text in files(out).values())
    nights.dispose()
    done = forget(customer, out, url)
    found = everything(nights)
    nights.dispose()
    for trace in traces(customer):
        assert [name for name, rows in found.items() if any(trace in str(value) for row in rows for value in row)] == []
        every = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}  # the database's bytes, too
        assert [path for path, text in every.items() if trace.encode() in text] == []
    assert {"worklist", "invoice_scores", "customer_scores", "explanations", "suppressions"} <= set(done.rows)
    assert {Path(path).name for path in done.files} >= {"worklist.csv", "report.html", "invoices.csv", "customers.csv"}


def test_what_the_import_of_the_ledger_keeps_is_deleted(nights: sa.Engine, url: str, out: Path, customer: str) -> None:
    ledger = out.with_name("ledger")
    ledger.mkdir()
    (ledger / KEPT).write_text(customer)
    publish(small_nights()[1], url, ledger=str(ledger))
    done = forget(customer, out, url)
    assert done.files[str(ledger / KEPT)] == 1
    assert not (ledger / KEPT).exists()


def test_rows_of_others_are_what_they_were(nights: sa.Engine, url: str, out: Path, customer: str) -> None:
    before, before_files = everything(nights), files(out)
    nights.dispose()
    done = forget(customer, out, url)
    after, after_files = everything(nights), files(out)
    invoices = set(invoices_of(customer))
    named: list[object] = [customer, *(contacted_at(customer, language)["text"].iloc[0] for language in LANGUAGES)]
    unnamed = {value: str(value).replace(customer, "a forgotten customer") for value in named}
    for name in SCORE_TABLES:
        changed = len(NIGHTS) * len(LANGUAGES) if name == "suppressions" else 0
        kept = [row for row in before[name] if customer not in _own(name, row) and not invoices & set(map(str, row))]
        told = [tuple(unnamed.get(value, value) for value in row) for row in kept]
        assert after[name] == told or sorted(map(str, after[name])) == sorted(map(str, told)), name
        assert len(before[name]) - len(after[name]) == done.rows.get(name, 0) - changed
    assert set(before_files) - set(after_files) == {f"as_of={night}/worklist.xlsx" for night in NIGHTS}
    for path, text in before_files.items():
        if path.endswith(".csv"):
            lines = after_files[path].splitlines(keepends=True)
            assert lines == [line for line in text.splitlines(keepends=True) if line in lines]
    worklist = f"as_of={NIGHTS[1]}/worklist.csv"
    assert before_files[worklist].count(b"\n") - after_files[worklist].count(b"\n") == 1
    refused = "refused/as_of=2024-06-26/invoices.csv"
    assert after_files[refused].count(b"INV-3") and not after_files[refused].count(b"INV-2")
    docs = [text for path, text in after_files.items() if "data_docs/validations" in path]
    assert all(b"INV-OF-OTHERS" in text and b"(forgotten)" in text and b">120<" in text for text in docs)
    was, report = (found[f"as_of={NIGHTS[1]}/report.html"] for found in (before_files, after_files))
    first = was.index(f'<tbody class="customer" data-customer="{customer}">'.encode())
    row = was[first : was.index(b'<tbody class="customer"', first + 1)]
    named_to_the_manager = re.compile(rf'<tr data-customer="{customer}">.*?</tr>\n'.encode(), re.DOTALL)
    without, named = named_to_the_manager.subn(b"", was.replace(row, b""))
    assert report == without and named == 3, "a promise, a debt and a warning"
    assert (out / worklist).stat().st_mode & 0o777 == 0o640


def _own(name: str, row: tuple[object, ...]) -> tuple[object, ...]:
    """What a row says of its own customer: the last column of the suppressions is who is contacted for it."""
    return row[:-1] if name == "suppressions" else row


def test_the_audit_tells_of_it_without_the_name(nights: sa.Engine, url: str, out: Path, customer: str) -> None:
    forget(customer, out, url)
    *published, forgotten = everything(nights)["audit"]
    assert [row[3] for row in published] == ["nightly", "nightly"]
    assert forgotten[3] == "forget"
    assert customer not in str(forgotten)
    assert len(str(forgotten[-1]).split(":")[1]) == 16


def test_again_is_an_unknown_customer_and_changes_nothing(
    nights: sa.Engine, url: str, out: Path, customer: str
) -> None:
    forget(customer, out, url)
    before = everything(nights), files(out)
    with pytest.raises(UnknownCustomer, match=f"names customer {customer}: nothing was changed"):
        forget(customer, out, url)
    assert (everything(nights), files(out)) == before


def test_an_unknown_customer_is_a_clear_no(nights: sa.Engine, url: str, out: Path) -> None:
    before = everything(nights), files(out)
    for stranger in ("nobody", "", "%", "_", "' or 1=1 --", "120"):
        with pytest.raises(UnknownCustomer, match="nothing was changed"):
            forget(stranger, out, url)
    assert (everything(nights), files(out)) == before


def test_a_failure_after_the_files_is_brought_to_its_end_by_running_again(
    nights: sa.Engine, url: str, out: Path, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        raise OSError("the power went")

    before = everything(nights)
    nights.dispose()
    with monkeypatch.context() as patched, pytest.raises(OSError, match="the power went"):
        patched.setattr(forget_customer, "record", break_off)
        forget(customer, out, url)
    assert everything(nights) == before
    write_quarantine([refused_of(customer)], out / "refused" / "as_of=2024-06-27")  # what was left undone
    nights.dispose()
    forget(customer, out, url)
    assert not any(trace.encode() in text for trace in traces(customer) for text in files(out).values())


def test_a_night_that_is_being_written_is_waited_for(nights: sa.Engine, url: str, out: Path, customer: str) -> None:
    for night_of in (NIGHTS[0], "2030-01-01"):  # a new one has read the customer, too
        before = everything(nights), files(out)
        with sole_run(out, pd.Timestamp(night_of)), pytest.raises(NightUnderWay, match="a night is being written to"):
            forget(customer, out, url)
        assert (everything(nights), files(out)) == before


def test_folders_alone_are_cleaned_where_the_database_knows_nothing_of_it(
    nights: sa.Engine, url: str, out: Path, tmp_path: Path, customer: str
) -> None:
    nights.dispose()
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(out / f"as_of={NIGHTS[1]}", elsewhere / f"as_of={NIGHTS[1]}")
    forget(customer, out, url)
    done = forget(customer, elsewhere, url)
    assert done.rows == {}
    assert not any(customer.encode() in text for text in files(elsewhere).values())
