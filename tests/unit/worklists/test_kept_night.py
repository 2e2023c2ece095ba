"""A second run of a night takes the scores of the first, and gives what a whole run would, byte for byte."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from configs.settings import Settings, load_settings
from ledger.partitioned.load import opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.reading.import_losses import ImportLosses, write_losses
from ledger.reading.refusals import REFUSED_COLUMNS
from ledger.sources.chunks import Source
from models.night_models import Models
from tests.support import small_models
from tests.support.nights.in_this_process import NO_DATABASE, all_tables
from tests.support.nights.nights_with_effects import FIRST, SECOND, random_effects
from tests.support.repository import ROOT
from worklists import kept_night
from worklists.decide.decisions import load_policy
from worklists.kept_night import CARRYING_OUT, DECIDING
from worklists.night import NightPlan, NightScratch, run_night

PARTS = "scale.rows_per_partition=4000"
# Of every setting that decides, another value than the default.
DECIDED_ANEW = {
    "worklist.strategy": "consumer",
    "worklist.segments": str(ROOT / "configs" / "segments" / "standard.yaml"),
    "worklist.byte_order_mark": "false",
    "worklist.month_target": "5000",
    "capacity.collectors": "example",
    "capacity.continuity_bonus": "0.5",
    "capacity.fairness": "0.9",
    "capacity.most_rank_jump": "1",
    "drafts.company": "our_company.yaml",
    "drafts.templates": "our_texts",
    "freshness.payments_warn_days": "1",
    "freshness.invoices_warn_days": "1",
    "freshness.contacts_warn_days": "1",
    "freshness.payments_stop_days": "3000",
    "freshness.invoices_stop_days": "3000",
    "freshness.contacts_stop_days": "3000",
    "holdout.share": "0.2",
    "holdout.days": "90",
    "holdout.value_limit": "null",
    "holdout.seed": "8",
    "outcomes.contact_days": "5",
    "outcomes.promise_days": "50",
    "outcomes.next_contact_days": "50",
}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUERANK_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(small_models.late_trees(), small_models.default_rule(), random_effects(1))  # type: ignore[arg-type]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """The small ledger, and a payment of an invoice that is not there."""
    folder = Path(shutil.copytree(small_models.ledger_folder(), tmp_path / "ledger"))
    payments = pd.read_parquet(folder / "payments.parquet")
    foreign = payments.iloc[:1].assign(payment_id="foreign", invoice_id="nobody's")
    pd.concat([payments, foreign]).to_parquet(folder / "payments.parquet", index=False)
    return folder


class Night(NamedTuple):
    """Whether a night took scores, its tables, and the bytes of its quarantine."""

    taken: bool
    tables: dict[str, pd.DataFrame]
    quarantine: dict[str, bytes]


def night(
    ledger: Path, out: Path, models: Models, *stated: str, as_of: pd.Timestamp = FIRST, docs: bool = False
) -> Night:
    """A night as the flow runs it, which keeps its scores for the next; with data docs they are there."""
    settings = load_settings(stated)
    with opened_ledger(NightScratch, str(ledger), as_of, settings) as scratch:
        key = kept_night.key_of(str(ledger), scratch.request.source, as_of, models, settings)
        taken = kept_night.take(out, key, scratch)
        pages, refused = scratch.folder.here / "data_docs", scratch.folder.here / "quarantine"
        policy = load_policy(settings)
        scratch.plan = NightPlan(policy, models, NO_DATABASE, pages if docs else None, refused, keeps=key is not None)
        tables = all_tables(run_night(scratch, InThisProcess()), as_of)
        assert (pages / "index.html").exists() == docs
        quarantine = {path.name: path.read_bytes() for path in refused.rglob("*.csv")}
        if key is not None:
            kept_night.keep(out, key, scratch)
    return Night(taken, tables, quarantine)


def settings_of(sections: Settings) -> Iterator[tuple[str, object]]:
    for section, values in sections.model_dump().items():
        for name, value in values.items():
            yield f"{section}.{name}", value


def decides(setting: str) -> bool:
    section, _, name = setting.partition(".")
    return section in DECIDING and name in (DECIDING[section] or (name,))


def test_every_deciding_setting_is_changed_below():
    assert {setting for setting, _ in settings_of(load_settings(())) if decides(setting)} == set(DECIDED_ANEW)


def test_whatever_decides_anew_gives_the_tables_of_a_whole_run(ledger: Path, models: Models, tmp_path: Path):
    assert not night(ledger, tmp_path, models, PARTS).taken
    changed = set()
    for number, start in enumerate(("worklist.", tuple(f"{section}." for section in DECIDING))):
        stated = [PARTS, *(f"{name}={value}" for name, value in DECIDED_ANEW.items() if name.startswith(start))]
        again = night(ledger, tmp_path, models, *stated)
        whole = night(ledger, tmp_path / f"whole {number}", models, *stated)
        assert again.taken and not whole.taken
        for name, table in whole.tables.items():
            pd.testing.assert_frame_equal(again.tables[name], table, check_exact=True, obj=name)
        assert again.quarantine == whole.quarantine and "payments.csv" in whole.quarantine
        changed.add(whole.tables["runs"]["run_id"].iloc[0])
    assert len(changed) == 2


def test_a_run_that_changes_nothing_is_the_same_run(ledger: Path, models: Models, tmp_path: Path):
    first = night(ledger, tmp_path, models, PARTS, docs=True)
    for _ in range(2):
        again = night(ledger, tmp_path, models, PARTS, "scale.workers=3", docs=True)
        assert again.taken and again.tables["runs"].equals(first.tables["runs"])


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_every_other_setting_asks_for_new_scores(ledger: Path, models: Models):
    usual = load_settings(())
    source = opened_source(ledger)
    keys = {None: kept_night.key_of(str(ledger), source, FIRST, models, usual)}
    for setting, value in settings_of(usual):
        section, _, name = setting.partition(".")
        another = value + 1 if isinstance(value, float) else f"not {value}"
        other = getattr(usual, section).model_copy(update={name: another})
        settings = usual.model_copy(update={section: other})
        keys[setting] = kept_night.key_of(str(ledger), source, FIRST, models, settings)
    same = {setting for setting, key in keys.items() if setting and key == keys[None]}
    assert same == set(DECIDED_ANEW) | {f"scale.{name}" for name in CARRYING_OUT}


def opened_source(ledger: Path) -> Source:
    with opened_ledger(NightScratch, str(ledger), FIRST, load_settings(())) as scratch:
        return scratch.request.source


def written_again(ledger: Path) -> None:
    path = ledger / "payments.parquet"
    path.write_bytes(path.read_bytes())


def one_payment_less(ledger: Path) -> None:
    path = ledger / "payments.parquet"
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)


def a_table_less(ledger: Path) -> None:
    (ledger / "promises.parquet").unlink()


def refused_at_import(ledger: Path) -> None:
    refused = pd.DataFrame([dict.fromkeys(REFUSED_COLUMNS, "of the import")])
    write_losses(ImportLosses(refused), ledger)


def a_foreign_file(ledger: Path) -> None:
    (ledger / "notes.txt").write_text("of someone")


@pytest.mark.parametrize("change", [written_again, one_payment_less, a_table_less, refused_at_import, a_foreign_file])
def test_another_ledger_asks_for_new_scores(change: Callable[[Path], None], ledger: Path, models: Models):
    before = kept_night.key_of(str(ledger), opened_source(ledger), FIRST, models, load_settings(()))
    change(ledger)
    assert kept_night.key_of(str(ledger), opened_source(ledger), FIRST, models, load_settings(())) != before


def test_other_models_ask_for_new_scores(ledger: Path, models: Models):
    other = Models(small_models.late_rule(), models.default, models.contact_effect)
    source = opened_source(ledger)
    keys = [kept_night.key_of(str(ledger), source, FIRST, some, load_settings(())) for some in (models, other)]
    assert keys[0] != keys[1]


def test_only_the_latest_night_of_a_folder_is_kept_and_only_for_its_owner(ledger: Path, models: Models, tmp_path: Path):
    night(ledger, tmp_path, models)
    assert not night(ledger, tmp_path, models, as_of=SECOND).taken
    (place,) = (tmp_path / "home" / "kept").iterdir()
    assert place.stat().st_mode & 0o077 == 0
    assert not night(ledger, tmp_path, models).taken


def test_a_run_that_broke_off_leaves_nothing_to_take(ledger: Path, models: Models, tmp_path: Path):
    night(ledger, tmp_path, models)
    settings = load_settings(())
    with opened_ledger(NightScratch, str(ledger), FIRST, settings) as scratch:
        key = kept_night.key_of(str(ledger), scratch.request.source, FIRST, models, settings)
        assert kept_night.take(tmp_path, key, scratch)
    assert not night(ledger, tmp_path, models).taken


@pytest.mark.parametrize("limit", [0.0, 0.000_001])
def test_nothing_is_kept_above_the_limit(limit: float, ledger: Path, models: Models):
    settings = load_settings((f"scale.kept_gib={limit}",))
    assert kept_night.key_of(str(ledger), opened_source(ledger), FIRST, models, settings) is None


def test_nothing_is_kept_of_what_lies_in_an_object_store(ledger: Path, models: Models):
    settings = load_settings(("scale.scratch=s3://bucket",))
    assert kept_night.key_of(str(ledger), opened_source(ledger), FIRST, models, settings) is None


def test_of_a_database_nothing_is_kept(ledger: Path, models: Models, tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    for path in ledger.glob("*.parquet"):
        pd.read_parquet(path).astype(str).to_sql(path.stem, url, index=False)
    with opened_ledger(NightScratch, url, FIRST, load_settings(())) as scratch:
        assert kept_night.key_of(url, scratch.request.source, FIRST, models, load_settings(())) is None
