"""A ledger whose every text is meant to do harm gives a night that harms no one who opens it."""

import csv
import re
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from configs.settings import Settings, load_settings
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.load import Loaded, load_ledger
from ledger.reading.quarantine import write_csv
from ledger.sources.connections import open_engine
from models import retraining
from models.night_models import Models
from models.past import gather
from models.risk import default, late_payment
from tests.support.faults.browser import CHROMIUM, Network, network, opened
from tests.support.faults.hostile_strings import FORMULAS, MARKUP, corpus, hostile_ledger
from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.in_this_process import night_of
from tests.support.small_nights import NIGHTS, nothing_beside
from worklists.pages.report import render_report
from worklists.pages.worklist_csv import write_worklist
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES

Cells = list[list[str]]
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NEEDS_BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
NIGHT = pd.Timestamp(NIGHTS[0])
SIGNS = "=+-@\t\r＝＋－＠﹦﹢﹣﹫"
UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x1f\x7f-\x9f]+")
NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")


@dataclass(frozen=True)
class HostileNight:
    """What was read of the hostile ledger, the score tables, and the folder that a user would open."""

    loaded: Loaded
    tables: dict[str, pd.DataFrame]
    folder: Path
    settings: Settings


@pytest.fixture(scope="module")
def proxy() -> Iterator[Network]:
    with network() as noted:
        yield noted


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, proxy: Network) -> HostileNight:
    """The files of a night of the hostile ledger, with hostile collectors, scored by models learned from it."""
    folder = tmp_path_factory.mktemp("hostile")
    write_ledger(hostile_ledger(proxy.address), folder / "ledger")
    collectors = [{"id": text, "minutes_a_day": 60} for text in corpus(proxy.address)]
    (folder / "roster.yaml").write_text(yaml.safe_dump({"collectors": collectors}), "utf-8")
    settings = load_settings(
        ("training.trees=20", "training.spine_every_days=30", "ledger.max_quarantined_share=1",
         f"capacity.collectors={folder / 'roster.yaml'}")
    )  # fmt: skip
    loaded = load_ledger(str(folder / "ledger"), NIGHT, settings, folder / "data_docs", folder / "quarantine")
    past = gather(loaded, NIGHT, settings)
    risk = (retraining.fit(name, past, settings) for name in (late_payment.NAME, default.NAME))
    models = Models(*risk, retraining.fit_effect(past, settings))
    tables = night_of(folder / "ledger", NIGHT, models, settings)
    write_worklist(tables["worklist"], folder / "worklist.csv")
    notes = "\n".join([*tables["runs"]["notes"], *corpus(proxy.address)])
    noted = tables | {"runs": tables["runs"].assign(notes=notes)}
    refused = pd.DataFrame({"table": "invoices", "rule": corpus(proxy.address), "rows": 1})
    harm = [{"customer_id": customer, "note": text} for customer in tables["worklist"]["customer_id"].head(3)
            for text in corpus(proxy.address)]  # fmt: skip
    sheet = call_sheet_of(*tables["worklist"]["customer_id"], contacts=harm)
    beside = replace(nothing_beside(), refused=refused)
    (folder / "report.html").write_text(render_report(noted, beside, sheet), "utf-8")
    write_csv(pd.DataFrame({"policy": corpus(proxy.address), "gain": -1.5}), folder / "policies.csv")
    return HostileNight(loaded, tables, folder, settings)


def test_the_night_has_the_harm_in_it(night: HostileNight, proxy: Network) -> None:
    """Else all the others would prove nothing."""
    listed = night.tables["worklist"]
    assert len(listed) > 10
    assert listed["collector_id"].str.contains("[=<;]").any()
    written = (night.folder / "worklist.csv").read_text("utf-8")
    shown = (night.folder / "report.html").read_text("utf-8")
    docs = "".join(page.read_text("utf-8") for page in (night.folder / "data_docs").rglob("*.html"))
    assert "=cmd|" in written
    assert "&lt;script&gt;" in shown
    assert "&lt;script&gt;" in docs
    found = set(night.loaded.refused["rule"]) | set(night.loaded.repaired["rule"])
    assert {"text too long", "NUL byte in text", "due_on before issued_on"} <= found
    assert sum(text in shown.replace("&#34;", '"').replace("&lt;", "<") for text in corpus(proxy.address)) > 20


def parsed(text: str, delimiter: str) -> Cells:
    """Cells as a spreadsheet takes them: a quote counts where a cell begins; whatever follows its end belongs to it."""
    rows: Cells = [[]]
    place, end = 0, re.compile(rf"{delimiter}|\r\n|\r|\n")
    while place < len(text):
        cell = ""
        if text[place] == '"':
            closed = re.compile(r'"((?:[^"]|"")*)("|\Z)', re.DOTALL).match(text, place)
            assert closed is not None
            cell, place = closed.group(1).replace('""', '"'), closed.end()
        found = end.search(text, place)
        stop, after = (len(text), len(text)) if found is None else found.span()
        rest, place = text[place:stop], after
        rows[-1].append(cell + rest)
        if found is None or found.group() != delimiter:
            rows.append([])
    return rows


def is_formula(cell: str) -> bool:
    seen = UNSEEN.sub("", cell)
    return bool(seen) and (seen[0] in SIGNS or cell[0] in "\t\r") and not NUMBER.fullmatch(cell)


def spreadsheets(night: HostileNight) -> list[Path]:
    return [night.folder / "worklist.csv", night.folder / "policies.csv", *(night.folder / "quarantine").glob("*.csv")]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_no_cell_of_a_csv_is_a_formula_as_a_parser_of_ours_reads_it(night: HostileNight, delimiter: str) -> None:
    """Not the real spreadsheet, which the next test asks where it is installed."""
    assert len(spreadsheets(night)) > 3
    for path in spreadsheets(night):
        cells = [cell for row in parsed(path.read_text("utf-8"), delimiter) for cell in row]
        assert [cell for cell in cells if is_formula(cell)] == [], path.name


def test_the_parser_of_ours_finds_the_formulas_of_a_csv_that_was_not_made_safe(tmp_path: Path, proxy: Network) -> None:
    frame = pd.DataFrame({"id": ["a"] * len(FORMULAS), "text": corpus(proxy.address)[: len(FORMULAS)]})
    frame.to_csv(tmp_path / "x.csv", index=False, quoting=csv.QUOTE_ALL)
    text = (tmp_path / "x.csv").read_text("utf-8")
    found = {mark: sum(is_formula(cell) for row in parsed(text, mark) for cell in row) for mark in ",;"}
    assert found[","] >= 16
    assert found[";"] >= 3


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_finds_no_formula_in_a_csv(night: HostileNight, tmp_path: Path) -> None:
    for separator in ("44", "59"):  # the comma and the semicolon, by their numbers
        for path in spreadsheets(night):
            target = tmp_path / f"{separator}-{path.stem}"
            options = f"--infilter=CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true"
            subprocess.run(
                [str(SOFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", options,
                 "--convert-to", "fods", "--outdir", str(target), str(path)],
                check=True, capture_output=True, timeout=180,
            )  # fmt: skip
            [sheet] = target.glob("*.fods")
            assert "table:formula=" not in sheet.read_text("utf-8"), path.name


def pages(night: HostileNight) -> list[Path]:
    """The report, and the pages of the docs that show something of the ledger."""
    docs = sorted((night.folder / "data_docs" / "validations").rglob("*.html"))
    return [night.folder / "report.html", *(page for page in docs if "&lt;" in page.read_text("utf-8"))]


@NEEDS_BROWSER
def test_the_browser_runs_the_harm_where_nothing_keeps_it_from_it(tmp_path: Path, proxy: Network) -> None:
    """Else the next test would prove nothing."""
    texts = corpus(proxy.address)[len(FORMULAS) : len(FORMULAS) + len(MARKUP)]
    (tmp_path / "page.html").write_text(f"<!doctype html><html><body>{texts[0]}{texts[1]}</body></html>", "utf-8")
    seen = opened(tmp_path / "page.html", tmp_path / "profile", proxy)
    assert seen.ran
    assert any("/script" in one for one in seen.asked)
    assert any("/img" in one for one in seen.asked)


@NEEDS_BROWSER
@pytest.mark.parametrize("policy", ["as it is", "without its Content-Security-Policy"])
def test_no_page_of_a_night_runs_or_loads_anything_in_chromium(
    night: HostileNight, tmp_path: Path, proxy: Network, policy: str
) -> None:
    assert len(pages(night)) >= 2
    for number, page in enumerate(pages(night)):
        text = page.read_text("utf-8")
        assert text.count('http-equiv="Content-Security-Policy"') == 1
        assert "default-src 'none'" in text
        if policy != "as it is":
            text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        copy = tmp_path / f"{number}.html"
        copy.write_text(text, "utf-8")
        seen = opened(copy, tmp_path / f"profile-{number}", proxy)
        assert not seen.ran, page
        assert seen.asked == [], page
        assert "</html>" in seen.dom


def test_no_page_of_the_data_docs_has_a_script_or_an_address_to_load_from(night: HostileNight) -> None:
    found = list((night.folder / "data_docs").rglob("*"))
    assert {path.suffix for path in found if path.is_file()} == {".html"}
    for page in (path for path in found if path.is_file()):
        text = page.read_text("utf-8")
        assert "default-src 'none'" in text
        assert not re.search(r"<(script|link|img|iframe|object|embed|base)\b", text), page
        styles = re.findall(r"<style.*?</style>|\sstyle=\"[^\"]*\"", text, re.DOTALL)
        assert styles and not [style for style in styles if re.search(r"url\(|@import", style)], page


def rows_by_key(name: str, rows: list[tuple[object, ...]]) -> list[tuple[str, ...]]:
    """The texts of rows, sorted; a missing one is empty."""
    places = [place for place, column in enumerate(SCORE_TABLES[name].columns) if column.kind == "text"]
    return sorted(tuple("" if row[place] is None else str(row[place]) for place in places) for row in rows)


def check_database(night: HostileNight, query: Callable[[str], list[tuple[object, ...]]]) -> None:
    for name, table in SCORE_TABLES.items():
        texts = [column.name for column in table.columns if column.kind == "text"]
        frame = night.tables[name][texts].astype(object)
        expected = sorted(frame.where(frame.notna(), "").astype(str).itertuples(index=False, name=None))
        assert rows_by_key(name, query(f"select * from {name}")) == expected, name
        assert query(f"select count(*) from {name}_latest") == [(len(frame),)]


def test_sqlite_holds_every_table_and_every_text_as_it_went_in(night: HostileNight) -> None:
    path = night.folder / "scores.db"
    publish(night.tables, f"sqlite:///{path}")
    publish(night.tables, f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        check_database(night, lambda text: connection.execute(text).fetchall())
        assert set(SCORE_TABLES) <= {name for (name,) in connection.execute("select name from sqlite_master")}


def test_postgresql_holds_every_table_and_every_text_as_it_went_in(night: HostileNight, postgresql: str) -> None:
    publish(night.tables, postgresql)
    publish(night.tables, postgresql)
    engine = open_engine(postgresql)
    with engine.connect() as connection:
        check_database(night, lambda text: [tuple(row) for row in connection.exec_driver_sql(text)])
    engine.dispose()


def test_nothing_of_a_night_can_be_read_by_others(night: HostileNight) -> None:
    found = [path for path in night.folder.rglob("*") if not path.is_symlink()]
    assert len(found) > 20
    assert [path for path in found if stat.S_IMODE(path.stat().st_mode) & 0o007] == []
