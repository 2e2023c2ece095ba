"""The guide's feature, put where the guide says, is all that a feature needs: everything else follows by itself."""

import difflib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.data_scientist_hour import FAMILY, FEATURE, add_guides_feature
from features.catalogue import CATALOGUE, catalogue_hash, declare
from tests.support.repository import ROOT

RENDERED = Path("docs/features.md")
NAMES = [f"{FEATURE}_{window}" for window in ("30d", "90d", "180d", "365d", "all")]
COPIED = ("configs", "ledger", "features", "models", "worklists", "tests", "docs")

LOOK = """
import json, math
from features.catalogue import BY_NAME, catalogue_hash, names
from models.risk import default, late_payment
from models.risk.reason_words import reason_text
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.nights.judged_nights import assert_same, judged

new = NAMES
known = 0
for seed in range(4):
    case = judged(str(seed), random_ledger(seed), NIGHTS[3], "EUR")
    for name in new:
        assert_same(case.customers[name], case.expected_customers[name], False, name)
        known += int(case.expected_customers[name].notna().sum())
print(json.dumps({
    "known": known,
    "hash": catalogue_hash(),
    "seen": [set(new) <= set(some) for some in (names("customer"), late_payment.features(), default.features())],
    "reason": reason_text(new[-1], 123_456.0, {}, 0.1),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the guide's block at the end of DELAY, and the dictionary rendered again, as the guide says."""
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name)  # with what was compiled: times of files stay
    add_guides_feature(folder)
    python(folder, "-m", "worklists.reference.docs_pages")
    return folder


def python(folder: Path, *arguments: str) -> str:
    """What Python in the copy prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


@pytest.fixture(scope="module")
def looked(copy: Path) -> dict:
    return json.loads(python(copy, "-c", LOOK.replace("NAMES", repr(NAMES))))


def test_the_engine_gives_what_the_oracle_gives(looked: dict):
    assert looked["known"] > 20


def test_both_models_see_it_and_the_catalogue_is_another_one(looked: dict):
    assert looked["seen"] == [True, True, True]
    assert looked["hash"] != catalogue_hash()


def test_a_collector_reads_its_sentence(looked: dict):
    assert looked["reason"] == "The largest invoice paid in full was 1,235 in all history (raises the risk)"


def test_its_rows_are_in_the_dictionary_and_no_others_change(copy: Path):
    before, after = ((folder / RENDERED).read_text("utf-8").splitlines() for folder in (ROOT, copy))
    changes = [line for line in difflib.ndiff(before, after) if line[:2] in ("+ ", "- ")]
    assert [line.split("`")[1] for line in changes if line.startswith("+ ")] == NAMES
    assert not [line for line in changes if line.startswith("- ")]


def test_one_file_is_written_by_hand(copy: Path):
    changed = [
        path.relative_to(ROOT)
        for name in COPIED
        for path in (ROOT / name).rglob("*")
        if path.suffix in (".py", ".md", ".yaml") and path.read_bytes() != (copy / path.relative_to(ROOT)).read_bytes()
    ]
    assert sorted(changed) == [RENDERED, FAMILY]


def test_a_declaration_can_be_tried_in_a_process_of_its_own():
    tried = (
        "from dataclasses import replace; from features import catalogue; before = catalogue.catalogue_hash(); "
        "catalogue.declare(replace(catalogue.CATALOGUE[0], name='tried')); "
        "print(before != catalogue.catalogue_hash(), 'tried' in catalogue.names('invoice'))"
    )
    assert python(ROOT, "-c", tried) == "True True\n"


def test_a_name_cannot_be_declared_twice():
    with pytest.raises(ValueError, match="delay_mean_30d"):
        declare(CATALOGUE[0])
